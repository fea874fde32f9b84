"""Errors of spelling and spacing that a text holds already, found by the rules that make drafts.

A rule says what is right and what people write instead, so what it puts, in the same context, is
what it calls wrong. Some of that is right elsewhere (결재, 갈등을): a rule whose wrong form stands
in one of the sentences of `RIGHT` is left out.
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
    """Yield where a text holds what a rule calls wrong, in code points; places may overlap."""
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
