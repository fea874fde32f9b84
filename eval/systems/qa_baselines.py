"""Answers to questions without a model: the nearest question's, one for all, chance, and a ceiling.

`retrieval`, `generic` and `shuffled` know the training split alone. `reference` is no baseline to
beat: it answers with one of the right answers, and says how like one another these are.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from statistics import fmean

from eval.measuring.qa import REFERENCE, dice_of
from eval.systems.baselines import Baseline, evenly
from eval.systems.whole_outputs import drawn, retrieved
from eval.tasks import Item
from preprocess.qa_records import JOINED, PLAIN, QaRow

#: At least so many training answers, evenly spread, among which the constant is chosen, and with
#: which it is compared.
TRIED = 100


def qa_baselines(train: Sequence[Item], test: Sequence[Item], seed: int) -> tuple[Baseline, ...]:
    """Answer the test questions.

    Args:
        train: Training rows whose groups have no test row.
        test: The questions to be answered.
        seed: Of the answers that are drawn by chance.

    """
    first = one_each(train)
    found = (retrieved(first, test), constant(first, test), drawn(first, test, seed))
    several = all(isinstance(i.row, QaRow) and len(i.row.references) > 1 for i in test)
    return (*found, reference(test)) if several else found


def one_each(train: Sequence[Item]) -> tuple[Item, ...]:
    """Keep the first row of each question, without those that a rule has worded anew."""
    first: dict[str, Item] = {}
    for item in train:
        assert isinstance(item.row, QaRow)
        if item.row.made in (PLAIN, JOINED):
            first.setdefault(item.row.input, item)
    return tuple(first.values())


def constant(train: Sequence[Item], test: Sequence[Item]) -> Baseline:
    """Answer every question with the training answer that is most like the others, by Dice."""
    texts = sorted({item.row.output for item in train})
    tried = evenly(texts, TRIED)
    best = max(tried, key=lambda text: fmean(dice_of(text, other) for other in tried))
    return Baseline(
        "generic",
        "어느 질문에나 같은 답을 합니다: 학습 자료의 답변 가운데 다른 답변들과 가장 닮은 "
        f"하나입니다(고르게 뽑은 {len(tried)}개에서 글자 3-그램 다이스 계수로 골랐습니다).",
        dict.fromkeys((item.row.id for item in test), best),
    )


def reference(test: Sequence[Item]) -> Baseline:
    """Answer every question with one of its own answers, chosen by the id alone."""
    answers = {}
    for item in test:
        assert isinstance(item.row, QaRow)
        every = item.row.references
        answers[item.row.id] = every[zlib.crc32(item.row.id.encode()) % len(every)]
    return Baseline(
        REFERENCE,
        "기준 답변 가운데 하나를 나머지와 견줍니다. 사람이 쓴 답변끼리 얼마나 닮았는지를 보여 "
        "주는 값으로, 다른 시스템보다 기준이 하나 적습니다.",
        answers,
    )
