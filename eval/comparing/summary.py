"""From item scores to a run's result: metrics with intervals, differences, and scores by slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from threadpoolctl import threadpool_limits

from eval.comparing.significance import compare, with_holm
from eval.comparing.slices import read_facts, slices
from eval.comparing.statistics import (
    AnyMetric,
    Resampled,
    count_items,
    draw_weights,
    estimate,
    resample_all,
)
from eval.measuring.measures import Measures, measures_of
from eval.records import Difference, ItemScore, RunResult, SystemResult
from eval.runs import Run

LEADING = "tuned"
#: Ends the name of a system that is shown an example.
ONE_SHOT = "-1shot"
#: Told of every slice beside the metrics that are compared: advice of either polarity apart.
BY_POLARITY = ("location_f1_good", "location_f1_bad")

Scores = Mapping[str, Sequence[ItemScore]]


def summarise(
    run: Run, scores: Scores, told: dict[str, str], resamples: int, seed: int
) -> RunResult:
    """Compute metrics, differences and slices of every system, all on the same resamples.

    Its products are small: threads of theirs would wait for each other (six times the processor
    time on two busy cores), and make the last digits those of the number of cores.

    Args:
        run: Whose test rows' facts are read, where there are any.
        scores: Each system's items, in the order of the table.
        told: What is known already of how the numbers are made.
        resamples: How many are drawn.
        seed: Of the draw.

    Raises:
        RecordError: The facts of the test rows cannot be read.

    """
    counts = {system: count_items(of) for system, of in scores.items()}
    sums = {system: of.by_essay() for system, of in counts.items()}
    weights = draw_weights(len(next(iter(sums.values())).essays), resamples, seed)
    measures = measures_of(run.task)
    facts, source = read_facts(run)
    with threadpool_limits(limits=1, user_api="blas"):
        drawn = resample_all(sums, weights)
        parted = tuple(slices(facts, counts, sliced(measures), weights))
    return RunResult(
        run=run.name,
        task=run.task,
        settings=told | {"slices": source},
        systems=system_results(measures, len(next(iter(scores.values()))), drawn),
        differences=differences(measures, drawn),
        slices=parted,
    )


def system_results(
    measures: Measures, items: int, drawn: Mapping[str, Resampled]
) -> tuple[SystemResult, ...]:
    """Compute every metric of every system; all were asked the same items."""
    return tuple(
        SystemResult(
            system=system,
            items=items,
            essays=len(of.essays),
            metrics={m.name: estimate(m, of) for m in measures.metrics},
        )
        for system, of in drawn.items()
    )


def sliced(measures: Measures) -> tuple[AnyMetric, ...]:
    """List the metrics that are told of a slice: the headline, those compared, both polarities."""
    told = {measures.headline, *measures.compared, *BY_POLARITY}
    return tuple(metric for metric in measures.metrics if metric.name in told)


def differences(measures: Measures, drawn: Mapping[str, Resampled]) -> tuple[Difference, ...]:
    """Compare pairs of systems; Holm's correction is over all of the differences."""
    found = []
    for system, other in pairs(tuple(drawn)):
        for name in measures.compared:
            of = compare(measures.find(name), drawn[system], drawn[other])
            p, smallest = of.p, of.detectable
            found.append(Difference(system, other, name, of.estimate, p=p, detectable=smallest))
    return with_holm(found)


def pairs(systems: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Say which systems are compared: `tuned`, or else the first, with every other.

    With and without an example are two settings: those with one are compared among themselves, and
    the leading model's with its own without.
    """
    without = [system for system in systems if not system.endswith(ONE_SHOT)]
    shown = [system for system in systems if system.endswith(ONE_SHOT)]
    for those, leading in ((without, LEADING), (shown, LEADING + ONE_SHOT)):
        first = leading if leading in those else "".join(those[:1])
        yield from ((first, other) for other in those if other != first)
    if {LEADING, LEADING + ONE_SHOT} <= set(systems):
        yield LEADING + ONE_SHOT, LEADING
