"""The KoBEST table as plain text: systems, the fine-tuned minus the base, and what is quoted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from eval.korean.gaps import (
    incomparable,
    items_asked,
    partly_asked,
    reasons,
    uncompared,
    unmade,
)
from eval.korean.records import BENCHMARKS, WHOLE, Answered, Benchmark, KobestResult, Quoted
from eval.printed import align

HEADING = "KoBEST, macro-F1 ± standard error; `shortest` is the floor: it reads no question"
NOT_YET = "not yet"
NEVER = "not comparable"

#: What stands in the table, by system, number of examples and task.
Cells = Mapping[tuple[str, int, Benchmark], str]


def kobest_table(result: KobestResult) -> str:
    """Write all that was measured, one row a system and number of examples."""
    compared = _compared(result)
    blocks = [
        f"{HEADING}\n{align([_head('system'), *_rows(_measured(result)), *_asked(result)])}",
        align([_head("difference [95 %]"), *_rows(compared)]) if compared else "",
        "\n".join(_unlike(result)),
        "\n".join(filter(None, map(_shortened, result.answered))),
        _quoted(result.quoted),
    ]
    return "\n\n".join(filter(None, blocks))


def _measured(result: KobestResult) -> Cells:
    """Write the scores, and what is still to be asked."""
    found: Cells = {
        (s.system, s.shots, s.task): f"{s.value:.3f} ± {s.stderr:.3f}" for s in result.scores
    }
    return {**found, **dict.fromkeys(unmade(result), NOT_YET)}


def _compared(result: KobestResult) -> Cells:
    """Write the differences, which are still to come, and which cannot be."""
    found = {
        (d.system, d.other, d.shots, d.task): f"{d.value:+.3f} [{d.low:+.3f}, {d.high:+.3f}]"
        for d in result.differences
    }
    told = dict.fromkeys(incomparable(result), NEVER) | found
    told |= dict.fromkeys(uncompared(result), NOT_YET)
    return {(f"{one} − {other}", n, task): text for (one, other, n, task), text in told.items()}


def _asked(result: KobestResult) -> Iterable[list[str]]:
    """Yield a row with how many items were asked, where any task was not asked whole."""
    told = {task: f"{n} of {WHOLE[task]:,}" for task, n in partly_asked(result).items()}
    if told:
        whole = dict.fromkeys(items_asked(result), "all")
        yield ["items asked", "", *((whole | told).get(task, NOT_YET) for task in BENCHMARKS)]


def _unlike(result: KobestResult) -> Iterable[str]:
    """Tell why systems cannot be compared, and how they can."""
    if found := incomparable(result):
        yield (
            f"not comparable: the answers of base and tuned are of another {reasons(found)}; "
            f"have both measured again: python -m eval.kobest --run {result.run}"
        )


def _head(first: str) -> list[str]:
    """Write the first row of a block."""
    return [first, "examples", *BENCHMARKS]


def _rows(cells: Cells) -> Iterable[list[str]]:
    """Yield a row for each system and number of examples, in the order of the cells."""
    for system, shots in dict.fromkeys((system, shots) for system, shots, _ in cells):
        told = "any" if system == "shortest" else str(shots)
        yield [system, told, *(cells.get((system, shots, task), "–") for task in BENCHMARKS)]


def _shortened(answered: Answered) -> str | None:
    """Tell of prompts that did not fit into the model."""
    if not answered.cut:
        return None
    return (
        f"{answered.system}, {answered.task}, {answered.shots} examples: {answered.cut} prompts "
        "were longer than the model's positions and lost their beginning"
    )


def _quoted(quoted: Sequence[Quoted]) -> str:
    """Write the published rows apart from what was measured."""
    cells: Cells = {(q.model, q.shots, q.task): f"{q.value:.3f}" for q in quoted}
    notes = "; ".join(dict.fromkeys(q.note for q in quoted))
    return f"quoted, not comparable ({notes})\n{align([_head('model'), *_rows(cells)])}"
