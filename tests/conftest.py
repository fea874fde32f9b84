"""What many tests start from: the data of a few invented essays, and a tiny model's folder."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.items import write_jsonl
from crawler.replica.essays import generate_essays
from preprocess.build import main as build
from preprocess.smoke_model import training_texts, write_model_config, write_tokenizer

ROOT = Path(__file__).parents[1]
#: The names of the runs.
STEMS = {path.stem for path in (ROOT / "axolotl_configs").rglob("*.yml")}

#: Nothing that a test starts may leave this machine.
OFFLINE = {"HF_HUB_OFFLINE": "1", "WANDB_MODE": "offline", "AXOLOTL_DO_NOT_TRACK": "1"}
os.environ.update(OFFLINE)
#: The work of these tests is too small to be parted: threads would wait in loops, and each process
#: that prepares rows for Axolotl, one of them too, would first import all of it.
os.environ.update({"OMP_NUM_THREADS": "1", "AXOLOTL_DATASET_NUM_PROC": "0"})
# A shell ignores Ctrl-C for what it starts in the background, and children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


#: What takes longest comes first, so that no worker is left alone with it.
LONG = tuple(
    ROOT / "tests" / name
    for name in (
        "test_pipeline.py",
        "axolotl_configs/test_train.py",
        "axolotl_configs/test_config_training.py",
        "axolotl_configs/test_merge.py",
    )
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files of `LONG` before all others, each file's tests in their order."""
    items.sort(key=lambda item: LONG.index(item.path) if item.path in LONG else len(LONG))


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Make a folder once for all workers of a run; whoever asks meanwhile waits.

    Args:
        factory: pytest's own.
        name: The folder's name, one for each thing that is made.
        make: Makes the folder, which is not there yet.

    Returns:
        The folder, which others read too: write into a copy.

    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, made = base / name, base / f"{name}.made"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed here
            make(folder)
            made.touch()
    return folder


def build_data(folder: Path) -> None:
    """Turn 60 invented essays into rows."""
    raw = folder / "raw" / "essays.jsonl"
    write_jsonl(raw, generate_essays(seed=11, count=60))
    shares = ["--validation", "0.2", "--test", "0.2", "--unseen-firms", "0.1", "--most-shared", "1"]
    assert build(["--raw", str(raw), "--out", str(folder), *shares, "--workers", "1"]) == 0


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data folder of 60 invented essays; what is written into it stays in the worker."""
    made = made_once(tmp_path_factory, "data-of-60", build_data)
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("built") / "data"))


@pytest.fixture(scope="session")
def tiny_model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a tokenizer and a GPT-NeoX configuration, without weights."""
    folder = tmp_path_factory.mktemp("tiny-model")
    write_model_config(folder, vocabulary=write_tokenizer(training_texts(data), folder))
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each check of one run's YAML with the number of files that passed it.

    Here, since the process that hears all workers reads no other conftest.
    """
    stats = terminalreporter.stats
    asked, held = (
        Counter(name for kind in kinds for r in stats.get(kind, ()) if (name := _check(r.nodeid)))
        for kinds in (("passed", "failed"), ("passed",))
    )
    if asked:
        terminalreporter.section(f"checks of {len(STEMS)} configs")
    for check, files in sorted(asked.items()):
        terminalreporter.write_line(f"{held[check]:3} of {files:2} files  {check}")


def _check(node: str) -> str | None:
    """Give the name of a test that was given a YAML by its stem, as the reports of workers tell."""
    place, _, parameters = node.partition("[")
    is_check = "axolotl_configs/test_config_" in place
    return place.rpartition("::")[2] if is_check and parameters[:-1] in STEMS else None
