"""The cluster bootstrap: draws, sums, intervals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from eval.comparing.statistics import (
    CHUNK,
    EssaySums,
    Matrix,
    count_items,
    draw_weights,
    estimate,
    resample,
    resample_all,
    sum_by_essay,
    tail_share,
    with_interval,
)
from eval.measuring.metrics import Metric, find_metric
from eval.records import Estimate, ItemScore, Unscored

MEAN = Metric("mean", {"x": 1.0}, {"items": 1.0}, "no items")


def sums(values: Matrix, per_essay: int = 1) -> EssaySums:
    """Make essay sums of a value per item, so many items an essay."""
    essays = values.reshape(-1, per_essay).sum(axis=1)
    names = tuple(f"e{k:04}" for k in range(len(essays)))
    columns = np.stack([essays, np.full(len(essays), float(per_essay))], axis=1)
    return EssaySums(names, ("x", "items"), columns)


def interval(values: Matrix, per_essay: int, seed: int = 0) -> Estimate:
    """Estimate the mean."""
    of = sums(values, per_essay)
    found = estimate(MEAN, resample(of, draw_weights(len(of.essays), 2000, seed)))
    assert isinstance(found, Estimate)
    return found


def score(item_id: str, essay: str, counts: dict[str, float]) -> ItemScore:
    """Make the score of an item."""
    return ItemScore(item_id, essay, "s", None, counts, {})


def test_items_are_summed_by_essay() -> None:
    """Essays come sorted; a count that an item lacks adds nothing."""
    found = sum_by_essay(
        [score("b-1", "b", {"x": 1.0}), score("a-1", "a", {"x": 2.0}), score("b-2", "b", {"y": 4})]
    )
    assert (found.essays, found.columns) == (("a", "b"), ("x", "y"))
    assert found.values.tolist() == [[2, 0], [1, 4]]
    assert found.totals() == {"x": 3, "y": 4}


def test_weights_are_resamples() -> None:
    """Each resample draws as many essays as there are, each alike; the seed decides which."""
    weights = draw_weights(7, 4000, 3)
    assert weights.shape == (4000, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert weights.mean(axis=0) == pytest.approx(np.ones(7), abs=0.06)
    assert weights.var(axis=0) == pytest.approx(np.full(7, 6 / 7), abs=0.08)
    assert (draw_weights(7, 4000, 3) == weights).all()
    assert (draw_weights(7, 4000, 4) != weights).any()


def test_many_essays_stay_small_in_memory() -> None:
    """The weights of 2,158 essays take two bytes each, and no essay is lost to them."""
    weights = draw_weights(2158, CHUNK + 1, 0)
    assert weights.itemsize == 2
    assert (weights.sum(axis=1) == 2158).all()


def test_sums_of_resamples_are_those_of_the_drawn_essays() -> None:
    """A resample's sum is that of its essays taken as often as they were drawn, chunk by chunk."""
    values = np.random.default_rng(0).integers(0, 9, 5).astype(float)
    weights = draw_weights(5, CHUNK + 3, 0)
    drawn = resample(sums(values), weights).drawn[:, 0]
    assert drawn.tolist() == [float((row * values).sum()) for row in weights.astype(float)]


def test_systems_are_resampled_together_as_they_are_alone() -> None:
    """A system has the same sums to the last digit, whichever others there are."""
    weights = draw_weights(20, CHUNK + 3, 0)
    generator = np.random.default_rng(0)
    of = {system: sums(generator.normal(size=20)) for system in ("a", "b", "c")}
    together = resample_all(of, weights)
    assert list(together) == ["a", "b", "c"]
    for system, alone in of.items():
        assert together[system].totals == alone.totals()
        assert (together[system].drawn == resample(alone, weights).drawn).all()


def test_some_items_alone_are_summed() -> None:
    """Of chosen rows the essays are those that have one."""
    counts = count_items([score(f"{k}", f"e{k % 3}", {"x": float(k)}) for k in range(6)])
    found = counts.by_essay([0, 3, 5])
    assert (found.essays, found.values.tolist()) == (("e0", "e2"), [[3], [5]])


def test_draws_of_other_essays_do_not_fit() -> None:
    """Draws of four essays say nothing of two."""
    with pytest.raises(ValueError, match="draws of 4 essays do not fit 2"):
        resample(sums(np.zeros(4), 2), draw_weights(4, 10, 0))


def test_interval_of_a_mean_is_the_t_interval() -> None:
    """On independent essays it is the mean ± t standard errors."""
    values = np.random.default_rng(1).normal(5, 2, 400)
    found = interval(values, 1)
    error = values.std(ddof=1) / np.sqrt(400)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.966 * error, abs=0.15 * error)
    assert found.high == pytest.approx(values.mean() + 1.966 * error, abs=0.15 * error)


def test_few_essays_have_the_width_of_the_t_interval() -> None:
    """Over many test sets of 12 essays it is 2.201 standard errors to either side."""
    sets = np.random.default_rng(1).normal(5, 2, (200, 12))
    widths = [found.high - found.low for found in (interval(values, 1) for values in sets)]
    errors = sets.std(axis=1, ddof=1) / np.sqrt(12)
    assert np.mean(widths / errors) == pytest.approx(2 * 2.201, rel=0.03)


@pytest.mark.parametrize(("essays", "share"), [(20, 0.0159), (60, 0.0218), (10**6, 0.0250)])
def test_fewer_essays_have_their_quantiles_further_out(essays: int, share: float) -> None:
    """The shares are those of a table of t and the normal distribution."""
    assert tail_share(essays) == pytest.approx(share, abs=0.0001)


def test_one_essay_has_no_interval() -> None:
    """Its spread cannot be known."""
    with pytest.raises(ValueError, match="two at least"):
        tail_share(1)


def test_clusters_widen_the_interval() -> None:
    """Four equal items an essay are one observation: twice as wide as four independent ones."""
    values = np.repeat(np.random.default_rng(2).normal(size=200), 4)
    clustered, ignored = interval(values, 4), interval(values, 1)
    ratio = (clustered.high - clustered.low) / (ignored.high - ignored.low)
    assert ratio == pytest.approx(2, rel=0.1)


class Share:
    """A metric of summed counts that is no ratio with weights: the square of a share."""

    name = "square"

    def value(self, counts: Mapping[str, float]) -> float | Unscored:
        """Compute it from counts."""
        return (counts["x"] / counts["items"]) ** 2

    def over(self, sums: Mapping[str, Matrix]) -> Matrix:
        """Compute it for all resamples."""
        return (sums["x"] / sums["items"]) ** 2


def test_a_metric_that_is_no_ratio() -> None:
    """What a metric computes over the resampled sums has the interval of what it computes on."""
    values = np.random.default_rng(6).uniform(1, 2, 50)
    drawn = resample(sums(values), draw_weights(50, 2000, 0))
    plain, squared = estimate(MEAN, drawn), estimate(Share(), drawn)
    assert isinstance(plain, Estimate)
    assert isinstance(squared, Estimate)
    assert (squared.value, squared.low, squared.high) == pytest.approx(
        (plain.value**2, plain.low**2, plain.high**2), rel=1e-3
    )


def test_no_denominator_is_no_zero() -> None:
    """Precision of a system that marks nothing is unscored, never 0."""
    counts = {"good_tp": 0.0, "bad_tp": 0.0, "good_fp": 0.0, "bad_fp": 0.0}
    of = sum_by_essay([score(str(k), str(k), counts) for k in range(3)])
    found = estimate(find_metric("location_precision"), resample(of, draw_weights(3, 10, 0)))
    assert found == Unscored("the system marks none")


def test_too_many_resamples_without_a_value_give_no_interval() -> None:
    """One essay alone carries the denominator: a third of resamples have none."""
    ratio = Metric("ratio", {"x": 1.0}, {"x": 1.0}, "none")
    of = sums(np.array([1.0, 0.0, 0.0]))
    found = estimate(ratio, resample(of, draw_weights(3, 1000, 0)))
    assert isinstance(found, Unscored)
    assert "no interval" in found.reason


def test_so_many_essays_that_nothing_is_expanded() -> None:
    """Without a number of essays the interval ends at the 2.5 % and 97.5 % points."""
    found = with_interval(0.0, np.linspace(-1, 1, 2001))
    assert isinstance(found, Estimate)
    assert (found.low, found.high) == pytest.approx((-0.95, 0.95))
