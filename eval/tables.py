"""The report's tables: systems by metrics, and pairs of systems by metrics, as text in cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eval.glossary import Word, metric_word, system_word
from eval.records import Estimate, RunResult, Unscored

#: The columns of each task's first table, and of the one that is folded away.
MAIN = {
    "advice": (
        "location_f1",
        "point_f1",
        "rouge_l",
        "chrf",
        "readable",
        "advice_points",
        "output_chars",
    ),
    "advice-anchored": (
        "rouge_l",
        "chrf",
        "point_f1",
        "readable",
        "advice_points",
        "output_chars",
    ),
}
DETAIL = {
    "advice": (
        "location_precision",
        "location_recall",
        "location_f1_good",
        "location_precision_good",
        "location_recall_good",
        "location_f1_bad",
        "location_precision_bad",
        "location_recall_bad",
        "point_precision",
        "point_recall",
        "rouge_l_matched",
        "chrf_matched",
        "count_error",
        "cut_off",
        "applicant_voice",
    ),
    "advice-anchored": (
        "point_precision",
        "point_recall",
        "rouge_l_matched",
        "chrf_matched",
        "count_error",
        "cut_off",
        "applicant_voice",
    ),
}


@dataclass(frozen=True)
class Cell:
    """A value and its interval, as text."""

    value: str
    interval: str


@dataclass(frozen=True)
class Row:
    """One system's line of a table."""

    system: str
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """Headings and rows."""

    words: tuple[Word, ...]
    rows: tuple[Row, ...]


def table(result: RunResult, names: Iterable[str]) -> Table:
    """Make a table of systems by metrics."""
    words = {name: metric_word(name, result.task) for name in names}
    rows = tuple(
        Row(
            s.system,
            system_word(s.system),
            tuple(cell(words[name], s.metrics[name]) for name in words),
        )
        for s in result.systems
    )
    return Table(tuple(words.values()), rows)


def cell(word: Word, found: Estimate | Unscored) -> Cell:
    """Write a metric's value and interval."""
    return Cell(word.write(found), word.write_interval(found))


def changes(result: RunResult) -> Table:
    """Make the table of differences: pairs of systems by metrics."""
    shown = [d for d in result.differences if d.metric in MAIN[result.task]]
    words = tuple(metric_word(n, result.task) for n in dict.fromkeys(d.metric for d in shown))
    by_pair: dict[tuple[str, str], list[Cell]] = {}
    for d in shown:
        word = metric_word(d.metric, result.task)
        by_pair.setdefault((d.system, d.other), []).append(change(word, d.estimate))
    rows = tuple(
        Row(a, f"{system_word(a)} − {system_word(b)}", tuple(cells))
        for (a, b), cells in by_pair.items()
    )
    return Table(words, rows)


def change(word: Word, found: Estimate | Unscored) -> Cell:
    """Write a difference with its sign."""
    if isinstance(found, Unscored):
        return Cell("–", "")
    form = word.form.replace("{:", "{:+").replace("%}", "%}p")
    texts = [form.format(v).replace("-", "−") for v in (found.value, found.low, found.high)]
    return Cell(texts[0], f"[{texts[1]}, {texts[2]}]")
