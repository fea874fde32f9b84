"""Predicted against expert points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measuring.advice import (
    Counts,
    anchor_counts,
    jaccard,
    match_points,
    point_counts,
    sentence_counts,
)
from preprocess.alpaca import Point
from tests.eval.rows import point

POINTS = st.lists(
    st.builds(
        Point,
        st.sampled_from(["good", "bad"]),
        st.sets(st.integers(1, 6), min_size=1, max_size=4).map(lambda s: tuple(sorted(s))),
        st.sampled_from(["가", "나", "다"]),
    ),
    max_size=5,
)


@pytest.mark.parametrize(
    ("predicted", "expert", "good", "bad"),
    [
        ([], [], Counts(0, 0, 0), Counts(0, 0, 0)),
        ([point("bad", 1, 2)], [point("bad", 2, 3)], Counts(0, 0, 0), Counts(1, 1, 1)),
        ([point("good", 2)], [point("bad", 2)], Counts(0, 1, 0), Counts(0, 0, 1)),
        (
            [point("bad", 1), point("bad", 1, 2)],
            [point("bad", 1), point("good", 4)],
            Counts(0, 0, 1),
            Counts(1, 1, 0),
        ),
    ],
)
def test_sentences_are_counted_by_polarity(
    predicted: list[Point], expert: list[Point], good: Counts, bad: Counts
) -> None:
    """A sentence counts once per polarity, however many points speak of it."""
    assert sentence_counts(predicted, expert, "good") == good
    assert sentence_counts(predicted, expert, "bad") == bad


@pytest.mark.parametrize(
    ("predicted", "expert", "expected"),
    [
        ([], [], Counts(0, 0, 0)),
        ([point("bad", 1)], [point("bad", 1)], Counts(1, 0, 0)),
        ([point("good", 1)], [point("bad", 1)], Counts(0, 1, 1)),
        ([point("bad", 2)], [point("bad", 1), point("good", 1)], Counts(0, 1, 2)),
        ([point("bad", 1), point("bad", 1)], [point("bad", 1)], Counts(1, 0, 0)),
    ],
)
def test_anchors_are_counted(predicted: list[Point], expert: list[Point], expected: Counts) -> None:
    """An anchor is its polarity and number, and counts once however often it is answered."""
    assert anchor_counts(predicted, expert) == expected


@pytest.mark.parametrize(
    ("predicted", "expert", "expected"),
    [
        ([point("bad", 1)], [point("bad", 1, 2)], Counts(1, 0, 0)),
        ([point("bad", 1)], [point("bad", 1, 2, 3)], Counts(0, 1, 1)),
        ([point("good", 1)], [point("bad", 1)], Counts(0, 1, 1)),
        ([point("bad", 1), point("bad", 1)], [point("bad", 1)], Counts(1, 1, 0)),
        # One perfect pair or two fair ones, with the same sum of Jaccard indices: two are taken.
        (
            [point("bad", 1, 2), point("bad", 2)],
            [point("bad", 1, 2), point("bad", 1)],
            Counts(2, 0, 0),
        ),
    ],
)
def test_points_are_assigned(predicted: list[Point], expert: list[Point], expected: Counts) -> None:
    """Pairs need one polarity and half the sentences, and there are as many as can be."""
    assert point_counts(predicted, expert) == expected


def test_of_equally_many_pairs_the_closer_is_taken() -> None:
    """Where the number of pairs does not decide, overlap does."""
    near, far = point("bad", 1, 2), point("bad", 1, 2, 3)
    assert match_points([far, near], [point("bad", 1, 2)]) == ((near, point("bad", 1, 2)),)


@given(POINTS, POINTS, st.randoms(use_true_random=False))
def test_order_of_points_is_irrelevant(
    predicted: list[Point], expert: list[Point], chance: object
) -> None:
    """Any order gives the same pairs."""
    before = match_points(predicted, expert)
    chance.shuffle(predicted)  # type: ignore[attr-defined]
    chance.shuffle(expert)  # type: ignore[attr-defined]
    assert match_points(predicted, expert) == before


@given(POINTS, POINTS)
def test_counts_add_up_and_mirror(predicted: list[Point], expert: list[Point]) -> None:
    """Every point is counted once, and exchanging the sides exchanges fp and fn."""
    counts = point_counts(predicted, expert)
    assert (counts.tp + counts.fp, counts.tp + counts.fn) == (len(predicted), len(expert))
    assert point_counts(expert, predicted) == Counts(counts.tp, counts.fn, counts.fp)
    assert all(jaccard(p, e) >= 0.5 for p, e in match_points(predicted, expert))
