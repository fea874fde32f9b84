"""The page's words: what systems, metrics and failures are called in Korean, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from eval.pages.task_words import TASK_FAILURES, TASK_SYSTEMS, TASK_WORDS
from eval.records import Estimate, Unscored

#: Between a system and its run, where a page tells of several runs.
OF_RUN = " · "
#: A system after one of several trainings, as `eval.pool` names it.
OF_SEED = re.compile(r"(.+)-seed(\d+)")


@dataclass(frozen=True)
class Word:
    """A metric's name on the page, its exact meaning, and how its values are written."""

    name: str
    meaning: str
    form: str = "{:.3f}"

    def write(self, found: Estimate | Unscored) -> str:
        """Write a value, or a dash where it does not exist."""
        return "–" if isinstance(found, Unscored) else minus(self.form.format(found.value))

    def write_interval(self, found: Estimate | Unscored) -> str:
        """Write the 95 % interval, or nothing where there is none."""
        if isinstance(found, Unscored):
            return ""
        return minus(f"[{self.form.format(found.low)}, {self.form.format(found.high)}]")

    def write_whole(self, found: Estimate | Unscored) -> str:
        """Write a value with its interval, or a dash where it does not exist."""
        return f"{self.write(found)} {self.write_interval(found)}".rstrip()


def minus(text: str) -> str:
    """Write a number's minus as one, not as a hyphen."""
    return text.replace("-", "−")


PERCENT = "{:.0%}"

#: In the order of the page. A test holds that every metric has its word.
METRIC_WORDS: Mapping[str, Word] = {
    "location_f1": Word(
        "문장 위치 F1",
        "시스템과 전문가가 같은 문장을 같은 종류(좋은점·아쉬운점)로 표시하면 맞은 것(TP)으로 "
        "셉니다. 모든 항목의 개수를 합쳐 2TP ÷ (2TP + FP + FN)으로 계산합니다.",
    ),
    "location_precision": Word(
        "위치 정밀도", "시스템이 표시한 문장 가운데 전문가도 같은 종류로 표시한 비율입니다."
    ),
    "location_recall": Word(
        "위치 재현율", "전문가가 표시한 문장 가운데 시스템도 같은 종류로 표시한 비율입니다."
    ),
    "location_f1_good": Word("좋은점 F1", "좋은점만 센 문장 위치 F1입니다."),
    "location_precision_good": Word("좋은점 정밀도", "좋은점만 센 위치 정밀도입니다."),
    "location_recall_good": Word("좋은점 재현율", "좋은점만 센 위치 재현율입니다."),
    "location_f1_bad": Word("아쉬운점 F1", "아쉬운점만 센 문장 위치 F1입니다."),
    "location_precision_bad": Word("아쉬운점 정밀도", "아쉬운점만 센 위치 정밀도입니다."),
    "location_recall_bad": Word("아쉬운점 재현율", "아쉬운점만 센 위치 재현율입니다."),
    "anchor_f1": Word(
        "표지 F1",
        "글에 표시된 번호(좋은점 1, 아쉬운점 2 …)마다 전문가와 시스템이 모두 조언했는지 셉니다. "
        "번호가 입력에 들어 있으므로 위치를 찾는 능력을 뜻하지 않습니다.",
    ),
    "anchor_precision": Word(
        "표지 정밀도", "시스템이 답한 번호 가운데 전문가에게도 있는 비율입니다."
    ),
    "anchor_recall": Word("표지 재현율", "전문가의 번호 가운데 시스템도 답한 비율입니다."),
    "point_f1": Word(
        "조언 단위 F1",
        "조언을 한 건씩 비교합니다. 종류가 같고 문장 집합의 자카드 지수가 0.5 이상인 조언끼리만 "
        "짝이 될 수 있으며, 짝이 가장 많아지도록 배정합니다.",
    ),
    "point_precision": Word(
        "조언 정밀도", "시스템의 조언 가운데 전문가 조언과 짝지어진 비율입니다."
    ),
    "point_recall": Word("조언 재현율", "전문가의 조언 가운데 시스템 조언과 짝지어진 비율입니다."),
    "rouge_1": Word(
        "ROUGE-1",
        "짝지어진 조언의 문구를 Kiwi 형태소로 나누어 구한 ROUGE-1 F1입니다. 짝이 없는 조언은 "
        "전문가 것이든 시스템 것이든 0으로 세고, 짝과 짝 없는 조언을 모두 더한 수로 나눕니다.",
    ),
    "rouge_2": Word("ROUGE-2", "같은 방식으로 평균한, 이어진 형태소 두 개의 F1입니다."),
    "rouge_l": Word(
        "ROUGE-L",
        "짝지어진 조언의 문구를 Kiwi 형태소로 나누어 구한 ROUGE-L F1입니다. 짝이 없는 조언은 "
        "전문가 것이든 시스템 것이든 0으로 세고, 짝과 짝 없는 조언을 모두 더한 수로 나눕니다.",
    ),
    "chrf": Word(
        "chrF++",
        "같은 방식으로 평균한 문장 단위 chrF++입니다. sacrebleu 값을 100으로 나누었습니다.",
    ),
    "bleu": Word(
        "BLEU",
        "같은 방식으로 평균한 문장 단위 BLEU입니다. sacrebleu의 ko-mecab으로 나누었고, 값을 "
        "100으로 나누었습니다.",
    ),
    "rouge_1_matched": Word("짝의 ROUGE-1", "짝지어진 조언만 평균한 ROUGE-1입니다."),
    "rouge_2_matched": Word("짝의 ROUGE-2", "짝지어진 조언만 평균한 ROUGE-2입니다."),
    "rouge_l_matched": Word("짝의 ROUGE-L", "짝지어진 조언만 평균한 ROUGE-L입니다."),
    "chrf_matched": Word("짝의 chrF++", "짝지어진 조언만 평균한 chrF++입니다."),
    "bleu_matched": Word("짝의 BLEU", "짝지어진 조언만 평균한 BLEU입니다."),
    "encoder": Word(
        "의미 유사도",
        "같은 방식으로 평균한, 문장 인코더 벡터의 코사인 유사도입니다. 음수는 0으로 셉니다. "
        "인코더를 정하지 않으면 계산하지 않습니다.",
    ),
    "encoder_matched": Word("짝의 의미 유사도", "짝지어진 조언만 평균한 의미 유사도입니다."),
    "rdass": Word(
        "RDASS형 적합도",
        "시스템의 조언이 짝지어진 전문가 조언과 비슷한 정도, 그리고 가리킨 문장과 비슷한 정도를 "
        "평균한 값입니다(Lee 외 2020을 따름). 짝이 없는 조언은 0으로 셉니다.",
    ),
    "rdass_matched": Word("짝의 RDASS형 적합도", "짝지어진 조언만 평균한 RDASS형 적합도입니다."),
    "advice_points": Word("조언 수", "항목당 조언 건수의 평균입니다.", "{:.1f}"),
    "count_error": Word(
        "개수 오차", "시스템과 전문가의 조언 건수 차이(절댓값)의 평균입니다.", "{:.2f}"
    ),
    "output_chars": Word("글자 수", "공백을 포함한 출력 길이의 평균입니다.", "{:.0f}"),
    "readable": Word(
        "판독률",
        "정해진 형식의 조언으로 읽을 수 있는 출력의 비율입니다. 읽을 수 없는 출력은 아무것도 "
        "표시하지 않은 것으로 보아, 전문가의 조언을 모두 놓친 것으로 셉니다.",
        PERCENT,
    ),
    "cut_off": Word("잘린 출력", "끝맺지 못하고 길이 제한에 걸린 출력의 비율입니다.", PERCENT),
    "applicant_voice": Word(
        "지원자 말투",
        "따옴표 밖에서 ‘저는’, ‘제가’처럼 지원자 본인으로 말한 출력의 비율입니다.",
        PERCENT,
    ),
    "wrong_document": Word(
        "다른 문서",
        "글에 없는 추천서, 독후감 같은 문서를 두고 말하거나 글을 이력서, 논문이라고 부른 출력의 "
        "비율입니다. 따옴표 안의 말과 ‘보고서처럼’ 같은 비유는 세지 않습니다.",
        PERCENT,
    ),
    "copied": Word(
        "베낀 비율",
        "자기소개서와 글자가 이어서 일치하는 가장 긴 부분을 출력 길이로 나눈 값의 평균입니다.",
        PERCENT,
    ),
    "repeated": Word(
        "되풀이",
        "출력에서 앞에 이미 나온 글자 열(10자)이 차지하는 비율의 평균입니다. "
        "전문가 조언은 평균 2% 아래입니다.",
        PERCENT,
    ),
}

#: Points that answer one anchor are pairs where the input itself is marked.
ANCHORED_WORDS: Mapping[str, Word] = {
    "point_f1": Word(
        "조언 단위 F1",
        "조언을 한 건씩 비교합니다. 종류와 번호가 같은 조언끼리 짝이 되며, 한 번호에 여러 번 "
        "답하면 한 건만 짝이 됩니다.",
    ),
}

SYSTEM_WORDS: Mapping[str, tuple[str, str]] = {
    "tuned": ("미세조정 모델", "학습한 모델에 예시 없이 물은 답입니다."),
    "tuned-1shot": (
        "미세조정 모델 + 예시 1개",
        "학습한 모델에 학습 자료의 예시 하나를 보여 주고 물은 답입니다.",
    ),
    "base": ("기반 모델", "학습하기 전의 모델에 예시 없이 물은 답입니다."),
    "base-1shot": (
        "기반 모델 + 예시 1개",
        "학습하기 전의 모델에 학습 자료의 예시 하나를 보여 주고 물은 답입니다.",
    ),
    "retrieval": ("유사 글 조언", ""),
    "retrieval-encoder": ("의미가 가까운 글 조언", ""),
    "rules": ("규칙 조언", ""),
    "generic": ("고정 조언", ""),
    "shuffled": ("무작위 조언", ""),
}

FAILURE_WORDS: Mapping[str, str] = {
    "empty": "빈 출력",
    "no located point": "조언 형식이 없음",
    "no anchored point": "조언 형식이 없음",
    "a point without advice": "내용 없는 조언",
    "sentence numbers not readable": "문장 번호를 읽을 수 없음",
    "sentence range backwards": "문장 범위가 거꾸로 됨",
    "sentence number out of range": "글에 없는 문장 번호",
    "anchor number out of range": "있을 수 없는 번호",
}


def metric_word(name: str, task: str) -> Word:
    """Find a metric's word for a task."""
    if task in TASK_WORDS:
        return Word(*TASK_WORDS[task][name])
    if task == "advice-anchored" and name in ANCHORED_WORDS:
        return ANCHORED_WORDS[name]
    return METRIC_WORDS[name]


def system_word(system: str, task: str) -> str:
    """Call a system by its Korean name, or by its own where it has none, and by seed and run."""
    name, _, run = system.partition(OF_RUN)
    seeded = OF_SEED.fullmatch(name)
    if seeded is not None:
        return f"{system_word(seeded[1], task)}, 시드 {seeded[2]}"
    told = TASK_SYSTEMS.get(task, {}).get(name) or SYSTEM_WORDS.get(name, (name, ""))[0]
    return f"{told} ({run})" if run else told


def own_name(system: str) -> str:
    """Give a system's name in its own run."""
    return system.partition(OF_RUN)[0]


def failure_word(reason: str) -> str:
    """Say in Korean why an output could not be read."""
    return FAILURE_WORDS.get(reason) or TASK_FAILURES.get(reason, reason)
