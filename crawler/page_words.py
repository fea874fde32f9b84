"""The words of an essay page that are known: classes, labels, and what a title is made of.

Everything on a page is mapped (the parser reads it), ignored (known, of no use, and here is why)
or reported by `crawler.vocabulary`. The mapped classes are taken from the parser's own selectors,
so that the two cannot part.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from crawler import essay_page, markup, node_text, questions
from crawler.specs import BETWEEN_CAREERS, read_career, read_half

SELECTORS: Final = (
    *essay_page.LANDMARKS,
    *questions.SELECTORS,
    markup.ESSAY_SIGNS,
    essay_page.COMPANY_SIGNS,
    essay_page.COMPANY_SPECS,
    essay_page.WRITE_LINK,
)
_CLASS = re.compile(r"\.([\w-]+)")
MAPPED: Final = (
    frozenset(name for css in SELECTORS for name in _CLASS.findall(css))
    | node_text.REMOVED_CLASSES
    | questions.MARK_CLASSES
    | {essay_page.VIEW_COUNT_CLASS}
)

IGNORED: Final = {
    "stContainer": "the shell around the whole article",
    "starViewTit": "the heading of every essay page",
    "selfCtWrap": "a wrapper of the specs",
    "selfQnaWrap": "a wrapper of the questions",
    "btnStarSc": "the button that marks a firm as a favourite",
    "btnFavorStat": "the same button, for its script",
    "off": "that button's state",
    "btns": "a row of buttons",
    "on": "an open question of the accordion, or that button's other state",
    "show": "an open answer; the parser reads closed ones too",
    "next": "the first closed question",
    "arr": "the accordion's arrow",
    "stSpImg": "a picture of the sprite",
    "stSpBefore": "a picture of the sprite, before",
    "stSpAfter": "a picture of the sprite, after",
    "stars": "the grade as stars; it is read as a number beside them",
    "down": "the empty stars",
    "up": "the full stars",
    "summary": "the menu of a firm's page",
    "summary-item": "an entry of that menu",
}
#: Classes that the site numbers: `lv02` is a grade of two stars.
NUMBERED: Final = re.compile(r"lv\d\d")

_MARKS = frozenset({"좋은점#", "아쉬운점#"})
#: What nodes of a tag and class may say: no blanks, no stop at the end, `#` for a number.
LABELS: Final = {
    "span.sup": _MARKS,
    "strong.good": _MARKS,
    "strong.bad": _MARKS,
    "p.txSpllChk": frozenset({"글자수#자#Byte", "글자수#자", "#Byte"}),
    "li.txViewNum": frozenset({"#읽음"}),
    "span.num": frozenset({"Q#"}),
    "span.arr": frozenset({"보기"}),
    "strong.skip": frozenset({"질문", "답변"}),
    "span.skip": frozenset({"관심기업"}),
    "h3.skip": frozenset({"합격자소서질문및내용"}),
    "h3.hd": frozenset({"합격자정보"}),
    "h3.tit": frozenset({"전문가자소서총평"}),
    "h2.starViewTit": frozenset({"합격자소서"}),
    "a.linkWrite": frozenset({"자소서작성"}),
}

LONGEST: Final = 24  # characters of a reported word: enough to see it, too few to quote an essay
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_BLANKS = re.compile(r"\s+")
_YEAR = re.compile(r"\d{4}년?")
_LIKE_A_CAREER = re.compile(
    r"(?:신입|경력|인턴|계약|정규|파견|위촉|기간제|아르바이트|알바|채용연계|체험)(?:직|형|십|생)?"
)


def is_known_class(name: str) -> bool:
    """Say whether a class is mapped, ignored, or of a numbered kind that is ignored."""
    return name in MAPPED or name in IGNORED or NUMBERED.fullmatch(name) is not None


def folded(text: str) -> str:
    """Make one word of all that differ in numbers and blanks alone, cut to a length to show."""
    word = _NUMBER.sub("#", " ".join(unicodedata.normalize("NFC", text).split()))
    return word if len(word) <= LONGEST else f"{word[:LONGEST]}…"


def is_known_label(place: str, text: str) -> bool:
    """Say whether a node may say this; `place` is its tag and class, one of those in `LABELS`."""
    word = _BLANKS.sub("", unicodedata.normalize("NFC", text)).rstrip(":.")
    return _NUMBER.sub("#", word) in LABELS[place]


def unknown_title_word(text: str) -> str | None:
    """Return the first word of a title that should be a year, half or career and is not known.

    A title is `2021년 상반기 신입 영업 관리`. Its career may be absent, so only a word that looks
    like one (경력직) is missed; a position may be any words.
    """
    words = text.split()
    if not words:
        return None
    if _YEAR.fullmatch(words[0]) is None:
        return words[0]
    rest = words[1:]
    if rest and read_half(rest[0]) is not None:
        rest = rest[1:]
    elif rest and read_career(rest[0]) is None:
        return rest[0]
    career = rest[0] if rest else ""
    looks = all(_LIKE_A_CAREER.fullmatch(part) for part in BETWEEN_CAREERS.split(career))
    return career if looks and read_career(career) is None else None
