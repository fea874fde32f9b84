"""The record of a training: what it holds, and what counts as a change."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest

from axolotl_configs.named_run import NamedRun, named_run
from axolotl_configs.record import (
    changes,
    folder_of,
    make_record,
    other_versions,
    read_record,
    write_record,
)
from axolotl_configs.run_yaml import RunError
from tests.conftest import ROOT

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
YAML = """# a comment
base_model: base
datasets:
  - path: data/train.jsonl
test_datasets:
  - path: data/validation.jsonl
dataset_prepared_path: data/prepared/r
output_dir: runs/r
sequence_len: 64
lora_r: 4
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NamedRun:
    """Stand in a folder with a run, its data and its base."""
    monkeypatch.chdir(tmp_path)
    for folder in ("data", "base", "axolotl_configs"):
        Path(folder).mkdir()
    Path("data/train.jsonl").write_text("하나\n", encoding="utf-8")
    Path("data/validation.jsonl").write_text("둘\n", encoding="utf-8")
    Path("base/config.json").write_text("{}")
    Path("base/model.safetensors").write_bytes(b"1234")
    Path("base/debug.log").write_text("no part of the model")
    Path("axolotl_configs/r.yml").write_text(YAML)
    return named_run("r")


def changed(run: NamedRun) -> list[str]:
    """Name what differs between the run's record and now."""
    before = read_record(run)
    assert before is not None
    return changes(named_run("r"), before, make_record(named_run("r"), cards="none"))


def test_a_record_holds_what_a_training_started_from(run: NamedRun) -> None:
    """Sums of data and base, versions, machine and time; it reads back as it was written."""
    record = make_record(run, cards="NVIDIA L4", now=NOW)
    assert record.data == {
        "data/train.jsonl": hashlib.sha256("하나\n".encode()).hexdigest(),
        "data/validation.jsonl": hashlib.sha256("둘\n".encode()).hexdigest(),
    }
    assert sorted(record.base_files) == ["base/config.json", "base/model.safetensors"]
    assert record.versions["axolotl"] == version("axolotl")
    assert (record.cards, record.made) == ("NVIDIA L4", NOW)
    write_record(run, record)
    assert read_record(run) == record
    assert (folder_of(run) / "config.yml").read_text() == YAML


def test_no_record_yet(run: NamedRun) -> None:
    """A run that was never trained has none, which is no error."""
    assert read_record(run) is None


def test_a_broken_record_is_one_error(run: NamedRun) -> None:
    """Another version's record, or a damaged one, names the file and the cure."""
    write_record(run, make_record(run, cards="none"))
    (folder_of(run) / "record.json").write_text('{"run": "r"}')
    with pytest.raises(RunError, match=r"record\.json: .*--fresh"):
        read_record(run)


@pytest.mark.parametrize("content", [None, b"a: [1", b"\xff\xfe"])
def test_a_record_whose_yaml_is_lost_is_one_error(content: bytes | None, run: NamedRun) -> None:
    """Missing, cut, or no UTF-8: nobody can tell what changed."""
    write_record(run, make_record(run, cards="none"))
    path = folder_of(run) / "config.yml"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RunError, match=r"(?s)config\.yml cannot be read .*; train anew"):
        changed(run)


def test_missing_data_is_one_error(run: NamedRun) -> None:
    """There is nothing to be recorded without data."""
    Path("data/train.jsonl").unlink()
    with pytest.raises(RunError, match=r"data/train\.jsonl is missing; make it with: make data"):
        make_record(run, cards="none")


def test_nothing_changed(run: NamedRun) -> None:
    """The same files, settings and base; a comment is no setting."""
    write_record(run, make_record(run, cards="none", now=NOW))
    run.config.write_text("# another comment\n" + YAML)
    assert changed(run) == []


def test_what_changed_is_named(run: NamedRun) -> None:
    """Settings with both values, lists by their key, files by their path, new files too."""
    write_record(run, make_record(run, cards="none", now=NOW))
    more = "  - path: data/more.jsonl\ntest_datasets"
    run.config.write_text(YAML.replace("lora_r: 4", "lora_r: 8").replace("test_datasets", more))
    Path("data/more.jsonl").write_text("셋\n", encoding="utf-8")
    Path("data/validation.jsonl").write_text("넷\n", encoding="utf-8")
    Path("base/model.safetensors").write_bytes(b"1235")
    assert changed(run) == [
        "datasets",
        "lora_r (4 → 8)",
        "data/more.jsonl",
        "data/validation.jsonl",
        "base/model.safetensors",
    ]


def test_other_versions_are_named(run: NamedRun) -> None:
    """They stop nothing, since what can be gone on with is not known."""
    record = make_record(run, cards="none")
    older = msgspec.structs.replace(record, versions=record.versions | {"torch": "2.0.0"})
    assert other_versions(older, record) == [f"torch 2.0.0 → {version('torch')}"]
    assert other_versions(record, record) == []


def git(folder: Path, *words: str) -> str:
    """Run git as somebody."""
    author = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    command = ["git", "-C", str(folder), *author, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_commit_is_recorded_and_whether_files_differ(run: NamedRun, tmp_path: Path) -> None:
    """None outside a repository, then its commit, then a changed file."""
    assert make_record(run, cards="none").commit is None
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "runs")
    clean = make_record(run, cards="none").commit
    assert clean is not None
    assert (clean.name, clean.dirty) == (git(tmp_path, "rev-parse", "HEAD"), False)
    run.config.write_text(YAML + "seed: 1\n")
    dirty = make_record(run, cards="none").commit
    assert dirty is not None
    assert dirty.dirty


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: [\n", r"cannot be read as YAML: line 3, column 1: [^\n]+; mend it there$"),
        ("a: \x00", r"cannot be read as YAML: [^\n]+; mend it there$"),
        ("[]", "holds no keys"),
        ("base_model: b\noutput_dir: o\n", "lacks datasets, dataset_prepared_path, sequence_len"),
    ],
)
def test_a_yaml_that_is_no_run_is_one_error(text: str, said: str, tmp_path: Path) -> None:
    """The file is named, and what it lacks."""
    path = tmp_path / "r.yml"
    path.write_text(text)
    with pytest.raises(RunError, match=said):
        named_run(str(path))


def test_a_missing_run_names_those_that_are_there() -> None:
    """A misspelt name is answered with the nearest there is, a strange one with all of them."""
    with pytest.raises(RunError, match=r"smoke-bass\.yml is missing; did you mean smoke-base\?$"):
        named_run("smoke-bass", ROOT / "axolotl_configs")
    with pytest.raises(RunError, match=r"oboe\.yml is missing; the runs .*smoke-base"):
        named_run("oboe", ROOT / "axolotl_configs")
