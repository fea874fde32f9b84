"""The figures of a question file's page: categories, lengths of answers, likeness of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from preprocess.plots import BLUE, INK, WIDTH, Plot, drawn
from preprocess.qa_eda import QaReport
from preprocess.qa_likeness import BINS, Likeness

ORANGE: Final = "#c9822f"
NOT_STATED: Final = "적혀 있지 않음"
LENGTH_BINS: Final = 30


def draw(report: QaReport, answer_lengths: Sequence[int], font: Path) -> dict[str, Plot]:
    """Draw a question file's figures.

    Args:
        report: What was counted.
        answer_lengths: The characters of each answer.
        font: One that can write Korean, from `preprocess.plots.find_font`.

    """
    bare = {"axes.spines.top": False, "axes.spines.right": False}
    return drawn(_figures(report, answer_lengths), font, bare)


def _figures(report: QaReport, answer_lengths: Sequence[int]) -> Iterator[tuple[str, Axes]]:
    if any(category.label for category in report.categories.categories):
        yield "categories", _categories(report)
    yield "lengths", _lengths(answer_lengths)
    yield "likeness", _likeness(report.likeness.within, report.likeness.between)


def _axes(title: str, height: float = 2.9) -> Axes:
    axes = Figure(figsize=(WIDTH, height), layout="constrained").subplots()
    axes.set_title(title, loc="left")
    return axes


def _categories(report: QaReport) -> Axes:
    """Draw the rows of each category as lying bars, the most frequent on top, with its share."""
    told = report.categories.categories
    counts = [sum(category.counts.values()) for category in told]
    axes = _axes("갈래별 질문 묶음", height=1.1 + 0.27 * len(counts))
    places = range(len(counts))
    axes.barh(places, counts, color=BLUE)
    axes.set_yticks(places, [category.label or NOT_STATED for category in told])
    axes.invert_yaxis()
    axes.set_xlim(0, max(counts) * 1.35)  # room for the numbers behind the longest
    for place, count in zip(places, counts, strict=True):
        axes.text(count, place, f" {count:,} ({count / report.rows:.1%})", va="center")
    axes.set_xlabel("질문 묶음 수")
    return axes


def _lengths(lengths: Sequence[int]) -> Axes:
    axes = _axes("답변 길이")
    axes.hist(lengths, bins=LENGTH_BINS, color=BLUE)
    axes.axvline(float(np.median(lengths)), color=INK, linestyle=":", linewidth=1.2)
    axes.set(xlabel="글자 수 (점선은 중앙값)", ylabel="답변 수")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    return axes


def _likeness(within: Likeness, between: Likeness) -> Axes:
    """Draw the shares of pairs by their Dice: two stepped outlines."""
    axes = _axes("두 답변이 닮은 정도")
    edges = np.linspace(0, 1, BINS + 1)
    for told, name, colour in ((within, "같은 질문", BLUE), (between, "다른 질문", ORANGE)):
        if told.mean is not None:
            shares = np.array(told.bins) / told.pairs
            label = f"{name} (평균 {told.mean:.3f})"
            axes.stairs(shares, edges, color=colour, linewidth=1.8, label=label)
    axes.set(xlabel="글자 3-그램 다이스 계수", ylabel="답변 쌍의 비율")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(frameon=False)
    return axes
