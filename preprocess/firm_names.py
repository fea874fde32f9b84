"""The names of firms: a table of what is known, and rules for the forms that a name takes.

`content/firms.toml` says what no rule can tell: 한국방송공사 is KBS. The rules give the rest: names
without legal form, 한국 or 코리아, LG for 엘지 and back, 생명 for 생명보험.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec

TABLE: Final = Path(__file__).parent / "content" / "firms.toml"
Name = Annotated[str, msgspec.Meta(min_length=1)]

LEGAL_FORMS: Final = (
    r"\((?:주|유|재|사|학|합|의)\)|주식\s?회사|유한\s?(?:책임\s?)?회사|합자회사|재단법인|사단법인"
    r"|학교법인|의료법인|사회복지법인|농업회사법인"
)
_LEGAL = re.compile(rf"{LEGAL_FORMS}|\b(?:co\.?,?\s*)?(?:ltd|inc|corp|llc)\b\.?", re.IGNORECASE)
#: Where one page name holds several: brackets, slashes, a body within a body.
_PARTS = re.compile(r"[()/]|부설|\s본사$")
_CAPITALS = re.compile(r"(?<![A-Za-z&])[A-Z](?:[A-Z]|&(?=[A-Z])){1,4}(?![A-Za-z&])")
#: From this many letters on a name can be told from the words around it wherever it stands.
LONG: Final = 3
#: How many names are remembered in their other forms: those of the table many times over.
NAMES: Final = 1 << 15


class FirmTableError(ValueError):
    """The table of firms cannot be used; the message lists every fault found."""


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name that is an ordinary word as well, and what stands behind it where it is a firm.

    A `strict` word is a firm nowhere else; another one is, in essays to that firm.
    """

    name: Name
    beside: tuple[Name, ...] = ()
    strict: bool = False


class Firm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A firm or group without its legal form; the head of the table explains the fields."""

    name: Name
    group: str = ""
    aliases: tuple[Name, ...] = ()
    former: tuple[Name, ...] = ()
    brands: tuple[Name, ...] = ()
    sites: tuple[Name, ...] = ()
    heads: tuple[Name, ...] = ()
    word: tuple[Word, ...] = ()

    def called(self) -> tuple[str, ...]:
        """Return all names as the table has them, words included."""
        words = (word.name for word in self.word)
        return (self.name, *self.aliases, *self.former, *self.brands, *self.sites, *words)


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is known of firms, groups, and words like their names."""

    firm: tuple[Firm, ...]
    group: tuple[Firm, ...]
    beside: tuple[Name, ...]
    joining: tuple[Name, ...]
    longer: tuple[Name, ...]
    ordinary: tuple[Name, ...]
    general: tuple[Name, ...]
    public: tuple[Name, ...]
    particles: tuple[Name, ...]
    shortened: dict[str, tuple[str, ...]]
    letters: dict[str, tuple[str, ...]]
    spelling: dict[str, Name]
    romanised: dict[str, tuple[str, ...]]


class Known(NamedTuple):
    """What a company is called: `names` anywhere, `whole` as whole words, `words` see `Word`."""

    names: frozenset[str]
    whole: frozenset[str]
    words: tuple[Word, ...]
    owners: tuple[Firm, ...]


@cache
def load() -> Table:
    """Read and check the table.

    Raises:
        FirmTableError: A key is unknown or missing, a name is two firms', a group is not there.

    """
    try:
        table = msgspec.convert(tomllib.loads(TABLE.read_text(encoding="utf-8")), Table)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise FirmTableError(f"preprocess/content/firms.toml: {error}; mend the file") from error
    problems = "\n".join(problems_of(table))
    if problems:
        raise FirmTableError(f"preprocess/content/firms.toml:\n{problems}")
    return table


def problems_of(table: Table) -> Iterator[str]:
    """Yield what is wrong with a table, one line a fault."""
    groups = {group.name: {key(name) for name in group.called()} for group in table.group}
    owners = Counter(name for names in groups.values() for name in names)
    for one in (*table.firm, *table.group):
        if one.group and one.group not in groups:
            yield f"{one.name}: there is no group {one.group}; add it or mend its name"
        for name in one.called():
            if len(key(name)) < 2 or _LEGAL.search(name):  # noqa: PLR2004 - one letter is no name
                yield f"{one.name}: {name!r} is one letter or has a legal form; take it out"
    for firm in table.firm:
        owners.update({key(name) for name in firm.called()} - groups.get(firm.group, set()))
    for name, count in owners.items():
        if count > 1:
            yield f"{name}: of {count} firms or groups; leave it to one, or to their group alone"


@lru_cache(NAMES)
def key(name: str) -> str:
    """Return a name as it is compared: NFKC, case folded, letters, digits, + and & alone."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in folded if letter.isalnum() or letter in "+&")


@cache
def derived(page_name: str) -> tuple[str, ...]:
    """Return what rules make of a company's name, the nearest forms first."""
    found = dict.fromkeys(_bare(page_name))
    fresh = list(found)
    for _ in range(3):  # 한국 goes, 자동차 becomes 차, letters are said
        fresh = [new for name in fresh for new in _rewritten(name) if new not in found]
        found.update(dict.fromkeys(fresh))
    return tuple(name for name in found if len(key(name)) > 1)


def _bare(page_name: str) -> Iterator[str]:
    """Yield a page's name without legal forms, and the names in it where it holds several."""
    whole = " ".join(_LEGAL.sub(" ", unicodedata.normalize("NFKC", page_name)).split())
    for part in map(str.strip, (whole, *_PARTS.split(whole))):
        if part and not set(part) & set("()/"):
            yield part
            last = part.rsplit(" ", 1)[-1]
            if len(last) > LONG + 1 and not last.isascii():
                yield last


def _rewritten(name: str) -> Iterator[str]:
    table = load()
    yield re.sub(r"(?:코리아|한국|\s*(?i:korea))$", "", name)
    rest = name.removeprefix("한국").strip()
    if len(rest) >= LONG and (rest.endswith(table.public) or not rest.startswith(table.general)):
        yield rest
    for end, shorter in table.shortened.items():
        if name.endswith(end):
            yield from (name.removesuffix(end).strip() + short for short in shorter)
    yield from _in_hangul(name, table)
    yield from _in_latin(name, table)


def _in_hangul(name: str, table: Table) -> Iterator[str]:
    """Yield a name with its capitals said letter by letter, or its Latin words spelt."""
    if run := _CAPITALS.search(name):
        for said in product(*(table.letters[letter] for letter in run[0])):
            yield name[: run.start()] + "".join(said) + name[run.end() :].lstrip()
    if re.fullmatch("[A-Za-z ]+", name):
        words = name.casefold().split()
        spelt = [table.spelling.get(word) or _romanised(word, table.romanised) for word in words]
        if all(spelt):
            yield "".join(spelt)


def _romanised(word: str, spelt: dict[str, tuple[str, ...]]) -> str:
    """Read a word in Revised Romanisation, `haneulsori` as 하늘소리; empty where it is none."""
    start, middle = ("|".join(sorted(spelt[one], key=len)[::-1]) for one in ("start", "middle"))
    # A consonant before a vowel starts the next syllable; ng always ends one.
    found = re.findall(rf"({start})({middle})((?:ng|[kntlmp](?![aeiouwy]))?)", word)
    if "".join(map("".join, found)) != word:
        return ""
    places = ((spelt["start"].index(a) * 21 + spelt["middle"].index(b), c) for a, b, c in found)
    return "".join(chr(ord("가") + at * 28 + spelt["end"].index(c)) for at, c in places)


def _in_latin(name: str, table: Table) -> Iterator[str]:
    """Yield a name with letters said at its start or end as such: 에이치케이이노엔 is HK이노엔.

    Behind capitals a word that the table spells is Latin too: YK스틸 is YK Steel.
    """
    for latin, spelt in table.spelling.items():
        if name.endswith(spelt) and _CAPITALS.fullmatch(head := name.removesuffix(spelt).strip()):
            yield f"{head} {latin}"
    said_as = {said: letter for letter, ways in table.letters.items() for said in ways}
    letter = "|".join(sorted(said_as, key=len, reverse=True))
    for run in re.finditer(rf"^(?:{letter}){{2,}}|(?:{letter}){{2,}}$", name):
        said = re.findall(letter, run[0])
        for count in range(2, len(said) + 1):
            some = said[:count] if run.start() == 0 else said[-count:]
            letters, length = "".join(said_as[one] for one in some), len("".join(some))
            yield letters + name[length:] if run.start() == 0 else name[:-length] + letters


@cache
def known(page_name: str) -> Known:
    """Return all that a company is called, by the table where it has the firm."""
    forms = derived(page_name)
    owners = tuple(_owners_of(forms))
    words = {key(word.name): word for word in _words_of(forms[:1], owners)}
    named = {name for owner in owners for name in owner.called()}
    stated = set(map(key, named)) - words.keys()
    sure = (name for one in owners for name in (one.name, *one.aliases, *one.former))
    named |= {form for name in sure for form in derived(name)}
    no_name = {*map(key, load().ordinary), *words} - stated
    every = {form for form in (*named, *forms) if key(form) not in no_name}
    short = {form for form in every if len(key(form)) < LONG and key(form) not in stated}
    whole = short | {word.name for word in words.values() if not word.strict}
    return Known(frozenset(every - short), frozenset(whole), tuple(words.values()), owners)


def _words_of(bare: tuple[str, ...], owners: tuple[Firm, ...]) -> Iterator[Word]:
    """Yield the words that are names here; one that is the firm's whole name may be joined, too.

    `bare` is the page's name, or empty. Where it is an ordinary word, it is a strict one.
    """
    table, whole = load(), {key(name) for name in (*bare, *(owner.name for owner in owners))}
    called = {key(name) for owner in owners for name in owner.called()}
    for name in bare:
        if key(name) in table.ordinary and key(name) not in called:
            yield Word(name, (*table.beside, *table.joining), strict=True)
    for word in (word for owner in owners for word in owner.word):
        joined = (*(word.beside or table.beside), *table.joining)
        yield msgspec.structs.replace(word, beside=joined) if key(word.name) in whole else word


def _owners_of(forms: tuple[str, ...]) -> Iterator[Firm]:
    """Yield the firm with one of these names, its group, and what that was part of."""
    keys = [key(form) for form in forms]
    heads = [one[:end] for one in keys[:1] for end in range(len(one) - 1, LONG, -1)]
    firm = next((_index()[one] for one in (*keys, *heads) if one in _index()), None)
    groups = {group.name: group for group in load().group}
    members = (
        group
        for group in load().group
        for head in map(key, (*group.aliases, *group.heads))
        for one in keys  # GSK is none of GS
        if one.startswith(head) and not (head.isascii() and "a" <= one[len(head) :][:1] <= "z")
    )
    owner = firm or next(members, None)
    while owner:
        yield owner
        owner = groups.get(owner.group)


@cache
def _index() -> dict[str, Firm]:
    """Return the firms by the keys of their own names; brands and sites are not names."""
    return {
        key(name): firm
        for firm in load().firm
        for name in (firm.name, *firm.aliases, *firm.former, *(word.name for word in firm.word))
    }
