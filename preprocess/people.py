"""Names of people in a Korean text, found by what stands beside them.

Four contexts, from sure to weak; the surer, the less the name itself must prove:

- introduction: 저 홍길동은, 지원자 김민수입니다, 제 이름은 …, 성명: …, … 올림
- title: 김민수 교수님, 박 과장님, 최지우 씨
- relation: 친구 지훈이, 팀장 김태윤
- none: a surname with a known given name and a particle, 김도현이 손을 들고

A whole name that was found once is then masked wherever it stands in the text; a given name alone,
with a surname before it: 택진이 형, 김택진 대표. `spelt_names` adds names spelt apart or in Latin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from preprocess.edits import Edit
from preprocess.name_lexicon import Sureness, ends_open, name_lexicon
from preprocess.personal_kinds import OPAQUE, any_of, edit
from preprocess.spelt_names import find_spelt

#: Neither side of a name is a letter, nor the edge of something masked.
_LEFT: Final = rf"(?<![가-힣A-Za-z0-9{OPAQUE}])"
_END: Final = rf"(?![가-힣A-Za-z0-9{OPAQUE}])"
_PARTICLE: Final = (
    r"(?:(?:이?(?:라는|란|라고|라며|라면|라도|라서|나|며|고|든|었[가-힣]{1,4}|였[가-힣]{1,4}|자|지만|다)|"
    r"입니다|이?에요|예요|이?랑|과|와|은|는|이|가|을|를|의|도|만|에게서?|한테서?|께서?|보다|처럼|같이|같은|"
    r"부터|까지|마저|조차|뿐|으?로서?|하고|답게|답[가-힣]|네|에)"
    r"(?:은|는|이|가|도|만|의|을|를|야)?)"
)
_TAIL: Final = rf"(?={_PARTICLE}?{_END})"


def find_people(text: str, names: Iterable[str] = ()) -> Iterator[Edit]:
    """Yield every name; `names` are masked wherever they stand as words."""
    found = [
        *_introduced(text),
        *_titled(text),
        *_related(text),
        *_free(text),
        *find_spelt(text),
    ]
    for start, end in found:
        yield edit(start, end, "name")
    words = {text[start:end] for start, end in found}
    whole = {
        form for word in words for form in (word, word.replace(" ", "")) if len(form) >= _WHOLE
    }
    again = (word for word in words if text.count(word) > 1)
    for given in sorted(filter(name_lexicon().is_given, again)):
        yield from (edit(*m.span(), "name") for m in _with_surname(given).finditer(text))
    for name in (*sorted(whole), *(name for name in names if len(name) > 1)):
        if name in text:
            yield from (edit(*m.span(), "name") for m in _wherever(name).finditer(text))


_SHORT: Final = 2
_WHOLE: Final = 3
Place = tuple[int, int]


def _wherever(name: str) -> re.Pattern[str]:
    # Behind Latin letters any Hangul is a particle.
    end = _TAIL if "가" <= name[-1] <= "힣" else rf"(?![A-Za-z0-9{OPAQUE}])"
    return re.compile(rf"{_LEFT}{re.escape(name)}{end}")


def _with_surname(given: str) -> re.Pattern[str]:
    return re.compile(rf"{_LEFT}{_surname()}{given}{_TAIL}")


@cache
def _surname() -> str:
    surnames = name_lexicon().people.surnames
    return f"(?:{'|'.join(surnames.double)}|[{surnames.frequent}{surnames.seldom}])"


@cache
def _introduction_patterns() -> tuple[tuple[re.Pattern[str], Sureness, bool, tuple[str, ...]], ...]:
    """Return patterns, how sure each is, whether the name is the applicant's own, and its words.

    A text with the pattern holds one of these words.
    """
    relations = name_lexicon().people.relations
    applicant, roles = any_of(relations.applicant), any_of(relations.roles)
    name = rf"(?P<it>{_surname()}[가-힣]{{1,2}}?)"
    stated = r"(?P<it>[가-힣]{2,4}?|[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
    closing = "올림 드림 배상 拜上"
    patterns: dict[str, tuple[Sureness, str]] = {
        # Not "팀 이름: …".
        rf"{_LEFT}(?:(?<![가-힣] )|(?<=지원자 ))(?:성명|이름) ?: ?{stated}{_TAIL}": (
            "stated",
            "성명 이름",
        ),
        rf"{_LEFT}(?:제|저의|한국|영어) ?이름은? '?{stated}'?{_TAIL}": ("stated", "이름"),
        rf"{_LEFT}{name}(?=이?(?:라는|란) 이름|이?라고 합니다|이?라 합니다)": (
            "honoured",
            "이름 합니다",
        ),
        rf"{_LEFT}{name}(?='? ?(?:{any_of(closing)}){_END})": ("honoured", closing),
        rf"{_LEFT}(?:{applicant})(?:,| ?:)? '?{name}{_TAIL}": ("honoured", relations.applicant),
        rf"{_LEFT}(?:{roles})(?:,| ?:)? '?{name}{_TAIL}": ("likely", relations.roles),
        rf"{_LEFT}{name}(?=입니다)": ("weak", "입니다"),
    }
    return tuple(
        (re.compile(pattern), sure, words in (relations.applicant, closing), tuple(words.split()))
        for pattern, (sure, words) in patterns.items()
    )


_ENGLISH: Final = re.compile(r"[Mm]y name is (?P<it>[A-Z][A-Za-z]+(?:(?: [A-Z]|-)[A-Za-z]+)*)")


def _introduced(text: str) -> Iterator[Place]:
    lexicon = name_lexicon()
    for pattern, sure, private, words in _introduction_patterns():
        for match in pattern.finditer(text) if any(word in text for word in words) else ():
            name = match["it"]
            alone = sure == "stated" and (
                name.isascii() or lexicon.is_given(name) or name in lexicon.foreign
            )
            if alone or lexicon.is_name(name, sure, private=private):
                yield match.span("it")
    yield from (m.span("it") for m in _ENGLISH.finditer(text))


@cache
def _title_patterns() -> tuple[re.Pattern[str], ...]:
    """Return what a title looks like, and the patterns of names before one."""
    lexicon = name_lexicon()
    titles, surnames = lexicon.people.titles, lexicon.people.surnames
    work, every = any_of(titles.work), any_of(f"{titles.work} {titles.address} 씨")
    ends = rf"(?P<honour>님)?{_PARTICLE}?(?:{_END}|(?<=님)|(?=이?(?:셨|신|던|었|였)))"
    double, single = "|".join(surnames.double), surnames.frequent + surnames.alone
    return (
        re.compile(rf"(?:{any_of(f'{titles.work} {titles.address} 씨 쌤')}){ends}"),
        re.compile(
            rf"{_LEFT}(?P<it>{_surname()}[가-힣]{{1,2}}?)(?P<space> ?)(?P<title>{every}){ends}"
        ),
        re.compile(
            # "3년 차 팀장" counts years.
            rf"{_LEFT}(?<![년월\d] )(?P<it>{double}|[{single}])"
            rf"(?P<space> ?)(?P<title>{work}|씨){ends}"
        ),
        re.compile(
            rf"{_LEFT}(?P<it>[가-힣]{{2}})이? ?(?:(?:{work})(?=님)|형|누나|언니|오빠|씨|쌤){ends}"
        ),
        re.compile(
            rf"{_LEFT}(?P<it>{any_of(lexicon.people.foreign.hangul)}|"
            rf"[A-Z][a-z]{{2,}}(?: [A-Z][a-z]+)?) ?(?:교수|씨|선생|박사){ends}"
        ),
    )


def _titled(text: str) -> Iterator[Place]:
    yield from (m.span("it") for m in _WESTERN.finditer(text))
    title, whole, short, given, foreign = _title_patterns()
    if not title.search(text):  # as in most texts
        return
    lexicon = name_lexicon()
    for match in whole.finditer(text):
        name = lexicon.without_suffix(match["it"])
        if len(name) == _SHORT:
            named = match["space"] and match["honour"] and lexicon.is_name(name, "honoured")
            named = named or (len(match["it"]) > _SHORT and lexicon.is_given(name))
        else:
            sure = _sureness(match)
            named = sure is not None and lexicon.is_name(name, sure)
        if named:
            yield match.start("it"), match.start("it") + len(name)
    yield from (m.span("it") for m in short.finditer(text) if _is_surname(m))
    yield from (m.span("it") for m in given.finditer(text) if lexicon.is_given(m["it"]))
    yield from (m.span("it") for m in foreign.finditer(text))


def _sureness(match: re.Match[str]) -> Sureness | None:
    title = match["title"]
    if len(title) == 1 and title not in "씨님" and not match["space"]:
        return None
    if title in name_lexicon().addresses:
        return "weak"
    if match["honour"] or (title == "씨" and match["space"]):
        return "honoured"
    return "likely"


def _is_surname(match: re.Match[str]) -> bool:
    lexicon = name_lexicon()
    surnames, name, title = lexicon.people.surnames, match["it"], match["title"]
    sure = match["honour"] is not None or name not in surnames.honoured
    if match["space"]:
        return sure if name not in surnames.never else title == "씨" and name != "그"
    return (
        sure
        and (match["honour"] is not None or title in lexicon.close_titles)
        and name + title not in lexicon.fused_titles
    )


_WESTERN: Final = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms)\.? ?|(?:Dr|Prof)\.? )(?P<it>[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)


@cache
def _relation_pattern() -> re.Pattern[str]:
    before = any_of(name_lexicon().people.relations.before)
    return re.compile(
        rf"(?P<who>{before})(?:인|이던|였던|이었던|이자)?,? '?"
        rf"{_LEFT}(?P<it>[가-힣]{{2,4}}?)(?=이?{_PARTICLE}?{_END})"
    )


#: Who is near an applicant; such a person may be called like a figure of public life.
_CLOSE_WORDS: Final = (
    "친구 동기 동생 남동생 여동생 누나 언니 오빠 사촌 조카 룸메이트 단짝 짝꿍 "
    "후배 후임 팀원 조원 제자 멘티 남자친구 여자친구"
)
_CLOSE: Final = frozenset(_CLOSE_WORDS.split())


def _related(text: str) -> Iterator[Place]:
    lexicon = name_lexicon()
    for match in _relation_pattern().finditer(text):
        name = match["it"]
        # 한별이와: a word does not take 이 before 와.
        called = name in lexicon.given and _CALLED.match(text, match.end("it"))
        known = lexicon.is_given(name) or name in lexicon.foreign
        if called or known or lexicon.is_name(name, "weak", private=match["who"] in _CLOSE):
            yield match.span("it")


_CALLED: Final = re.compile(rf"이(?:와|가|는|를|랑|의|에게|한테){_END}")


@cache
def _free_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    surnames = name_lexicon().people.surnames
    # Looking back only behind a surname's letter is three times as fast.
    left = rf"(?<![가-힣A-Za-z0-9{OPAQUE}].)"
    # 미숙아, 수재 and 보아야 are words.
    called = rf"(?<!미숙아|수재야|보아야)(?=[,!?.~…'\" ]|{_END})"
    return (
        re.compile(rf"[{surnames.frequent}]{left}[가-힣]{{2}}{_TAIL}"),
        re.compile(rf"{_LEFT}(?:{'|'.join(surnames.double)})[가-힣]{{1,2}}?{_TAIL}"),
        re.compile(
            rf"{_LEFT}(?P<it>[가-힣]{{2}})"
            rf"(?:이(?=(?:가|는|를|와|의|랑|도|에게서?|네|처럼){_END})|아{called}|야{called}|네(?={_END}))"
        ),
    )


def _free(text: str) -> Iterator[Place]:
    lexicon = name_lexicon()
    whole, double, given = _free_patterns()
    for match in whole.finditer(text):
        whole_name = lexicon.without_suffix(match[0]) == match[0]
        if whole_name and lexicon.is_name(match[0], "weak") and not _is_inflected(text, match):
            yield match.span()
    yield from (m.span() for m in double.finditer(text) if lexicon.is_name(m[0], "honoured"))
    yield from (m.span("it") for m in given.finditer(text) if lexicon.is_given(m["it"]))


def _is_inflected(text: str, match: re.Match[str]) -> bool:
    """Tell a word and its ending from a name: 안정은, 주도하는, 서현아."""
    name, after = match[0], text[match.end() : match.end() + 1]
    bare = not "가" <= after <= "힣"
    if name[-1] in "은이을과" and not ends_open(name[-2]):
        return bare
    return name[-1] in "아야" and after in ",!" and after != ""
