"""The interviewer's benchmark: all ways score alike, and a way that does not is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from benchmarks.interview import WAYS, Result, compare, main
from interview.encoders import NgramEncoder, Vectors


class Drifting:
    """An encoder that gives other vectors at every call."""

    name = "drifting"

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Turn the default's vectors by a place a call."""
        self.calls += 1
        return np.roll(NgramEncoder().encode(texts), self.calls, axis=1)


def test_all_ways_are_timed(tmp_path: Path) -> None:
    """With a small encoder, each way has its turns per second, and all their scores agree."""
    out = tmp_path / "interview.json"
    assert main(["--turns", "2", "--layers", "1", "--width", "32", "--out", str(out)]) == 0
    found = msgspec.json.decode(out.read_bytes(), type=Result)
    assert tuple(found.turns_per_second) == WAYS
    assert min(found.turns_per_second.values()) > 0
    assert found.turns_per_second["ours"] > found.turns_per_second["encoded again"]
    assert (found.turns, found.width) == (2, 32)


def test_other_scores_are_refused(tmp_path: Path) -> None:
    """Ways whose scores differ are not compared by their speed."""
    with pytest.raises(ValueError, match="encoded again: scores are up to"):
        compare(Drifting(), 2, tmp_path)
