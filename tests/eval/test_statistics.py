"""The paired cluster bootstrap."""

from __future__ import annotations

import numpy as np
import pytest

from eval.metrics import Metric, find_metric
from eval.records import Estimate, ItemScore, Unscored
from eval.statistics import EssaySums, compare, draw_weights, estimate, sum_by_essay

MEAN = Metric("mean", {"x": 1.0}, {"items": 1.0}, "no items")


def sums(values: np.ndarray, per_essay: int) -> EssaySums:
    """Make essay sums of a value per item, so many items an essay."""
    scores = [
        ItemScore(str(k), f"e{k // per_essay:04}", "s", None, {"x": float(v), "items": 1.0}, {})
        for k, v in enumerate(values)
    ]
    return sum_by_essay(scores)


def interval(values: np.ndarray, per_essay: int, seed: int = 0) -> Estimate:
    """Estimate the mean."""
    of = sums(values, per_essay)
    found = estimate(MEAN, of, draw_weights(len(of.essays), 2000, seed))
    assert isinstance(found, Estimate)
    return found


def test_weights_are_resamples() -> None:
    """Each resample draws as many essays as there are; the seed decides which."""
    weights = draw_weights(7, 1000, 3)
    assert weights.shape == (1000, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert (draw_weights(7, 1000, 3) == weights).all()
    assert (draw_weights(7, 1000, 4) != weights).any()


def test_interval_of_a_mean_is_the_normal_one() -> None:
    """On many independent essays the interval is mean ± 1.96 standard errors."""
    values = np.random.default_rng(1).normal(5, 2, 400)
    found = interval(values, 1)
    error = values.std() / np.sqrt(400)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_clusters_widen_the_interval() -> None:
    """Four equal items an essay are one observation: twice as wide as four independent ones."""
    values = np.repeat(np.random.default_rng(2).normal(size=200), 4)
    clustered, ignored = interval(values, 4), interval(values, 1)
    ratio = (clustered.high - clustered.low) / (ignored.high - ignored.low)
    assert ratio == pytest.approx(2, rel=0.1)


def test_intervals_hold_the_truth() -> None:
    """About 95 of 100 intervals hold the true mean with 4 related items an essay."""
    generator = np.random.default_rng(5)
    held = 0
    for seed in range(200):
        essays = np.repeat(generator.normal(size=60), 4)
        found = interval(essays + generator.normal(size=240), 4, seed)
        held += found.low <= 0 <= found.high
    assert 0.90 <= held / 200 <= 0.99


def test_a_system_against_itself_differs_by_nothing() -> None:
    """The difference and its interval are exactly 0."""
    of = sums(np.random.default_rng(3).normal(size=30), 3)
    found = compare(MEAN, of, of, draw_weights(10, 1000, 0))
    assert found == Estimate(0.0, 0.0, 0.0)


def test_pairing_takes_out_what_systems_share() -> None:
    """A constant lead on very different essays is certain when paired."""
    values = np.random.default_rng(4).normal(0, 10, 40)
    found = compare(MEAN, sums(values + 1, 2), sums(values, 2), draw_weights(20, 1000, 0))
    assert isinstance(found, Estimate)
    assert (found.value, found.low, found.high) == pytest.approx((1, 1, 1))


def test_other_essays_are_not_compared() -> None:
    """Systems scored on other essays cannot be paired."""
    values = np.zeros(4)
    with pytest.raises(ValueError, match="same essays"):
        compare(MEAN, sums(values, 1), sums(values, 2), draw_weights(4, 10, 0))


def test_no_denominator_is_no_zero() -> None:
    """Precision of a system that marks nothing is unscored, never 0."""
    counts = {"good_tp": 0.0, "bad_tp": 0.0, "good_fp": 0.0, "bad_fp": 0.0}
    of = sum_by_essay([ItemScore(str(k), str(k), "s", None, counts, {}) for k in range(3)])
    found = estimate(find_metric("location_precision"), of, draw_weights(3, 10, 0))
    assert found == Unscored("the system marks none")


def test_too_many_resamples_without_a_value_give_no_interval() -> None:
    """One essay alone carries the denominator: a third of resamples have none."""
    ratio = Metric("ratio", {"x": 1.0}, {"x": 1.0}, "none")
    found = estimate(ratio, sums(np.array([1.0, 0.0, 0.0]), 1), draw_weights(3, 1000, 0))
    assert isinstance(found, Unscored)
    assert "no interval" in found.reason
