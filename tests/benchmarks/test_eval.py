"""The benchmark of scores: its work is like real work, and both ways give equal numbers."""

from __future__ import annotations

import argparse

import msgspec
import pytest

from benchmarks.eval import ours, paired_texts, plain, score
from benchmarks.eval_loops import loops, refuse_others
from benchmarks.eval_work import SYSTEMS, Work, make_work

OPTIONS = argparse.Namespace(predictions=80, resamples=200, pairs=10, loops=3)


@pytest.fixture(scope="module")
def work() -> Work:
    """Make the work of 80 predictions."""
    return make_work(OPTIONS.predictions)


def test_work_is_of_all_systems(work: Work) -> None:
    """Ten systems answer eight items of two essays, each in words of its own."""
    assert list(work.predictions) == list(SYSTEMS)
    assert {len(of) for of in work.predictions.values()} == {len(work.items)} == {8}
    assert len({item.row.source_id for item in work.items}) == 2
    said = [pair[0] for pair in paired_texts(work)]
    assert len(said) > 20
    assert len(set(said)) == len(said)


def test_the_plain_way_gives_equal_numbers() -> None:
    """Text metrics and resamples are held against ours, and seconds come out for both."""
    for way in (ours, plain):
        told = way(OPTIONS)
        for part in ("scores", "statistics"):
            assert told[part]["wall"] > 0
            assert told[part]["processor"] > 0
    assert told["pairs"] > told["pairs_timed"] == 10


def test_another_number_is_an_error(work: Work) -> None:
    """Resamples of scores that are not those of the loops would be seen."""
    with pytest.raises(ValueError, match="chrf: 1 of 2 numbers differ"):
        refuse_others("chrf", [0.5, 0.25], [0.5, 0.2500001])
    with pytest.raises(ValueError, match="0 of 0"):
        refuse_others("chrf", [], [])
    scores = score(work)
    loops(work, scores, OPTIONS.loops)
    first = scores["tuned"][0]
    scores["tuned"][0] = msgspec.structs.replace(
        first, counts=first.counts | {"items": 0.0}, source_id="other"
    )
    with pytest.raises(ValueError, match="do not fit"):
        loops(work, scores, OPTIONS.loops)
