"""What people said of a run, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.rating.records import Comparison, RatingsResult
from eval.records import Estimate, Unscored


def ratings_table(result: RatingsResult) -> str:
    """Write raters, win rates, mean marks and agreement, one block each."""
    blocks = [
        raters(result),
        in_columns(("preferred", "rate [95 %]", "win", "tie", "loss", "essays"), wins(result)),
        *(marks(comparison) for comparison in result.comparisons),
        in_columns(("agreement", "value [95 %]", "rated twice"), agreements(result)),
        "\n".join(sentences(result)),
    ]
    return "\n\n".join(blocks)


def raters(result: RatingsResult) -> str:
    """Say how much each rater did."""
    rows = [[r.rater, str(r.rated), str(r.skipped), str(r.stale)] for r in result.raters]
    return in_columns(("rater", "rated", "skipped", "of older answers"), rows)


def wins(result: RatingsResult) -> list[list[str]]:
    """Write a row for each two systems that met."""
    return [
        [
            f"{c.system} to {c.other}",
            interval(c.win_rate, "{:.3f}"),
            *(str(n) for n in (c.wins, c.ties, c.losses, c.essays)),
        ]
        for c in result.comparisons
    ]


def marks(comparison: Comparison) -> str:
    """Write the mean marks of two systems beside each other."""
    rows = [
        [
            c.criterion,
            interval(c.system, "{:.2f}"),
            interval(c.other, "{:.2f}"),
            interval(c.difference, "{:+.2f}"),
        ]
        for c in comparison.criteria
    ]
    return in_columns(("mark, 1 to 5", comparison.system, comparison.other, "difference"), rows)


def agreements(result: RatingsResult) -> list[list[str]]:
    """Write a row for each agreement, the raters' own first."""
    return [
        [f"{who}, {a.of}: {a.measure}", interval(a.value, "{:.3f}"), str(a.items)]
        for who, found in (
            ("raters", result.between_raters),
            ("judge and raters", result.with_judge),
        )
        for a in found
    ]


def sentences(result: RatingsResult) -> list[str]:
    """Say what stands in no table."""
    experts = interval(result.experts, "{:.3f}")
    judge = [] if result.with_judge else [f"agreement with the judge: {result.judge}"]
    return [
        f"the answer shown first was preferred: {interval(result.first_side, '{:.3f}')}",
        f"the longer answer was preferred: {interval(result.longer, '{:.3f}')}",
        *judge,
        f"one expert against another, location F1 of {result.expert_pairs} texts: {experts}",
    ]


def interval(found: Estimate | Unscored, form: str) -> str:
    """Write a value with its interval, or why there is none."""
    if isinstance(found, Unscored):
        return f"none: {found.reason}"
    low, high = form.format(found.low), form.format(found.high)
    return f"{form.format(found.value)} [{low}, {high}]"


def in_columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Line cells up, the first column to the left."""
    table = [head, *rows]
    widths = [max(len(row[k]) for row in table) for k in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )
