"""Macro-F1 beside scikit-learn, and its bootstrap beside one that draws item by item."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from eval.korean.statistics import macro_f1, measure, measure_difference, tally


def digits(generator: np.random.Generator, items: int, choices: int) -> str:
    """Draw a choice for each item."""
    return "".join(map(str, generator.integers(choices, size=items)))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("choices", [2, 4])
def test_macro_f1_is_scikit_learn_s(choices: int, seed: int) -> None:
    """Few items leave labels out of gold, of choices or of both; all are counted alike."""
    generator = np.random.default_rng(seed)
    items = int(generator.integers(1, 12))
    gold, chosen = digits(generator, items, choices), digits(generator, items, choices)
    expected = f1_score(list(gold), list(chosen), average="macro", zero_division=0)
    assert float(macro_f1(tally(choices, gold, chosen))) == pytest.approx(expected)


def test_the_standard_error_is_that_of_drawing_items() -> None:
    """The multinomial draw over cells is the plain bootstrap, up to the noise of resampling."""
    generator = np.random.default_rng(5)
    gold = digits(generator, 200, 4)
    chosen = "".join(g if generator.random() < 0.5 else str(generator.integers(4)) for g in gold)
    drawn = []
    for _ in range(1500):
        rows = generator.integers(200, size=200)
        items = "".join(gold[i] for i in rows), "".join(chosen[i] for i in rows)
        drawn.append(float(macro_f1(tally(4, *items))))
    found = measure(gold, chosen, 4, resamples=10_000, seed=0)
    assert found.stderr == pytest.approx(np.std(drawn, ddof=1), rel=0.07)
    assert (found.low, found.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.01)


def test_a_difference_is_paired() -> None:
    """Two systems that err on the same items differ more surely than their errors apart say."""
    generator = np.random.default_rng(6)
    gold = digits(generator, 300, 2)
    one = "".join(g if generator.random() < 0.7 else "0" for g in gold)
    other = "".join(o if generator.random() < 0.97 else "1" for o in one)
    found = measure_difference(gold, one, other, 2, resamples=4000, seed=1)
    alone = [measure(gold, each, 2, resamples=4000, seed=1) for each in (one, other)]
    assert found.value == pytest.approx(alone[0].value - alone[1].value)
    assert found.stderr < np.hypot(alone[0].stderr, alone[1].stderr) / 2


def test_a_system_differs_from_itself_by_nothing() -> None:
    """Not only on the whole, but on every resample."""
    found = measure_difference("0110210", "0120210", "0120210", 4, resamples=1000, seed=2)
    assert found == (0.0, 0.0, 0.0, 0.0)


def test_the_seed_makes_the_numbers() -> None:
    """One seed gives the same numbers twice, another gives others."""
    first, again, other = (
        measure("01101", "01001", 2, resamples=1000, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.value == other.value
    assert first.stderr != other.stderr
