"""The question bank, read once; the embedded picker and a tiny Sentence-BERT, fitted once."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.random_bert import make_bert
from interview.bank import Bank, read_bank
from interview.fitting import Settings
from interview.material import LEAVES, Material, of_study
from interview.picking import Picker, default_picker
from interview.records import ASKED, FAILED, Turn
from interview.train import train
from preprocess.alpaca import Split
from tests.interview.study_folder import study_folder


@pytest.fixture(scope="session")
def bank() -> Bank:
    """Give the project's question bank."""
    return read_bank()


@pytest.fixture(scope="session")
def picker(bank: Bank) -> Picker:
    """Give the embedded default, fitted once."""
    return default_picker(bank)


@pytest.fixture(scope="session")
def tiny_bert(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a tiny random BERT."""
    return make_bert(tmp_path_factory.mktemp("bert") / "tiny", bank)


@pytest.fixture(scope="session")
def few(bank: Bank) -> Material:
    """Give the turns of two topics; the candidates are theirs, and the rest's labels."""
    topics = bank.topics[1:3]
    names = [expected.name for topic in topics for expected in topic.expected]

    def part(split: Split) -> tuple[Turn, ...]:
        found = {topic.name for topic in topics}
        return tuple(row for row in bank.split(split) if row.topic in found)

    candidates = (*names, FAILED, ASKED, LEAVES)
    return Material(
        "bank", "satisfied", part("train"), part("validation"), part("test"), candidates
    )


@pytest.fixture(scope="session")
def trained(tiny_bert: Path, few: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a training of the tiny random BERT on two topics."""
    out = tmp_path_factory.mktemp("trained") / "tiny"
    train(str(tiny_bert), few, Settings(epochs=8, batch=8, rate=2e-3), out)
    return out


@pytest.fixture(scope="session")
def trained_study(tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give a small folder of the study's form, and a training of the tiny random BERT on it."""
    study = study_folder(tmp_path_factory.mktemp("study"))
    out = tmp_path_factory.mktemp("trained") / "study"
    train(str(tiny_bert), of_study(study, "satisfied"), Settings(epochs=2), out)
    return study, out
