"""Paired differences: interval, p, Holm's correction, what would be seen."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from eval.comparing.significance import Compared, compare, detectable, holm, two_sided_p, with_holm
from eval.comparing.statistics import Matrix, Resampled, draw_weights, resample, resampled
from eval.records import Difference, Estimate, Unscored
from tests.eval.test_statistics import MEAN, sums


def drawn(values: Matrix, per_essay: int = 1, resamples: int = 4000) -> Resampled:
    """Resample a value per item, so many items an essay."""
    of = sums(values, per_essay)
    return resample(of, draw_weights(len(of.essays), resamples, 0))


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=30), st.integers(0, 99))
def test_a_system_against_itself_differs_by_nothing(values: list[float], seed: int) -> None:
    """The difference and its interval are exactly 0, and p is 1."""
    of = sums(np.array(values))
    weights = draw_weights(len(values), 100, seed)
    found = compare(MEAN, resample(of, weights), resample(of, weights))
    assert found == Compared(Estimate(0.0, 0.0, 0.0), 1.0, None)


@given(st.integers(0, 999))
def test_turned_round_a_difference_changes_its_sign(seed: int) -> None:
    """Value and interval turn round; p and the detectable difference stay."""
    one, other = np.random.default_rng(seed).normal(size=(2, 8))
    there = compare(MEAN, drawn(one, resamples=99), drawn(other, resamples=99))
    back = compare(MEAN, drawn(other, resamples=99), drawn(one, resamples=99))
    assert isinstance(there.estimate, Estimate)
    assert isinstance(back.estimate, Estimate)
    assert (back.estimate.value, back.estimate.low, back.estimate.high) == pytest.approx(
        (-there.estimate.value, -there.estimate.high, -there.estimate.low)
    )
    assert (back.p, back.detectable) == pytest.approx((there.p, there.detectable))


def test_pairing_takes_out_what_systems_share() -> None:
    """A constant lead on very different essays is certain when paired."""
    values = np.random.default_rng(4).normal(0, 10, 40)
    found = compare(MEAN, drawn(values + 1, 2), drawn(values, 2))
    assert isinstance(found.estimate, Estimate)
    assert (found.estimate.value, found.estimate.low, found.estimate.high) == pytest.approx(
        (1, 1, 1)
    )
    assert found.p is not None
    assert found.p < 0.01


def test_p_is_that_of_the_paired_t_test() -> None:
    """On normal differences of 25 essays it is Student's, within the resampling's own error."""
    other = np.random.default_rng(8).normal(0, 5, 25)
    for lead, seed in ((0.1, 1), (0.3, 2), (0.6, 3)):
        one = other + np.random.default_rng(seed).normal(lead, 1, 25)
        found = compare(MEAN, drawn(one, resamples=20_000), drawn(other, resamples=20_000))
        assert found.p == pytest.approx(ttest_rel(one, other).pvalue, rel=0.25, abs=0.005)


def test_p_is_below_the_level_where_the_interval_leaves_out_zero() -> None:
    """Interval and p never tell two things, but within a resample or two of the level."""
    undecided = 0
    for seed in range(200):
        one, other = np.random.default_rng(seed).normal(size=(2, 20))
        one += 0.5
        found = compare(MEAN, drawn(one, resamples=500), drawn(other, resamples=500))
        assert isinstance(found.estimate, Estimate)
        assert found.p is not None
        holds = found.estimate.low <= 0 <= found.estimate.high
        undecided += holds
        if abs(found.p - 0.05) > 0.01:
            assert holds == (found.p > 0.05)
    assert 40 < undecided < 160


def test_rounding_is_no_difference() -> None:
    """What two ways of adding up differ by, always in one direction, is not significant."""
    of = drawn(np.random.default_rng(1).uniform(1, 2, 30))
    other = Resampled(of.essays, of.columns, of.totals, of.drawn * (1 + 1e-15 * np.array([1, 0])))
    assert (resampled(MEAN, other) >= resampled(MEAN, of)).all()
    assert compare(MEAN, of, other) == Compared(Estimate(0.0, 0.0, 0.0), 1.0, None)


def test_p_is_never_zero() -> None:
    """The value itself counts as one of the resamples: of 999 all above 0, one in a thousand."""
    everywhere = np.linspace(1, 2, 999)
    assert two_sided_p(everywhere, 10**6) == pytest.approx(0.002, rel=0.01)
    assert two_sided_p(-everywhere, 10**6) == two_sided_p(everywhere, 10**6)


def test_detectable_difference() -> None:
    """For many essays 2.8 standard errors (1.960 + 0.842), for ten more (2.262 + 0.883)."""
    around = np.array([-1.0, 1.0] * 50)
    assert detectable(around, 10**6, 1.0) == pytest.approx(2.802, abs=0.001)
    of_ten = (2.262 + 0.883) * (10 / 9) ** 0.5
    assert detectable(around, 10, 1.0) == pytest.approx(of_ten, abs=0.001)


def test_what_never_varies_shows_nothing() -> None:
    """Two constants differ by the same on every resample: rounding is no standard error."""
    low, high = drawn(np.full(12, 0.1)), drawn(np.full(12, 1 / 3))
    assert compare(MEAN, high, low).detectable is None
    assert compare(MEAN, low, low).detectable is None
    assert detectable(np.array([0.0, 1e-9]), 12, 1.0) is not None


def test_other_essays_are_not_compared() -> None:
    """Systems scored on other essays, or drawn otherwise, cannot be paired."""
    with pytest.raises(ValueError, match="same essays"):
        compare(MEAN, drawn(np.zeros(4)), drawn(np.zeros(6)))
    with pytest.raises(ValueError, match="same essays"):
        compare(MEAN, drawn(np.zeros(4)), drawn(np.zeros(4), resamples=10))


@pytest.mark.parametrize(
    ("ps", "corrected"),
    [
        ((), ()),
        ((0.03,), (0.03,)),
        ((0.01, 0.04, 0.03, 0.005), (0.03, 0.06, 0.06, 0.02)),
        ((0.5, 0.6, 0.01), (1.0, 1.0, 0.03)),
        ((0.02, 0.02, 0.02), (0.06, 0.06, 0.06)),
    ],
)
def test_holm_by_hand(ps: tuple[float, ...], corrected: tuple[float, ...]) -> None:
    """0.005 × 4, 0.01 × 3, 0.03 × 2, and 0.04 × 1 raised to the 0.06 before it."""
    assert holm(ps) == pytest.approx(corrected)


@given(st.lists(st.floats(0, 1), max_size=20), st.randoms())
def test_holm_knows_no_order(ps: list[float], turn: Random) -> None:
    """Wherever it stands, a p becomes the same: no less than itself, no more than Bonferroni's."""
    order = list(range(len(ps)))
    turn.shuffle(order)
    corrected = holm(ps)
    assert holm([ps[k] for k in order]) == tuple(corrected[k] for k in order)
    assert all(p <= c <= min(1.0, len(ps) * p) + 1e-12 for p, c in zip(ps, corrected, strict=True))


def test_differences_without_p_are_no_part_of_the_family() -> None:
    """What has no estimate is not corrected for, and nothing else of it changes."""
    none = Difference("a", "b", "m", Unscored("no items"))
    some = Difference("a", "c", "m", Estimate(1, 0, 2), p=0.03, detectable=0.5)
    assert [d.p_holm for d in with_holm([some, none, some])] == [0.06, None, 0.06]
    assert with_holm([none]) == (none,)
