"""Forest plots as geometry: where dots, intervals, ticks and the zero line stand, in percent.

The page draws them with its own boxes and text, so letters stay as large as the page's on a
phone, and no plotting font can lack Korean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eval.records import Estimate

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
MOST_TICKS = 6


@dataclass(frozen=True)
class ForestRow:
    """One system or difference: its words, and its interval and dot in percent of the axis."""

    key: str
    label: str
    value: str
    note: str
    left: float
    width: float
    dot: float


@dataclass(frozen=True)
class Forest:
    """A plot: rows, ticks as (percent, text), and where 0 stands if the axis crosses it."""

    rows: tuple[ForestRow, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float | None


@dataclass(frozen=True)
class Measured:
    """What a row shows."""

    key: str
    label: str
    value: str
    note: str
    estimate: Estimate


def forest(measured: Sequence[Measured], *, on: Sequence[Estimate] = ()) -> Forest:
    """Lay out a plot; the axis holds 0 and all intervals, and ends on ticks.

    Args:
        measured: The rows.
        on: What the axis holds beside the rows, for plots that share one scale.

    """
    drawn = [*on, *(m.estimate for m in measured)]
    low = min([0.0, *(e.low for e in drawn)])
    high = max([0.0, *(e.high for e in drawn)])
    step = step_for(high - low)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)

    def percent(value: float) -> float:
        return round(100 * (value / step - first) / (last - first), 3)

    rows = tuple(
        ForestRow(
            m.key,
            m.label,
            m.value,
            m.note,
            left=percent(m.estimate.low),
            width=round(percent(m.estimate.high) - percent(m.estimate.low), 3),
            dot=percent(m.estimate.value),
        )
        for m in measured
    )
    ticks = tuple((percent(k * step), tick(k * step)) for k in range(first, last + 1))
    return Forest(rows, ticks, percent(0.0) if first < 0 else None)


def step_for(span: float) -> float:
    """Choose the distance of ticks, so that a span has at most seven steps."""
    return next((s for s in STEPS if span / s <= MOST_TICKS), max(1.0, math.ceil(span / 5)))


def tick(value: float) -> str:
    """Write a tick's number, with a true minus."""
    return f"{round(value, 6) + 0.0:.2f}".rstrip("0").rstrip(".").replace("-", "−") or "0"
