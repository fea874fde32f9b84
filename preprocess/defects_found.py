"""Errors of spelling and spacing that a text holds already, found by the rules that make drafts.

A rule says what is right and what people write instead, so what it puts, in the same context, is
what it calls wrong. Some of that is right elsewhere (결재, 갈등을): a rule whose wrong form stands
in one of the sentences of `RIGHT` is left out. Verbs of a noun that are torn apart (수강 했, 향상
시켰) are looked for beside these, of more nouns than drafts are damaged with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from preprocess.defects_content import Ruled, expand, rules

LOOKED_FOR: Final[tuple[Ruled, ...]] = ("spelling", "spacing")
#: Sentences without an error that hold what one or the other rule would call wrong.
RIGHT: Final = (
    "갈등을 풀고 평등의 뜻을 배웠습니다.",
    "적어 보았는데 30분이 걸렸습니다.",
    "사람만큼 빠르고 시간만큼 귀합니다.",
    "왜 좋은지 한 번 물었습니다.",
    "한때 멀리 있었습니다.",
    "밝은 아이였고 웃는 아이였습니다.",
    "표를 만들어냈고 길을 만들어나갔습니다.",
    "사고 전후에 적었습니다.",
    "결재를 받고 카드로 결제했습니다.",
    "아이를 낳은 뒤에 옷을 늘여 입었습니다.",
    "고무줄을 늘였고 길게 늘이고 다시 놓았습니다.",
    "상자를 회수했고 혼돈이 왔습니다.",
    "창고의 재고를 세었고 계획을 재고하였습니다.",
    "줄을 반듯이 그었습니다.",
    "벽 넘어 던졌습니다.",
    "음악이 크게 들렸습니다.",
    "바람에 들려 올라갔습니다.",
    "목표를 쫓고 답을 맞추고 조각을 맞췄습니다.",
    "자격으로서 일하고 도구로써 씁니다.",
    "손으로 가리켰고 방향을 가리켜 보였으며 가리키고 섰습니다.",
    "자유로서, 또 말로써 풀었습니다.",
    "뜻에 맞는 말이었고 제게 걸맞은 일이었습니다.",
    "아는 체 했고 본 체 만 체 지나갔습니다.",
    "함으로 들어가 상자를 꺼냈습니다.",
    "먹던 것과 자던 곳, 저던 이던 그때를 적었습니다.",
    "일을 맞아 손님을 맞았고 미소를 띄었습니다.",
    "수집률과 참여율을 보았습니다.",
)
#: A noun before these is no torn verb: 경험 한 가지, 생각 할 것.
_BEHIND: Final = ("한 ", "할 ")
#: Words whose second syllable is no bound noun that was joined to the first.
_WORDS: Final = ("실수", "별수", "골수", "필수")
_GROUP: Final = re.compile(r"\\(\d)")
#: Nouns that are verbs with 하다, 되다 or 시키다 behind them, and hardly ever stand before these
#: apart, as an adverb does: 먼저 했고, 먼저 시켰습니다.
_VERBAL_WORDS: Final = (
    "가공 감독 감소 강조 강화 개막 개발 개선 거래 건설 검증 검토 결심 결정 결합 계산 계획 고려 "
    "공감 공부 공유 관람 관리 관찰 교류 교환 구매 구상 구성 구축 구현 극복 근무 기록 기여 기획 "
    "납득 납품 노력 논의 다짐 단축 달성 담당 대비 대응 도입 도전 도출 독학 만족 매료 모색 모집 "
    "몰두 몰입 반복 반영 발견 발굴 발생 발전 발표 발휘 방문 배치 배포 변화 병행 보고 보완 복무 "
    "복습 봉사 분류 분석 비교 사용 상담 생각 생산 선발 선정 선택 설계 설득 설명 설치 성장 성취 "
    "소통 수강 수료 수립 수상 수정 수집 수행 숙지 습득 시도 시작 시행 실감 실습 실천 실행 실현 "
    "심화 악화 안내 안정 약속 약화 연구 연습 완성 완수 외면 요청 운영 운용 위치 유지 융합 의논 "
    "이바지 이수 이해 인식 인정 일조 입사 입학 작성 작업 장착 저장 적용 전달 절감 점검 접목 접수 "
    "정리 정비 제공 제시 제안 제작 제출 조사 조율 조절 조정 졸업 주도 주목 준비 중시 증가 증명 "
    "지원 지향 진단 진학 진행 진화 집중 참가 참석 참여 창출 처리 체결 체득 체험 축적 출전 출품 "
    "충족 취득 측정 탈바꿈 탐구 토론 통과 퇴출 투입 투자 특화 파견 파악 판단 판매 편집 포기 표현 "
    "학습 합격 해결 향상 협력 협업 협의 홍보 확대 확립 확보 확신 확인 확장 활동 활약 활용 획득 "
    "훈련 휴학 희망"
)
_TORN: Final = re.compile(
    rf"(?<![가-힣])(?:{'|'.join(_VERBAL_WORDS.split())}|[가-힣]{{2,4}}화) "
    r"(?=했|하였|하여(?!금)|하[며는기게지]|하고[ 자]|해(?:서|야|왔|온|냈|낸)"
    r"|됐|되[었어는며기]|된 |될 |시(?:켰|켜|킨 |킬 |킴|키[고며는기면지]))"
)


@cache
def _wrong_forms() -> tuple[re.Pattern[str], ...]:
    """Compile what each rule calls wrong, where that is wrong wherever it stands."""
    patterns = [
        re.compile(expand(_wrong(rule.find, put)))
        for kind in LOOKED_FOR
        for rule in rules(kind).rules
        for put in rule.put
    ]
    return tuple(one for one in patterns if not any(map(one.search, RIGHT)))


def errors(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a text holds an error, in code points; places may overlap."""
    yield from (match.span() for match in _TORN.finditer(text))
    for pattern in _wrong_forms():
        for match in pattern.finditer(text):
            if not (text.startswith(_BEHIND, match.end()) or _is_word(text, match.start())):
                yield match.span()


def _is_word(text: str, start: int) -> bool:
    return text.startswith(_WORDS, max(0, start - 1))


def _wrong(find: str, put: str) -> str:
    """Write a rule's pattern with what it puts in the place of what is right."""
    before, body, behind = _parts(find)
    groups = [part for part in _units(body) if part.startswith("(") and part[1] != "?"]
    wrong = _GROUP.sub(lambda match: groups[int(match[1]) - 1], put)
    return before + wrong + behind


def _parts(find: str) -> tuple[str, str, str]:
    """Cut a pattern into the looks behind at its beginning, its body, and the looks ahead."""
    units = _units(find)
    first, last = 0, len(units)
    while units[first].startswith("(?<"):
        first += 1
    while units[last - 1].startswith(("(?=", "(?!")):
        last -= 1
    return "".join(units[:first]), "".join(units[first:last]), "".join(units[last:])


def _units(pattern: str) -> list[str]:
    """Cut a pattern into its outermost groups and the signs between them."""
    units, depth = [""], 0
    for sign in pattern:
        depth += sign == "("
        units[-1] += sign
        depth -= sign == ")"
        if depth == 0:
            units.append("")
    return [unit for unit in units if unit]
