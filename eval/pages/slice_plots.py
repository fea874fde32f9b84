"""The headline metric by part of the test set: one plot of a system, and a table of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eval.measuring.measures import measures_of
from eval.pages.forest import Forest, Measured, forest
from eval.pages.glossary import Word, metric_word, system_word
from eval.pages.tables import Row, Table, cell
from eval.pages.told_words import told_word
from eval.records import Estimate, RunResult, SliceResult, Unscored

BY_WORDS: Final[Mapping[str, str]] = {
    "job": "직무",
    "firm_type": "기업 형태",
    "grade": "평점",
    "question_kind": "문항 종류",
    "length": "답변 길이",
}


#: Of essays with one grade no kappa is above chance; how far off the grades are can be told.
GRADE_NOTE: Final = (
    "평점이 서로 같은 글끼리는 카파가 0이 되므로 평점 오차를 보입니다. 작을수록 좋고, 눈금은 다른 "
    "그림과 다릅니다."
)


@dataclass(frozen=True)
class SlicePlot:
    """One way to part the test set: its plot, its table, and the parts without a number, and why.

    `metric` is what the plot shows, and `note` why it is not the headline metric, or "".
    """

    by: str
    metric: str
    note: str
    plot: Forest
    table: Table
    left_out: tuple[str, ...]


def slice_plots(result: RunResult, system: str) -> tuple[SlicePlot, ...]:
    """Draw a system's headline metric on every part, all plots of one metric on one scale.

    A way in which fewer than two parts are large enough to be scored is left out: one part alone
    is held against nothing.
    """
    of_system = [part for part in result.slices if part.system == system]
    names = {part.by: metric_of(result.task, part.by) for part in of_system}
    on = {name: scale(of_system, names, name) for name in names.values()}
    plots = []
    for by, name in names.items():
        parts = [part for part in result.slices if part.by == by]
        own = [part for part in parts if part.system == system]
        word = metric_word(name, result.task)
        rows = [m for part in own if (m := measured(part, name, word)) is not None]
        if len(rows) > 1:
            out = tuple(left_out(own, name))
            note = "" if name == measures_of(result.task).headline else GRADE_NOTE
            drawn = forest(rows, on=on[name])
            table = table_of(parts, name, result.task)
            plots.append(SlicePlot(BY_WORDS[by], word.name, note, drawn, table, out))
    return tuple(plots)


def metric_of(task: str, by: str) -> str:
    """Choose what is told of parts: the headline metric, but no kappa of parts by grade."""
    measures = measures_of(task)
    return measures.by_item if (task, by) == ("overall", "grade") else measures.headline


def left_out(parts: Sequence[SliceResult], name: str) -> Iterator[str]:
    """Say which parts have no number, and why."""
    for part in parts:
        found = part.metrics[name]
        if isinstance(found, Unscored):
            yield f"{part.value}({told_word(found.reason)})"


def scale(parts: Sequence[SliceResult], names: Mapping[str, str], name: str) -> list[Estimate]:
    """List what the plots of a metric have to hold."""
    of = (part.metrics[name] for part in parts if names[part.by] == name)
    return [found for found in of if isinstance(found, Estimate)]


def measured(part: SliceResult, name: str, word: Word) -> Measured | None:
    """Describe one part, if it is large enough."""
    found = part.metrics[name]
    if not isinstance(found, Estimate):
        return None
    note = f"글 {part.essays}편"
    return Measured("model", part.value, word.write_whole(found), note, found)


def table_of(parts: Sequence[SliceResult], name: str, task: str) -> Table:
    """Write a metric of all systems on each part."""
    word = metric_word(name, task)
    by_part = {(part.value, part.system): part.metrics[name] for part in parts}
    names = tuple(dict.fromkeys(part.system for part in parts))
    rows = tuple(
        Row(value, tuple(cell(word, by_part[value, system]) for system in names))
        for value in dict.fromkeys(part.value for part in parts)
    )
    return Table("부분", tuple(system_word(s, task) for s in names), rows)
