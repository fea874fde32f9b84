"""An essay's title: `2021년 상반기 신입 수출입·무역사무`, each part of which may be absent."""

from __future__ import annotations

import re
from typing import NamedTuple

HALVES = ("상반기", "하반기", "수시", "상시")
CAREERS = ("신입", "인턴", "경력")
TITLE_END = "합격자소서"

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


def _is_career(word: str) -> bool:
    return all(part in CAREERS for part in _BETWEEN_CAREERS.split(word))
