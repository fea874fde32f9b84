"""The report's tables: systems by metrics, and pairs of systems by metrics, as text in cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from eval.measuring.measures import measures_of
from eval.pages.glossary import Word, metric_word, minus, system_word
from eval.records import Estimate, RunResult, Unscored

#: The columns of each task's first table, eight at most; all other metrics are folded away.
MAIN: Final = {
    "advice": (
        "location_f1",
        "point_f1",
        "rouge_l",
        "chrf",
        "readable",
        "advice_points",
        "repeated",
        "output_chars",
    ),
    "advice-anchored": (
        "rouge_l",
        "chrf",
        "anchor_f1",
        "readable",
        "advice_points",
        "repeated",
        "output_chars",
    ),
    "overall": (
        "kappa",
        "grade_error",
        "grade_bias",
        "rouge_l",
        "chrf",
        "readable",
        "output_chars",
    ),
    "revise": (
        "repaired",
        "left",
        "new_defects",
        "figures_invented",
        "kept",
        "identical",
        "readable",
        "output_chars",
    ),
    "qa": (
        "dice_mean",
        "dice_max",
        "rouge_mean",
        "encoder_mean",
        "dice_mean_plain",
        "dice_mean_joined",
        "repetition",
        "output_chars",
    ),
    "write": (
        "question_rank",
        "question_fit",
        "firm_named",
        "repetition",
        "from_training",
        "ends",
        "readable",
        "output_chars",
    ),
}


@dataclass(frozen=True)
class Cell:
    """A value and its interval, as text."""

    value: str
    interval: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a table: what it is of, and a cell for each heading."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A heading for the labels, one for each column of cells, and the rows."""

    first: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def main_table(result: RunResult) -> Table:
    """Make the first table: systems by the metrics of `MAIN`."""
    words = [(name, metric_word(name, result.task)) for name in MAIN[result.task]]
    rows = tuple(
        Row(
            system_word(s.system, result.task),
            tuple(cell(word, s.metrics[name]) for name, word in words),
        )
        for s in result.systems
    )
    return Table("시스템", tuple(word.name for _, word in words), rows)


def detail_table(result: RunResult) -> Table:
    """Make the folded table: all other metrics that any system has, a row each, by system."""
    rows = tuple(
        Row(word.name, tuple(cell(word, s.metrics[name]) for s in result.systems))
        for name, word in ((name, metric_word(name, result.task)) for name in detail(result))
    )
    heads = tuple(system_word(s.system, result.task) for s in result.systems)
    return Table("지표", heads, rows)


def detail(result: RunResult) -> tuple[str, ...]:
    """List the metrics outside `MAIN` that at least one system has."""
    lacking = absent(result)
    names = (m.name for m in measures_of(result.task).metrics)
    return tuple(n for n in names if n not in MAIN[result.task] and n not in lacking)


def absent(result: RunResult) -> dict[str, tuple[str, ...]]:
    """List the metrics that no system has, with the reasons."""
    lacking = {}
    for metric in measures_of(result.task).metrics:
        found = [s.metrics[metric.name] for s in result.systems]
        reasons = {f.reason for f in found if isinstance(f, Unscored)}
        if all(isinstance(f, Unscored) for f in found):
            lacking[metric.name] = tuple(sorted(reasons))
    return lacking


def words_of(result: RunResult) -> tuple[Word, ...]:
    """List the words of all metrics that the page tells, in the order of its tables."""
    return tuple(metric_word(n, result.task) for n in (*MAIN[result.task], *detail(result)))


def cell(word: Word, found: Estimate | Unscored) -> Cell:
    """Write a metric's value and interval."""
    return Cell(word.write(found), word.write_interval(found))


def changes(result: RunResult) -> Table:
    """Make the table of differences: pairs of systems by metrics, with Holm's p."""
    known = {n: metric_word(n, result.task) for n in measured(result)}
    by_pair: dict[tuple[str, str], list[Cell]] = {}
    for d in result.differences:
        if d.metric in known:
            made = change(known[d.metric], d.estimate, d.p_holm)
            by_pair.setdefault((d.system, d.other), []).append(made)
    rows = tuple(
        Row(f"{system_word(a, result.task)} − {system_word(b, result.task)}", tuple(cells))
        for (a, b), cells in by_pair.items()
    )
    return Table("비교", tuple(word.name for word in known.values()), rows)


def measured(result: RunResult) -> Sequence[str]:
    """List the metrics that are compared and that at least one pair has, in order."""
    there: Iterable[str] = (
        d.metric for d in result.differences if isinstance(d.estimate, Estimate)
    )
    return tuple(dict.fromkeys(there))


def change(word: Word, found: Estimate | Unscored, p_holm: float | None) -> Cell:
    """Write a difference with its sign, its interval and Holm's p."""
    if isinstance(found, Unscored):
        return Cell("–")
    form = word.form.replace("{:", "{:+").replace("{:++", "{:+").replace("%}", "%}p")
    texts = [minus(form.format(v)) for v in (found.value, found.low, found.high)]
    told = "" if p_holm is None else f" · {p_text(p_holm)}"
    return Cell(texts[0], f"[{texts[1]}, {texts[2]}]{told}")


def p_text(p: float) -> str:
    """Write a probability; of 10,000 resamples a smaller one than 0.001 is not told apart."""
    return "p<0.001" if p < 0.001 else f"p={p:.3f}"  # noqa: PLR2004 - the words say it
