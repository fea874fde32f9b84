"""From item scores to a run's result: every metric with its interval, and the differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from eval.metrics import COMPARED, METRICS, find_metric
from eval.records import Difference, ItemScore, RunResult, SystemResult
from eval.runs import Run
from eval.statistics import EssaySums, Matrix, compare, draw_weights, estimate, sum_by_essay

#: Differences that are estimated where both systems are there: the first minus the second.
PAIRS = (
    ("tuned", "base"),
    ("tuned", "retrieval"),
    ("tuned", "generic"),
    ("tuned", "shuffled"),
    ("tuned-1shot", "base-1shot"),
    ("tuned-1shot", "tuned"),
)

Sums = Mapping[str, EssaySums]


def summarise(
    run: Run,
    scores: Mapping[str, Sequence[ItemScore]],
    told: dict[str, str],
    resamples: int,
    seed: int,
) -> RunResult:
    """Compute every metric of every system, and the differences, on the same resamples."""
    sums = {system: sum_by_essay(of) for system, of in scores.items()}
    essays = len(next(iter(sums.values())).essays)
    weights = draw_weights(essays, resamples, seed)
    systems = tuple(
        SystemResult(
            system=system,
            items=len(scores[system]),
            essays=essays,
            metrics={m.name: estimate(m, of, weights) for m in METRICS},
        )
        for system, of in sums.items()
    )
    return RunResult(run.name, run.task, told, systems, tuple(differences(sums, weights)))


def differences(sums: Sums, weights: Matrix) -> Iterable[Difference]:
    """Compare the pairs of systems that are there."""
    for system, other in PAIRS:
        if system in sums and other in sums:
            for name in COMPARED:
                found = compare(find_metric(name), sums[system], sums[other], weights)
                yield Difference(system, other, name, found)
