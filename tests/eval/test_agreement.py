"""Alpha and kappa, against values worked by hand and against scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from eval.comparing.agreement import (
    NO_PAIR,
    ONE_SIDE,
    ONE_VALUE,
    Level,
    krippendorff_alpha,
    plain_kappa,
    quadratic_kappa,
    with_resamples,
)
from eval.comparing.slices import FEWEST_ESSAYS, TOO_FEW
from eval.records import Estimate, Unscored

#: Krippendorff (2011), example C: four observers, twelve units; 0 where one gave nothing.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)
UNITS = [[value for value in unit if value] for unit in zip(*OBSERVERS, strict=True)]
MARKS = st.integers(1, 5)


def of(alpha: float | Unscored) -> float:
    """Take a number that must be there."""
    assert isinstance(alpha, float)
    return alpha


def test_alpha_of_two_observers_and_two_values() -> None:
    """Krippendorff (2011), example A: 4 of 10 units differ; 14 zeros and 6 ones of 20 values.

    By hand: 1 − (20 − 1) · 4 / (14 · 6) = 1 − 76/84.
    """
    meg, owen = (0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0)
    alpha = of(krippendorff_alpha(list(zip(meg, owen, strict=True)), "nominal"))
    assert alpha == pytest.approx(1 - 76 / 84)
    assert round(alpha, 3) == 0.095


def test_alpha_of_two_observers_and_many_kinds() -> None:
    """Krippendorff (2011), example B: 9 of 12 units agree; a, b, c, d, e stand 4, 6, 6, 6, 2 times.

    By hand: 4·3 + 6·5 + 6·5 + 6·5 + 2·1 = 104, and (23 · 18 − 104) / (24 · 23 − 104) = 310/448.
    """
    ben, gerry = "aabbdcccedda", "babbbccceddd"
    kinds = [[ord(a), ord(b)] for a, b in zip(ben, gerry, strict=True)]
    alpha = of(krippendorff_alpha(kinds, "nominal"))
    assert alpha == pytest.approx(310 / 448)
    assert round(alpha, 3) == 0.692


@pytest.mark.parametrize(
    ("level", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_with_gaps(level: Level, printed: float) -> None:
    """Krippendorff (2011), examples C and D: the paper's values at each level of measurement."""
    assert round(of(krippendorff_alpha(UNITS, level)), 3) == printed


def test_a_unit_with_one_value_tells_nothing() -> None:
    """What one rater alone has rated changes no alpha."""
    assert krippendorff_alpha([*UNITS, [5], []]) == krippendorff_alpha(UNITS)


@pytest.mark.parametrize(
    ("units", "reason"),
    [([], NO_PAIR), ([[3], [4], []], NO_PAIR), ([[3, 3], [3, 3], [1]], ONE_VALUE)],
)
def test_no_alpha_is_no_zero(units: list[list[float]], reason: str) -> None:
    """One rater, or one value alone, gives no alpha, and the reason is said."""
    assert krippendorff_alpha(units) == Unscored(reason)


def test_quadratic_kappa_by_hand() -> None:
    """Squared differences 0, 1, 0, 4, a mean of 5/4; of all 16 pairs 32, a mean of 2: 0.375."""
    one, other = (1, 2, 3, 4), (1, 3, 3, 2)
    # All pairs, row by row: 0+4+4+1, 1+1+1+0, 4+0+0+1, 9+1+1+4.
    assert of(quadratic_kappa(one, other)) == pytest.approx(0.375)


def test_plain_kappa_by_hand() -> None:
    """Cohen (1960): observed agreement 0.7, expected 0.5·0.6 + 0.5·0.4 = 0.5, kappa 0.4."""
    one = [1] * 5 + [0] * 5
    other = [1, 1, 1, 1, 0, 0, 0, 0, 1, 1]
    assert of(plain_kappa(one, other)) == pytest.approx(0.4)


@given(st.lists(st.tuples(MARKS, MARKS), min_size=1, max_size=30))
def test_kappas_are_those_of_scikit_learn(pairs: Sequence[tuple[int, int]]) -> None:
    """With the labels 1 to 5 both equal scikit-learn's; of a constant side there is none."""
    one, other = zip(*pairs, strict=True)
    for ours, weights in ((quadratic_kappa, "quadratic"), (plain_kappa, None)):
        found = ours(one, other)
        if isinstance(found, Unscored):
            assert 1 in {len({*one}), len({*other})}
            continue
        theirs = cohen_kappa_score(one, other, labels=[1, 2, 3, 4, 5], weights=weights)
        assert found == pytest.approx(theirs)


@pytest.mark.parametrize(("other", "reason"), [((1, 2, 1), ONE_SIDE), ((3, 3, 3), ONE_VALUE)])
def test_who_never_varies_has_no_kappa(other: tuple[int, ...], reason: str) -> None:
    """A judge that says ties only agrees with nobody beyond chance: no 0, but the reason."""
    for kappa in (plain_kappa, quadratic_kappa):
        assert kappa((3, 3, 3), other) == kappa(other, (3, 3, 3)) == Unscored(reason)


def test_kappas_refuse_what_is_no_pair() -> None:
    """Lists of unlike length cannot be paired; no ratings give no kappa."""
    with pytest.raises(ValueError, match="3 ratings cannot be paired with 2"):
        plain_kappa([1, 2, 3], [1, 2])
    assert quadratic_kappa([], []) == Unscored(NO_PAIR)


def test_the_interval_of_alpha_holds_what_was_put_in() -> None:
    """Raters who share 80 % of their variance: the interval is around 0.8 and not a point."""
    generator = np.random.default_rng(4)
    truth = np.repeat(generator.normal(size=60), 2)
    units = [[float(t + 0.5 * e) for e in generator.normal(size=2)] for t in truth]
    essays = [f"e{k // 2}" for k in range(120)]
    found = with_resamples(
        lambda of_them: krippendorff_alpha(of_them, "interval"),
        units,
        essays,
        resamples=200,
        seed=1,
    )
    assert isinstance(found, Estimate)
    assert found.value == krippendorff_alpha(units, "interval")
    assert 0.6 < found.low < found.value < found.high < 0.95
    assert found.low < 0.8 < found.high


@pytest.mark.parametrize("fewer", [0, 1])
def test_few_essays_have_no_interval(fewer: int) -> None:
    """An interval over essays needs as many as a slice of the test set."""
    essays = [f"e{k % (FEWEST_ESSAYS - fewer)}" for k in range(len(UNITS))]
    found = with_resamples(krippendorff_alpha, UNITS, essays, resamples=100, seed=0)
    assert (found == TOO_FEW) == bool(fewer)
