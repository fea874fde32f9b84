"""Answers of a real, tiny model made on the spot: systems, resuming, and what it refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import yaml

from eval.answers.asking import SYSTEMS
from eval.answers.prompts import choose_examples, load_wrapper, prompt_with_example
from eval.generate import main
from eval.records import Prediction
from eval.tasks import read_items
from preprocess.alpaca import (
    AlpacaRow,
    Split,
    Task,
    encode_line,
    read_jsonl,
    rows_path,
    write_jsonl,
)
from tests.conftest import ROOT

RUN = "advice-tiny-lora"
#: Test rows that are answered: a batch of four and a part of one.
ROWS = 6


@pytest.fixture(scope="module")
def trained(data: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a working folder with data, a base model, a LoRA adapter and the run's YAML."""
    import torch  # noqa: PLC0415 - takes seconds
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415 - the same
    from transformers import (  # noqa: PLC0415 - the same
        AutoTokenizer,
        GPTNeoXConfig,
        GPTNeoXForCausalLM,
    )

    root = tmp_path_factory.mktemp("trained")
    shutil.copytree(data, root / "data")
    for path in (root / "data" / "alpaca").glob("*/*.jsonl"):
        cut(path)
    torch.manual_seed(3)
    config = GPTNeoXConfig.from_pretrained(tiny_model, num_hidden_layers=1, hidden_size=48)
    model = GPTNeoXForCausalLM(config)
    model.save_pretrained(root / "base")
    lora = LoraConfig(r=4, target_modules=["query_key_value"], init_lora_weights=False)
    get_peft_model(model, lora).save_pretrained(str(root / "runs" / RUN))
    for folder in (root / "base", root / "runs" / RUN):
        AutoTokenizer.from_pretrained(tiny_model).save_pretrained(folder)
    write_run(root)
    return root


def cut(path: Path) -> None:
    """Leave a split few rows; the training rows with short answers, which give little room."""
    lines = path.read_bytes().splitlines(keepends=True)
    if path.stem == "train":
        lines.sort(key=lambda line: (len(json.loads(line)["output"]), line))
    path.write_bytes(b"".join(lines[:ROWS]))


def write_run(root: Path, run: str = RUN, like: str = "advice-polyglot-ko-1.3b-qlora") -> None:
    """Write the YAML of a tiny run: a real run's data and prompt, another base."""
    settings = yaml.safe_load((ROOT / f"axolotl_configs/{like}.yml").read_text(encoding="utf-8"))
    settings |= {"base_model": "base", "output_dir": f"runs/{run}", "load_in_4bit": False}
    path = root / "axolotl_configs" / f"{run}.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")


def read_rows(root: Path, task: Task, split: Split) -> list[AlpacaRow]:
    """Read the rows of a split."""
    return [item.row for item in read_items(rows_path(root / "data", task, split), task)]


def answers(root: Path, system: str, run: str = RUN) -> Path:
    """Name a system's file of answers."""
    return root / "runs" / run / "eval" / "predictions" / f"{system}.jsonl"


@pytest.fixture
def answered(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the working folder, with every system's answers made."""
    monkeypatch.chdir(trained)
    assert main(["--run", RUN, "--batch", "4"]) == 0
    return trained


def test_every_system_answers_every_test_row(answered: Path) -> None:
    """Four systems, the same items in the order of the test file, prompts as the YAML has them."""
    test, train = (read_rows(answered, "advice", split) for split in ("test", "train"))
    wrapper = load_wrapper(Path("axolotl_configs") / f"{RUN}.yml")
    example = choose_examples(train).first
    assert len(test) == ROWS
    for system, (_, shot) in SYSTEMS.items():
        found = list(read_jsonl(answers(answered, system), Prediction, cure=""))
        assert [p.id for p in found] == [row.id for row in test]
        prompts = [
            prompt_with_example(wrapper, row, example) if shot else wrapper.prompt(row)
            for row in test
        ]
        assert [p.prompt for p in found] == prompts


def test_the_adapter_is_off_for_the_base(answered: Path) -> None:
    """A random adapter changes answers, so base and tuned must differ."""
    assert (
        answers(answered, "base").read_bytes().replace(b'"base"', b'"tuned"')
        != answers(answered, "tuned").read_bytes()
    )


def test_the_base_has_nothing_of_an_adapter_asked_before_it(answered: Path) -> None:
    """Asked after the fine-tuned model, whose weights hold the adapter, it answers the same."""
    before = {system: answers(answered, system).read_bytes() for system in ("tuned", "base")}
    for system in before:
        answers(answered, system).unlink()
    assert main(["--run", RUN, "--batch", "4", "--system", "tuned", "--system", "base"]) == 0
    assert {system: answers(answered, system).read_bytes() for system in before} == before


def test_a_stopped_attempt_goes_on_to_the_same_bytes(answered: Path) -> None:
    """Whole batches are taken as they are, and the rest comes out as in one attempt.

    The attempt stopped in the middle of the second batch, in the middle of a line; an answer of its
    first batch was changed, to see that it is not made again.
    """
    whole = answers(answered, "tuned").read_bytes()
    found = [msgspec.json.decode(line, type=Prediction) for line in whole.splitlines()]
    in_batches = sorted(found, key=lambda p: (-len(p.prompt), p.id))
    changed = msgspec.structs.replace(in_batches[0], output="이미 한 답")
    lines = [encode_line(p) for p in (changed, *in_batches[1:])]
    answers(answered, "tuned").unlink()
    batches = answers(answered, "tuned").with_suffix(".batches")
    batches.write_bytes(b"".join(lines[:5]) + lines[5][:40])
    assert main(["--run", RUN, "--batch", "4"]) == 0
    expected = whole.replace(encode_line(in_batches[0]), lines[0])
    assert answers(answered, "tuned").read_bytes() == expected
    assert not batches.exists()
    answers(answered, "tuned").write_bytes(whole)


def test_answers_of_an_older_adapter_are_made_again(answered: Path) -> None:
    """When the adapter's file changes, no old answer is kept; other systems stay as they are."""
    settings = answers(answered, "base").with_name("settings.json")
    known = json.loads(settings.read_bytes())
    known["tuned"]["adapter_sha256"] = "of another training"
    settings.write_text(json.dumps(known), encoding="utf-8")
    whole = answers(answered, "tuned").read_bytes()
    before = {s: answers(answered, s).stat().st_mtime_ns for s in SYSTEMS}
    assert main(["--run", RUN, "--batch", "4"]) == 0
    changed = [s for s in SYSTEMS if answers(answered, s).stat().st_mtime_ns != before[s]]
    assert changed == ["tuned"]
    assert answers(answered, "tuned").read_bytes() == whole


def drawn(root: Path, seed: str, run: str = RUN) -> bytes:
    """Answer with sampling, and give the bytes."""
    how = ["--temperature", "1.0", "--seed", seed, "--batch", "4", "--engine", "transformers"]
    assert main(["--run", run, "--system", "tuned", *how]) == 0
    return answers(root, "tuned", run).read_bytes()


def test_sampling_is_seeded_and_recorded(answered: Path) -> None:
    """A seed gives the same bytes, after a stop too; another seed others; the greedy answers wait.

    The stopped attempt had finished its first batch.
    """
    run = "advice-drawn-lora"
    write_run(answered, run)
    shutil.copytree(answered / "runs" / RUN, answered / "runs" / run, dirs_exist_ok=True)
    greedy = answers(answered, "tuned", run).read_bytes()
    first = drawn(answered, "1", run)
    found = [msgspec.json.decode(line, type=Prediction) for line in first.splitlines()]
    assert {p.seed for p in found} == {1}
    assert answers(answered, "tuned", run).with_suffix(".jsonl.old").read_bytes() == greedy
    answers(answered, "tuned", run).unlink()
    in_batches = sorted(found, key=lambda p: (-len(p.prompt), p.id))
    batches = answers(answered, "tuned", run).with_suffix(".batches")
    batches.write_bytes(b"".join(encode_line(p) for p in in_batches[:4]))
    assert drawn(answered, "1", run) == first
    assert drawn(answered, "2", run) != first.replace(b'"seed":1', b'"seed":2')


def test_a_model_that_was_trained_whole_is_asked(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No base where it began with random weights; the study's way to draw is recorded.

    It looks back at what was said, which padding is not: batches make no difference.
    """
    monkeypatch.chdir(trained)
    shutil.copytree("base", "runs/whole")
    write_run(trained, "whole", like="write-gpt-h128")
    found = []
    for batch in ("4", "1"):
        assert main(["--run", "whole", "--decoding", "interview-writer", "--batch", batch]) == 0
        found.append(answers(trained, "tuned", "whole").read_bytes())
    assert found[0] == found[1]
    folder = answers(trained, "tuned", "whole").parent
    assert {path.stem for path in folder.glob("*.jsonl")} == {"tuned", "tuned-1shot"}
    told = json.loads((folder / "settings.json").read_bytes())["tuned"]
    assert (told["temperature"], told["top_k"], told["no_repeat_ngram"]) == (0.8, 10, 2)


def test_the_split_of_unseen_firms_has_a_folder_of_its_own(answered: Path) -> None:
    """The same systems answer the second test split, and the first one's answers stay."""
    before = answers(answered, "tuned").read_bytes()
    test = read_rows(answered, "advice", "test-firms")
    assert main(["--run", RUN, "--split", "test-firms", "--system", "tuned"]) == 0
    path = answered / "runs" / RUN / "eval-test-firms" / "predictions" / "tuned.jsonl"
    assert [p.id for p in read_jsonl(path, Prediction, cure="")] == [row.id for row in test]
    assert answers(answered, "tuned").read_bytes() == before


def test_a_split_that_is_not_there_names_the_command(
    answered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Data of an older build has no second test split."""
    path = rows_path(answered / "data", "advice", "test-firms")
    kept = path.rename(path.with_suffix(".away"))
    try:
        assert main(["--run", RUN, "--split", "test-firms"]) == 1
    finally:
        kept.rename(path)
    assert "test-firms.jsonl is missing; make it with: make data" in capsys.readouterr().err


def test_rows_that_could_not_be_scored_are_not_answered(
    answered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the scores would refuse is refused before any model is asked."""
    path = rows_path(answered / "data", "advice", "test")
    kept = path.read_bytes()
    rows = read_rows(answered, "advice", "test")
    write_jsonl(path, [*rows[:-1], msgspec.structs.replace(rows[-1], output="칭찬합니다.")])
    try:
        assert main(["--run", RUN, "--system", "tuned"]) == 1
    finally:
        path.write_bytes(kept)
    said = f"test.jsonl, id {rows[-1].id}: the expert's advice cannot be read"
    assert said in capsys.readouterr().err


def without_a_line(whole: bytes) -> bytes:
    """Leave an answer out."""
    return whole[whole.index(b"\n") + 1 :]


def with_a_line_twice(whole: bytes) -> bytes:
    """Have an answer there twice."""
    return whole + whole[: whole.index(b"\n") + 1]


def cut_in_half(whole: bytes) -> bytes:
    """Cut a file off in the middle of an answer."""
    return whole[: len(whole) // 2]


@pytest.mark.parametrize("broken", [without_a_line, with_a_line_twice, cut_in_half, bytes.lower])
def test_answers_that_are_not_whole_are_made_again(
    broken: Callable[[bytes], bytes], answered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that the scores name as the cure is one: the old file is kept aside."""
    path = answers(answered, "tuned")
    whole = path.read_bytes()
    path.write_bytes(broken(whole))
    assert main(["--run", RUN, "--system", "tuned"]) == 0
    assert path.read_bytes() == whole
    assert path.with_name("tuned.jsonl.old").read_bytes() == broken(whole)
    assert "set aside as tuned.jsonl.old and made again" in capsys.readouterr().err


def test_a_batch_that_nobody_asks_for_is_no_other_setting(answered: Path) -> None:
    """Answers made in batches of 4 stay where no size is given; another size is another setting."""
    path = answers(answered, "tuned")
    made = path.stat().st_mtime_ns
    path.with_name("tuned.jsonl.old").unlink(missing_ok=True)
    assert main(["--run", RUN, "--system", "tuned"]) == 0
    assert (path.stat().st_mtime_ns, path.with_name("tuned.jsonl.old").exists()) == (made, False)
    assert main(["--run", RUN, "--system", "tuned", "--batch", "5"]) == 0
    assert path.with_name("tuned.jsonl.old").exists()


def test_settings_that_cannot_be_read_are_one_error(
    answered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is named with its cure, and nothing is lost."""
    path = answers(answered, "tuned").with_name("settings.json")
    kept = path.read_bytes()
    path.write_bytes(kept[:100])
    try:
        assert main(["--run", RUN, "--system", "tuned"]) == 1
    finally:
        path.write_bytes(kept)
    said = capsys.readouterr().err
    assert f"{path.relative_to(answered)} cannot be read (" in said
    assert "delete it, and the answers beside it are set aside and made again" in said


@pytest.mark.parametrize("task", ["overall", "revise"])
def test_tasks_without_points_are_answered_too(answered: Path, task: Task) -> None:
    """Their rows may hold more, and their prompts and answers be longer: each row is answered."""
    run = f"{task}-tiny-lora"
    write_run(answered, run, "revise-eeve-10.8b-qlora")
    path = answered / "axolotl_configs" / f"{run}.yml"
    path.write_text(path.read_text("utf-8").replace("alpaca/revise/", f"alpaca/{task}/"), "utf-8")
    shutil.copytree(answered / "runs" / RUN, answered / "runs" / run)
    shutil.rmtree(answered / "runs" / run / "eval")
    train = read_rows(answered, task, "train")
    rows = rows_path(answered / "data", task, "test")
    rows.write_bytes(b"".join(train_lines(answered, task)[:1]))
    assert main(["--run", run, "--system", "tuned-1shot"]) == 0
    found = list(read_jsonl(answers(answered, "tuned-1shot", run), Prediction, cure=""))
    test, examples = read_rows(answered, task, "test"), choose_examples(train)
    assert [(p.id, p.task) for p in found] == [(row.id, task) for row in test]
    for row, prediction in zip(test, found, strict=True):
        assert row.input in prediction.prompt
        assert examples.beside(row).output in prediction.prompt


def train_lines(root: Path, task: Task) -> list[bytes]:
    """Read training rows as lines; so few essays give some tasks no test row."""
    return rows_path(root / "data", task, "train").read_bytes().splitlines(keepends=True)


def test_vllm_where_it_is_not_is_one_error(
    answered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for by name it is an error with the way out; left to itself, transformers answers."""
    before = answers(answered, "tuned").read_bytes()
    assert main(["--run", RUN, "--engine", "vllm"]) == 1
    assert "vllm is not installed" in capsys.readouterr().err
    assert answers(answered, "tuned").read_bytes() == before
    known = json.loads(answers(answered, "tuned").with_name("settings.json").read_bytes())
    assert {of["engine"] for of in known.values()} == {"transformers"}


@pytest.mark.parametrize(
    "wrong",
    [
        ["--system", "tunde"],
        ["--temperature", "2.5"],
        ["--temperature", "-1"],
        ["--seed", "-1"],
        ["--parallel", "0"],
        ["--batch", "-1"],
        ["--split", "train"],
    ],
)
def test_wrong_usage_is_exit_code_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be meant is refused before anything is read, with the name of the option."""
    with pytest.raises(SystemExit) as stopped:
        main(["--run", RUN, *wrong])
    assert stopped.value.code == 2
    assert wrong[0] in capsys.readouterr().err


def test_a_run_that_was_never_trained_names_the_command(
    answered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without adapter weights the error says how to make them."""
    adapter = answered / "runs" / RUN / "adapter_model.safetensors"
    kept = adapter.rename(adapter.with_suffix(".away"))
    try:
        assert main(["--run", RUN]) == 1
    finally:
        kept.rename(adapter)
    assert f"make train RUN={RUN}" in capsys.readouterr().err


@pytest.mark.usefixtures("answered")
def test_a_base_model_that_is_nowhere_is_one_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A hub name that is not in the cache, offline, gives the name and the way to bring it."""
    path = Path("axolotl_configs") / f"{RUN}.yml"
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept.replace("base_model: base", "base_model: nobody/nothing"), "utf-8")
    try:
        assert main(["--run", RUN]) == 1
    finally:
        path.write_text(kept, encoding="utf-8")
    assert "hf download nobody/nothing" in capsys.readouterr().err
