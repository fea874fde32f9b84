"""The win rate at equal length: a logistic regression on the difference of two answers' lengths.

After AlpacaEval's length-controlled win rate (Dubois et al. 2024, arXiv 2404.04475): the outcome of
a pair (1 won, 0.5 tied, 0 lost) is modelled as

    P(won) = 1 / (1 + exp(-(a + b · tanh(d / s))))

with `d` the difference of the lengths in characters and `s` its standard deviation over the pairs;
the win rate at equal length is that at `d = 0`, 1 / (1 + exp(-a)). AlpacaEval's third term, how
hard each instruction is, needs many models' answers and is left out. `b` has a normal prior of
variance 1 (an L2 penalty, theirs too), and one pair is added that is tied at equal length: else
there is no finite `a` where one side wins all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from eval.comparing.statistics import CHUNK, Draws, Matrix
from eval.records import Unscored

STEPS: Final = 50
CLOSE: Final = 1e-9
#: Newton's step is held to this much, so that it cannot overshoot where few pairs were drawn.
LONGEST_STEP: Final = 2.0
ALL_THE_SAME: Final = "all pairs differ by the same length, so its part cannot be told"


def controlled(
    outcomes: Matrix, longer_by: Matrix, position: NDArray[np.int_], draws: Draws
) -> tuple[float, Matrix] | Unscored:
    """Compute the win rate at equal length, on the pairs themselves and on each resample.

    Args:
        outcomes: 1, 0.5 or 0 for each pair.
        longer_by: The difference in length of each pair.
        position: The column of `draws` that holds each pair's essay.
        draws: How often each essay was drawn, resamples × essays.

    """
    spread = float(longer_by.std())
    if spread == 0 and longer_by.any():
        return Unscored(ALL_THE_SAME)
    slopes = np.tanh(longer_by / spread) if spread else np.zeros_like(longer_by)
    value = float(fit(outcomes, slopes, np.ones((1, len(outcomes))))[0])
    drawn = np.empty(len(draws))
    for start in range(0, len(draws), CHUNK):
        part = slice(start, start + CHUNK)
        drawn[part] = fit(outcomes, slopes, draws[part][:, position].astype(np.float64))
    return value, drawn


def lengths(outputs: Mapping[str, str]) -> dict[str, int]:
    """Count the characters of a system's answers by row."""
    return {row: len(text) for row, text in outputs.items()}


def fit(outcomes: Matrix, slopes: Matrix, weights: Matrix) -> Matrix:
    """Fit the regression once for each row of weights (fits × pairs), by Newton's method.

    Returns:
        The win rate where the lengths are equal, for each fit.

    """
    level, slope = np.zeros(len(weights)), np.zeros(len(weights))
    for _ in range(STEPS):
        expected = expit(level[:, None] + slope[:, None] * slopes)
        residual, spread = weights * (outcomes - expected), weights * expected * (1 - expected)
        added = expit(level)  # the added pair: tied, of equal length
        up_level = residual.sum(axis=1) + 0.5 - added
        up_slope = residual @ slopes - slope
        curve_level = spread.sum(axis=1) + added * (1 - added)
        curve_both = spread @ slopes
        curve_slope = spread @ slopes**2 + 1.0
        scale = curve_level * curve_slope - curve_both**2
        steps = (
            np.array(
                [
                    curve_slope * up_level - curve_both * up_slope,
                    curve_level * up_slope - curve_both * up_level,
                ]
            )
            / scale
        )
        steps = np.clip(steps, -LONGEST_STEP, LONGEST_STEP)
        level, slope = level + steps[0], slope + steps[1]
        if np.abs(steps).max() < CLOSE:
            break
    return np.asarray(expit(level), dtype=np.float64)
