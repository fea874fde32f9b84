"""Firms in essays: the firm applied to becomes `XX`, what the page has masked itself `OO`.

    find_firms("㈜대상에 입사해 OOO에서", "대상(주)")  # edits that give: XX에 입사해 OO에서

The names of the firm's group count as its own. A longer name of another firm that holds one of
them, 삼성전자서비스 in an essay to 삼성전자, becomes `OO`. Particles stay as they are written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from preprocess.edits import Edit, ordered
from preprocess.firm_names import LEGAL_FORMS, LONG, NAMES, Known, Word, derived, key, known, load
from preprocess.sentences import Span

#: What becomes of a name, by what it is; the place is filled in.
APPLIED_TO: Final = Edit(0, 0, "XX", "firm applied to")
RELATED: Final = Edit(0, 0, "OO", "firm with a name like it")
OTHER: Final = Edit(0, 0, "OO", "other firm")
MASKED: Final = Edit(0, 0, "OO", "masked on the page")
LEFT: Final = Edit(0, 0, "", "no firm")
#: From this many letters on a name may be written with spaces where it has none.
SPACED: Final = 4

_GAP = r"[\s·\-]*"
_LEGAL_BEHIND = r"\((?:주|유|재|사)\)|\s?주식회사"
# ㅇ masks like a circle, and NFKC would make a bare consonant of it.
_SAME = str.maketrans("ㅇ◯〇⭕‘’`ㆍ・Оо", "○○○○'''··Oo")
_PIECES = re.compile(
    r"([\x00-\x7f가-힣○·“”]+)|[\u1100-\u115f]?[\u1160-\u11ff]+|.[\u0300-\u036f]*", re.DOTALL
)
_MASKING = re.compile(
    r"(?<![a-z0-9])(?=0*[o○])[o○0]{2,}(?![a-z0-9])"
    r"|(?<![a-z0-9])(?:xx)+x(?![a-z0-9])"  # XX is what this module writes
    r"|(?<![a-z0-9.,:%\-])0{2,3}(?=\s?[가-힣])(?!\s?(?:[년월분초원명점번살억만천차여]"
    r"|개(?!발)|호(?!텔)|회(?!사)|대(?!학)|시(?!청|립)|일(?!보)))"
)


class Folded(NamedTuple):
    """A text as it is searched, NFKC and case folded, and where its letters stood before."""

    text: str
    starts: list[int]
    ends: list[int]


class Search(NamedTuple):
    """A pattern over folded text, and what becomes of the names that it finds, by their keys."""

    pattern: re.Pattern[str]
    becomes: Mapping[str, Edit]

    def matches(self, text: str) -> Iterator[tuple[tuple[int, int], Edit]]:
        """Yield where names stand in a folded text, and what becomes of each."""
        for match in self.pattern.finditer(text):
            yield match.span(), self.becomes[key(match[match.lastgroup or 0])]


def find_firms(text: str, company: str, *, others: bool = False) -> tuple[Edit, ...]:
    """Find what to mask in the text of an essay, its questions and its advice.

    Args:
        text: Any text; places in the edits are code points of it.
        company: The name of the firm applied to, as its page has it; may be empty.
        others: Mask other firms that the table knows as well.

    """
    folded = fold(text)
    found = [(match.span(), MASKED) for match in _MASKING.finditer(folded.text)]
    found += _search(company).matches(folded.text)
    found += _search_others().matches(folded.text) if others else ()
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
    kept = [i for i, one in enumerate(folded.text) if not one.isspace() and one not in "·-"]
    dense = "".join(folded.text[i] for i in kept)
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
    """A firm's names without spaces: those that always tell, as whole words, beside others."""

    sure: frozenset[str]
    whole: frozenset[str]
    beside: dict[str, tuple[str, ...]]

    @property
    def every(self) -> frozenset[str]:
        return self.sure | self.whole | self.beside.keys()


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
    return _DenseNames(frozenset(map(_dense, own.names)), frozenset(map(_dense, own.whole)), beside)


@cache
def _dense_longer() -> frozenset[str]:
    return frozenset(map(_dense, load().longer))


def _dense(text: str) -> str:
    return re.sub(_GAP, "", _folded(text))


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


def fold(text: str) -> Folded:
    """Fold a text for search; letters that fold into several keep one place."""
    pieces, starts, ends = list[str](), list[int](), list[int]()
    for piece in _PIECES.finditer(text.translate(_SAME)):
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
def _folded(name: str) -> str:
    return fold(name).text


@cache
def _search(company: str) -> Search:
    """Make the search of a company, when it is first asked for."""
    own = known(company)
    found = {name: _plain(name) for name in own.names}
    found |= {n: f"{p}|{_plain(n, _GAP)}" for n, p in found.items() if len(key(n)) >= SPACED}
    found |= {name: _plain(name) + _word_end(name) for name in own.whole}
    holding = re.compile(_any(found))
    for word in own.words:
        ends = [] if word.strict else [_word_end(word.name)]
        found[word.name] = f"{_plain(word.name)}(?:{'|'.join([*ends, _beside(word)])})"
    becomes = dict.fromkeys(map(key, found), APPLIED_TO)
    short = {name: _plain(name) for name in found if len(key(name)) < LONG or name not in own.names}
    for name in _related(own, holding):
        if becomes.setdefault(key(name), RELATED) is RELATED:
            found[name] = _plain(name)
    return _made(found, short, becomes)


@cache
def _search_others() -> Search:
    """Make the search of all firms in the table."""
    firms = (*load().firm, *load().group)
    found = {name: _plain(name) + _word_end(name) for firm in firms for name in firm.called()}
    found |= {word.name: _plain(word.name) + _beside(word) for firm in firms for word in firm.word}
    return _made(found, {}, dict.fromkeys(map(key, found), OTHER))


def _made(found: dict[str, str], short: Mapping[str, str], becomes: dict[str, Edit]) -> Search:
    """Put patterns together, with the longer words; those of `short` stand beside a legal form."""
    for word in load().longer:
        if becomes.setdefault(key(word), LEFT) is LEFT:
            found[word] = _plain(word)
    legal = rf"(?:{LEGAL_FORMS})\s*"
    pattern = (
        rf"(?:{legal})?(?P<name>{_any(found)})(?:{_LEGAL_BEHIND})?"
        rf"|{legal}(?P<after>{_any(short)})|(?P<before>{_any(short)})(?:{_LEGAL_BEHIND})"
    )
    return Search(re.compile(pattern), becomes)


def _related(own: Known, holding: re.Pattern[str]) -> Iterator[str]:
    """Yield names of other firms that hold one of the company's."""
    groups = {owner.name for owner in own.owners if owner in load().group}
    heads = tuple(key(word.name) for owner in own.owners for word in owner.word)
    for firm in (*load().firm, *load().group):
        kin = firm.group in groups
        for name in {*firm.called(), *(derived(firm.name) if kin else ())}:
            if holding.search(_folded(name)) or (kin and key(name).startswith(heads)):
                yield name


def _any(patterns: Mapping[str, str]) -> str:
    """Return a pattern of any of these names, tried from the longest, by their first letters."""
    first: dict[str, list[str]] = {}
    for name in sorted(patterns, key=lambda name: (-len(key(name)), name)):
        first.setdefault(_folded(name)[0], []).append(patterns[name])
    return "|".join(f"(?={re.escape(a)})(?:{'|'.join(b)})" for a, b in first.items()) or "(?!)"


def _plain(name: str, between: str = "") -> str:
    """Return the pattern of a name, at the edge of a word where it could be the part of one."""
    letters = _folded(name)
    gap = "" if between else _GAP
    body = between.join(
        gap if one in " ·-" else re.escape(one) + "?" * (one in ".'") for one in letters
    )
    before = after = ""
    if letters[0].isascii():
        before = "(?<![a-z])" if letters[0].isalpha() else "(?<![a-z0-9])"
    elif between or len(key(name)) < LONG:
        before = "(?<![가-힣])"
    if letters[-1].isascii() and letters[-1].isalnum():
        after = "(?![a-z])" if letters[-1].isalpha() else "(?![0-9])"
    return before + body + after


def _word_end(name: str) -> str:
    """Return the pattern of what may follow a whole word: up to two particles."""
    ends = rf"(?=(?:{'|'.join(load().particles)}){{0,2}}(?![가-힣]))"
    return "" if name[-1].isascii() else ends


def _beside(word: Word) -> str:
    """Return the pattern of what follows an ordinary word where it is a firm."""
    behind = "|".join(_spaced(one) for one in word.beside or load().beside)
    return rf"(?=(?:{'|'.join(load().particles)})?\s*(?:{behind}))"


def _spaced(words: str) -> str:
    return r"\s*".join(map(re.escape, _folded(words).split()))
