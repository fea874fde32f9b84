"""What a page says of an applicant, in a small typed form: specs, career and half of the year.

A word that is not known is `None`, never a guess: the caller reports it. Schools are the site's
own classes (서울4년, not a name); after one, the applicant's department may stand in free words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

SpecKind = Literal[
    "school",
    "major",
    "grade_average",
    "toeic",
    "toeic_speaking",
    "opic",
    "teps",
    "toefl",
    "ielts",
    "hsk",
    "jlpt",
    "jpt",
    "languages",
    "certificates",
    "overseas",
    "internships",
    "awards",
    "volunteering",
    "activities",
    "experience",
]
Half = Literal["first", "second", "rolling"]
Career = Literal["new", "intern", "experienced"]

HALVES: dict[str, Half] = {
    "상반기": "first",
    "하반기": "second",
    "수시": "rolling",
    "상시": "rolling",
}
BETWEEN_CAREERS = re.compile(r"[·/,]")
CAREERS: dict[str, Career] = {"신입": "new", "인턴": "intern", "경력": "experienced"}


class Spec(NamedTuple):
    """One spec: `토익 975` is `Spec("toeic", 975, "점")`.

    `unit` is what the number counts (`점`, `개`, `회`, `급`), or the top of its scale (`/4.5`);
    a school, a department and a speaking test's level have none.
    """

    kind: SpecKind
    value: str | float
    unit: str | None = None


class _Scored(NamedTuple):
    """A test with a score: its names, and the least and greatest score."""

    kind: SpecKind
    names: tuple[str, ...]
    unit: str
    least: float
    most: float


SCORED = (
    _Scored("toeic", ("토익", "TOEIC"), "점", 10, 990),
    _Scored("teps", ("텝스", "TEPS"), "점", 0, 990),
    _Scored("toefl", ("토플", "TOEFL"), "점", 0, 120),
    _Scored("ielts", ("아이엘츠", "IELTS"), "점", 0, 9),
    _Scored("jpt", ("JPT",), "점", 10, 990),
    _Scored("jlpt", ("JLPT",), "급", 1, 5),
    _Scored("hsk", ("신HSK", "HSK"), "급", 1, 11),
)
SPOKEN: dict[str, SpecKind] = {
    "토스": "toeic_speaking",
    "토익스피킹": "toeic_speaking",
    "오픽": "opic",
    "OPIC": "opic",
}
COUNTED: dict[str, SpecKind] = {
    "자격증": "certificates",
    "외국어": "languages",
    "기타외국어": "languages",
    "제2외국어": "languages",
    "해외경험": "overseas",
    "해외연수": "overseas",
    "어학연수": "overseas",
    "교환학생": "overseas",
    "인턴": "internships",
    "수상": "awards",
    "공모전": "awards",
    "봉사": "volunteering",
    "봉사활동": "volunteering",
    "자원봉사": "volunteering",
    "동아리": "activities",
    "교내활동": "activities",
    "사회활동": "activities",
    "대외활동": "activities",
    "교내/사회활동": "activities",
    "교내/사회/봉사": "activities",
    "경력": "experience",
}

_SCHOOL = re.compile(
    r"(?:서울|수도권|지방|해외|대졸)\s?[234]년제?|해외대학?|초대졸|전문대졸?|대졸|고졸|"
    r"대학원졸?|석사|박사|석/박사"
)
_AVERAGE = re.compile(r"학점\s?(\d{1,3}(?:\.\d{1,2})?)\s?/\s?(\d{1,3}(?:\.\d)?)")
_SCORE = re.compile(r"([^\W\d]+)\s?N?(\d{1,3}(?:\.5)?)\s?[점급]?", re.IGNORECASE)
_LEVEL = re.compile(
    r"([^\W\d]+)\s(?:(?:Lv\.?|Level|레벨)?\s?([1-8])|(A[LM]|I[LH]|IM[1-3]?|N[LMH]))", re.IGNORECASE
)
_COUNT = re.compile(r"(제2\D+?|\D+?)\s?(\d{1,3})\s?(개월|[개회건번년])")
_MAJOR = re.compile(r"\D{1,30}(?:학과|학부|전공|계열)")
_FREE_MAJOR = re.compile(r"\D{2,30}")
_SCORED_BY_NAME = {name: test for test in SCORED for name in test.names}
_NAMES = ("학점", *_SCORED_BY_NAME, *SPOKEN, *COUNTED)


def read_specs(items: Sequence[str]) -> tuple[Spec | None, ...]:
    """Read a page's specs in their order, `None` for each that is not known.

    Only the item right behind a school may be a department in any words; the words are the
    applicant's own, so a department without 학과, 학부, 전공 or 계열 is known by its place alone.
    """
    specs: list[Spec | None] = []
    for item in items:
        spec = read_spec(item)
        behind_school = bool(specs) and specs[-1] is not None and specs[-1].kind == "school"
        if spec is None and behind_school and not item.startswith(_NAMES):
            spec = Spec("major", item) if _FREE_MAJOR.fullmatch(item) else None
        specs.append(spec)
    return tuple(specs)


@lru_cache(maxsize=4096)  # pages say the same few hundred specs again and again
def read_spec(text: str) -> Spec | None:
    """Read one spec by its words alone; `None`: it is not known, or its number cannot be."""
    if _SCHOOL.fullmatch(text):
        return Spec("school", text)
    if _MAJOR.fullmatch(text):
        return Spec("major", text)
    return _read_average(text) or _read_count(text) or _read_level(text) or _read_score(text)


def read_half(word: str) -> Half | None:
    """Read the half of the year of an application: `수시` is rolling."""
    return HALVES.get(word)


def read_career(word: str) -> tuple[Career, ...] | None:
    """Read whom the firm looked for: `신입·경력` is both."""
    careers = [CAREERS.get(part) for part in BETWEEN_CAREERS.split(word)]
    known = tuple(career for career in careers if career is not None)
    return known if len(known) == len(careers) else None


def _read_average(text: str) -> Spec | None:
    found = _AVERAGE.fullmatch(text)
    if found is None or not 0 < float(found[1]) <= float(found[2]):
        return None
    return Spec("grade_average", _number(found[1]), f"/{found[2]}")


def _read_count(text: str) -> Spec | None:
    found = _COUNT.fullmatch(text)
    kind = COUNTED.get(found[1]) if found else None
    return Spec(kind, int(found[2]), found[3]) if found and kind else None


def _read_level(text: str) -> Spec | None:
    found = _LEVEL.fullmatch(text)
    kind = SPOKEN.get(found[1].upper()) if found else None
    return Spec(kind, (found[2] or found[3]).upper()) if found and kind else None


def _read_score(text: str) -> Spec | None:
    found = _SCORE.fullmatch(text)
    test = _SCORED_BY_NAME.get(found[1].upper()) if found else None
    if found is None or test is None or not test.least <= float(found[2]) <= test.most:
        return None
    return Spec(test.kind, _number(found[2]), test.unit)


def _number(text: str) -> float:
    return float(text) if "." in text else int(text)
