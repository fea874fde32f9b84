"""Which Hangul words are names of people: judged by `content/people.toml` alone, without context.

A name is a surname and a given name of one or two syllables. Its given name is *known* (in the
table), or only *plausible* (its syllables occur there in these places), or neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final, Literal

import msgspec

from preprocess.personal_kinds import read_content


class Surnames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Surnames, and which of them stand alone before a title only under conditions."""

    frequent: str
    seldom: str
    alone: str
    distinct: str
    double: tuple[str, ...]
    never: str
    honoured: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ordinary words that look like names."""

    given: str
    whole: str
    endings: str


class Titles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words behind a name."""

    work: str
    address: str
    fused: str
    close: str


class Relations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words before a name."""

    before: str
    applicant: str
    roles: str


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names that are not masked."""

    public: str


class Foreign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of other lands, in Hangul."""

    hangul: str


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `content/people.toml`; lists are words parted by white space."""

    surnames: Surnames
    given: dict[str, str]
    words: Words
    titles: Titles
    relations: Relations
    kept: Kept
    foreign: Foreign


#: How sure a context is that a name stands there: 성명: …; … 교수님; … 사원; 친구 … or nothing.
Sureness = Literal["stated", "honoured", "likely", "weak"]
#: Syllables that end a noun with its particle (문서는, 고객이) as often as a name.
_PARTICLES: Final = frozenset("은는이가을를과와의도만로에나라고서지며면든들인")
_BEHIND_VOWEL: Final = "는가를와의도만에나로지며고면든라이인일"
_BEHIND_CONSONANT: Final = "은이을과의도만에인일지"
#: What makes a new noun of a noun: 안정화, 전문성, 남성용.
_SUFFIXES: Final = "성화형용중안권율률복측물품관계부액업어청회"
#: Given names of one syllable, with a surname before them.
_SINGLE: Final = frozenset(
    "준진현훈건철솔별봄민윤율찬혁석호결웅환빈린슬온범완욱규균승식우림란숙희봉열융걸겸훤"
)
_SHORT: Final = 2
_FULL: Final = 3
_HANGUL: Final = 0xAC00
_FINALS: Final = 28


@dataclass(frozen=True)
class NameLexicon:
    """The file as sets, and the judgements over them."""

    people: People

    @cached_property
    def given(self) -> frozenset[str]:
        """Every known given name of two syllables."""
        return frozenset(
            first + second for first, row in self.people.given.items() for second in row
        )

    @cached_property
    def seconds(self) -> frozenset[str]:
        """Every second syllable of a given name."""
        return frozenset("".join(self.people.given.values()))

    @cached_property
    def given_words(self) -> frozenset[str]:
        """Given names that are ordinary words too."""
        return frozenset(self.people.words.given.split())

    @cached_property
    def whole_words(self) -> frozenset[str]:
        """Ordinary words that read like a surname and a given name."""
        return frozenset(self.people.words.whole.split())

    @cached_property
    def public(self) -> frozenset[str]:
        """Figures whose names are kept."""
        return frozenset(self.people.kept.public.split())

    @cached_property
    def foreign(self) -> frozenset[str]:
        """Names of other lands in Hangul."""
        return frozenset(self.people.foreign.hangul.split())

    @cached_property
    def titles(self) -> frozenset[str]:
        """Titles, which are no given names: 안교수님."""
        return self.addresses.union(self.people.titles.work.split())

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Titles that are ordinary nouns too."""
        return frozenset(self.people.titles.address.split())

    @cached_property
    def close_titles(self) -> frozenset[str]:
        """Titles that follow a surname without a space."""
        return frozenset(self.people.titles.close.split())

    @cached_property
    def fused_titles(self) -> frozenset[str]:
        """Words that read like a surname and a title."""
        return frozenset(self.people.titles.fused.split())

    @cached_property
    def endings(self) -> tuple[str, ...]:
        """Endings of departments and trades."""
        return tuple(self.people.words.endings.split())

    def splits(self, word: str) -> Iterator[tuple[str, str]]:
        """Yield every way in which a word is a surname and a given name."""
        if word[:2] in self.people.surnames.double and len(word) in {_FULL, _FULL + 1}:
            yield word[:2], word[2:]
        if len(word) in {_SHORT, _FULL} and word[0] in self.surnames:
            yield word[0], word[1:]

    @cached_property
    def surnames(self) -> frozenset[str]:
        """Surnames of one syllable."""
        return frozenset(self.people.surnames.frequent + self.people.surnames.seldom)

    @cached_property
    def distinct(self) -> frozenset[str]:
        """Surnames that are hardly ever a word or its beginning."""
        return frozenset([*self.people.surnames.distinct, *self.people.surnames.double])

    def is_name(self, name: str, sure: Sureness, *, private: bool = False) -> bool:
        """Tell whether a word is a whole name, where the context is as sure as that.

        `private` says that the context introduces no figure of public life, whatever their name.
        """
        if name in self.whole_words:
            return False
        if sure == "stated":
            return any(self._may_be(given) for _, given in self.splits(name))
        if (name in self.public and not private) or self._is_phrase(name):
            return False
        if sure == "honoured":
            return any(
                self._may_be(given) and (given in self.given or given[-1] not in _PARTICLES)
                for _, given in self.splits(name)
            )
        if name[-1] in _SUFFIXES and name[:-1] in self.whole_words:
            return False
        return any(
            given in self.given
            and (sure == "likely" or given not in self.given_words or surname in self.distinct)
            for surname, given in self.splits(name)
        )

    def _may_be(self, given: str) -> bool:
        if len(given) == 1:
            return given in _SINGLE
        return given in self.given or (given[0] in self.people.given and given[1] in self.seconds)

    def _is_phrase(self, name: str) -> bool:
        """Tell a word and its ending: 전문가, 문서는, 안교수(님), 지원한."""
        if len(name) < _FULL:
            return False
        return (
            (name[:-1] in self.whole_words and name[-1] in _particles_of(name[-2]))
            or name[1:] in self.titles
            or name.endswith(self.endings)
            # 지원한, 유지해, 연주하는: verbs, but not behind 김.
            or (name[-1] in "한해하" and name[0] != "김")
        )

    def is_given(self, name: str) -> bool:
        """Tell a given name without a surname that is no ordinary word."""
        return name in self.given and name not in self.given_words and name not in self.whole_words

    def without_suffix(self, name: str) -> str:
        """Take the 이 off that stands behind a given name: 동현이 is 동현, 한별이 is 한별."""
        if len(name) == _FULL and name[-1] == "이" and name[:-1] in self.given:
            return name[:-1]
        return name


def _particles_of(syllable: str) -> str:
    return _BEHIND_VOWEL if ends_open(syllable) else _BEHIND_CONSONANT


def ends_open(syllable: str) -> bool:
    """Tell whether a Hangul syllable ends with a vowel."""
    return (ord(syllable) - _HANGUL) % _FINALS == 0


@cache
def name_lexicon() -> NameLexicon:
    """Read the file once.

    Raises:
        ContentError: It does not fit.

    """
    return NameLexicon(read_content("people.toml", People))
