"""Macro-F1 of choices, with its standard error from a seeded bootstrap over items.

Macro-F1 depends on the items only through how often each label was answered with each choice.
Drawing n items with replacement is therefore one multinomial draw over those cells, and all
resamples are made at once (Efron and Tibshirani 1993, chapter 6). Items are drawn one by one, as
lm-eval draws them: hardly two share a text (WiC's 1,260 share 778 words, in other sentences).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Counts = NDArray[np.int64]

LEVEL = 0.95


class Measured(NamedTuple):
    """A value, the standard deviation of its resamples, and their 95 % percentile interval."""

    value: float
    stderr: float
    low: float
    high: float


def numbers(digits: str) -> Counts:
    """Read one digit an item as numbers of choices."""
    return np.array([int(digit) for digit in digits])


def tally(choices: int, *answers: str) -> Counts:
    """Count items by label and choice: an array with an axis of `choices` for each of `answers`."""
    counts = np.zeros((choices,) * len(answers), np.int64)
    np.add.at(counts, tuple(numbers(digits) for digits in answers), 1)
    return counts


def macro_f1(confusion: Counts) -> Matrix:
    """Compute the mean of the labels' F1.

    As in scikit-learn, a label that no item has and no answer chose takes no part, and one that
    is never answered rightly has F1 0.

    Args:
        confusion: Counts whose last two axes are label and choice; one item at least.

    Returns:
        An array of the axes before those two.

    """
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    seen = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    f1 = np.divide(2 * right, seen, out=np.zeros(seen.shape), where=seen > 0)
    mean: Matrix = f1.sum(axis=-1) / (seen > 0).sum(axis=-1)
    return mean


def measure(gold: str, chosen: str, choices: int, *, resamples: int, seed: int) -> Measured:
    """Compute macro-F1 of what was chosen, one digit an item."""
    counts = tally(choices, gold, chosen)
    return _measured(float(macro_f1(counts)), macro_f1(_drawn(counts, resamples, seed)))


def measure_difference(  # noqa: PLR0913 - label, two answers, and how to resample
    gold: str, chosen: str, other: str, choices: int, *, resamples: int, seed: int
) -> Measured:
    """Compute macro-F1 of `chosen` minus that of `other`, item by item on the same resamples."""
    counts = tally(choices, gold, chosen, other)
    return _measured(float(_difference(counts)), _difference(_drawn(counts, resamples, seed)))


def _difference(counts: Counts) -> Matrix:
    """Subtract macro-F1; the last three axes are label, choice and the other's choice."""
    return macro_f1(counts.sum(axis=-1)) - macro_f1(counts.sum(axis=-2))


def _drawn(counts: Counts, resamples: int, seed: int) -> Counts:
    """Draw the items again, `resamples` times; the first axis of the result."""
    shares = counts.ravel() / counts.sum()
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(counts.sum(), shares, size=resamples)
    return drawn.reshape(resamples, *counts.shape)


def _measured(value: float, drawn: Matrix) -> Measured:
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Measured(value, float(drawn.std(ddof=1)), float(low), float(high))
