"""The door of preprocess for judging `overall`, `revise` and `write`: outputs read, faults known.

`read_overall` and `read_revision` take what a model wrote apart, and `ReviseRow` lists the defects
that were planted in a draft. What drafts are damaged with is what new faults are looked for with:
`worn_phrases` and `misspellings`. `firm_names` finds firms in a text that should name none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from preprocess.defects import KINDS, Defect, Kind
from preprocess.defects_content import Ruled, patterns, phrases
from preprocess.firms import OTHER, find_firms
from preprocess.tasks import (
    HIGHEST_GRADE,
    Overall,
    ReviseRow,
    read_overall,
    read_revision,
    write_overall,
    write_revision,
)

__all__ = [
    "HIGHEST_GRADE",
    "KINDS",
    "Defect",
    "Kind",
    "Misspelling",
    "Overall",
    "ReviseRow",
    "firm_names",
    "misspellings",
    "read_overall",
    "read_revision",
    "worn_phrases",
    "write_overall",
    "write_revision",
]

_RULED: Final[tuple[Ruled, ...]] = ("spelling", "spacing")
#: A name beside its legal form is a firm's, whether or not the table knows it; XX and OO are masks.
_INCORPORATED: Final = re.compile(
    r"(?:\(주\)|㈜|주식회사)\s?(?P<behind>(?!XX|OO)[가-힣A-Za-z&]{2,}?)"
    r"(?=(?:에서|에게|으로|[은는이가을를에의와과로])?(?![가-힣A-Za-z&]))"
    r"|(?<![가-힣A-Za-z&])(?P<before>(?!XX|OO)[가-힣A-Za-z&]{2,})(?:\(주\)|㈜|\s주식회사)"
)
#: Characters from which on a text is cut at its next white space, and from twice on anywhere.
_PIECE: Final = 2_000
_SPACE: Final = re.compile(r"\s+")


class Misspelling(NamedTuple):
    """A way to get `[start, end)` of a text (code points) wrong: `written` in its place."""

    kind: Kind
    start: int
    end: int
    written: str


def misspellings(text: str) -> Iterator[Misspelling]:
    """Yield every way in which the rules of spelling and spacing could damage a text."""
    for kind in _RULED:
        for pattern, put in patterns(kind):
            for match in pattern.finditer(text):
                for written in map(match.expand, put):
                    if written != match[0]:
                        yield Misspelling(kind, match.start(), match.end(), written)


def worn_phrases() -> tuple[tuple[Kind, str], ...]:
    """Return the worn phrases and the flattery that drafts are given, each with its kind."""
    worn: list[tuple[Kind, str]] = [("cliche", one) for one in phrases().openings]
    worn += [("cliche", one) for one in phrases().closings]
    return (*worn, *(("praise", one) for one in phrases().praise))


def firm_names(text: str) -> tuple[str, ...]:
    """Find the firms that a text names, as they are written there, in the order of the text.

    These are the names, aliases, groups and brands of the table of firms, and any name beside
    (주), ㈜ or 주식회사. The masks XX and OO are none. Time is linear in the text, so that a model
    may say one name for ever.
    """
    return tuple(name for piece in _pieces(text) for name in _named_in(piece))


def _pieces(text: str) -> Iterator[str]:
    """Cut a text into pieces about as long as an answer, behind white space where there is any."""
    start = 0
    while start < len(text):
        gap = _SPACE.search(text, start + _PIECE, start + 2 * _PIECE)
        end = gap.end() if gap else start + 2 * _PIECE
        yield text[start:end]
        start = end


@lru_cache(maxsize=1024)
def _named_in(text: str) -> tuple[str, ...]:
    known = [one for one in find_firms(text, "", others=True) if one.kind == OTHER.kind]
    found = {one.start: text[one.start : one.end] for one in known}
    for match in _INCORPORATED.finditer(text):
        if all(match.end() <= one.start or one.end <= match.start() for one in known):
            found[match.start()] = match["behind"] or match["before"]
    return tuple(found[start] for start in sorted(found))
