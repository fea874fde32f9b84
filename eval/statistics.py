"""Intervals: a paired cluster bootstrap over essays, seeded and vectorised.

The questions of one essay share an author, so essays are drawn, not items (Cameron, Gelbach and
Miller 2008 on clustered resampling; Efron and Tibshirani 1993 on percentile intervals). A
resample is a row of multinomial weights over essays; with `W` (resamples × essays) and `S`
(essays × counts), `W @ S` are the summed counts of all resamples at once. Systems are compared
with the same `W`, so a system against itself differs by exactly 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics import Metric, Weights
from eval.records import Estimate, ItemScore, Unscored

Matrix = NDArray[np.float64]

LEVEL = 0.95
#: Above this share of resamples without a value, an interval would describe the rest only.
UNDEFINED_ALLOWED = 0.05


@dataclass(frozen=True)
class EssaySums:
    """Counts of one system summed per essay: `values` is essays × columns, in sorted order."""

    essays: tuple[str, ...]
    columns: tuple[str, ...]
    values: Matrix

    def weighted(self, weights: Weights) -> Matrix:
        """Weigh and add the columns; one number per essay."""
        total = np.zeros(len(self.essays))
        for name, weight in weights.items():
            total += weight * self.values[:, self.columns.index(name)]
        return total

    def totals(self) -> dict[str, float]:
        """Sum each count over all essays."""
        return dict(zip(self.columns, self.values.sum(axis=0).tolist(), strict=True))


def sum_by_essay(scores: Iterable[ItemScore]) -> EssaySums:
    """Sum the counts of one system's items per essay (`source_id`)."""
    sums: dict[str, dict[str, float]] = {}
    for score in scores:
        essay = sums.setdefault(score.source_id, dict.fromkeys(score.counts, 0.0))
        for name, count in score.counts.items():
            essay[name] += count
    essays = tuple(sorted(sums))
    columns = tuple(sums[essays[0]])
    values = np.array([[sums[essay][column] for column in columns] for essay in essays])
    return EssaySums(essays, columns, values)


def draw_weights(essays: int, resamples: int, seed: int) -> Matrix:
    """Draw how often each essay stands in each resample: resamples × essays, rows sum to essays."""
    generator = np.random.default_rng(seed)
    shares = np.full(essays, 1 / essays)
    return generator.multinomial(essays, shares, size=resamples).astype(np.float64)


def estimate(metric: Metric, sums: EssaySums, weights: Matrix) -> Estimate | Unscored:
    """Compute a metric with its 95 % percentile interval."""
    value = metric.value(sums.totals())
    if isinstance(value, Unscored):
        return value
    return with_interval(value, resampled(metric, sums, weights))


def compare(
    metric: Metric, system: EssaySums, other: EssaySums, weights: Matrix
) -> Estimate | Unscored:
    """Compute `system` minus `other` on the same essays, with the paired interval.

    Raises:
        ValueError: The two were not scored on the same essays.

    """
    if system.essays != other.essays:
        raise ValueError("only systems scored on the same essays can be compared")
    value, against = metric.value(system.totals()), metric.value(other.totals())
    if isinstance(value, Unscored):
        return value
    if isinstance(against, Unscored):
        return against
    drawn = resampled(metric, system, weights) - resampled(metric, other, weights)
    return with_interval(value - against, drawn)


def resampled(metric: Metric, sums: EssaySums, weights: Matrix) -> Matrix:
    """Compute a metric on every resample; NaN where its denominator is 0."""
    top = weights @ sums.weighted(metric.top)
    bottom = weights @ sums.weighted(metric.bottom)
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0)


def with_interval(value: float, drawn: Matrix) -> Estimate | Unscored:
    """Put the percentile interval of the resamples around a value."""
    undefined = float(np.isnan(drawn).mean())
    if undefined > UNDEFINED_ALLOWED:
        return Unscored(f"no interval: {undefined:.0%} of the resamples have no value")
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return Estimate(value=float(value), low=float(low), high=float(high))
