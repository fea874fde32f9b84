"""Answers of a real, tiny model made on the spot: systems, resuming, and what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
import yaml

from eval.generate import SYSTEMS, main
from eval.prompts import choose_example, load_wrapper, prompt_with_example
from eval.records import Prediction
from preprocess.alpaca import AlpacaRow, encode_line, read_jsonl, rows_path
from tests.conftest import ROOT

RUN = "advice-tiny-lora"


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


def write_run(root: Path) -> None:
    """Write the YAML of the tiny run: the main run's data and prompt, another base."""
    main_run = ROOT / "axolotl_configs" / "advice-polyglot-ko-1.3b-qlora.yml"
    settings = yaml.safe_load(main_run.read_text(encoding="utf-8"))
    settings |= {"base_model": "base", "output_dir": f"runs/{RUN}", "load_in_4bit": False}
    (root / "axolotl_configs").mkdir()
    path = root / "axolotl_configs" / f"{RUN}.yml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")


def answers(root: Path, system: str) -> Path:
    """Name a system's file of answers."""
    return root / "runs" / RUN / "eval" / "predictions" / f"{system}.jsonl"


@pytest.fixture
def answered(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the working folder, with every system's answers made."""
    monkeypatch.chdir(trained)
    assert main(["--run", RUN, "--batch", "4"]) == 0
    return trained


def test_every_system_answers_every_test_row(answered: Path) -> None:
    """Four systems, the same items in the order of the test file, prompts as the YAML has them."""
    test = list(read_jsonl(rows_path(answered / "data", "advice", "test"), AlpacaRow, cure=""))
    train = list(read_jsonl(rows_path(answered / "data", "advice", "train"), AlpacaRow, cure=""))
    wrapper, example = load_wrapper(Path("axolotl_configs") / f"{RUN}.yml"), choose_example(train)
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
    batches.write_bytes(b"".join(lines[:6]) + lines[6][:40])
    assert main(["--run", RUN, "--batch", "4"]) == 0
    expected = whole.replace(encode_line(in_batches[0]), lines[0])
    assert answers(answered, "tuned").read_bytes() == expected
    assert not batches.exists()
    answers(answered, "tuned").write_bytes(whole)


def test_answers_of_an_older_adapter_are_made_again(answered: Path) -> None:
    """When the adapter's file changes, no old answer is kept."""
    before = answers(answered, "base").stat().st_mtime_ns
    settings = answers(answered, "base").with_name("settings.json")
    settings.write_bytes(settings.read_bytes().replace(b'"batch": 4', b'"batch": 5'))
    assert main(["--run", RUN, "--batch", "4"]) == 0
    assert answers(answered, "base").stat().st_mtime_ns > before


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
