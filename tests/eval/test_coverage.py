"""What intervals promise, held on simulated test sets of which the truth is known.

Of 500 test sets a share of 95 % has a standard error of one point, so that 93 to 97 % would be
missed by chance once in twenty seeds. There are 2,000 of each here, and the bounds are four
standard errors away: what they hold is the interval, not the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import pytest
from scipy.special import stdtrit

from eval.comparing.significance import compare
from eval.comparing.statistics import (
    EssaySums,
    Matrix,
    Resampled,
    draw_weights,
    estimate,
    resample,
    resampled,
    with_interval,
)
from eval.measuring.metrics import Metric
from eval.records import Estimate

Simulation = Callable[[np.random.Generator, int], Matrix]

SETS: Final = 2000
RESAMPLES: Final = 1000
QUESTIONS: Final = 4
MEAN: Final = Metric("mean", {"x": 1.0}, {"items": 1.0}, "no items")
F1: Final = Metric("f1", {"tp": 2.0}, {"tp": 2.0, "fp": 1.0, "fn": 1.0}, "nothing marked")


class Truth(NamedTuple):
    """A metric, the names of its counts, and its value over all essays there could ever be."""

    metric: Metric
    columns: tuple[str, ...]
    value: float


def means(generator: np.random.Generator, essays: int) -> Matrix:
    """Simulate a score per item whose essay explains half of the variance, summed per essay."""
    scores = generator.normal(size=(SETS, essays, 1)) + generator.normal(
        size=(SETS, essays, QUESTIONS)
    )
    return np.stack([scores.sum(axis=2), np.full((SETS, essays), float(QUESTIONS))], axis=2)


def marks(generator: np.random.Generator, essays: int) -> Matrix:
    """Simulate tp, fp and fn per essay: what is found of an essay is much or little as a whole.

    An essay has a share found, 1/2 on average and anything from 0 to 1. Experts mark 1 to 6
    sentences an item, of which so many are found, and the worse that is, the more wrong ones.
    """
    share = np.broadcast_to(generator.beta(2, 2, size=(SETS, essays, 1)), (SETS, essays, QUESTIONS))
    wanted = generator.integers(1, 7, size=share.shape)
    found = generator.binomial(wanted, share)
    wrong = generator.poisson(3 * (1 - share))
    return np.stack([c.sum(axis=2) for c in (found, wrong, wanted - found)], axis=2).astype(float)


#: Per item experts mark 3.5 sentences, 1.75 are found, 1.5 wrong ones are marked.
TRUTHS: Final[dict[Simulation, Truth]] = {
    means: Truth(MEAN, ("x", "items"), 0.0),
    marks: Truth(F1, ("tp", "fp", "fn"), 2 * 1.75 / (2 * 1.75 + 1.5 + 1.75)),
}


def draws(columns: tuple[str, ...], sets: Matrix) -> list[Resampled]:
    """Resample every test set (sets × essays × columns)."""
    names = tuple(f"{k:03}" for k in range(sets.shape[1]))
    weights = draw_weights(len(names), RESAMPLES, seed=1)
    return [resample(EssaySums(names, columns, of), weights) for of in sets]


@pytest.mark.parametrize("essays", [20, 60])
@pytest.mark.parametrize("simulate", TRUTHS)
def test_intervals_hold_the_truth(simulate: Simulation, essays: int) -> None:
    """95 % intervals of a mean and of an F1 hold it in 93 to 97 % of the test sets."""
    metric, columns, truth = TRUTHS[simulate]
    held = 0
    for drawn in draws(columns, simulate(np.random.default_rng(essays), essays)):
        found = estimate(metric, drawn)
        assert isinstance(found, Estimate)
        held += found.low <= truth <= found.high
    assert 0.93 <= held / SETS <= 0.97


def test_plain_percentiles_would_not() -> None:
    """With 12 essays they hold the truth too seldom, which is why they are expanded."""
    held = {"plain": 0, "expanded": 0}
    for drawn in draws(("x", "items"), means(np.random.default_rng(12), 12)):
        for name, essays in (("plain", None), ("expanded", 12)):
            found = with_interval(0.0, resampled(MEAN, drawn), essays)
            assert isinstance(found, Estimate)
            held[name] += found.low <= 0 <= found.high
    assert held["plain"] / SETS < 0.93 <= held["expanded"] / SETS <= 0.97


def share_significant(lead: float, essays: int) -> float:
    """Compute how often a true lead, in standard deviations of an essay's sum, has p below 0.05."""
    generator = np.random.default_rng(3)
    other = means(generator, essays)
    one = means(generator, essays)
    one[:, :, 0] += lead * np.std(one[:, :, 0] - other[:, :, 0])
    pairs = zip(draws(("x", "items"), one), draws(("x", "items"), other), strict=True)
    ps = [compare(MEAN, *pair).p for pair in pairs]
    return sum(p is not None and p < 0.05 for p in ps) / SETS


def test_equal_systems_seldom_differ() -> None:
    """Two systems that are equally good have p below 0.05 in 5 % of the test sets."""
    assert share_significant(0.0, 30) == pytest.approx(0.05, abs=0.02)


def test_the_detectable_difference_is_seen_in_four_of_five_test_sets() -> None:
    """A true lead of that size has p below 0.05 with the power that is promised."""
    lead = float(stdtrit(29, 0.975) + stdtrit(29, 0.8)) / np.sqrt(30)
    assert share_significant(lead, 30) == pytest.approx(0.8, abs=0.04)
