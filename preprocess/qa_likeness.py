"""How alike answers are, within a row of the question file and between rows: Dice of every pair.

The likeness is `preprocess.qa_records.dice`, which a test holds this to. Pair by pair the contest's
3,220 answers would take minutes; here an answer meets all others by the places of its runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from preprocess.alpaca import Record
from preprocess.qa_records import grams

BINS: Final = 20


class Likeness(Record, frozen=True):
    """The Dice of pairs of answers: how many pairs, their mean, and counts in twentieths.

    `mean` is `None` where there is no pair.
    """

    pairs: int
    mean: float | None
    bins: tuple[int, ...]


class AnswerLikeness(Record, frozen=True):
    """Pairs of answers to one question, and pairs of answers to questions of different rows."""

    within: Likeness
    between: Likeness


def answer_likeness(rows: Sequence[Sequence[str]]) -> AnswerLikeness:
    """Compare every answer with every other.

    Args:
        rows: The answers of each row.

    """
    texts = [_numbered(text) for row in rows for text in row]
    owners = np.array([number for number, row in enumerate(rows) for _ in row], dtype=np.intp)
    sets = _numbers(texts)
    every = np.concatenate([*sets, np.empty(0, np.intp)])
    order = np.argsort(every, kind="stable")
    runs, holders = every[order], np.arange(len(sets)).repeat([len(s) for s in sets])[order]
    sizes = np.array([len(one) for one in sets])
    within, between = _Sum(), _Sum()
    for index, one in enumerate(sets):
        low, high = np.searchsorted(runs, one), np.searchsorted(runs, one, "right")
        counts = high - low
        places = np.repeat(high - counts.cumsum(), counts) + np.arange(counts.sum())
        common = np.bincount(holders[places], minlength=len(sets))
        # Each pair once: with those that come later.
        both = np.maximum(sizes[index] + sizes, 1)
        shares = (2 * common / both)[index + 1 :]
        same = owners[index + 1 :] == owners[index]
        within.add(shares[same])
        between.add(shares[~same])
    return AnswerLikeness(within.told(), between.told())


def _numbered(text: str) -> list[tuple[str, int]]:
    """Take the n-th of equal runs as a run of its own, so that sets have the counts of bags."""
    return [(run, nth) for run, count in grams(text).items() for nth in range(count)]


def _numbers(texts: Sequence[Sequence[tuple[str, int]]]) -> list[NDArray[np.intp]]:
    known: dict[tuple[str, int], int] = {}
    return [
        np.array([known.setdefault(run, len(known)) for run in text], dtype=np.intp)
        for text in texts
    ]


class _Sum:
    """Adds up shares and sorts them into bins."""

    def __init__(self) -> None:
        self.pairs, self.total = 0, 0.0
        self.bins = np.zeros(BINS, np.int64)

    def add(self, shares: NDArray[np.float64]) -> None:
        self.pairs += len(shares)
        self.total += float(shares.sum())
        self.bins += np.histogram(shares, BINS, (0, 1))[0]

    def told(self) -> Likeness:
        mean = self.total / self.pairs if self.pairs else None
        return Likeness(self.pairs, mean, tuple(self.bins.tolist()))
