"""The search for names of firms in a folded text: their patterns, and what becomes of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from preprocess.edits import Edit
from preprocess.firm_folding import GAP, folded_name
from preprocess.firm_names import LEGAL_FORMS, LONG, Firm, Known, Word, derived, key, known, load

#: What becomes of a name, by what it is; the place is filled in.
APPLIED_TO: Final = Edit(0, 0, "XX", "firm applied to")
RELATED: Final = Edit(0, 0, "OO", "firm with a name like it")
OTHER: Final = Edit(0, 0, "OO", "other firm")
MASKED: Final = Edit(0, 0, "OO", "masked on the page")
LEFT: Final = Edit(0, 0, "", "no firm")
#: From this many letters on a name may be written with spaces where it has none.
SPACED: Final = 4

#: Companies whose names a process keeps at hand.
FIRMS: Final = 1 << 10
#: What a text may have or lack within a name.
_BETWEEN = re.compile(r"[\s·\-.']+")
_LEGAL_BEHIND = r"\((?:주|유|재|사)\)|\s?주식회사"


class Search(NamedTuple):
    """A pattern over folded text, and what becomes of the names that it finds, by their keys."""

    pattern: re.Pattern[str]
    becomes: Mapping[str, Edit]

    def matches(self, text: str) -> Iterator[tuple[tuple[int, int], Edit]]:
        """Yield where names stand in a folded text, and what becomes of each."""
        for match in self.pattern.finditer(text):
            yield match.span(), self.becomes[key(match[match.lastgroup or 0])]


class OwnNames:
    """The names of one company and those like them, compiled only as far as a text can hold them.

    Args:
        found: The patterns of all names.
        short: Patterns of those that stand beside a legal form.
        becomes: What becomes of the names, by their keys.

    """

    def __init__(
        self, found: Mapping[str, str], short: Mapping[str, str], becomes: Mapping[str, Edit]
    ) -> None:
        self._found, self._short, self._becomes = found, short, becomes
        self._letters = {name: _letters(name) for name in found}
        self._searches: dict[tuple[str, ...], Search] = {}

    def matches(self, text: str) -> Iterator[tuple[tuple[int, int], Edit]]:
        """Yield where names stand in a folded text, and what becomes of each."""
        dense = _BETWEEN.sub("", text)
        held = tuple(name for name, letters in self._letters.items() if letters in dense)
        if held:
            yield from self._search(held).matches(text)

    def _search(self, names: tuple[str, ...]) -> Search:
        if names not in self._searches:
            found, short = (
                {name: patterns[name] for name in names if name in patterns}
                for patterns in (self._found, self._short)
            )
            self._searches[names] = Search(_pattern(found, short), self._becomes)
        return self._searches[names]


@lru_cache(FIRMS)
def own_names(company: str) -> OwnNames:
    """Make the names of a company, when they are first asked for."""
    own = known(company)
    found = {name: _plain(name) for name in own.names}
    found |= {n: f"{p}|{_plain(n, GAP)}" for n, p in found.items() if len(key(n)) >= SPACED}
    found |= {name: _plain(name) + _word_end(name) for name in own.whole}
    sure = dict(found)
    for word in own.words:
        ends = [] if word.strict else [_word_end(word.name)]
        found[word.name] = f"{_plain(word.name)}(?:{'|'.join([*ends, _beside(word)])})"
    becomes = dict.fromkeys(map(key, found), APPLIED_TO)
    short = {name: _plain(name) for name in found if len(key(name)) < LONG or name not in own.names}
    for name in _related(own, sure):
        if becomes.setdefault(key(name), RELATED) is RELATED:
            found[name] = _plain(name)
    _add_longer(found, becomes)
    return OwnNames(found, short, becomes)


@cache
def other_names() -> Search:
    """Make the search of all firms in the table."""
    firms = (*load().firm, *load().group)
    found = {name: _plain(name) + _word_end(name) for firm in firms for name in firm.called()}
    found |= {word.name: _plain(word.name) + _beside(word) for firm in firms for word in firm.word}
    becomes = dict.fromkeys(map(key, found), OTHER)
    _add_longer(found, becomes)
    return Search(_pattern(found, {}), becomes)


def _add_longer(found: dict[str, str], becomes: dict[str, Edit]) -> None:
    """Add the longer words, which hold a name and are none."""
    fresh = {word for word in _longer() if becomes.setdefault(key(word), LEFT) is LEFT}
    found |= {word: pattern for word, pattern in _longer().items() if word in fresh}


@cache
def _longer() -> dict[str, str]:
    return {word: _plain(word) for word in load().longer}


def _pattern(found: Mapping[str, str], short: Mapping[str, str]) -> re.Pattern[str]:
    """Put patterns together; those of `short` stand beside a legal form."""
    legal = rf"(?:{LEGAL_FORMS})\s*"
    return re.compile(
        rf"(?:{legal})?(?P<name>{_any(found)})(?:{_LEGAL_BEHIND})?"
        rf"|{legal}(?P<after>{_any(short)})|(?P<before>{_any(short)})(?:{_LEGAL_BEHIND})"
    )


def _related(own: Known, sure: Mapping[str, str]) -> Iterator[str]:
    """Yield names of other firms that hold one of the company's; `sure` are the patterns of its."""
    groups = {owner.name for owner in own.owners if owner in load().group}
    if not groups and not any(_letters(name) in _table_letters() for name in sure):
        return
    holding = re.compile(_any(sure))
    heads = tuple(key(word.name) for owner in own.owners for word in owner.word)
    for firm, called in _called():
        kin = firm.group in groups
        for name in {*called, *derived(firm.name)} if kin else called:
            if holding.search(folded_name(name)) or (kin and key(name).startswith(heads)):
                yield name


@cache
def _table_letters() -> str:
    """Return the letters of every name in the table, a line each."""
    return "\n".join(_letters(name) for _, called in _called() for name in called)


@cache
def _called() -> tuple[tuple[Firm, tuple[str, ...]], ...]:
    """Return every firm and group of the table with all its names."""
    return tuple((firm, firm.called()) for firm in (*load().firm, *load().group))


def _letters(name: str) -> str:
    """Return what every way to write a name has in common: its letters, folded."""
    return _BETWEEN.sub("", folded_name(name))


def _any(patterns: Mapping[str, str]) -> str:
    """Return a pattern of any of these names, tried from the longest, by their first letters."""
    first: dict[str, list[str]] = {}
    for name in sorted(patterns, key=lambda name: (-len(key(name)), name)):
        first.setdefault(folded_name(name)[0], []).append(patterns[name])
    return "|".join(f"(?={re.escape(a)})(?:{'|'.join(b)})" for a, b in first.items()) or "(?!)"


def _plain(name: str, between: str = "") -> str:
    """Return the pattern of a name, at the edge of a word where it could be the part of one."""
    letters = folded_name(name)
    gap = "" if between else GAP
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
    return r"\s*".join(map(re.escape, folded_name(words).split()))
