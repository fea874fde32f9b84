"""The data report's figures: SVG drawings of the datasheet's records, with Korean letters in them.

Letters are drawn as outlines, so a page shows them on any machine; here a font that has them must
be installed. Where none is, `find_font` says so and nothing is drawn: boxes tell nobody anything.
"""

from __future__ import annotations

import io
import warnings
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

import matplotlib as mpl
import pandas as pd  # type: ignore[import-untyped]
import seaborn as sns  # type: ignore[import-untyped]
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findSystemFonts, fontManager, get_font
from matplotlib.ticker import MaxNLocator, PercentFormatter

from preprocess.alpaca import POLARITY_WORDS, Polarity, Split
from preprocess.datasheet import Distribution, Eda, Histogram, PointCount, Similarity, Summary

#: Fonts for Korean on Linux, Windows and macOS, by the names of their files, the best first.
FONTS: Final = (
    *("NanumBarunGothic.ttf", "NanumGothic.ttf", "NotoSansCJK-Regular.ttc"),
    *("malgun.ttf", "AppleSDGothicNeo.ttc"),
)
#: Letters that figures need, and what is no character: only a font of boxes for all has that.
NEEDED, NO_CHARACTER = "가힣글률횟쳤0aA%.,·…", "\U0010fffe"
INK, GRID, BLUE = "#22262b", "#e3e1db", "#2b4f7f"
POLARITY_COLOURS: Final[dict[Polarity, str]] = {"good": "#23714f", "bad": "#ad4a21"}
_COLOURS = (BLUE, "#8d949b", "#c9822f", "#7a5195")
SPLIT_COLOURS: Final = dict(zip(get_args(Split), _COLOURS, strict=True))
#: Inches and points for 330 CSS pixels, a phone's width, where letters are 11 pixels high.
WIDTH, LETTERS = 4.6, 11
MOST_BARS, LONGEST_NAME, MOST_LEVEL_YEARS = 12, 11, 9

Frame = Any  # pandas comes without types
Words = Mapping[str, str]
Counts = Mapping[str, Mapping[str, int]]  # by value and split


@dataclass(frozen=True)
class Plot:
    """A figure as the address of an image that holds it, and what it shows, in words."""

    uri: str
    alt: str


def find_font(files: Iterable[str | Path] | None = None) -> Path | None:
    """Find a font that can write Korean.

    Args:
        files: Font files to choose from; by default all that are installed.

    Returns:
        The first of `FONTS`, or else any font that has the letters; `None` where there is none.

    """
    found = sorted(Path(file) for file in (findSystemFonts() if files is None else files))
    ranks = {name: rank for rank, name in enumerate(FONTS)}
    found.sort(key=lambda path: ranks.get(path.name, len(ranks)))
    return next((path for path in found if _writes_korean(path)), None)


def _writes_korean(font: Path) -> bool:
    try:
        return _drawable(NEEDED + NO_CHARACTER, font) == NEEDED + "?"
    except RuntimeError:  # not a font after all
        return False


def _drawable(text: str, font: Path) -> str:
    """Put a question mark for each character that a font lacks."""
    face = get_font(str(font))
    return "".join(c if face.get_char_index(ord(c)) else "?" for c in text)


def draw(found: Eda, font: Path, words: Words) -> dict[str, Plot]:
    """Draw what there is something of, in a font from `find_font`; `words` name the splits."""
    return drawn(_figures(found, font, words), font, sns.axes_style("whitegrid"))


def drawn(
    figures: Iterable[tuple[str, Axes]], font: Path, style: Mapping[str, Any]
) -> dict[str, Plot]:
    """Draw named figures, each with its title at the left, in this report's letters and colours.

    Args:
        figures: Made one after the other, once the style holds.
        font: One that can write Korean, from `find_font`; a letter that it lacks is an error.
        style: What of matplotlib's settings these figures have of their own.

    """
    fontManager.addfont(str(font))
    settings: Any = {
        **style,
        "font.family": [FontProperties(fname=str(font)).get_name()],
        "font.size": LETTERS,
        "axes.titlesize": LETTERS + 1,
        "grid.color": GRID,
        "svg.fonttype": "path",
        "svg.hashsalt": "jasoseo",  # the same data gives the same bytes
    }
    settings |= dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), INK)
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        return {name: _plot(axes) for name, axes in figures}


def _plot(axes: Axes) -> Plot:
    out = io.BytesIO()
    assert isinstance(axes.figure, Figure)
    axes.figure.savefig(out, format="svg", metadata={"Date": None})
    uri = f"data:image/svg+xml;base64,{b64encode(out.getvalue()).decode()}"
    return Plot(uri, axes.get_title("left"))


def _figures(found: Eda, font: Path, words: Words) -> Iterator[tuple[str, Axes]]:
    """Draw one after the other, by the names under which the page asks for them."""
    jobs, types, years, grades = (
        _stated(found.distributions[name]) for name in ("job", "firm type", "year", "grade")
    )
    if found.answer_characters:
        yield "answers", _curves("답변 길이", "글자 수", found.answer_characters, words)
    if jobs:
        yield "jobs", _ranking(jobs, "직무별 자기소개서", font)
    if types:
        yield "firm types", _ranking(types, "기업 형태별 자기소개서", font)
    if years:
        yield "years", _years(years)
    if grades:
        yield "grades", _grades(grades, words)
    if any(one.points and one.either for one in found.points):
        yield "points", _points(found.points)
    if found.grade_lengths:
        yield "grade lengths", _grade_lengths(found.grade_lengths)
    if found.similarity:
        yield "similarity", _similarity(found.similarity, words)


def _stated(distribution: Distribution) -> Counts:
    return {one.label: one.counts for one in distribution.categories if one.label is not None}


def _axes(title: str, height: float = 2.9) -> Axes:
    axes = Figure(figsize=(WIDTH, height), layout="constrained").subplots()
    axes.set_title(title, loc="left")
    return axes


def _finish(axes: Axes, x: str, y: str, *, lying: bool = False, percent: bool = False) -> Axes:
    """Name the axes, with round numbers on the one to read off, and put the legend above."""
    axes.set(xlabel=x, ylabel=y)
    measure = axes.xaxis if lying else axes.yaxis
    measure.set_major_locator(MaxNLocator(5, integer=not percent))
    measure.set_major_formatter(PercentFormatter(1, decimals=0) if percent else "{x:,.0f}")
    axes.grid(visible=False, axis="y" if lying else "x")
    sns.despine(ax=axes, left=not lying, bottom=lying)
    if axes.get_legend() is not None:
        axes.set_title(axes.get_title("left"), loc="left", pad=24)
        row = {"ncols": len(SPLIT_COLOURS), "columnspacing": 1.2, "handlelength": 1.2}
        place = {"bbox_to_anchor": (0, 1), "borderaxespad": 0.2, "borderpad": 0}
        sns.move_legend(axes, "lower left", frameon=False, title=None, **row, **place)
    return axes


def _shares(counts: Mapping[str, Sequence[int]], labels: Sequence[Any]) -> Frame:
    """Turn counts by split into a long frame of labels, splits and shares of the split."""
    rows = [
        (label, split, count / sum(series))
        for split, series in counts.items()
        if sum(series)
        for label, count in zip(labels, series, strict=True)
    ]
    return pd.DataFrame(rows, columns=["label", "split", "share"])


def _told_apart(frame: Frame, words: Words) -> dict[str, Any]:
    """Give the splits their names, and say how seaborn tells them apart."""
    colours = {words[split]: SPLIT_COLOURS[split] for split in frame["split"].unique()}
    frame["split"] = frame["split"].map(words)
    return {"hue": "split", "hue_order": list(colours), "palette": colours}


def _curves(title: str, x: str, bins: Histogram, words: Words) -> Axes:
    """Draw the shares of a split's bins as one stepped outline a split."""
    axes = _axes(title)
    size = len(next(iter(bins.counts.values())))
    edges = [bins.start + i * bins.width for i in range(size + 1)]
    frame = _shares(bins.counts, [edge + bins.width / 2 for edge in edges[:-1]])
    looks = _told_apart(frame, words) | {"element": "step", "fill": False, "linewidth": 1.8}
    sns.histplot(frame, x="label", weights="share", bins=edges, ax=axes, **looks)
    return _finish(axes, x, "답변의 비율", percent=True)


def _similarity(found: Sequence[Similarity], words: Words) -> Axes:
    bins = Histogram(0, 1 / len(found[0].bins), {one.split: one.bins for one in found})
    axes = _curves("가장 가까운 학습 답변과의 유사도", "글자 5-그램 자카드 유사도", bins, words)
    axes.axvline(found[0].limit, color=INK, linestyle=":", linewidth=1.2)
    return axes


def _ranking(stated: Counts, title: str, font: Path) -> Axes:
    """Draw the most frequent values as lying bars, each with its number."""
    told = f"{title} (많은 순 {MOST_BARS}개)" if len(stated) > MOST_BARS else title
    counts = [sum(of.values()) for of in stated.values()][:MOST_BARS]
    places = range(len(counts))
    axes = _axes(told, height=1.1 + 0.27 * len(counts))
    sns.barplot(x=counts, y=list(places), orient="h", color=BLUE, saturation=1, ax=axes)
    names = [n if len(n) <= LONGEST_NAME else f"{n[: LONGEST_NAME - 1]}…" for n in stated]
    axes.set_yticks(places, [_drawable(name, font) for name in names[:MOST_BARS]])
    axes.set_xlim(0, max(counts) * 1.2)  # room for the number behind the longest
    for place, count in zip(places, counts, strict=True):
        axes.text(count, place, f" {count:,}", va="center")
    return _finish(axes, "자기소개서 수", "", lying=True)


def _years(stated: Counts) -> Axes:
    axes = _axes("연도별 자기소개서")
    counts = [sum(of.values()) for of in stated.values()]
    sns.barplot(x=list(stated), y=counts, color=BLUE, saturation=1, ax=axes)
    axes.tick_params(axis="x", labelrotation=90 if len(counts) > MOST_LEVEL_YEARS else 0)
    return _finish(axes, "연도", "자기소개서 수")


def _grades(stated: Counts, words: Words) -> Axes:
    axes = _axes("평점 (평점이 있는 자기소개서)")
    splits = next(iter(stated.values()))
    frame = _shares({s: [of[s] for of in stated.values()] for s in splits}, list(stated))
    looks = _told_apart(frame, words)
    sns.barplot(frame, x="label", y="share", saturation=1, ax=axes, **looks)
    return _finish(axes, "평점", "자기소개서의 비율", percent=True)


def _points(found: Sequence[PointCount]) -> Axes:
    """Draw how many questions carry how many praises and how many criticisms."""
    axes = _axes("문항 하나에 달린 조언")
    told = [(one.points, kind, getattr(one, kind)) for one in found for kind in POLARITY_COLOURS]
    frame = pd.DataFrame(told, columns=["points", "kind", "questions"])
    frame["kind"] = frame["kind"].map(POLARITY_WORDS)
    colours = {POLARITY_WORDS[kind]: colour for kind, colour in POLARITY_COLOURS.items()}
    looks = {"hue": "kind", "palette": colours, "saturation": 1}
    sns.barplot(frame, x="points", y="questions", ax=axes, **looks)
    return _finish(axes, "조언 수", "문항 수")


def _grade_lengths(found: Mapping[str, Summary]) -> Axes:
    """Draw a box a grade: quartiles, median, and whiskers to the shortest and longest answer."""
    axes = _axes("평점과 답변 길이")
    boxes = [
        {"med": s.median, "q1": s.quarter, "q3": s.three_quarters}
        | {"whislo": s.least, "whishi": s.most, "label": grade}
        for grade, s in found.items()
    ]
    axes.bxp(boxes, showfliers=False, medianprops={"color": BLUE, "linewidth": 2})
    return _finish(axes, "평점", "답변의 글자 수")
