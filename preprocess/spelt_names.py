"""Names of people that are spelt apart or in Latin letters: 홍 길 동 올림, PARK SEOYEON입니다.

Either counts only in an introduction: apart, the syllables of a name are words, and most pairs of
Latin words that start with Han or Moon name nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from preprocess.name_lexicon import Sureness, name_lexicon
from preprocess.personal_kinds import OPAQUE, any_of

_LEFT: Final = rf"(?<![가-힣A-Za-z0-9{OPAQUE}])"
_END: Final = rf"(?![가-힣A-Za-z0-9{OPAQUE}])"
_CLOSING: Final = r"올림|드림|배상|拜上"
_SAID: Final = r"(?=입니다|이라고|이라 합|라고 합|(?:은|는|의|이|가)? )"
#: Surnames in Latin letters as people write them, without those that are English words (an, go).
_SURNAME_WORDS: Final = (
    "ahn bae baek bak bang cha chang cho choe choi chun chung gang gwon ha han heo hong huh hur "
    "hwang jang jeon jeong ji jin jo joo ju jun jung kang kim ko koh koo ku kwak kwon lee lim min "
    "moon mun na nam noh oh pak park rim roh ryu seo shim shin sim sohn son song suh sung won woo "
    "yang yi yoo yoon yu yun"
)
_SURNAMES: Final = frozenset(_SURNAME_WORDS.split())
_SYLLABLE: Final = (
    "(?:kk|tt|pp|ss|jj|ch|sh|[gkndtrlmbpsjhyw])?"
    "(?:y?eo|y?ae|y?oo|wo|eu|ee|ui|wa|we|wi|y[aeuoi]|[aeiou])(?:ng|[nmklpt])?"
)
_GIVEN: Final = re.compile(f"(?:{_SYLLABLE}){{2,3}}")
_WORD: Final = "[A-Z][A-Za-z]+"
_LATIN: Final = rf"(?P<it>{_WORD}(?:[ \-]{_WORD}|-[a-z]+){{1,2}})"
_LATIN_NAMES: Final = (
    re.compile(rf"{_LEFT}{_LATIN}(?=입니다|이?라고 합니다| ?(?:{_CLOSING}){_END})"),
    re.compile(rf"(?:성명|이름|성함|지원자|본인)(?: ?:|은)? ?'?{_LATIN}"),
)
#: What a text must hold for either search, which most do not.
_APART: Final = re.compile(rf" [가-힣]{{1,2}} +(?:{_CLOSING})| [가-힣] +[가-힣](?![가-힣])")
_TWO_WORDS: Final = re.compile("[A-Z][A-Za-z]+[ \\-][A-Z]")


def find_spelt(text: str) -> Iterator[tuple[int, int]]:
    """Yield where names stand that are spelt apart or in Latin letters, in code points."""
    lexicon = name_lexicon()
    patterns = _apart_patterns() if _APART.search(text) else ()
    for pattern, sure in patterns:
        for match in pattern.finditer(text):
            if lexicon.is_name(match["it"].replace(" ", ""), sure, private=True):
                yield match.span("it")
    for pattern in _LATIN_NAMES if _TWO_WORDS.search(text) else ():
        yield from (m.span("it") for m in pattern.finditer(text) if _is_latin(m["it"]))


@cache
def _apart_patterns() -> tuple[tuple[re.Pattern[str], Sureness], ...]:
    people = name_lexicon().people
    surname = f"[{people.surnames.frequent}{people.surnames.seldom}]"
    apart, given = (
        rf"(?P<it>{surname} {{1,3}}[가-힣] {{1,3}}[가-힣])",
        rf"(?P<it>{surname} [가-힣]{{2}})",
    )
    closed = rf"(?= *(?:{_CLOSING}){_END})"
    before = rf"(?:(?:성명|이름|성함)(?: ?:|은)?|(?:{any_of(people.relations.applicant)})(?: ?:)?)"
    return (
        (re.compile(rf"{_LEFT}{apart}{closed}"), "honoured"),
        (re.compile(rf"{_LEFT}{given}{closed}"), "weak"),
        (re.compile(rf"{_LEFT}(?:제 )?{before} *'?{apart}(?:{_SAID}|{_END})"), "likely"),
    )


def _is_latin(words: str) -> bool:
    """Tell a Korean surname, first or last, with two or three syllables in Latin letters."""
    first, *middle, last = re.split("[ -]", words.casefold())
    return (first in _SURNAMES and _GIVEN.fullmatch("".join([*middle, last])) is not None) or (
        last in _SURNAMES and _GIVEN.fullmatch("".join([first, *middle])) is not None
    )
