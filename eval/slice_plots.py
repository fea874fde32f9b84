"""The headline metric by part of the test set: one plot of a system, and a table of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eval.forest import Forest, Measured, forest
from eval.glossary import metric_word, system_word
from eval.measures import measures_of
from eval.records import Estimate, RunResult, SliceResult
from eval.tables import Row, Table, cell

BY_WORDS: Final[Mapping[str, str]] = {
    "job": "직무",
    "firm_type": "기업 형태",
    "grade": "평점",
    "question_kind": "문항 종류",
    "length": "답변 길이",
}


@dataclass(frozen=True)
class SlicePlot:
    """One way to part the test set: its plot, its table, and the parts too small to score."""

    by: str
    plot: Forest
    table: Table
    too_few: tuple[str, ...]


def slice_plots(result: RunResult, system: str) -> tuple[SlicePlot, ...]:
    """Draw a system's headline metric on every part, all plots on one scale.

    A way in which no part is large enough to be scored is left out.
    """
    name = measures_of(result.task).headline
    of_system = [part for part in result.slices if part.system == system]
    found = [e for part in of_system if isinstance(e := part.metrics[name], Estimate)]
    plots = []
    for by in dict.fromkeys(part.by for part in of_system):
        parts = [part for part in of_system if part.by == by]
        rows = [m for part in parts if (m := measured(part, name)) is not None]
        if rows:
            few = tuple(p.value for p in parts if not isinstance(p.metrics[name], Estimate))
            table = table_of([part for part in result.slices if part.by == by], result)
            plots.append(SlicePlot(BY_WORDS[by], forest(rows, on=found), table, few))
    return tuple(plots)


def measured(part: SliceResult, name: str) -> Measured | None:
    """Describe one part, if it is large enough."""
    found = part.metrics[name]
    if not isinstance(found, Estimate):
        return None
    value = f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"
    return Measured("model", part.value, value, f"글 {part.essays}편", found)


def table_of(parts: Sequence[SliceResult], result: RunResult) -> Table:
    """Write the headline metric of all systems on each part."""
    name = measures_of(result.task).headline
    word = metric_word(name, result.task)
    by_part = {(part.value, part.system): part.metrics[name] for part in parts}
    names = tuple(dict.fromkeys(part.system for part in parts))
    rows = tuple(
        Row(value, tuple(cell(word, by_part[value, system]) for system in names))
        for value in dict.fromkeys(part.value for part in parts)
    )
    return Table("부분", tuple(system_word(s, result.task) for s in names), rows)
