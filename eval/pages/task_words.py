"""The Korean words of `overall`, `revise`, `write` and `qa` for the page: metrics, systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

NUMBER, PERCENT, FEW, MANY = "{:.3f}", "{:.0%}", "{:.2f}", "{:.0f}"


class Subject(NamedTuple):
    """What a page is about: its kind, what is resampled, and the word that counts it."""

    kind: str
    unit: str
    counter: str

    def counted(self, number: int) -> str:
        """Write how many there are, as `자기소개서 12편`."""
        return f"{self.unit} {number}{self.counter}"


_ESSAYS = Subject("자기소개서 조언 평가", "자기소개서", "편")
_SUBJECTS = {
    "overall": Subject("자기소개서 총평 평가", "자기소개서", "편"),
    "revise": Subject("자기소개서 첨삭 평가", "자기소개서", "편"),
    "write": Subject("자기소개서 답변 쓰기 평가", "자기소개서", "편"),
    "qa": Subject("질문 답변 평가", "질문 묶음", "개"),
}


def subject_of(task: str) -> Subject:
    """Say what the page of a task is about."""
    return _SUBJECTS.get(task, _ESSAYS)


class MetricWord(NamedTuple):
    """A metric's name on the page, its exact meaning, and how its values are written."""

    name: str
    meaning: str
    form: str


FORM_WORDS: Mapping[str, MetricWord] = {
    "readable": MetricWord(
        "판독률",
        "정해진 형식으로 읽을 수 있는 출력의 비율입니다. 읽을 수 없는 출력은 실패로 셉니다.",
        PERCENT,
    ),
    "cut_off": MetricWord(
        "잘린 출력", "끝맺지 못하고 길이 제한에 걸린 출력의 비율입니다.", PERCENT
    ),
    "markup": MetricWord("태그 섞임", "HTML 태그나 주석이 들어 있는 출력의 비율입니다.", PERCENT),
    "output_chars": MetricWord("글자 수", "공백을 포함한 출력 길이의 평균입니다.", MANY),
}

OVERALL_WORDS: Mapping[str, MetricWord] = {
    "kappa": MetricWord(
        "평점 카파",
        "제곱 가중 카파입니다. 1은 완전 일치, 0은 우연 수준입니다. 평점을 읽을 수 없는 출력은 "
        "우연만큼 일치한 것으로 보므로, 읽은 것만의 카파에 읽은 비율을 곱한 값이 됩니다.",
        NUMBER,
    ),
    "kappa_readable": MetricWord(
        "읽은 것만의 카파", "평점을 읽은 출력만의 제곱 가중 카파입니다.", NUMBER
    ),
    "grade_error": MetricWord(
        "평점 오차",
        "전문가 평점과의 차이(절댓값)의 평균입니다. 읽을 수 없는 출력은 0점에서 5점 사이에서 "
        "가장 크게 틀린 것으로 셉니다.",
        FEW,
    ),
    "grade_error_readable": MetricWord(
        "읽은 것만의 오차", "평점을 읽은 출력만의 평균 오차입니다.", FEW
    ),
    "grade_bias": MetricWord(
        "평점 치우침",
        "시스템 평점에서 전문가 평점을 뺀 값의 평균입니다. 양수면 후하고 음수면 박합니다.",
        "{:+.2f}",
    ),
    "grade_near": MetricWord(
        "반 점 이내", "전문가와 0.5점 넘게 다르지 않은 출력의 비율입니다.", PERCENT
    ),
    "rouge_l": MetricWord(
        "총평 ROUGE-L",
        "총평을 Kiwi 형태소로 나누어 구한 ROUGE-L F1의 평균입니다. 읽을 수 없는 출력은 0입니다.",
        NUMBER,
    ),
    "chrf": MetricWord(
        "총평 chrF++",
        "총평의 문장 단위 chrF++의 평균입니다. sacrebleu 값을 100으로 나누었고, 읽을 수 없는 "
        "출력은 0입니다.",
        NUMBER,
    ),
    "applicant_voice": MetricWord(
        "지원자 말투",
        "따옴표 밖에서 ‘저는’, ‘제가’처럼 지원자 본인으로 말한 총평의 비율입니다.",
        PERCENT,
    ),
    "wrong_document": MetricWord(
        "다른 문서",
        "글에 없는 추천서, 독후감 같은 문서를 두고 말하거나 글을 이력서, 논문이라고 부른 "
        "총평의 비율입니다.",
        PERCENT,
    ),
    **FORM_WORDS,
}

KIND_WORDS: Mapping[str, str] = {
    "run_on": "늘어진 문장",
    "register": "말투",
    "repetition": "되풀이",
    "cliche": "상투구",
    "praise": "지나친 칭찬",
    "figures": "빠진 수치",
    "spelling": "맞춤법",
    "spacing": "띄어쓰기",
}

REVISE_WORDS: Mapping[str, MetricWord] = {
    "repaired": MetricWord(
        "고친 결함",
        "초안에 심은 결함 가운데 고친 비율입니다. 바꾸어 심은 것은 심은 표현이 없어지고 원래 "
        "표현이 돌아와야, 끼워 넣은 것은 그 문장이 없어지고 앞이나 뒤의 글이 남아 있어야 고친 "
        "것으로 셉니다.",
        NUMBER,
    ),
    "left": MetricWord(
        "남은 결함",
        "심은 표현이 그대로 남은 결함의 비율입니다. 읽을 수 없는 출력의 결함은 모두 남은 것으로 "
        "셉니다.",
        NUMBER,
    ),
    "reworded": MetricWord(
        "달라진 자리",
        "심은 표현도 원래 표현도 없는 결함의 비율입니다. 문장이 사라졌거나 다르게 쓰인 것으로, "
        "잘 고친 것일 수도 있으나 규칙으로는 알 수 없습니다.",
        NUMBER,
    ),
    **{
        f"repaired_{kind}": MetricWord(
            f"고침: {word}", f"‘{word}’ 결함 가운데 고친 비율입니다.", NUMBER
        )
        for kind, word in KIND_WORDS.items()
    },
    "new_defects": MetricWord(
        "새 결함",
        "초안에도 원래 글에도 없던 결함(말투, 되풀이, 상투구, 칭찬, 맞춤법, 띄어쓰기)을 규칙으로 "
        "찾은, 읽을 수 있는 출력당 평균 개수입니다.",
        FEW,
    ),
    **{
        f"new_{kind}": MetricWord(
            f"새로 생김: {word}", f"새 ‘{word}’ 결함의 읽을 수 있는 출력당 평균입니다.", FEW
        )
        for kind, word in KIND_WORDS.items()
        if kind not in {"run_on", "figures"}
    },
    "figures_invented": MetricWord(
        "지어낸 수치",
        "초안에도 원래 글에도 없는 수치의 읽을 수 있는 출력당 평균 개수입니다.",
        FEW,
    ),
    "kept": MetricWord(
        "지킨 글",
        "원래 글의 어절 가운데 출력에도 같은 차례로 있는 비율입니다(최장 공통 부분열).",
        NUMBER,
    ),
    "identical": MetricWord(
        "고치지 않음", "초안을 한 글자도 고치지 않은 출력의 비율입니다.", PERCENT
    ),
    "rouge_l": MetricWord(
        "ROUGE-L",
        "원래 글과 견준 형태소 ROUGE-L F1의 평균입니다. 읽을 수 없는 출력은 0입니다.",
        NUMBER,
    ),
    "chrf": MetricWord(
        "chrF++",
        "원래 글과 견준 chrF++의 평균입니다. 읽을 수 없는 출력은 0입니다.",
        NUMBER,
    ),
    "chrf_draft": MetricWord("초안과의 chrF++", "초안과 견준 chrF++의 평균입니다.", NUMBER),
    **FORM_WORDS,
}

WRITE_WORDS: Mapping[str, MetricWord] = {
    "question_rank": MetricWord(
        "문항 적합도",
        "답이 다른 문항들보다 제 문항에 얼마나 더 맞는지입니다. 평가 자료의 다른 문항 가운데 덜 "
        "맞는 것의 비율로, 우연이면 0.5입니다. 맞는 정도는 문항 명사의 TF-IDF 코사인입니다.",
        NUMBER,
    ),
    "question_first": MetricWord(
        "제 문항이 첫째",
        "제 문항이 모든 문항 가운데 가장 잘 맞는 답의 비율입니다. 같이 첫째면 나누어 셉니다.",
        NUMBER,
    ),
    "question_fit": MetricWord(
        "문항 낱말",
        "문항의 명사 가운데 답에도 있는 비율입니다(드문 낱말일수록 크게 셉니다).",
        NUMBER,
    ),
    "field_rank": MetricWord(
        "직무 적합도",
        "답이 다른 직무들보다 제 직무에 얼마나 더 맞는지입니다. 덜 맞는 직무의 비율로, 우연이면 "
        "0.5입니다. 맞는 정도는 학습 답변으로 배운 분류기(글자 2·3-그램 TF-IDF, 나이브 베이즈)의 "
        "점수이며, 지원자의 답에서 나온 값이 그 분류기가 얼마나 아는지를 말해 줍니다.",
        NUMBER,
    ),
    "field_first": MetricWord(
        "제 직무가 첫째",
        "분류기가 제 직무를 고른 답의 비율입니다. 지원자의 답에서는 분류기 자신의 정확도입니다.",
        PERCENT,
    ),
    "firm_named": MetricWord(
        "회사 이름 노출",
        "문항에 없는 회사 이름(별칭·계열·상표 포함)을 말한 답의 비율입니다.",
        PERCENT,
    ),
    "firm_names": MetricWord("회사 이름 수", "답 하나에 나오는 그런 이름의 평균 개수입니다.", FEW),
    "repetition": MetricWord(
        "되풀이",
        "어절 네 개의 이음 가운데 같은 답에서 이미 나온 것의 비율입니다.",
        NUMBER,
    ),
    "distinct_1": MetricWord(
        "서로 다른 어절",
        "한 시스템의 모든 답에 나온 어절 가운데 서로 다른 것의 비율(distinct-1)입니다. 답이 "
        "많을수록 작아지므로 같은 수로 답한 시스템끼리만 비교합니다.",
        NUMBER,
    ),
    "distinct_2": MetricWord(
        "서로 다른 어절 쌍", "같은 방식으로 센, 이어진 어절 두 개의 비율(distinct-2)입니다.", NUMBER
    ),
    "from_training": MetricWord(
        "학습 글 옮김",
        "학습 글에 여덟 어절 이상 그대로 이어져 있는 어절의 비율입니다.",
        NUMBER,
    ),
    "training_run": MetricWord(
        "가장 긴 옮김",
        "학습 글과 이어서 같은 가장 긴 대목의 어절 수 평균입니다. 여덟 어절 미만은 0입니다.",
        "{:.1f}",
    ),
    "ends": MetricWord(
        "끝맺음", "‘…다.’, ‘…요.’처럼 맺는 말과 문장 끝 부호로 끝나는 답의 비율입니다.", PERCENT
    ),
    **FORM_WORDS,
}

_SEVERAL = "기준 답변이 여럿이면 {rule}. 빈 출력은 0입니다."
_MEAN, _MAX = "그 평균을 씁니다", "가장 닮은 하나와 견줍니다"
_DICE = "글자 세 개의 이음(공백을 뺌)으로 구한, 기준 답변과의 다이스 계수의 평균입니다. "
_ROUGE = "Kiwi 형태소로 나누어 구한, 기준 답변과의 ROUGE-L F1의 평균입니다. "
_COSINE = "문장 인코더 벡터의 코사인 유사도의 평균입니다. 음수는 0으로 셉니다. "

QA_WORDS: Mapping[str, MetricWord] = {
    "dice_mean": MetricWord("다이스 평균", _DICE + _SEVERAL.format(rule=_MEAN), NUMBER),
    "dice_max": MetricWord("다이스 최대", _DICE + _SEVERAL.format(rule=_MAX), NUMBER),
    "rouge_mean": MetricWord("ROUGE-L 평균", _ROUGE + _SEVERAL.format(rule=_MEAN), NUMBER),
    "rouge_max": MetricWord("ROUGE-L 최대", _ROUGE + _SEVERAL.format(rule=_MAX), NUMBER),
    "encoder_mean": MetricWord("코사인 평균", _COSINE + _SEVERAL.format(rule=_MEAN), NUMBER),
    "encoder_max": MetricWord("코사인 최대", _COSINE + _SEVERAL.format(rule=_MAX), NUMBER),
    "dice_mean_plain": MetricWord(
        "한 가지 질문", "한 가지를 묻는 질문만의 다이스 평균입니다.", NUMBER
    ),
    "dice_mean_joined": MetricWord(
        "두 가지 질문", "두 가지를 이어 묻는 질문만의 다이스 평균입니다.", NUMBER
    ),
    "repetition": WRITE_WORDS["repetition"],
    "ends": WRITE_WORDS["ends"],
    **FORM_WORDS,
}

TASK_WORDS: Mapping[str, Mapping[str, MetricWord]] = {
    "overall": OVERALL_WORDS,
    "revise": REVISE_WORDS,
    "write": WRITE_WORDS,
    "qa": QA_WORDS,
}

#: Systems that only these tasks have, and what the others are called in them; how they answer is
#: told in the result's settings.
TASK_SYSTEMS: Mapping[str, Mapping[str, str]] = {
    "overall": {"retrieval": "유사 글의 총평", "generic": "고정 총평", "shuffled": "무작위 총평"},
    "revise": {"unchanged": "초안 그대로"},
    "write": {
        "retrieval": "유사 문항의 답",
        "shuffled": "무작위 답",
        "applicant": "지원자의 답",
    },
    "qa": {
        "retrieval": "유사 질문의 답",
        "generic": "고정 답",
        "shuffled": "무작위 답",
        "reference": "기준 답변 하나",
    },
}

TASK_FAILURES: Mapping[str, str] = {
    "no grade": "평점이 없음",
    "grade out of range": "있을 수 없는 평점",
    "no overall advice": "총평이 없음",
    "does not begin with [첨삭]": "[첨삭] 머리말이 없음",
    "nothing behind the header": "머리말 뒤에 글이 없음",
}
