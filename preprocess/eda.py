"""What the data looks like, as numbers: lengths, distributions, advice, likeness of the splits.

pandas frames inside, records out: `eda` gives what `report.json` keeps, and the page and the
datasheet are written from such records alone. All of it counts the essays that were kept, masked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd  # type: ignore[import-untyped]

from crawler.items import Essay
from preprocess.alpaca import Record
from preprocess.cores import InOrder
from preprocess.counting import count_essays, fingerprint, plain_advice
from preprocess.data import Data
from preprocess.datasheet import (
    MEANINGS,
    AdviceTexts,
    Distribution,
    Eda,
    FrequentAdvice,
    Histogram,
    PointCount,
    Summary,
    distribution,
    summaries,
)
from preprocess.leaks import LeakReport
from preprocess.lengths import RunLengths
from preprocess.likeness import SAMPLE, SEED, similarity
from preprocess.measure_masking import MaskingRow
from preprocess.measure_sentences import PassageCover, SplitterAgreement

FREQUENT: Final = 10  # advice texts said more than once, told in full
MOST_BINS: Final = 15
BIN_WIDTHS: Final = (10, 20, 50, 100, 200, 500, 1000, 5000)
LEAST_RANKED: Final = 3  # essays below which a rank correlation says nothing

Frame = Any  # pandas comes without types


class Measured(Record, frozen=True):
    """What other steps measured; `None` is "not measured", and is told so, never as 0.

    `firm_leaks` are names of the firms applied to left in rows; `permission` is the crawl's.
    """

    masking: tuple[MaskingRow, ...] | None = None
    splitter: SplitterAgreement | None = None
    passages: tuple[PassageCover, ...] | None = None
    leaks: LeakReport | None = None
    lengths: tuple[RunLengths, ...] | None = None
    firm_leaks: int | None = None
    permission: str | None = None


def eda(data: Data, *, sample: int = SAMPLE, seed: int = SEED, in_order: InOrder = map) -> Eda:
    """Count a build's essays, answers and advice.

    Args:
        data: What a build made; its essays are masked.
        sample: How many answers of a held-out split are compared with training, at most.
        seed: Draws them.
        in_order: Counts and compares the texts, here or on all cores.

    """
    essays, answers, advice, lengths = count_essays(data.essays, in_order=in_order)
    days = sorted(set(filter(None, essays["crawled"])))
    return Eda(
        meanings=MEANINGS,
        sources=dict(Counter(essays["source"]).most_common()),
        crawled=(days[0], days[-1]) if days else None,
        lengths={
            kind: summaries((name, counts[name].tolist()) for name in MEANINGS)
            for kind, counts in lengths.items()
        },
        answer_characters=_histogram(answers),
        distributions={
            "job": _distribution(essays, "job", by_size=True),
            "firm type": _distribution(essays, "firm type", by_size=True),
            "year": _distribution(essays, "year"),
            "grade": _distribution(essays, "grade"),
            "polarity": _distribution(advice, "polarity"),
        },
        points=tuple(_points(answers)),
        advice=_advice_texts(advice, data),
        grade_lengths=_grade_lengths(answers),
        grade_correlation=_grade_correlation(answers),
        similarity=tuple(similarity(data, sample=sample, seed=seed, in_order=in_order)),
    )


def _histogram(answers: Frame) -> Histogram | None:
    if answers.empty:
        return None
    lengths = answers["characters"]
    span = lengths.max() - lengths.min()
    width = next((width for width in BIN_WIDTHS if span / width < MOST_BINS), BIN_WIDTHS[-1])
    bins = lengths // width
    first, last = int(bins.min()), int(bins.max())
    counts = pd.crosstab(answers["split"], bins).reindex(columns=range(first, last + 1))
    tuples = {split: tuple(row) for split, row in counts.fillna(0).astype(int).T.items()}
    return Histogram(first * width, width, {s: tuples[s] for s in answers["split"].unique()})


def _distribution(frame: Frame, column: str, *, by_size: bool = False) -> Distribution:
    totals = dict(Counter(frame["split"]))
    long = frame.explode(column)
    table = pd.crosstab(long[column], long["split"])[list(totals)]
    return distribution(table.to_dict("index"), totals, by_size=by_size)


def _points(answers: Frame) -> Iterator[PointCount]:
    columns = answers["good"] + answers["bad"], answers["good"], answers["bad"]
    for points in range(int(columns[0].max()) + 1 if len(answers) else 0):
        yield PointCount(points, *(int((column == points).sum()) for column in columns))


def _advice_texts(advice: Frame, data: Data) -> AdviceTexts:
    said = advice.groupby("text")["polarity"].agg(["size", lambda kinds: (kinds == "good").sum()])
    said.columns = ["said", "praise"]
    again = said[said["said"] > 1].nlargest(FREQUENT, "said", keep="all")
    texts = _texts(data, set(again.index))
    frequent = (
        FrequentAdvice(texts[key], int(praise), int(count - praise))
        for key, count, praise in again.itertuples()
    )
    first = sorted(frequent, key=lambda one: (-one.good - one.bad, one.text))[:FREQUENT]
    return AdviceTexts(len(advice), len(said), tuple(first))


def _texts(data: Data, keys: set[int]) -> dict[int, str]:
    """Find the advice texts of these fingerprints."""
    texts = {}
    for _, essay in _every_essay(data) if keys else ():
        for question in essay.questions:
            for advice in question.advice:
                text = plain_advice(advice.text)
                if (key := fingerprint(text)) in keys:
                    texts[key] = text
    return texts


def _every_essay(data: Data) -> Iterator[tuple[str, Essay]]:
    return ((split, essay) for split, essays in data.essays.items() for essay in essays)


def _grade_lengths(answers: Frame) -> dict[str, Summary]:
    groups = answers.dropna(subset="grade").groupby("grade")["characters"]
    return summaries((f"{grade:g}", lengths) for grade, lengths in groups)


def _grade_correlation(answers: Frame) -> float | None:
    essays = answers.dropna(subset="grade").groupby("essay")
    ranks = essays.agg(grade=("grade", "first"), characters=("characters", "mean")).rank()
    if len(ranks) < LEAST_RANKED or not ranks.std().all():
        return None
    return float(ranks["grade"].corr(ranks["characters"]))
