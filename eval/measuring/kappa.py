"""Agreement of grades: quadratic kappa as a function of sums, so that essays can be resampled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.records import Unscored

Vector = NDArray[np.float64]

#: What `QuadraticKappa` is made of: sums over graded outputs of 1, the expert's grade e, the
#: system's s, and their products.
MOMENTS = ("graded", "grade_e", "grade_s", "grade_ee", "grade_ss", "grade_es")


@dataclass(frozen=True)
class QuadraticKappa:
    """Cohen's kappa with quadratic weights (1968), from sums of grades and their products.

    Its weights are squared differences, so the confusion matrix is needed through its moments
    alone. With n pairs (e, s) the disagreement seen is Σ(e−s)²/n, that of chance, where any e meets
    any s, (Σe² + Σs²)/n − 2·Σe·Σs/n², and kappa is 1 less the first by the second. Grades need not
    lie on a grid; where they do it is scikit-learn's number.

    Attributes:
        name: Its key in `scores.jsonl` and `result.json`.
        of_all: Count an output without a grade as one that agrees as chance does. The kappa of the
            graded ones is then multiplied by their share, and nobody gains by keeping silent.

    """

    name: str
    of_all: bool = True

    def value(self, counts: Mapping[str, float], /) -> float | Unscored:
        """Compute it from summed counts."""
        if not {*MOMENTS, "items"} <= counts.keys():
            return Unscored("the task has no grades")
        if counts["items"] == 1:
            return Unscored("a kappa needs more than one item")
        if not counts["graded"]:
            return 0.0 if self.of_all else Unscored("no output has a grade")
        found = float(self.over({name: np.array([count]) for name, count in counts.items()})[0])
        return Unscored("all grades are the same") if np.isnan(found) else found

    def over(self, sums: Mapping[str, Vector], /) -> Vector:
        """Compute it for each of many sums; NaN where all grades are the same, or no item is."""
        n, e, s, ee, ss, es = (sums[name] for name in MOMENTS)
        with np.errstate(divide="ignore", invalid="ignore"):
            by_chance = ee + ss - 2 * e * s / n
            # Equal grades differ by rounding alone, and that must not be divided by.
            by_chance = np.where(by_chance > 1e-9 * (ee + ss), by_chance, np.nan)
            kappa = 1 - (ee + ss - 2 * es) / by_chance
            if not self.of_all:
                return np.asarray(kappa)
            # A resample of a slice may hold no item of it: that is no silence.
            silent = np.where(sums["items"] > 0, 0.0, np.nan)
            return np.where(n > 0, kappa * n / sums["items"], silent)
