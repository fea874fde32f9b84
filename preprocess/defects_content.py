"""What drafts are damaged with: the rules and phrases of `content/defects_*.toml`, read strictly.

A rule's pattern may hold macros for what a regular expression has no class for: `<ㄹ>` is a
syllable that ends in ㄹ, `<ㄴㄹ>` one that ends in either; figures have those of `MACROS`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

import msgspec

CONTENT: Final = Path(__file__).parent / "content"
#: The three kinds of defects that are made by rules.
Ruled = Literal["spelling", "spacing", "figures"]
Line = Annotated[str, msgspec.Meta(min_length=1)]
Lines = Annotated[tuple[Line, ...], msgspec.Meta(min_length=1)]

FIRST_SYLLABLE, LAST_SYLLABLE = "가", "힣"
Pairs = Annotated[tuple[tuple[Line, Line], ...], msgspec.Meta(min_length=1)]
#: Final consonants in the order of Unicode's Hangul syllables (chapter 3.12), none first.
FINALS: Final = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"

VALUE: Final = r"\d[\d,]*(?:\.\d+)?(?: ?[만천백억](?: ?\d+[천백십]?)?)?여? ?"
#: Where a value from 2 up begins that is no part of a longer number, a date, a name or a range,
#: with what softens it or says how often.
_BEFORE: Final = (
    r"(?<![\d.,(A-Za-z가-힣~\-])(?<!에서 )(?<!\d[분년월일시] )(?<!\d시간 )"
    r"(?:(?:약|총|무려|월|하루|매달|매월|매주|매일|연|연간|평균|월평균|최대|최소|거의) ){0,2}"
    r"(?!\d+(?:시간|분) \d)(?![01](?![\d.,만천백억]))"
)
UNIT: Final = (
    r"(?:명|개월|개|건|곳|회|번|분|초|시간|일|주|년|원|점|%|퍼센트|배|kg|g|cm|km|m|톤|대|권|장|쪽)"
    r"(?: ?(?:이상|정도|가량|남짓|가까이))?"
)
CHANGE: Final = (
    r"(?:줄(?=[였여인임어었])|늘(?=[렸려었어린]|리[고며는])|높(?=[였여]|아[졌지진]|이[고며는])"
    r"|낮(?=[췄춰춘]|추[고며는]|아[졌지진])|올(?=[랐렸라려린]|리[고며는])|내(?=렸|려갔)|떨어|짧아|빨라"
    r"|(?:감소|증가|향상|상승|단축|절감|성장|개선)(?![률율세액]))"
)
MACROS: Final = {
    "<수>": _BEFORE + VALUE,
    # "The number of … is 7" takes no other word for 7; two are not several.
    "<몇>": r"(?<!수 )(?<!수가 )(?<!수는 )(?<!수도 )(?<!수를 )" + _BEFORE + r"(?!2\D)\d{1,3}여? ?",
    "<한>": _BEFORE + r"\d여? ?",
    "<값>": VALUE,
    "<단위>": UNIT,
    "<변화>": CHANGE,
}


class ContentError(ValueError):
    """A content file that cannot be used; the message names file and fault."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One error that people make: what is right, what is written instead, and an example."""

    find: str
    put: Lines
    shows: str

    @property
    def example(self) -> tuple[str, str]:
        """The example as it is right, and as the rule makes it wrong."""
        right, wrong = self.shows.split(" → ")
        return right, wrong


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of one kind, and sentences that they must leave alone."""

    rules: Annotated[tuple[Rule, ...], msgspec.Meta(min_length=1)]
    keep: Lines


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sentences and words for the defects that are whole sentences."""

    openings: Lines
    closings: Lines
    praise: Lines
    again: Lines
    leads: Lines
    breaks: Lines
    firm: Lines
    other_nouns: Pairs
    other_adverbs: Pairs


C = TypeVar("C", bound=msgspec.Struct)


def _read(name: str, kind: type[C]) -> C:
    path = CONTENT / f"defects_{name}.toml"
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ContentError(f"{path}: {error}; mend the file") from error


@cache
def rules(kind: Ruled) -> Rules:
    """Read the rules of a kind.

    Raises:
        ContentError: The file is not such rules.

    """
    return _read(kind, Rules)


@cache
def phrases() -> Phrases:
    """Read the sentences and words.

    Raises:
        ContentError: The file is not such phrases.

    """
    return _read("phrases", Phrases)


@cache
def patterns(kind: Ruled) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Compile the rules of a kind: each pattern with what may be put in its place.

    Raises:
        ContentError: A pattern is not a regular expression.

    """
    found = []
    for rule in rules(kind).rules:
        try:
            found.append((re.compile(expand(rule.find)), rule.put))
        except re.error as error:
            raise ContentError(
                f"content/defects_{kind}.toml: the pattern {rule.find!r} cannot be used: {error}"
            ) from error
    return tuple(found)


def expand(pattern: str) -> str:
    """Put regular expressions in the place of a pattern's macros."""
    for macro, meaning in MACROS.items():
        pattern = pattern.replace(macro, meaning)
    return re.sub(r"<([ㄱ-ㅎ]+)>", lambda match: syllables(match[1]), pattern)


@cache
def syllables(finals: str) -> str:
    """Return the class of syllables that end in one of the consonants."""
    numbers = {FINALS.index(final) for final in finals}
    codes = range(ord(FIRST_SYLLABLE), ord(LAST_SYLLABLE) + 1)
    letters = (chr(c) for c in codes if (c - ord(FIRST_SYLLABLE)) % len(FINALS) in numbers)
    return f"[{''.join(letters)}]"
