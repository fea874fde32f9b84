"""What stands over an essay: its title, its grade, and counts.

A title is `2021년 상반기 신입 수출입·무역사무`, each part of which may be absent.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from crawler.markup import Node
from crawler.node_text import node_text
from crawler.page_errors import UnreadableFieldError

HALVES = ("상반기", "하반기", "수시", "상시")
CAREERS = ("신입", "인턴", "경력")
TITLE_END = "합격자소서"

_BEST_GRADE = 5.0
_NUMBER = re.compile(r"\d[\d,]{0,11}")
_YEAR = re.compile(r"(\d{4})년?")
_BETWEEN_CAREERS = re.compile(r"[·/,]")


class Title(NamedTuple):
    """The parts of a title; the position may hold spaces and `·`."""

    year: int | None
    half: str | None
    career: str | None
    position: str | None


def parse_title(text: str) -> Title:
    """Read the parts of a title off its text."""
    words = text.removesuffix(TITLE_END).split()
    year = _YEAR.fullmatch(words[0]) if words else None
    if year:
        words.pop(0)
    half = words.pop(0) if words and words[0] in HALVES else None
    career = words.pop(0) if words and _is_career(words[0]) else None
    number = int(year.group(1)) if year else 0
    return Title(number or None, half, career, " ".join(words) or None)


def parse_grade(node: Node | None, url: str) -> float | None:
    """Read a grade of 0.5 to 5 stars; 0 means that there is none.

    Raises:
        UnreadableFieldError: It is not such a number.

    """
    text = node_text(node).removesuffix("점").strip()
    if not text:
        return None
    try:
        grade = float(text)
    except ValueError:
        raise UnreadableFieldError(url, f"{text!r} is not a grade", field="grade") from None
    if not 0 <= grade <= _BEST_GRADE:
        raise UnreadableFieldError(url, f"{text} is not between 0 and 5", field="grade")
    return grade or None


def parse_count(node: Node | None) -> int | None:
    """Read the first number of a node: `1,462읽음` is 1462."""
    found = _NUMBER.search(node_text(node))
    return int(found.group().replace(",", "")) if found else None


def _is_career(word: str) -> bool:
    return all(part in CAREERS for part in _BETWEEN_CAREERS.split(word))
