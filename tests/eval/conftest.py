"""A whole small run in the working directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.runs import Run
from tests.eval.rows import write_run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write a run with four systems and stand where its paths start."""
    monkeypatch.chdir(tmp_path)
    return write_run(tmp_path)
