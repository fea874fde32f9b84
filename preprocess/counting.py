"""A build's essays counted: a row of numbers an essay, an answer and a piece of advice.

Texts are counted on all cores and left behind; what stays in memory are some hundred bytes each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from crawler.items import Essay
from preprocess.alpaca import Split
from preprocess.cores import InOrder
from preprocess.datasheet import MEANINGS, count_text, source_of
from preprocess.spool import Records

ESSAYS: Final = 200  # that go to a process at once

Frame = Any  # pandas comes without types
Placed = tuple[Split, Essay]


class Counted(NamedTuple):
    """Frames with a row for each essay, answer and piece of advice, in the order of the build.

    `lengths` holds by kind of text (question, answer, advice, overall advice) a frame with the
    counts of `MEANINGS`. An answer's `essay` is the number of its essay; `text` is a fingerprint of
    the advice's words.
    """

    essays: Frame
    answers: Frame
    advice: Frame
    lengths: dict[str, Frame]


def count_essays(essays: Mapping[Split, Records[Essay]], *, in_order: InOrder = map) -> Counted:
    """Count essays, in the order of splits and files."""
    placed = ((split, essay) for split, of in essays.items() for essay in of)
    parts = list(in_order(_count, _chunks(placed))) or [_count([])]
    before = np.cumsum([0, *(len(part.essays) for part in parts)])
    for part, offset in zip(parts, before, strict=False):
        part.answers["essay"] += offset
    return Counted(
        pd.concat([part.essays for part in parts], ignore_index=True),
        pd.concat([part.answers for part in parts], ignore_index=True),
        pd.concat([part.advice for part in parts], ignore_index=True),
        {kind: pd.concat([part.lengths[kind] for part in parts]) for kind in parts[0].lengths},
    )


def plain_advice(text: str) -> str:
    """Write a piece of advice on one line: white space counts as one space."""
    return " ".join(text.split())


def fingerprint(text: str) -> int:
    """Name a text by 64 bits of its hash, the same in every process."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)


def _chunks(placed: Iterator[Placed]) -> Iterator[list[Placed]]:
    while chunk := list(islice(placed, ESSAYS)):
        yield chunk


def _count(placed: Sequence[Placed]) -> Counted:
    questions = [question for _, essay in placed for question in essay.questions]
    advice = [plain_advice(said.text) for question in questions for said in question.advice]
    overall = [essay.overall_advice for _, essay in placed if essay.overall_advice]
    return Counted(
        _essays(placed),
        _answers(placed),
        _advice(placed),
        {
            "question": _lengths(question.question for question in questions),
            "answer": _lengths(question.answer for question in questions),
            "advice": _lengths(advice),
            "overall advice": _lengths(overall),
        },
    )


def _essays(placed: Sequence[Placed]) -> Frame:
    columns = "split", "source", "crawled", "job", "firm type", "year", "grade"
    rows = [
        (
            split,
            source_of(essay),
            essay.crawled_at[:10] if essay.crawled_at else None,
            essay.position or "",
            tuple(dict.fromkeys(essay.company_types)) or ("",),
            str(essay.year or ""),
            f"{essay.grade:g}" if essay.grade else "",
        )
        for split, essay in placed
    ]
    return pd.DataFrame(rows, columns=list(columns))


def _answers(placed: Sequence[Placed]) -> Frame:
    columns = "split", "essay", "grade", "characters", "good", "bad"
    rows = []
    for number, (split, essay) in enumerate(placed):
        for question in essay.questions:
            marks = Counter(advice.polarity for advice in question.advice)
            told = split, number, essay.grade, len(question.answer)
            rows.append((*told, marks["good"], marks["bad"]))
    return pd.DataFrame(rows, columns=list(columns)).astype({"grade": float})


def _advice(placed: Sequence[Placed]) -> Frame:
    rows = [
        (split, advice.polarity, fingerprint(plain_advice(advice.text)))
        for split, essay in placed
        for question in essay.questions
        for advice in question.advice
    ]
    return pd.DataFrame(rows, columns=["split", "polarity", "text"])


def _lengths(texts: Iterable[str]) -> Frame:
    return pd.DataFrame(map(count_text, texts), columns=list(MEANINGS), dtype=np.int32)
