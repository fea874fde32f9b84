"""The resamples of `benchmarks.eval` by plain loops, held against ours number by number."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from benchmarks.eval_plain import bootstrap, paired, parts_by_essay
from benchmarks.eval_work import Work
from eval.comparing.slices import BY, FEWEST_ESSAYS, parts
from eval.comparing.statistics import (
    AnyMetric,
    Draws,
    draw_weights,
    resample_all,
    resampled,
    sum_by_essay,
)
from eval.comparing.summary import LEADING, pairs, sliced
from eval.measuring.measures import measures_of
from eval.measuring.metrics import Metric
from eval.records import ItemScore

TOLERANCE: Final = 1e-9
SEED: Final = 0
Scores = Mapping[str, Sequence[ItemScore]]


class Clock:
    """Adds up the seconds of the blocks that it is put around: on the wall, and of processors."""

    def __init__(self) -> None:
        self._wall = self._processor = 0.0

    def __enter__(self) -> None:
        self._wall -= time.perf_counter()
        self._processor -= time.process_time()

    def __exit__(self, *_: object) -> None:
        self._wall += time.perf_counter()
        self._processor += time.process_time()

    def told(self, times: float = 1) -> dict[str, float]:
        """Give the seconds, scaled up."""
        return {"wall": times * self._wall, "processor": times * self._processor}


def loops(work: Work, scores: Scores, resamples: int) -> Clock:
    """Resample by loops, hold the numbers against ours, and return the loops' seconds."""
    measures, clock = measures_of("advice"), Clock()
    essays = sorted({item.row.source_id for item in work.items})
    weights = draw_weights(len(essays), resamples, SEED)
    others = [other for one, other in pairs(tuple(scores)) if one == LEADING]
    loop(clock, scores, weights, measures.metrics, dict.fromkeys(measures.compared, others))
    rows = {item.row.id: item.row.source_id for item in work.items}
    for by in BY.values():
        for ids in parts(by, {one.id: one for one in work.facts}, rows).values():
            within = {rows[row] for row in ids}
            drawn = weights[:, [k for k, essay in enumerate(essays) if essay in within]]
            if len(within) >= FEWEST_ESSAYS:
                some = {system: [s for s in of if s.id in ids] for system, of in scores.items()}
                loop(clock, some, drawn, sliced(measures), {})
    return clock


def loop(
    clock: Clock,
    scores: Scores,
    weights: Draws,
    metrics: Sequence[AnyMetric],
    compared: Mapping[str, Sequence[str]],
) -> None:
    """Resample metrics of every system, and differences of those compared, by loops.

    Raises:
        ValueError: A number is not that of ours.

    """
    sums = {system: sum_by_essay(of) for system, of in scores.items()}
    drawn = resample_all(sums, weights)
    draws = [np.repeat(drawn[LEADING].essays, row).tolist() for row in weights]
    for metric in metrics:
        if not isinstance(metric, Metric) or not metric.needed <= drawn[LEADING].totals.keys():
            continue
        shares = {system: parts_by_essay(metric, of) for system, of in scores.items()}
        others = compared.get(metric.name, ())
        with clock:
            theirs = [bootstrap(of, draws) for of in shares.values()]
            theirs += [paired(shares[LEADING], shares[other], draws) for other in others]
        values = {system: resampled(metric, of) for system, of in drawn.items()}
        differences = [values[LEADING] - values[other] for other in others]
        refuse_others(metric.name, [*values.values(), *differences], theirs)


def refuse_others(what: str, one: Sequence[Any], other: Sequence[Any]) -> None:
    """Refuse numbers that the two ways do not share.

    Raises:
        ValueError: There are none, or some differ.

    """
    same = np.isclose(one, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
    if not same.size or not same.all():
        raise ValueError(f"{what}: {(~same).sum()} of {same.size} numbers differ the plain way")
