"""What a question file looks like, as numbers: sizes by their right names, categories, likeness.

Texts are counted as they stand in the file; what is made of them is counted by split.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from preprocess.alpaca import SPLITS, Record, Split
from preprocess.datasheet import Distribution, Summary, count_text, distribution, summaries
from preprocess.qa_likeness import AnswerLikeness, answer_likeness
from preprocess.qa_records import QaRow
from preprocess.qa_rows import Placed, count_made
from preprocess.split import Shares

#: What is counted in a text, and what that is, in Korean for the page.
MEANINGS: Final[dict[str, str]] = {
    "characters": "유니코드 코드 포인트의 수입니다. 띄어쓰기와 문장 부호도 한 글자로 셉니다.",
    "syllables": "'가'에서 '힣'까지의 한글 글자만 센 수입니다.",
    "words": "띄어쓰기로 나뉜 토막의 수입니다. 문장 부호는 붙어 있는 말에 딸립니다.",
    "sentences": "규칙으로 나눈 문장의 수입니다. 부호 없이 끝난 마지막 문장도 셉니다.",
    "marks": "마침표, 물음표, 느낌표(. ? !)의 수입니다. 소수점과 번호의 점도 들어갑니다.",
    "bytes": "UTF-8로 적은 크기입니다. 한글 한 글자가 3바이트입니다.",
}
_MARKS = re.compile(r"[.?!]")


class SplitCount(Record, frozen=True):
    """A split: rows of the question file, groups of near-duplicates, and rows made, by kind."""

    asked: int
    groups: int
    made: dict[str, int]


class QaReport(Record, frozen=True):
    """What `report.json` of a question file keeps.

    `totals` and `lengths` are by kind of text (question, answer, both) and by `MEANINGS`'s counts;
    for `unseen` and `repeated` see `preprocess.qa_csv.Asked`.
    """

    file: str
    sha256: str
    unseen: int
    repeated: int
    rows: int
    groups: int
    largest_group: int
    shares: tuple[float, float]
    seed: int
    splits: dict[str, SplitCount]
    totals: dict[str, dict[str, int]]
    lengths: dict[str, dict[str, Summary]]
    categories: Distribution
    likeness: AnswerLikeness


def make_report(
    file: Path,
    placed: Sequence[Placed],
    rows: Mapping[Split, Sequence[QaRow]],
    shares: Shares,
    seed: int,
) -> QaReport:
    """Count a question file and what was made of it."""
    asked = [one.asked for one in placed]
    questions = count_texts(text for row in asked for text in row.questions)
    answers = count_texts(text for row in asked for text in row.answers)
    kinds = {"question": questions, "answer": answers, "both": questions + answers}
    sizes = Counter(one.group for one in placed)
    return QaReport(
        file=file.name,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        unseen=sum(row.unseen for row in asked),
        repeated=sum(row.repeated for row in asked),
        rows=len(asked),
        groups=len(sizes),
        largest_group=max(sizes.values()),
        shares=(shares.validation, shares.test),
        seed=seed,
        splits=_splits(placed, rows),
        totals={kind: {n: sum(c[n] for c in of) for n in MEANINGS} for kind, of in kinds.items()},
        lengths={
            kind: summaries((name, [counts[name] for counts in of]) for name in MEANINGS)
            for kind, of in kinds.items()
        },
        categories=_categories(placed),
        likeness=answer_likeness([row.answers for row in asked]),
    )


def count_texts(texts: Iterable[str]) -> list[dict[str, int]]:
    """Count each text in each of the ways that `MEANINGS` tells."""
    return [count_text(text) | {"marks": len(_MARKS.findall(text))} for text in texts]


def _splits(
    placed: Sequence[Placed], rows: Mapping[Split, Sequence[QaRow]]
) -> dict[str, SplitCount]:
    made = count_made(rows)
    return {
        split: SplitCount(
            asked=sum(one.split == split for one in placed),
            groups=len({one.group for one in placed if one.split == split}),
            made=made[split],
        )
        for split in SPLITS
    }


def _categories(placed: Sequence[Placed]) -> Distribution:
    totals: dict[str, int] = {s: sum(one.split == s for one in placed) for s in SPLITS}
    counts: dict[str, dict[str, int]] = {}
    for one in placed:
        of = counts.setdefault(one.asked.category or "", dict.fromkeys(totals, 0))
        of[one.split] += 1
    return distribution(counts, totals, by_size=True)
