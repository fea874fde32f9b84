"""A whole small run in the working directory, and a real chat server with a tiny model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.runs import Run
from preprocess.endpoint import Endpoint
from tests.eval.judging import by_rule, prefer_advice
from tests.eval.rows import write_run
from tests.eval.served import served
from tests.preprocess.chat_server import Site, serving


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write a run with four systems and stand where its paths start."""
    monkeypatch.chdir(tmp_path)
    return write_run(tmp_path)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve a judge that knows advice when it sees it."""
    with serving("") as held:
        held.answering = by_rule(prefer_advice)
        monkeypatch.setenv("OPENAI_BASE_URL", held.url)
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        monkeypatch.delenv("OPENAI_MODEL", raising=False)
        yield held


@pytest.fixture(scope="session")
def served_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """Give the endpoint of a real `transformers serve`, started once for all tests."""
    with served(tmp_path_factory.mktemp("served")) as endpoint:
        yield endpoint
