"""In Korean what results tell in English: why a number is missing, what nobody was asked.

Results keep the English words, which are theirs on every machine; the page alone translates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

TOLD_WORDS: Final[Mapping[str, str]] = {
    # eval.measuring.metrics, eval.measuring.measures and eval.measuring.kappa
    "this was not counted": "세지 않음",
    "no items": "항목이 없음",
    "neither the expert nor the system marks any": "전문가와 시스템 모두 표시한 것이 없음",
    "the system marks none": "시스템이 표시한 것이 없음",
    "the expert marks none": "전문가가 표시한 것이 없음",
    "neither the expert nor the system gives any advice": "전문가와 시스템 모두 조언이 없음",
    "no point of the system meets one of the expert's": "전문가 조언과 짝지어진 조언이 없음",
    "the task has no sentence numbers": "문장 번호가 없는 과제",
    "the task has no anchors": "표지가 없는 과제",
    "no sentence encoder was given": "문장 인코더를 주지 않음",
    "no sentence encoder was given, or the task has no sentence numbers": (
        "문장 인코더를 주지 않았거나 문장 번호가 없는 과제"
    ),
    "the system says nothing": "출력에 말이 없음",
    "the system says next to nothing": "출력이 거의 비어 있음",
    "no draft has such a defect": "그런 결함이 있는 초안이 없음",
    "no words": "어절이 없음",
    "there is no other question": "다른 문항이 없음",
    "no question has a content word": "뜻 있는 낱말이 있는 문항이 없음",
    "no output has four words": "네 어절 이상인 출력이 없음",
    "no output has words": "어절이 있는 출력이 없음",
    "no output has two words": "두 어절 이상인 출력이 없음",
    "the training split has no answers of this field and another": (
        "학습 자료에 이 직무의 답이나 다른 직무의 답이 없음"
    ),
    "the task has no grades": "평점이 없는 과제",
    "a kappa needs more than one item": "카파에는 항목이 둘 이상 있어야 함",
    "no output has a grade": "평점이 있는 출력이 없음",
    "no output can be read": "읽을 수 있는 출력이 없음",
    "all grades are the same": "평점이 모두 같음",
    "no question has two topics": "두 가지를 묻는 문항이 없음",
    "every question has two topics": "모든 문항이 두 가지를 물음",
    # eval.trained_on
    "the training rows of this evaluation": "위의 학습 자료와 같음",
    "other training rows than those of this evaluation": "위의 학습 자료와 다름",
    "not known: there is no record of the training, as make train leaves it": (
        "기록 없음(make train으로 학습하면 기록이 남음)"
    ),
    "the weights that the run has now": "지금 있는 모델",
    "other weights than the run has now": "지금 있는 모델과 다른 모델",
    "not known: the run has no weights here, or nothing is noted of its answers": (
        "기록 없음(모델이나 답의 기록이 여기에 없음)"
    ),
    # eval.judging.asking, eval.judging.replies, eval.judging.results and eval.judging.lengths
    "the endpoint gave no answer": "심사 모델이 응답하지 않음",
    "the endpoint rejected the question": "심사 모델이 물음을 받지 않음",
    "a verdict without the marks or the choice that were asked for": "물은 점수나 선택이 빠진 판정",
    "several verdicts in one reply": "한 답에 판정이 여럿",
    "the judge refused": "심사 모델이 판정을 거절함",
    "an empty reply": "빈 답",
    "cut off before a verdict": "판정 전에 잘린 답",
    "no verdict in the reply": "판정이 없는 답",
    "nothing could be judged": "심사한 것이 없음",
    "all pairs differ by the same length, so its part cannot be told": (
        "모든 쌍의 길이 차가 같아 길이의 영향을 가를 수 없음"
    ),
    # eval.comparing.agreement and eval.rating.summary
    "no item was rated twice": "두 번 평가한 항목이 없음",
    "all ratings are the same, so that chance would agree as well": (
        "평가가 모두 같아 우연과 가를 수 없음"
    ),
    "one side gave everything the same, which agrees with nothing beyond chance": (
        "한쪽이 모두 같은 값을 주어 일치도를 셈할 수 없음"
    ),
    "no pair was rated": "평가한 쌍이 없음",
    "no text has the advice of two experts": "두 전문가가 조언한 글이 없음",
    # what agreement was measured by
    "Cohen's kappa": "코언 카파",
    "Cohen's kappa, quadratic weights": "코언 카파, 제곱 가중",
    "Krippendorff's alpha, nominal": "크리펜도르프 알파, 명목",
    "Krippendorff's alpha, ordinal": "크리펜도르프 알파, 순서",
    # settings
    "none": "없음",
}

#: Words with a number, a run or a file in them.
TOLD_FORMS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"fewer than (\d+) essays"), r"표본이 \1개가 안 됨"),
    (
        re.compile(r"no interval: (\d+%) of the resamples have no value"),
        r"재표집의 \1에 값이 없어 구간이 없음",
    ),
    (
        re.compile(r"(.+), last layer \((\d+)\), up to (\d+) tokens, (.+)"),
        r"\1, 마지막(\2번째) 층, 토큰 \3개까지, \4",
    ),
    (re.compile(r"(\d+) of (\d+) rows"), r"항목 \2개 가운데 \1개"),
    (re.compile(r"none: (.+) is missing; make it with: (.+)"), r"없음: \1 파일이 없음(\2)"),
    (
        re.compile(r"none known: nobody has rated the answers that were judged; .+ with: (.+)"),
        r"심사한 답을 사람이 평가한 것이 없어 알 수 없음(\1)",
    ),
    (
        re.compile(r"no judge has judged this run; ask one with: (.+)"),
        r"심사 모델의 평가가 없음(\1)",
    ),
)


def told_word(told: str) -> str:
    """Say in Korean what a result tells; words that nobody translated stay as they are."""
    if told in TOLD_WORDS:
        return TOLD_WORDS[told]
    for form, korean in TOLD_FORMS:
        match = form.fullmatch(told)
        if match is not None:
            return match.expand(korean)
    return told
