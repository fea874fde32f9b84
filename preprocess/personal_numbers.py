"""Numbers of a person: telephone, resident, bank account, passport, licence, business.

Every search takes a text as `personal_data` prepares it (ASCII digits, hyphens) and yields edits.

Formats and check digits:

- Telephone: Korea's numbering plan. 01x mobile, 02 and 0[3-6]x land lines, 070 internet, 080 toll
  free, 050x forwarding; +82 drops the first 0. Numbers of firms (15xx-, 16xx-, 18xx-) name nobody.
  Mobile numbers are found out of shape as well: 010-123-45678, O1O-1234-5678, 0 1 0 1 2 3 ….
- Resident registration number: YYMMDD-SNNNNNC with S the century and sex, 9 and 0 (1800s), 1 to 4,
  and 5 to 8 for foreigners; weights 2 to 9, 2 to 5, C = (11 - sum mod 11) mod 10, for foreigners
  (13 - sum mod 11) mod 10 (Presidio's KrRrnRecognizer and KrFrnRecognizer, microsoft/presidio).
  Since October 2020 the six digits behind S are random, so a wrong C proves nothing: with the
  hyphen, a real date is enough. Thirteen bare digits need C, or a word beside them.
- Passport: M, S, R, O, D or G and eight digits, since 2021-12-21 three digits, a letter and four
  (passport.go.kr; M12345678 became M123A4567); old machine-readable ones two letters and seven.
- Driver's licence: RR-YY-NNNNNN-CC, region 11 to 28 or its name (Presidio's KrDriverLicense).
- Business: AAA-BB-CCCCC, weights 1 3 7 1 3 7 1 3 5, the last product's tens added (Presidio's
  KrBrnRecognizer).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Final

from preprocess.contact_words import contact_words
from preprocess.edits import Edit
from preprocess.personal_kinds import OPAQUE, Kind, any_of, edit

#: What people put between the parts of a number; a line may break beside it.
_MARK: Final = r"\s?[-.·_)/~ㅡ]{1,2}\s?"
_SEPARATOR: Final = rf"(?:{_MARK}| )?"
_START: Final = rf"(?<![\dA-Za-z+{OPAQUE}])(?<!\d[-.,/~])"
_END: Final = rf"(?![\d{OPAQUE}]|[-.,/~]\d)"
_PHONE = re.compile(
    # The country's code, then the number without its 0; or a number with its 0.
    rf"{_START}(?:(?:\+ ?|00)82{_SEPARATOR}(?:\(0\)|0)?{_SEPARATOR}"
    r"(?:1[016789]|2|[3-6][1-5]|70|50\d)|"
    rf"82(?:{_MARK}| )0?10(?=\D)|"
    r"\(?0(?:1[016789]|2|[3-6][1-5]|[78]0|50\d)\)?)"
    rf"{_SEPARATOR}(?P<middle>\d{{3,4}}){_SEPARATOR}(?P<last>\d{{4}}){_END}"
)
#: Mobile numbers out of shape: parts of another length, over several lines, O for 0 and l for 1.
_ODD_MOBILES: Final = (
    re.compile(rf"{_START}01[016789]{_MARK}(?:\d{{3}}{_MARK}\d{{5}}|\d{{5}}{_MARK}\d{{3}}){_END}"),
    re.compile(rf"{_START}01[016789]\s\d{{3,4}}\s\d{{4}}{_END}"),
    re.compile(
        rf"(?<![\dA-Za-z{OPAQUE}])(?:[Oo][1lI][Oo0]|0[lI][Oo0]|01[Oo]){_SEPARATOR}"
        rf"\d{{3,4}}{_SEPARATOR}\d{{4}}{_END}"
    ),
)
#: A number digit by digit, 0 1 0 - 1 2 3 4 - 5 6 7 8.
_APART = re.compile(
    rf"{_START}(?<!\d )0 1 [016789](?:(?:{_MARK}| )\d){{7,8}}(?! ?[\d{OPAQUE}]|[-.,/~]\d)"
)
_BITS: Final = frozenset("01")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SPELT_DIGIT = "[공영일이삼사오육륙칠팔구]"
_SPELT_PHONE = re.compile(
    rf"(?<![가-힣{OPAQUE}])[공영]일[공영일육칠팔구]{_SEPARATOR}"
    rf"(?:\d{{3,4}}|{_SPELT_DIGIT}{{3,4}}){_SEPARATOR}(?:\d{{4}}(?!\d)|{_SPELT_DIGIT}{{4}})"
)
_RESIDENT = re.compile(
    rf"(?<![\d{OPAQUE}])(?<!\d[-.])(?P<date>\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
    rf"(?P<sep>{_MARK}|\s)?(?P<rest>\d(?:\d{{6}}(?![\d{OPAQUE}]|-\d)|[*]{{6}}|(?={OPAQUE})))"
)
_RESIDENT_WORDS = re.compile(r"(?:주민|외국인) ?(?:등록)?|민증|등록 ?번호")
_RESIDENT_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
#: The first year of the century that the seventh digit stands for.
_CENTURY: Final = dict(zip("9012345678", (1800, 1800, *[1900, 1900, 2000, 2000] * 2), strict=True))
_NEAR: Final = 15
_GAP = rf"[^\d\n<>{OPAQUE}]"
_PASSPORT = re.compile(
    rf"(?:여권|[Pp]assport){_GAP}{{0,{_NEAR}}}?"
    r"(?<![A-Za-z])(?P<it>[MSRODGmsrodg] ?(?:\d{8}|\d{3}[A-Za-z]\d{4})|[A-Z]{2}\d{7})(?![\dA-Za-z])"
)
_LICENCE = re.compile(
    rf"(?<![\d{OPAQUE}])(?<!\d-)(?:1[1-9]|2[0-68])-\d\d-\d{{6}}-\d\d(?![\d{OPAQUE}]|-\d)"
)
_BUSINESS_BESIDE = re.compile(
    rf"(?:사업자|과세자){_GAP}{{0,{_NEAR}}}?(?P<it>\d{{3}}-?\d\d-?\d{{5}})(?![\d{OPAQUE}]|-\d)"
)
_BUSINESS = re.compile(rf"(?<![\d{OPAQUE}])(?<!\d-)\d{{3}}-\d\d-\d{{5}}(?![\d{OPAQUE}]|-\d)")
_BUSINESS_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3)
#: The prefix of Korean bar codes (GS1), whose thirteen digits can look like a birth date in 1988.
_BAR_CODE: Final = "880"
_LONG = re.compile(
    rf"\d{{9}}|\d{{3,7}}(?:{_MARK}|\s)\d|\d\d-\d\d-\d|0 1 \d|[공영]일[공영일육칠팔구]"
    rf"|[A-Za-z](?:{_MARK}|\s)?\d{{3}}"
)


def find_numbers(text: str) -> Iterator[Edit]:
    """Yield every number of a person; where one could be two kinds, the likelier comes first."""
    if not _LONG.search(text):
        return
    yield from _phones(text)
    yield from _residents(text)
    for kind, pattern in _beside_words().items():
        for match in pattern.finditer(text):
            yield edit(*match.span("it"), kind)
    yield from (edit(*m.span(), "licence") for m in _LICENCE.finditer(text))
    for match in _BUSINESS.finditer(text):
        if _is_business(match[0].replace("-", "")):
            yield edit(*match.span(), "business number")
    yield from _accounts(text)


@cache
def _beside_words() -> dict[Kind, re.Pattern[str]]:
    region = any_of(contact_words().licence_regions)
    licence = re.compile(
        rf"면허{_GAP}{{0,{_NEAR}}}?(?P<it>(?:1[1-9]|2[0-68])[- ]?\d\d[- ]?\d{{6}}[- ]?\d\d|"
        rf"(?:{region}) ?\d\d-\d{{6}}-\d\d)(?![\d{OPAQUE}]|-\d)"
    )
    return {"passport": _PASSPORT, "licence": licence, "business number": _BUSINESS_BESIDE}


def _phones(text: str) -> Iterator[Edit]:
    for match in _PHONE.finditer(text):
        # "02 2019 2020" is two years behind a number, unless the separators say otherwise.
        if not (_YEAR.fullmatch(match["middle"]) and _YEAR.fullmatch(match["last"])):
            start = match.start()
            # A bracket that closes behind the area code belongs to it, any other does not.
            opened = text[start] == "(" and ")" not in match[0]
            yield edit(start + opened, match.end(), "phone")
    for pattern in (*_ODD_MOBILES, _SPELT_PHONE):
        yield from (edit(*m.span(), "phone") for m in pattern.finditer(text))
    for match in _APART.finditer(text):
        if not set(filter(str.isdigit, match[0])) <= _BITS:
            yield edit(*match.span(), "phone")


def _residents(text: str) -> Iterator[Edit]:
    for match in _RESIDENT.finditer(text):
        digits = match["date"] + match["rest"]
        if not _is_birthday(match["date"], match["rest"][0]):
            continue
        joined = "-" not in (match["sep"] or "")
        beside = _RESIDENT_WORDS.search(text, max(0, match.start() - _NEAR), match.start())
        if joined and not beside and not _is_resident(digits):
            continue
        yield edit(*match.span(), "resident number")


def _is_birthday(yymmdd: str, century: str) -> bool:
    year, month, day = (int(yymmdd[i : i + 2]) for i in (0, 2, 4))
    try:
        date(_CENTURY[century] + year, month, day)
    except ValueError:
        return False
    return True


def _is_resident(digits: str) -> bool:
    if not digits.isdigit() or digits.startswith(_BAR_CODE):
        return False
    total = sum(w * int(d) for w, d in zip(_RESIDENT_WEIGHTS, digits[:12], strict=True))
    from_ = 13 if digits[6] in "5678" else 11
    return (from_ - total % 11) % 10 == int(digits[12])


def _is_business(digits: str) -> bool:
    total = sum(w * int(d) for w, d in zip(_BUSINESS_WEIGHTS, digits[:8], strict=True))
    last = 5 * int(digits[8])
    return (10 - (total + last // 10 + last) % 10) % 10 == int(digits[9])


#: Digits of an account number, of any Korean bank.
_ACCOUNT_LENGTHS: Final = range(10, 16)


@cache
def _account_patterns() -> tuple[re.Pattern[str], ...]:
    bank = any_of(contact_words().banks)
    number = rf"(?<![\d{OPAQUE}])(?P<it>\d{{2,6}}(?:[- ]\d{{1,7}}){{1,3}}|\d{{10,15}})"
    ends = rf"(?![\d{OPAQUE}]|[-.,]\d)"
    return (
        re.compile(rf"(?:{bank}|계좌|통장|입금)(?:{_GAP}){{0,{_NEAR}}}?(?<!\d[-.,]){number}{ends}"),
        re.compile(rf"(?<!\d[-.,]){number}{ends} ?[(]? ?(?:{bank}|계좌|통장)"),
    )


def _accounts(text: str) -> Iterator[Edit]:
    for pattern in _account_patterns():
        for match in pattern.finditer(text):
            if sum(map(str.isdigit, match["it"])) in _ACCOUNT_LENGTHS:
                yield edit(*match.span("it"), "account")
