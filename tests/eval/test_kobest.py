"""KoBEST through the real lm-eval: the floor by hand, a tiny model, resuming, and answers kept."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from eval.kobest import main
from eval.korean.measure import EXAMPLES_SEED, Measurement, Options
from eval.korean.records import BENCHMARKS, OCELOT, WHOLE
from eval.runs import load_run
from tests.eval.kobest_runs import (
    ITEMS,
    POSITIONS,
    RUN,
    SMALL,
    made_again,
    mark,
    read_result,
    result_path,
    write_items,
    write_model,
    write_settings,
)
from tests.real_data import real_data

#: What the shortest answer gives on the invented items, worked by hand from labels and lengths.
FLOOR = {
    "boolq": ("0110", "1111", (0 + 4 / 6) / 2),  # 예 is shorter than 아니오
    "copa": ("0110", "0010", (4 / 5 + 2 / 3) / 2),
    "hellaswag": ("3120", "3100", (2 / 3 + 1 + 0 + 1) / 4),
    "sentineg": ("101", "000", (2 / 4 + 0) / 2),  # 부정 and 긍정 are as long; the first is taken
    "wic": ("1101", "1111", (0 + 6 / 7) / 2),
}
#: Code beside the data: the loader of a dataset, by any name that one may have.
TRAPS = ("kobest.py", "kobest_v1.py", "json.py", "wic/wic.py")
#: No attempt takes so long.
MARK = 4321.0


@pytest.fixture(scope="module")
def measured(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a working folder in which all systems have answered everything."""
    root = tmp_path_factory.mktemp("kobest-measured")
    write_items(root)
    write_settings(root)
    write_model(root, tiny_model)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(SMALL) == 0
    return root


@pytest.fixture
def root(measured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a copy of the measured folder, its answers marked."""
    copy = Path(shutil.copytree(measured, tmp_path / "copy"))
    mark(copy, MARK)
    monkeypatch.chdir(copy)
    return copy


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give a folder with code beside the data where the floor was measured, and its table."""
    root, printed = tmp_path_factory.mktemp("kobest-floor"), StringIO()
    write_items(root)
    write_settings(root)
    for name in TRAPS:
        (root / "kobest" / name).write_text("open('ran', 'w').close()\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed):
        patch.chdir(root)
        assert main([*SMALL, "--model", "shortest"]) == 0
    return root, printed.getvalue()


def test_the_shortest_answer_is_what_it_is_by_hand(floor: tuple[Path, str]) -> None:
    """Labels, choices and macro-F1 of the floor need no model and are those worked by hand.

    One copa item has fewer characters in the answer of more bytes, and one a tie.
    """
    result = read_result(floor[0])
    assert [a.task for a in result.answered] == list(BENCHMARKS)
    assert {a.task: (a.gold, a.chosen) for a in result.answered} == {
        task: (gold, chosen) for task, (gold, chosen, _) in FLOOR.items()
    }
    expected = {task: value for task, (_, _, value) in FLOOR.items()}
    assert {s.task: s.value for s in result.scores} == pytest.approx(expected)
    assert {s.task: s.floor for s in result.scores} == pytest.approx(expected)
    assert [s.n for s in result.scores] == [4, 4, 4, 3, 4]


def test_quoted_rows_stand_apart(floor: tuple[Path, str]) -> None:
    """What others published is below what was measured, and says that it is not comparable."""
    measured, quoted, _ = re.split(r"\n\n|KoBEST of", floor[1])
    assert [line.split()[:2] for line in measured.splitlines()[1:]] == [
        ["system", "examples"],
        ["shortest", "any"],
        ["items", "asked"],
    ]
    assert quoted.startswith("quoted, not comparable (published by its authors")
    assert [line.split() for line in quoted.splitlines()[2:]] == [
        ["Ocelot", "0", "0.917", "0.758", "0.500", "–", "–"],
        ["Ocelot", "5", "0.938", "0.825", "0.514", "–", "–"],
    ]


def test_the_floors_of_the_real_kobest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the real test sets the floor is the published one, in every task, and none is cut."""
    write_settings(tmp_path)
    folder = real_data() / "kobest"
    monkeypatch.chdir(tmp_path)
    assert main(["--run", RUN, "--data", str(folder), "--model", "shortest"]) == 0
    assert {s.task: (s.n, round(s.value, 3)) for s in read_result(tmp_path).scores} == {
        "boolq": (1404, 0.334),
        "copa": (1000, 0.467),
        "hellaswag": (500, 0.230),
        "sentineg": (397, 0.332),
        "wic": (1260, 0.328),
    }
    assert {s.task: s.n for s in read_result(tmp_path).scores} == WHOLE
    assert "items asked" not in capsys.readouterr().out


def test_base_and_fine_tuned_stand_beside_the_floor(measured: Path) -> None:
    """Every system has every task, asked the same; the floor is the same for all."""
    result = read_result(measured)
    keys = {(s.system, s.task, s.shots) for s in result.scores}
    both = {(s, t, n) for s in ("base", "tuned") for t in BENCHMARKS for n in (0, 5)}
    assert keys == both | {("shortest", t, 0) for t in BENCHMARKS}
    prompts = {(a.task, a.shots, a.prompts_sha256) for a in result.answered}
    assert len(prompts) == 10
    assert {(s.task, s.floor) for s in result.scores} == {
        (s.task, s.value) for s in result.scores if s.system == "shortest"
    }
    assert result.settings["examples_seed"] == str(EXAMPLES_SEED)
    assert result.quoted == OCELOT


def test_differences_are_those_of_the_scores(measured: Path) -> None:
    """The fine-tuned minus the base is the difference of their numbers, within its interval."""
    result = read_result(measured)
    value = {(s.system, s.task, s.shots): s.value for s in result.scores}
    assert len(result.differences) == 10
    assert {d.value for d in result.differences if d.task == "wic"} != {0.0}
    for d in result.differences:
        expected = value[("tuned", d.task, d.shots)] - value[("base", d.task, d.shots)]
        assert d.value == pytest.approx(expected)
        assert d.low <= d.value <= d.high


@pytest.mark.parametrize(("system", "adapter"), [("base", False), ("tuned", True)])
def test_choices_are_the_likeliest_answers(measured: Path, system: str, adapter: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """lm-eval's choices are those of the model itself, asked plainly without lm-eval.

    The adapter has learnt to answer no; the base has not.
    """
    import torch  # noqa: PLC0415 - takes seconds
    from peft import PeftModel  # noqa: PLC0415 - the same
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415 - the same

    base = AutoModelForCausalLM.from_pretrained(measured / "base")
    model = PeftModel.from_pretrained(base, str(measured / "runs" / RUN)) if adapter else base
    tokenizer = AutoTokenizer.from_pretrained(measured / "base")

    def likelihood(context: str, answer: str) -> float:
        start = len(tokenizer(context)["input_ids"])
        tokens = tokenizer(context + answer, return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            each = model.eval()(tokens).logits[0].log_softmax(-1)
        return sum(float(each[i - 1, tokens[0, i]]) for i in range(start, tokens.shape[1]))

    chosen = ""
    for line in (ITEMS / "wic" / "test.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        context = (
            f"문장1: {row['context_1']} 문장2: {row['context_2']} "
            f"두 문장에서 {row['word']}가 같은 뜻으로 쓰였나?"
        )
        found = [likelihood(context, answer) for answer in (" 아니오", " 예")]
        chosen += str(found.index(max(found)))
    answered = read_result(measured).answered
    assert [a.chosen for a in answered if (a.system, a.task, a.shots) == (system, "wic", 0)] == [
        chosen
    ]
    assert (chosen == "0000") == adapter


def test_prompts_that_do_not_fit_are_counted(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A question fits the tiny model's positions; with five examples of BoolQ none does."""
    assert POSITIONS == 128
    cut = {(a.task, a.shots): a.cut for a in read_result(root).answered if a.system == "tuned"}
    assert cut[("boolq", 0)] == 0
    assert cut[("boolq", 5)] == 8
    assert main(SMALL) == 0
    assert "tuned, boolq, 5 examples: 8 prompts were longer" in capsys.readouterr().out


def test_a_killed_run_goes_on_where_it_was(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was kept before a kill between two tasks stays, and only the rest is asked.

    Twelve were answered: eleven that were kept before, and one that is.
    """
    whole = read_result(root)
    options = Options(folder=Path("kobest"), resamples=1000)
    killed = Measurement(load_run(RUN), options)
    before = killed.cells()[:12]
    killed.answered = {cell: killed.answered[cell] for cell in before[:11]}
    killed.answer(before[11])
    assert read_result(root).missing == 13
    mark(root, MARK)
    assert main(SMALL) == 0
    assert "13 of 25 made now, 12 kept" in capsys.readouterr().out
    assert read_result(root).missing == 0
    assert len(made_again(root, MARK)) == 13
    assert not made_again(root, MARK) & set(before)
    assert read_result(root).scores == whole.scores
    assert read_result(root).differences == whole.differences


def test_a_finished_run_asks_nothing(root: Path) -> None:
    """The same command again keeps every answer, with a table from what is there."""
    assert main(SMALL) == 0
    assert made_again(root, MARK) == set()
    assert not result_path(root).with_name("kobest.json.old").exists()


def test_an_older_base_is_not_compared(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Kept answers of an older base give no difference to a new fine-tuned model's."""
    config = root / "base" / "config.json"
    config.write_text(config.read_text("utf-8") + "\n", "utf-8")
    assert main([*SMALL, "--model", "tuned"]) == 0
    assert read_result(root).differences == ()
    assert "are of another base_sha256; have both measured" in capsys.readouterr().out
    assert made_again(root, MARK) == {("tuned", t, n) for t in BENCHMARKS for n in (0, 5)}
    assert main(SMALL) == 0
    assert len(read_result(root).differences) == 10


def test_a_new_adapter_is_asked_anew(root: Path, tiny_model: Path) -> None:
    """Another adapter changes what the fine-tuned model says, and nothing of base and floor."""
    write_model(root, tiny_model, seed=4)
    assert main(SMALL) == 0
    assert made_again(root, MARK) == {("tuned", t, n) for t in BENCHMARKS for n in (0, 5)}


def test_new_data_is_asked_anew(root: Path) -> None:
    """A changed test file changes its own task only, for every system."""
    path = root / "kobest" / "wic" / "test.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:3]), "utf-8")
    assert main(SMALL) == 0
    assert made_again(root, MARK) == {
        ("shortest", "wic", 0),
        *((s, "wic", n) for s in ("base", "tuned") for n in (0, 5)),
    }
    assert {s.n for s in read_result(root).scores if s.task == "wic"} == {3}


def test_answers_of_other_items_are_set_aside(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a limit, what was asked of all items leaves the result, whoever is asked now.

    It is kept as it was, and the command says where.
    """
    before = result_path(root).read_bytes()
    assert main([*SMALL, "--model", "shortest", "--limit", "2"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("25 answers to other items, or of another adapter or setting, are set")
    assert f" aside: the result as it was is {result_path(Path())}.old\n" in told
    assert "5 of 5 made now, 0 kept" in told
    assert result_path(root).with_name("kobest.json.old").read_bytes() == before
    result = read_result(root)
    assert {(s.system, s.n) for s in result.scores} == {("shortest", 2)}
    assert result.differences == ()


def test_a_loader_beside_the_data_is_never_run(floor: tuple[Path, str]) -> None:
    """Code that comes along with the files is left alone."""
    assert all((floor[0] / "kobest" / name).exists() for name in TRAPS)
    assert not (floor[0] / "ran").exists()


@pytest.mark.usefixtures("root")
def test_a_base_model_that_is_nowhere_is_one_error(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A base that is neither here nor in the cache gives its name and the way to bring it."""
    path = root / "axolotl_configs" / f"{RUN}.yml"
    path.write_text(path.read_text("utf-8").replace("model: base", "model: nobody/none"), "utf-8")
    assert main(SMALL) == 1
    assert "hf download nobody/none" in capsys.readouterr().err
