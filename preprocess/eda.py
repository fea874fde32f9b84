"""What the data looks like, as numbers: lengths, distributions, advice, likeness of the splits.

pandas frames inside, records out: `eda` gives what `report.json` keeps, and the page and the
datasheet are written from such records alone. All of it counts the essays that were kept, masked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from numpy.typing import NDArray

from crawler.items import Essay
from preprocess.alpaca import Record
from preprocess.datasheet import (
    MEANINGS,
    AdviceTexts,
    Distribution,
    Eda,
    FrequentAdvice,
    Histogram,
    NearPair,
    PointCount,
    Similarity,
    Summary,
    count_text,
    distribution,
    source_of,
    summaries,
    summarise,
)
from preprocess.leaks import LeakReport
from preprocess.lengths import RunLengths
from preprocess.measure_masking import MaskingRow
from preprocess.measure_sentences import PassageCover, SplitterAgreement
from preprocess.near_duplicates import SAME_ESSAY, shingles
from preprocess.steps import Data, row_id

SAMPLE: Final = 500  # held-out answers of a split that are compared with training
SEED: Final = 20
FREQUENT: Final = 10  # advice texts said more than once, told in full
LIKENESS_BINS: Final = 20
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


def eda(data: Data, *, sample: int = SAMPLE, seed: int = SEED) -> Eda:
    """Count a build's essays, answers and advice.

    Args:
        data: What a build made; its essays are masked.
        sample: How many answers of a held-out split are compared with training, at most.
        seed: Draws them.

    """
    essays, answers, advice = _essays(data), _answers(data), _advice(data)
    days = sorted(filter(None, essays["crawled"]))
    return Eda(
        meanings=MEANINGS,
        sources=dict(Counter(essays["source"]).most_common()),
        crawled=(days[0], days[-1]) if days else None,
        lengths={
            "question": _lengths(answers["question"]),
            "answer": _lengths(answers["answer"]),
            "advice": _lengths(advice["text"]),
            "overall advice": _lengths(essays["overall advice"].dropna()),
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
        advice=_advice_texts(advice),
        grade_lengths=_grade_lengths(answers),
        grade_correlation=_grade_correlation(answers),
        similarity=tuple(_similarity(answers, sample, seed)),
    )


def _every_essay(data: Data) -> Iterator[tuple[str, Essay]]:
    return ((split, essay) for split, essays in data.essays.items() for essay in essays)


def _essays(data: Data) -> Frame:
    columns = "split", "source", "crawled", "job", "firm type", "year", "grade", "overall advice"
    rows = [
        (
            split,
            source_of(essay),
            essay.crawled_at[:10] if essay.crawled_at else None,
            essay.position or "",
            tuple(dict.fromkeys(essay.company_types)) or ("",),
            str(essay.year or ""),
            f"{essay.grade:g}" if essay.grade else "",
            essay.overall_advice or None,
        )
        for split, essay in _every_essay(data)
    ]
    return pd.DataFrame(rows, columns=list(columns))


def _answers(data: Data) -> Frame:
    columns = "split", "essay", "id", "grade", "question", "answer", "characters", "good", "bad"
    rows = []
    for split, essay in _every_essay(data):
        for question in essay.questions:
            marks = Counter(advice.polarity for advice in question.advice)
            asked, answer = question.question, question.answer
            told = split, essay.id, row_id(essay, question), essay.grade, asked, answer, len(answer)
            rows.append((*told, marks["good"], marks["bad"]))
    return pd.DataFrame(rows, columns=list(columns))


def _advice(data: Data) -> Frame:
    rows = [
        (split, advice.polarity, " ".join(advice.text.split()))
        for split, essay in _every_essay(data)
        for question in essay.questions
        for advice in question.advice
    ]
    return pd.DataFrame(rows, columns=["split", "polarity", "text"])


def _lengths(texts: Frame) -> dict[str, Summary]:
    counted = pd.DataFrame(map(count_text, texts), columns=list(MEANINGS))
    return summaries(counted.items())


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


def _advice_texts(advice: Frame) -> AdviceTexts:
    said = Counter(advice["text"])
    praise = Counter(advice["text"][advice["polarity"] == "good"])
    again = [text for text in said if said[text] > 1]
    first = sorted(again, key=lambda text: (-said[text], text))[:FREQUENT]
    frequent = (FrequentAdvice(text, praise[text], said[text] - praise[text]) for text in first)
    return AdviceTexts(len(advice), len(said), tuple(frequent))


def _grade_lengths(answers: Frame) -> dict[str, Summary]:
    groups = answers.dropna(subset="grade").groupby("grade")["characters"]
    return summaries((f"{grade:g}", lengths) for grade, lengths in groups)


def _grade_correlation(answers: Frame) -> float | None:
    essays = answers.dropna(subset="grade").groupby("essay")
    ranks = essays.agg(grade=("grade", "first"), characters=("characters", "mean")).rank()
    if len(ranks) < LEAST_RANKED or not ranks.std().all():
        return None
    return float(ranks["grade"].corr(ranks["characters"]))


def _similarity(answers: Frame, sample: int, seed: int) -> Iterator[Similarity]:
    training = answers[answers["split"] == "train"]
    for split, own in answers.groupby("split", sort=False):
        if split == "train" or training.empty:
            continue
        drawn = own.sample(n=min(sample, len(own)), random_state=seed).sort_index()
        found, which = nearest(drawn["answer"].tolist(), training["answer"].tolist())
        pairs = zip(drawn["id"], training["id"].iloc[which], found.tolist(), strict=True)
        near = [NearPair(*pair) for pair in pairs if pair[2] >= SAME_ESSAY]
        summary = summarise(found.tolist())
        assert summary
        yield Similarity(
            split=split,
            items=len(own),
            sampled=len(drawn),
            seed=seed,
            training=len(training),
            limit=SAME_ESSAY,
            nearest=summary,
            bins=tuple(np.histogram(found, LIKENESS_BINS, (0, 1))[0].tolist()),
            near=tuple(sorted(near, key=lambda pair: (-pair.similarity, pair.item))),
        )


def nearest(
    texts: Sequence[str], others: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Find for each text, of one or more, the most similar of the others, the first of equals.

    Returned are the Jaccard similarities of character 5-grams, 0 to 1, and the others' indices.
    """
    sets = [shingles(text) for text in texts]
    sizes = np.array([len(grams) for grams in sets], dtype=np.intp)
    every = np.concatenate(sets)
    order = np.argsort(every, kind="stable")
    grams, owners = every[order], np.arange(len(sets)).repeat(sizes)[order]
    shares, which = np.zeros(len(sets)), np.zeros(len(sets), dtype=np.intp)
    for index, other in enumerate(map(shingles, others)):
        low = np.searchsorted(grams, other)
        runs = np.searchsorted(grams, other, "right") - low
        hits = np.repeat(low - runs.cumsum() + runs, runs) + np.arange(runs.sum())
        common = np.bincount(owners[hits], minlength=len(sets))
        found = common / (sizes + len(other) - common)
        which[found > shares] = index
        shares = np.maximum(shares, found)
    return shares, which
