"""Predicted advice against the expert's: which sentences, and which points, are the same.

Sentences are compared as pairs (sentence, polarity). Points are compared by assignment: a
predicted and an expert point of one polarity may be a pair when the Jaccard index of their
sentences is at least one half, and the assignment takes as many pairs as there can be, among
those the ones with the highest sum of Jaccard indices (Hungarian method, scipy's
`linear_sum_assignment`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from preprocess.alpaca import Point, Polarity

#: A predicted and an expert point that say the same, or claim to.
Pair = tuple[Point, Point]

POLARITIES: tuple[Polarity, ...] = ("good", "bad")
JACCARD_THRESHOLD = 0.5


@dataclass(frozen=True)
class Counts:
    """True positives, false positives (predicted alone), false negatives (expert alone)."""

    tp: int
    fp: int
    fn: int


def sentence_counts(
    predicted: Sequence[Point], expert: Sequence[Point], polarity: Polarity
) -> Counts:
    """Count the sentences that both mark with a polarity, and those only one marks."""
    said = {n for p in predicted if p.polarity == polarity for n in p.sentences}
    wanted = {n for p in expert if p.polarity == polarity for n in p.sentences}
    return Counts(len(said & wanted), len(said - wanted), len(wanted - said))


def anchor_counts(predicted: Sequence[Point], expert: Sequence[Point]) -> Counts:
    """Count the anchors (polarity and number) that both answer, and those only one answers.

    Of `advice-anchored`, where a point's `sentences` hold its anchor's number; an anchor that is
    answered twice counts once.
    """
    said = {(p.polarity, p.sentences) for p in predicted}
    wanted = {(p.polarity, p.sentences) for p in expert}
    return Counts(len(said & wanted), len(said - wanted), len(wanted - said))


def jaccard(one: Point, other: Point) -> float:
    """Size of the common sentences over size of all sentences of two points, 0 to 1."""
    first, second = set(one.sentences), set(other.sentences)
    return len(first & second) / len(first | second)


def match_points(predicted: Sequence[Point], expert: Sequence[Point]) -> tuple[Pair, ...]:
    """Pair predicted with expert points; each stands in one pair at most.

    The order in which the points are given makes no difference.

    Returns:
        Pairs (predicted, expert), the good ones first, by sentences within a polarity.

    """
    pairs: list[Pair] = []
    for polarity in POLARITIES:
        said = in_order(p for p in predicted if p.polarity == polarity)
        wanted = in_order(p for p in expert if p.polarity == polarity)
        pairs.extend(assign(said, wanted))
    return tuple(pairs)


def in_order(points: Iterable[Point]) -> list[Point]:
    """Sort points by sentences, then text."""
    return sorted(points, key=lambda p: (p.sentences, p.text))


def assign(said: Sequence[Point], wanted: Sequence[Point]) -> list[Pair]:
    """Solve the assignment among points of one polarity."""
    if not said or not wanted:
        return []
    overlap = np.array([[jaccard(one, other) for other in wanted] for one in said])
    fits = overlap >= JACCARD_THRESHOLD
    # One more pair must outweigh any gain in overlap, and all overlaps together stay below this.
    per_pair = float(min(overlap.shape) + 1)
    rows, columns = linear_sum_assignment(np.where(fits, overlap + per_pair, 0.0), maximize=True)
    return [
        (said[row], wanted[column])
        for row, column in zip(rows, columns, strict=True)
        if fits[row, column]
    ]


def point_counts(predicted: Sequence[Point], expert: Sequence[Point]) -> Counts:
    """Count the pairs, the predicted points without one, and the expert points without one."""
    pairs = len(match_points(predicted, expert))
    return Counts(pairs, len(predicted) - pairs, len(expert) - pairs)
