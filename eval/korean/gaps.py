"""What a KoBEST result lacks: items that were not asked, and cells that are not there yet."""

from __future__ import annotations

from eval.korean.records import BENCHMARKS, WHOLE, Benchmark, KobestResult


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


def uncompared(result: KobestResult) -> frozenset[tuple[str, str, int, Benchmark]]:
    """List the differences that wait for a task of either system; both, examples and task."""
    lacking = unmade(result)
    return frozenset(
        (d.system, d.other, d.shots, task)
        for d in result.differences
        for task in BENCHMARKS
        if {(d.system, d.shots, task), (d.other, d.shots, task)} & lacking
    )
