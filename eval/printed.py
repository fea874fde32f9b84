"""The table that a scored run prints, its columns aligned where Korean letters are two cells wide.

Which columns a task has stands in `eval.measuring.measures`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from eval.measuring.measures import measures_of
from eval.pages.tables import p_text
from eval.records import Difference, Estimate, RunResult, SystemResult, Unscored

#: What a corrected p must stay below for a difference to be told as found.
HIGHEST_P = 0.05
#: How values are written that are no shares.
COUNTED = {"advice_points": "{:.1f}", "output_chars": "{:.0f}", "training_run": "{:.1f}"}


def headline_table(result: RunResult) -> str:
    """Write the table of systems, and below it the differences on the headline metric."""
    (title, headline), *columns = measures_of(result.task).columns
    rows = [["system", f"{title} [95 %]", *(heading for heading, _ in columns)]]
    rows += [
        system_row(system, headline, [name for _, name in columns]) for system in result.systems
    ]
    told = [d for d in result.differences if d.metric == headline]
    lines = [align(rows), ""]
    if told:
        lines += [align([difference_row(d, title) for d in told]), ""]
    return "\n".join(lines)


def system_row(system: SystemResult, headline: str, names: Iterable[str]) -> list[str]:
    """Write one system's cells."""
    first = with_interval(system.metrics[headline])
    return [system.system, first, *(number(system.metrics[name], name) for name in names)]


def difference_row(difference: Difference, title: str) -> list[str]:
    """Write one difference as cells."""
    found = difference.estimate
    return [
        f"{difference.system} − {difference.other}",
        title,
        with_interval(found, "{:+.3f}"),
        "" if isinstance(found, Unscored) else verdict(found, difference.p_holm),
        "" if difference.p_holm is None else f"{p_text(difference.p_holm)} (Holm)",
    ]


def verdict(estimate: Estimate, p_holm: float | None) -> str:
    """Say which is higher, where neither the interval nor the corrected p leaves it open."""
    if estimate.low <= 0 <= estimate.high:
        return "interval holds 0: undecided"
    if p_holm is not None and p_holm >= HIGHEST_P:
        return "undecided once corrected"
    return "higher" if estimate.low > 0 else "lower"


def number(found: Estimate | Unscored, name: str) -> str:
    """Write a metric's value, or a dash where it does not exist."""
    return "–" if isinstance(found, Unscored) else COUNTED.get(name, "{:.3f}").format(found.value)


def with_interval(found: Estimate | Unscored, form: str = "{:.3f}") -> str:
    """Write a value with its interval."""
    if isinstance(found, Unscored):
        return "–"
    return f"{form.format(found.value)} [{form.format(found.low)}, {form.format(found.high)}]"


def align(rows: Sequence[Sequence[str]]) -> str:
    """Pad the cells of each column to its widest; rows are equally long."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(c + " " * (w - cells(c)) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def cells(text: str) -> int:
    """Count the terminal cells of a text: wide and full-width letters take two, marks none."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )
