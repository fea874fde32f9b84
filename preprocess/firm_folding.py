"""Texts and names of firms as they are compared: one width, one case, and places that hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from preprocess.firm_names import NAMES

GAP = r"[\s·\-]*"
GAPS = re.compile(r"[\s·\-]+")
# ㅇ masks like a circle, and NFKC would make a bare consonant of it.
_SAME = str.maketrans("ㅇ◯〇⭕‘’`ㆍ・Оо", "○○○○'''··Oo")
_ODD = re.compile("[ㅇ◯〇⭕‘’`ㆍ・Оо]")
#: Letters that fold each by itself into one letter, as most texts have no others.
_PLAIN = r"[\x00-\x7f가-힣○·“”]"
_ALL_PLAIN = re.compile(f"{_PLAIN}*")
_PIECES = re.compile(rf"({_PLAIN}+)|[\u1100-\u115f]?[\u1160-\u11ff]+|.[\u0300-\u036f]*", re.DOTALL)


class Folded(NamedTuple):
    """A text as it is searched, NFKC and case folded, and where its letters stood before."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def fold(text: str) -> Folded:
    """Fold a text for search; letters that fold into several keep one place."""
    same = text.translate(_SAME) if _ODD.search(text) else text
    if _ALL_PLAIN.fullmatch(same):
        return Folded(same.casefold(), range(len(same)), range(1, len(same) + 1))
    pieces, starts, ends = list[str](), list[int](), list[int]()
    for piece in _PIECES.finditer(same):
        start, end = piece.span()
        if piece[1]:
            new = piece[0].casefold()
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            new = unicodedata.normalize("NFKC", piece[0]).casefold()
            starts += [start] * len(new)
            ends += [end] * len(new)
        pieces.append(new)
    return Folded("".join(pieces), starts, ends)


@lru_cache(NAMES)
def folded_name(name: str) -> str:
    """Fold the name of a firm."""
    return fold(name).text
