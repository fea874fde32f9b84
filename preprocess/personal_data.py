"""Find the personal data in an essay: numbers, addresses, accounts and names of people.

`find_personal_data` yields edits for `edits.apply`. It is a pass of patterns with word lists
(`content/`), so it finds most and not all; `python -m preprocess.measure_masking` states its recall
and precision on a labelled set.

Kept on purpose: numbers of firms (1588-…), numbers of students (학번), places without the number of
a house, figures of history and public life (`content/people.toml`), and 이 or 한 before a title:
"this" and "a" more often than a surname.

Masking masked text changes nothing: what is masked, by the site (`XX`, `OO`) or by us, is opaque to
every pattern, and the search is repeated until it finds no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from preprocess.contacts import find_contacts
from preprocess.edits import Edit, apply, ordered
from preprocess.people import find_people
from preprocess.personal_kinds import KINDS, MASKED, OPAQUE, PLACEHOLDERS, Kind
from preprocess.personal_numbers import find_numbers

__all__ = ["KINDS", "PLACEHOLDERS", "Kind", "find_personal_data"]

#: Full-width ASCII, the dashes, and odd spaces as their plain selves; one character for one.
_PLAIN: Final = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
    | dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000\t"), " ")
    | dict.fromkeys(map(ord, "‘’“”＇＂"), "'")
)
_ODD: Final = re.compile("[\\uff01-\\uff5e‐‑‒–—―−﹣\u00a0\u2002-\u200a\u202f\u3000\t‘’“”]")
#: With what everything masked begins.
_MASK: Final = re.compile("[<XO○◯●]")


def find_personal_data(text: str, *, names: Iterable[str] = ()) -> tuple[Edit, ...]:
    """Find what names a person or tells where they are reached, in order and apart.

    Args:
        text: One answer, question or piece of advice, in composed form (NFC).
        names: Names known from elsewhere, masked wherever they stand as words.

    """
    plain = text.translate(_PLAIN) if _ODD.search(text) else text
    plain = MASKED.sub(_blank, plain) if _MASK.search(plain) else plain
    known = tuple(name.translate(_PLAIN).strip() for name in names)
    edits: list[Edit] = []
    while found := _search(plain, known):
        edits += found
        blanks = [edit._replace(text=OPAQUE * (edit.end - edit.start)) for edit in found]
        plain = apply(plain, blanks)
    return tuple(sorted(edits))


def _search(plain: str, names: tuple[str, ...]) -> tuple[Edit, ...]:
    return ordered([*find_numbers(plain), *find_contacts(plain), *find_people(plain, names)])


def _blank(match: re.Match[str]) -> str:
    return OPAQUE * len(match[0])
