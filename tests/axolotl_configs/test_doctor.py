"""The doctor as a command: a run that this machine can do, and one that it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from axolotl_configs.doctor import main
from axolotl_configs.findings import Finding, faults, table
from tests.axolotl_configs.trainable import RUN, make_root, write_run


@pytest.fixture(scope="module")
def made(data: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder in which a tiny run can be trained."""
    return make_root(tmp_path_factory.mktemp("doctor"), data, tiny_model)


@pytest.fixture
def root(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in that folder, without a key for W&B."""
    monkeypatch.chdir(made)
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    return made


@pytest.mark.usefixtures("root")
def test_a_run_that_can_be_done_has_no_faults(capsys: pytest.CaptureFixture[str]) -> None:
    """A tiny LoRA run on the CPU: every look is there, each ok, exit code 0."""
    assert main([RUN]) == 0
    told = capsys.readouterr()
    subjects = {line.split()[1] for line in told.out.splitlines() if line.startswith("ok ")}
    expected = {"keys", "card", "base", "adapter", "disk", "data", "lengths", "W&B"}
    assert subjects == expected
    assert "error" not in told.err


def test_every_fault_is_told_again_at_the_end(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt key, a missing base, an adapter of another family, rows too long: exit code 1."""
    write_run(
        root,
        "broken",
        lora_dropuot=0.1,
        base_model="runs/nothing",
        datasets=[{"path": "data/alpaca/advice/none.jsonl", "type": {"format": "{input}"}}],
    )
    write_run(root, "misfit", lora_target_modules=["q_proj"], sequence_len=16)
    assert main(["broken"]) == 1
    errors = [line.split(": ")[1] for line in capsys.readouterr().err.splitlines() if "err" in line]
    assert [e for e in errors if e in {"keys", "base model", "data"}] == [
        "keys",
        "base model",
        "data",
    ]
    assert main(["misfit"]) == 1
    told = capsys.readouterr().err
    assert "error: adapter: base (gpt_neox) has no q_proj; in axolotl_configs/misfit.yml" in told
    assert "tokens of 16 (row" in told


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lora_r": "sixteen"}, "lora_r is 'sixteen', a whole number is wanted; mend it and look"),
        ({"sequence_len": "long"}, "sequence_len is 'long', a whole number is wanted; mend it"),
        ({"plugins": ["no.such.Plugin"]}, "Axolotl has no plugin no.such.Plugin: "),
    ],
)
def test_what_cannot_be_computed_with_is_a_fault(
    changed: dict[str, object], said: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A word for a number, and a plugin that is not there, end the look with their line."""
    path = write_run(root, "wrong", **changed)
    assert main(["wrong"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"error: values: {path.relative_to(root)}")
    assert said in told


@pytest.mark.parametrize("entries", [{"path": "a.jsonl"}, ["a path.jsonl"]])
def test_data_sets_that_are_none_are_one_error(
    entries: object, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything looks for a path in them; the file and the key are named."""
    path = write_run(root, "wrong", datasets=entries).relative_to(root)
    assert main(["wrong"]) == 1
    told = f"error: {path}: datasets is a list of mappings, each with a path; mend it there\n"
    assert capsys.readouterr().err == told


@pytest.mark.usefixtures("root")
def test_a_run_that_is_not_there_is_one_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The runs that are there are named."""
    assert main(["no-such-run"]) == 1
    assert (
        "no-such-run.yml is missing; the runs in axolotl_configs/ are: " in capsys.readouterr().err
    )


def test_the_table_puts_a_cure_below_its_finding() -> None:
    """Level, subject, words; then an arrow and the cure."""
    found = Finding("data", "fault", "train.jsonl is missing", "make it with: make data")
    assert list(table([found, Finding("card", "ok", "L4")])) == [
        "fault    data           train.jsonl is missing",
        "                        → make it with: make data",
        "ok       card           L4",
    ]
    assert faults([found]) == ["data: train.jsonl is missing; make it with: make data"]
