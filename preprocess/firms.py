"""Firms in essays: the firm applied to becomes `XX`, what the page has masked itself `OO`.

    find_firms("㈜대상에 입사해 OOO에서", "대상(주)")  # edits that give: XX에 입사해 OO에서

The names of the firm's group count as its own. A longer name of another firm that holds one of
them, 삼성전자서비스 in an essay to 삼성전자, becomes `OO`. Particles stay as they are written.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from preprocess.edits import Edit, ordered
from preprocess.firm_folding import GAPS, fold, folded_name
from preprocess.firm_names import LONG, known, load
from preprocess.firm_search import (
    APPLIED_TO,
    LEFT,
    MASKED,
    OTHER,
    RELATED,
    SPACED,
    other_names,
    own_names,
)
from preprocess.sentences import Span

__all__ = ["APPLIED_TO", "MASKED", "OTHER", "RELATED", "aliases_of", "find_firms", "leaks"]

_MASKS = re.compile("[o○0x][o○0x]")  # a cheap look first
_MASKING = re.compile(
    r"(?<![a-z0-9])(?=0*[o○])[o○0]{2,}(?![a-z0-9])"
    r"|(?<![a-z0-9])(?:xx)+x(?![a-z0-9])"  # XX is what this module writes
    r"|(?<![a-z0-9.,:%\-])0{2,3}(?=\s?[가-힣])(?!\s?(?:[년월분초원명점번살억만천차여]"
    r"|개(?!발)|호(?!텔)|회(?!사)|대(?!학)|시(?!청|립)|일(?!보)))"
)


def find_firms(text: str, company: str, *, others: bool = False) -> tuple[Edit, ...]:
    """Find what to mask in the text of an essay, its questions and its advice.

    Args:
        text: Any text; places in the edits are code points of it.
        company: The name of the firm applied to, as its page has it; may be empty.
        others: Mask other firms that the table knows as well.

    """
    folded = fold(text)
    masks = _MASKING.finditer(folded.text) if _MASKS.search(folded.text) else ()
    found = [(match.span(), MASKED) for match in masks]
    found += own_names(company).matches(folded.text)
    found += other_names().matches(folded.text) if others else ()
    return ordered(
        made._replace(start=start, end=end)
        for span, made in found
        for start, end in [(folded.starts[span[0]], folded.ends[span[1] - 1])]
        if made is not LEFT and text[start:end] != made.text
    )


def aliases_of(page_name: str) -> tuple[str, ...]:
    """Return everything that the company of this page is called in essays, the longest first."""
    own = known(page_name)
    names = {*own.names, *own.whole, *(word.name for word in own.words)}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def leaks(text: str, company: str) -> tuple[Span, ...]:
    """Find what still tells the firm applied to, by a search that shares no pattern with masking.

    Any of its names counts, with or without spaces, wherever no declared longer word explains it.
    """
    folded, own = fold(text), _dense_names(company)
    dense = GAPS.sub("", folded.text)
    if not any(name in dense for name in own.every):
        return ()
    kept = [i for i, one in enumerate(folded.text) if not GAPS.match(one)]
    for word in _dense_longer() - own.sure:
        dense = dense.replace(word, " " * len(word))
    found = set()
    for name in own.every:
        for place in re.finditer(re.escape(name), dense):
            first, last = kept[place.start()], kept[place.end() - 1]
            tells = name in own.sure or dense.startswith(own.beside.get(name, ()), place.end())
            tells = tells or dense.endswith(("(주)", "주식회사"), 0, place.start())
            tells = tells or (name in own.whole and _ends_word(folded.text[last + 1 :]))
            if tells and not _in_a_word(folded.text, first, last, len(name)):
                found.add(Span(folded.starts[first], folded.ends[last]))
    within = {a for a in found for b in found - {a} if b.start <= a.start and a.end <= b.end}
    return tuple(sorted(found - within))


class _DenseNames(NamedTuple):
    """A firm's names without spaces: those that always tell, as whole words, beside others; all."""

    sure: frozenset[str]
    whole: frozenset[str]
    beside: dict[str, tuple[str, ...]]
    every: frozenset[str]


@cache
def _dense_names(company: str) -> _DenseNames:
    own = known(company)
    beside = {
        _dense(word.name): tuple(
            particle + _dense(behind)
            for behind in (*(word.beside or load().beside), "(주)", "주식회사")
            for particle in ("", *load().particles)
        )
        for word in own.words
    }
    sure, whole = frozenset(map(_dense, own.names)), frozenset(map(_dense, own.whole))
    return _DenseNames(sure, whole, beside, sure | whole | beside.keys())


@cache
def _dense_longer() -> frozenset[str]:
    return frozenset(map(_dense, load().longer))


def _dense(text: str) -> str:
    return GAPS.sub("", folded_name(text))


def _ends_word(rest: str) -> bool:
    """Tell whether nothing but two particles stands between a name and the end of its word."""
    particles = ("", *load().particles)
    run = re.split("[^가-힣]", rest, maxsplit=1)[0]
    return any(run == a + b for a in particles if run.startswith(a) for b in particles)


def _in_a_word(text: str, first: int, last: int, length: int) -> bool:
    """Tell whether a longer word holds a short, a Latin or a spaced name."""
    split = last - first >= length
    before, behind = text[max(0, first - 1) : first + 1], text[last : last + 2]
    latin = re.fullmatch(r"[a-z]{2}|[a-z\d]\d", before) or re.fullmatch(r"[a-z]{2}|\d\d", behind)
    hangul = (split or length < LONG) and re.fullmatch("[가-힣]{2}", before)
    return bool(latin or hangul) or (split and length < SPACED)
