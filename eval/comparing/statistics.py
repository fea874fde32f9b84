"""Intervals: a paired cluster bootstrap over essays, seeded and vectorised.

The questions of one essay share an author, so essays are drawn, not items (Cameron, Gelbach and
Miller 2008 on clustered resampling). A resample is a row of numbers that say how often each essay
was drawn; with `W` (resamples × essays) and `S` (essays × counts), `W @ S` are the summed counts of
all resamples at once. `W` holds small integers, 43 MB for 10,000 resamples of 2,158 essays, and is
made into the floats of a product two thousand resamples at a time. Systems are compared with the
same `W`, so a system against itself differs by exactly 0.

Plain percentile intervals are too narrow for few essays: they lack the factor √(n/(n−1)) and the
tails of Student's t. Ours are the expanded percentile intervals of Hesterberg (2015, What Teachers
Should Know About the Bootstrap, section 3), which take their quantiles further out by both. For
the mean of normal values that is the t interval; `tests/eval/test_coverage.py` holds what it is for
means and for F1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from eval.measuring.metrics import Metric, Weights
from eval.records import Estimate, ItemScore, Unscored

Matrix = NDArray[np.float64]
Draws = NDArray[np.unsignedinteger]

RESAMPLES = 10_000
LEVEL = 0.95
#: Above this share of resamples without a value, an interval would describe the rest only.
UNDEFINED_ALLOWED = 0.05
#: Resamples that are floats at one time.
CHUNK = 2048


class SummedMetric(Protocol):
    """A metric of summed counts that is no ratio of two weighted sums, as a kappa."""

    @property
    def name(self) -> str:
        """Its key in `result.json`."""

    def value(self, counts: Mapping[str, float], /) -> float | Unscored:
        """Compute it from counts, of one item or summed over many."""

    def over(self, sums: Mapping[str, Matrix], /) -> Matrix:
        """Compute it for all resamples, each count a vector over them; NaN where undefined."""


AnyMetric = Metric | SummedMetric


@dataclass(frozen=True)
class ItemCounts:
    """Counts of one system's items: `values` is items × columns, in the order of the scores."""

    ids: tuple[str, ...]
    essays: tuple[str, ...]
    columns: tuple[str, ...]
    values: Matrix

    def by_essay(self, rows: Sequence[int] | None = None) -> EssaySums:
        """Sum the counts of the items, or of some `rows` of them, per essay."""
        chosen = np.arange(len(self.ids)) if rows is None else np.asarray(rows)
        essays, place = np.unique(np.array(self.essays)[chosen], return_inverse=True)
        values = np.zeros((len(essays), len(self.columns)))
        np.add.at(values, place, self.values[chosen])
        return EssaySums(tuple(essays.tolist()), self.columns, values)


@dataclass(frozen=True)
class EssaySums:
    """Counts of one system summed per essay: `values` is essays × columns, in sorted order."""

    essays: tuple[str, ...]
    columns: tuple[str, ...]
    values: Matrix

    def totals(self) -> dict[str, float]:
        """Sum each count over all essays."""
        return dict(zip(self.columns, self.values.sum(axis=0).tolist(), strict=True))


@dataclass(frozen=True)
class Resampled:
    """One system's sums: `totals` as they are, and `drawn` (resamples × columns) as resampled.

    `essays` are those that were drawn from. Two systems may be compared that have the same essays
    and the same draws.
    """

    essays: tuple[str, ...]
    columns: tuple[str, ...]
    totals: Mapping[str, float]
    drawn: Matrix

    @cached_property
    def by_count(self) -> dict[str, Matrix]:
        """Give each count's resampled sums."""
        return {name: self.drawn[:, k] for k, name in enumerate(self.columns)}

    def weighted(self, weights: Weights) -> Matrix:
        """Weigh and add the counts; one number per resample."""
        total = np.zeros(len(self.drawn))
        for name, weight in weights.items():
            total += weight * self.by_count[name]
        return total


def count_items(scores: Sequence[ItemScore]) -> ItemCounts:
    """Put the counts of one system's items into a table; a count that an item lacks is 0."""
    columns = tuple(dict.fromkeys(name for score in scores for name in score.counts))
    values = [[score.counts.get(name, 0.0) for name in columns] for score in scores]
    return ItemCounts(
        ids=tuple(score.id for score in scores),
        essays=tuple(score.source_id for score in scores),
        columns=columns,
        values=np.array(values, np.float64).reshape(len(scores), len(columns)),
    )


def sum_by_essay(scores: Iterable[ItemScore]) -> EssaySums:
    """Sum the counts of one system's items per essay (`source_id`); a count not there is 0."""
    return count_items(tuple(scores)).by_essay()


def draw_weights(essays: int, resamples: int, seed: int, *, draws: int | None = None) -> Draws:
    """Draw how often each essay stands in each resample: resamples × essays.

    Args:
        essays: What is drawn from, with replacement.
        resamples: How many rows are drawn.
        seed: Of the draw; the same seed gives the same rows.
        draws: The sum of each row, as many as there are essays if not given.

    """
    size = essays if draws is None else draws
    generator = np.random.default_rng(seed)
    weights = np.empty((resamples, essays), np.min_scalar_type(size))
    for start in range(0, resamples, CHUNK):
        part = weights[start : start + CHUNK]
        drawn = generator.integers(essays, size=(len(part), size))
        cells = drawn + essays * np.arange(len(part))[:, None]
        part[:] = np.bincount(cells.ravel(), minlength=part.size).reshape(part.shape)
    return weights


def resample(sums: EssaySums, weights: Draws) -> Resampled:
    """Sum the counts of one system in every resample.

    Raises:
        ValueError: The draws are of another number of essays.

    """
    return resample_all({"": sums}, weights)[""]


def resample_all(sums: Mapping[str, EssaySums], weights: Draws) -> dict[str, Resampled]:
    """Sum the counts of several systems in every resample.

    Each system has a product of its own, so that the same counts have the same sums to the last
    digit, wherever they stand.

    Raises:
        ValueError: The draws are of another number of essays.

    """
    for of in sums.values():
        if weights.shape[1] != len(of.essays):
            raise ValueError(f"draws of {weights.shape[1]} essays do not fit {len(of.essays)}")
    # Columns first, so that each count's sums lie in one piece.
    drawn = {system: np.empty((len(of.columns), len(weights))) for system, of in sums.items()}
    for start in range(0, len(weights), CHUNK):
        part = slice(start, start + CHUNK)
        times = weights[part].T.astype(np.float64)
        for system, of in sums.items():
            drawn[system][:, part] = of.values.T @ times
    return {
        system: Resampled(of.essays, of.columns, of.totals(), drawn[system].T)
        for system, of in sums.items()
    }


def estimate(metric: AnyMetric, of: Resampled) -> Estimate | Unscored:
    """Compute a metric with its 95 % interval."""
    value = metric.value(of.totals)
    if isinstance(value, Unscored):
        return value
    return with_interval(value, resampled(metric, of), len(of.essays))


def resampled(metric: AnyMetric, of: Resampled) -> Matrix:
    """Compute a metric on every resample; NaN where it has no value."""
    if not isinstance(metric, Metric):
        return metric.over(of.by_count)
    top, bottom = of.weighted(metric.top), of.weighted(metric.bottom)
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0)


def with_interval(value: float, drawn: Matrix, essays: int | None = None) -> Estimate | Unscored:
    """Put the interval of the resamples around a value.

    Args:
        value: The metric on the test set itself.
        drawn: The metric on each resample, NaN where it has no value.
        essays: How many were drawn from; `None` where they are so many that the percentiles
            need no expansion.

    """
    undefined = float(np.isnan(drawn).mean())
    if undefined > UNDEFINED_ALLOWED:
        return Unscored(f"no interval: {undefined:.0%} of the resamples have no value")
    tail = (1 - LEVEL) / 2 if essays is None else tail_share(essays)
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return Estimate(value=float(value), low=float(low), high=float(high))


def tail_share(essays: int) -> float:
    """Compute the share of resamples on either side of an expanded percentile interval.

    It is Φ(−√(n/(n−1)) · t) with t the 97.5 % point of Student's t with n − 1 degrees of freedom:
    0.025 for very many essays, 0.018 for 20.

    Raises:
        ValueError: There are fewer than two essays.

    """
    if essays < 2:  # noqa: PLR2004 - one essay has no spread
        raise ValueError(f"{essays} essays have no interval; it needs two at least")
    point = float(stdtrit(essays - 1, (1 + LEVEL) / 2))
    return float(ndtr(-math.sqrt(essays / (essays - 1)) * point))
