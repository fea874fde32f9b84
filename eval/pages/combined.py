"""Several scored runs as one: rows of the report are then systems of runs.

A system that answered and scored the same in every run, as a baseline on the same data does, is
told once, and so is the difference of two such. Intervals and differences stay those of each run,
and Holm's correction is over the differences of one run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from eval.pages.glossary import OF_RUN, own_name
from eval.pages.results import ReportError, Scored
from eval.records import Difference, RunResult, SliceResult
from eval.systems.baselines import BASELINES


def combined(runs: Sequence[Scored]) -> Scored:
    """Put runs together; one run stays as it is.

    Raises:
        ReportError: A run is named twice, or they are of several tasks or test sets.

    """
    first, *others = runs
    if not others:
        return first
    refuse_different(runs)
    names = {(run.result.run, s): name for run in runs for s, name in names_of(run, runs).items()}
    told = {name: (run, s) for run in runs for s, name in names_of(run, runs).items()}
    order = sorted(told, key=lambda name: own_name(name) in BASELINES)
    return Scored(
        result=together([run.result for run in runs], order, names),
        items=first.items,
        facts=first.facts,
        scores={name: told[name][0].scores[told[name][1]] for name in order},
        predictions={name: told[name][0].predictions[told[name][1]] for name in order},
        beside=tuple(beside for run in runs for beside in run.beside),
    )


def refuse_different(runs: Sequence[Scored]) -> None:
    """Refuse runs that do not answer the same items."""
    results = [run.result for run in runs]
    if len({r.run for r in results}) < len(results):
        raise ReportError("a run is named twice; name each run once")
    if len({(r.task, r.settings["test_sha256"]) for r in results}) > 1:
        told = "; ".join(
            f"{r.run}: {r.task}, {r.settings['test_file']}, SHA-256 {r.settings['test_sha256']}"
            for r in results
        )
        raise ReportError(
            f"the runs were not asked the same test set ({told}); "
            "generate and score them on one, or make a report for each"
        )


def names_of(run: Scored, runs: Sequence[Scored]) -> dict[str, str]:
    """Name a run's systems on the page: with the run, or without where all runs share them."""
    return {
        s.system: s.system if shared(s.system, runs) else f"{s.system}{OF_RUN}{run.result.run}"
        for s in run.result.systems
    }


def shared(system: str, runs: Sequence[Scored]) -> bool:
    """Tell whether a system answered and scored the same in every run."""
    first, *others = ([s for s in run.result.systems if s.system == system] for run in runs)
    answers = [run.predictions.get(system) for run in runs]
    return bool(first) and all(o == first for o in others) and all(a == answers[0] for a in answers)


def together(
    results: Sequence[RunResult], order: Sequence[str], names: Mapping[tuple[str, str], str]
) -> RunResult:
    """Put results together; what runs share is taken from the first that has it."""
    systems = {names[r.run, s.system]: s for r in reversed(results) for s in r.systems}
    slices: dict[tuple[str, str, str], SliceResult] = {}
    for result in results:
        for part in result.slices:
            name = names[result.run, part.system]
            slices.setdefault((part.by, part.value, name), replace(part, system=name))
    differences: dict[tuple[str, str, str], Difference] = {}
    for d in (d for result in results for d in renamed(result, names)):
        differences.setdefault((d.system, d.other, d.metric), d)
    return RunResult(
        run=" + ".join(r.run for r in results),
        task=results[0].task,
        settings=settings(results),
        systems=tuple(replace(systems[name], system=name) for name in order),
        differences=tuple(differences.values()),
        slices=tuple(slices.values()),
    )


def renamed(result: RunResult, names: Mapping[tuple[str, str], str]) -> Iterator[Difference]:
    """Give the systems of a run's differences their names on the page."""
    for d in result.differences:
        yield replace(d, system=names[result.run, d.system], other=names[result.run, d.other])


def settings(results: Sequence[RunResult]) -> dict[str, str]:
    """Keep a setting that all runs share once, and name the run at each of the others."""
    told = {}
    for key in dict.fromkeys(key for r in results for key in r.settings):
        values = {r.run: r.settings[key] for r in results if key in r.settings}
        if len(values) == len(results) and len(set(values.values())) == 1:
            told[key] = values[results[0].run]
        else:
            told |= {f"{key}{OF_RUN}{run}": value for run, value in values.items()}
    return told
