"""Do raters agree: Krippendorff's alpha, Cohen's kappa, and intervals for both.

All take ratings as numbers (kinds are numbered by the caller) and give a number, or an `Unscored`
that says why there is none. One rater has nobody to agree with, and a rater who gave one and the
same value to everything leaves nothing that chance could be told from: neither is 0 or 1. Of fewer
essays than a slice needs (`eval.comparing.slices`) there is none either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import krippendorff
import numpy as np
from numpy.typing import NDArray

from eval.comparing.slices import FEWEST_ESSAYS, TOO_FEW
from eval.comparing.statistics import draw_weights, with_interval
from eval.records import Estimate, Unscored

Level = Literal["nominal", "ordinal", "interval"]
Units = Sequence[Sequence[float]]
T = TypeVar("T")

NO_PAIR = "no item was rated twice"
ONE_VALUE = "all ratings are the same, so that chance would agree as well"
ONE_SIDE = "one side gave everything the same, which agrees with nothing beyond chance"


def krippendorff_alpha(units: Units, level: Level = "ordinal") -> float | Unscored:
    """Compute Krippendorff's alpha: 1 for full agreement, 0 for that of chance, below 0 for worse.

    Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), by the package
    `krippendorff`.

    Args:
        units: For each rated thing the values that it got, in any order; who gave none is left
            out. A thing with fewer than two values tells nothing and is passed over.
        level: `nominal` for kinds, `ordinal` for marks such as 1 to 5, `interval` for measures.

    """
    paired = [unit for unit in units if len(unit) > 1]
    if not paired:
        return Unscored(NO_PAIR)
    values = sorted({value for unit in paired for value in unit})
    if len(values) == 1:
        return Unscored(ONE_VALUE)
    return float(
        krippendorff.alpha(
            value_counts=value_counts(paired, values),
            value_domain=values,
            level_of_measurement=level,
        )
    )


def value_counts(units: Units, values: Sequence[float]) -> NDArray[np.int_]:
    """Count how often each unit got each value: units × values."""
    column = {value: k for k, value in enumerate(values)}
    counts = np.zeros((len(units), len(values)), dtype=np.int_)
    for row, unit in enumerate(units):
        for value in unit:
            counts[row, column[value]] += 1
    return counts


def quadratic_kappa(one: Sequence[float], other: Sequence[float]) -> float | Unscored:
    """Compute Cohen's kappa with quadratic weights of two raters' marks of the same things.

    Disagreement is the squared difference of the marks themselves, so that a mark which nobody
    gave does not draw its neighbours together; on marks without gaps it is scikit-learn's
    `cohen_kappa_score(weights="quadratic")`. Source: J. Cohen, Weighted kappa (1968).

    Raises:
        ValueError: The two did not rate equally many things.

    """
    return kappa(one, other, lambda a, b: (a - b) ** 2)


def plain_kappa(one: Sequence[float], other: Sequence[float]) -> float | Unscored:
    """Compute Cohen's kappa (1960) of two raters' kinds: all disagreements weigh the same.

    Raises:
        ValueError: The two did not rate equally many things.

    """
    return kappa(one, other, lambda a, b: (a != b).astype(np.float64))


Distance = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def kappa(one: Sequence[float], other: Sequence[float], distance: Distance) -> float | Unscored:
    """Compute one minus the mean distance over that of the two raters' values drawn apart.

    Raises:
        ValueError: The two did not rate equally many things.

    """
    if len(one) != len(other):
        raise ValueError(f"{len(one)} ratings cannot be paired with {len(other)}")
    if not one:
        return Unscored(NO_PAIR)
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    expected = distance(first[:, None], second[None, :]).mean()
    if expected == 0:
        return Unscored(ONE_VALUE)
    if 1 in {len(np.unique(first)), len(np.unique(second))}:
        return Unscored(ONE_SIDE)
    return float(1 - distance(first, second).mean() / expected)


def with_resamples(
    measure: Callable[[Sequence[T]], float | Unscored],
    rated: Sequence[T],
    essays: Sequence[str],
    *,
    resamples: int,
    seed: int,
) -> Estimate | Unscored:
    """Put a 95 % interval around a measure of rated things, from resamples of their essays.

    Args:
        measure: What is computed on the things, and on each resample of them.
        rated: The things, as `measure` takes them.
        essays: The essay that each belongs to; all things of an essay are drawn together.
        resamples: How many are drawn.
        seed: Of the draw.

    """
    value = measure(rated)
    if isinstance(value, Unscored):
        return value
    known = sorted(set(essays))
    if len(known) < FEWEST_ESSAYS:
        return TOO_FEW
    position = np.array([known.index(essay) for essay in essays])
    times = draw_weights(len(known), resamples, seed)[:, position].astype(np.int_)
    numbers = np.arange(len(rated))
    drawn = [measure([rated[k] for k in np.repeat(numbers, row)]) for row in times]
    missing = float("nan")
    return with_interval(
        value,
        np.array([missing if isinstance(d, Unscored) else d for d in drawn]),
        len(known),
    )
