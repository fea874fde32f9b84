"""What many tests start from: the data of a few invented essays, and a tiny model's folder."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from crawler.items import write_jsonl
from crawler.replica.essays import generate_essays
from preprocess.build import main as build
from preprocess.smoke_model import training_texts, write_model_config, write_tokenizer

ROOT = Path(__file__).parents[1]

#: Nothing that a test starts may leave this machine.
OFFLINE = {"HF_HUB_OFFLINE": "1", "WANDB_MODE": "offline", "AXOLOTL_DO_NOT_TRACK": "1"}
os.environ.update(OFFLINE)
# A shell ignores Ctrl-C for what it starts in the background, and children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data folder of 60 invented essays."""
    folder = tmp_path_factory.mktemp("built") / "data"
    write_jsonl(folder / "raw" / "essays.jsonl", generate_essays(seed=11, count=60))
    raw = ["--raw", str(folder / "raw" / "essays.jsonl"), "--out", str(folder)]
    assert (
        build(
            [
                *raw,
                "--validation",
                "0.2",
                "--test",
                "0.2",
                "--unseen-firms",
                "0.1",
                "--most-shared",
                "1",
            ]
        )
        == 0
    )
    return folder


@pytest.fixture(scope="session")
def tiny_model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a tokenizer and a GPT-NeoX configuration, without weights."""
    folder = tmp_path_factory.mktemp("tiny-model")
    write_model_config(folder, vocabulary=write_tokenizer(training_texts(data), folder))
    return folder
