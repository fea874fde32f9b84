"""What a KoBEST result lacks: items that were not asked, cells not there yet or never to be."""

from __future__ import annotations

from axolotl_configs.run_yaml import read_run
from eval.korean.records import BENCHMARKS, WHOLE, Answered, Benchmark, KobestResult
from eval.runs import Run

#: Systems of a difference, number of examples, task.
Pair = tuple[str, str, int, Benchmark]


def trained_whole(run: Run) -> bool:
    """Tell whether a run has no adapter that could be taken off its base, so no KoBEST."""
    return not read_run(run.config).get("adapter")


def items_asked(result: KobestResult) -> dict[Benchmark, int]:
    """Count the items of each task that any system was asked."""
    return {s.task: s.n for s in result.scores}


def partly_asked(result: KobestResult) -> dict[Benchmark, int]:
    """Count the items of the tasks of which fewer than the whole test set were asked."""
    return {task: n for task, n in items_asked(result).items() if n < WHOLE[task]}


def unmade(result: KobestResult) -> frozenset[tuple[str, int, Benchmark]]:
    """List system, examples and task of what was begun (another task is there) and not asked."""
    there = {(s.system, s.shots, s.task) for s in result.scores}
    rows = {(system, shots) for system, shots, _ in there}
    return frozenset((*row, task) for row in rows for task in BENCHMARKS) - there


def uncompared(result: KobestResult) -> frozenset[Pair]:
    """List the differences that wait for a task of either system; both, examples and task."""
    lacking = unmade(result)
    return frozenset(
        (d.system, d.other, d.shots, task)
        for d in result.differences
        for task in BENCHMARKS
        if {(d.system, d.shots, task), (d.other, d.shots, task)} & lacking
    )


def incomparable(result: KobestResult) -> dict[Pair, tuple[str, ...]]:
    """List the differences that cannot be: both systems answered, but see `unlike`."""
    there = {(a.system, a.task, a.shots): a for a in result.answered}
    found = {
        ("tuned", "base", shots, task): unlike(tuned, base)
        for (system, task, shots), tuned in there.items()
        if system == "tuned" and (base := there.get(("base", task, shots)))
    }
    return {pair: names for pair, names in found.items() if names}


def unlike(tuned: Answered, base: Answered) -> tuple[str, ...]:
    """Name what two systems' answers were made from that must be the same and is not.

    It is all that both depend on: the base model, the libraries, the items. An answer that was
    kept from before may be of another.
    """
    shared = sorted(tuned.made_from.keys() & base.made_from.keys())
    names = [name for name in shared if tuned.made_from[name] != base.made_from[name]]
    if tuned.prompts_sha256 != base.prompts_sha256:
        names.append("prompts")
    return tuple(names)


def reasons(found: dict[Pair, tuple[str, ...]]) -> str:
    """Write once each what keeps systems from being compared."""
    return ", ".join(dict.fromkeys(name for names in found.values() for name in names))
