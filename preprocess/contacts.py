"""Where a person is reached: e-mail, links, handles, street addresses.

Every search takes a text as `personal_data` prepares it (ASCII for full-width letters) and yields
edits. An address needs a number of a house, a plot or a flat: the name of a district alone, or a
street without a number, tells where thousands live.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from preprocess.contact_words import contact_words
from preprocess.edits import Edit
from preprocess.personal_kinds import OPAQUE, any_of, edit

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL: Final = rf"(?<![A-Za-z0-9._%+\-{OPAQUE}])[A-Za-z0-9_][A-Za-z0-9._%+\-]{{0,63}}"
_SIGN: Final = r" ?(?:@|골뱅이|[(\[{] ?(?:at|골뱅이) ?[)\]}]) ?"
_POINT: Final = r"(?:\.| ?[(\[{] ?(?:dot|닷|점) ?[)\]}] ?| dot )"
#: Hosts of post alone, or nearly so: before any other, "at" is a word of a sentence.
_POST: Final = (
    rf"(?:gmail|naver|daum|hanmail|nate|kakao|outlook|hotmail|yahoo){_POINT}(?:com|net|co\.kr)"
)
_POST_HANGUL: Final = (
    "(?:네이버|지메일|다음|한메일|네이트|카카오|핫메일|아웃룩|구글)(?: ?(?:[.점닷] ?)?[컴넷])?"
)
_E_MAIL = re.compile(
    rf"{_LOCAL}(?:{_SIGN}(?:(?:{_LABEL}{_POINT})+[A-Za-z]{{2,}}|{_POST_HANGUL}(?![A-Za-z0-9]))"
    rf"| at {_POST})(?![A-Za-z0-9{OPAQUE}])"
)
_AT: Final = re.compile("@|골뱅이|[(\\[{] ?at| at ")
_URL_LETTER = r"[A-Za-z0-9\-._~/?#\[\]@!$&'()*+,;=:%]"
#: What a sentence puts behind a link rather than the link itself.
_URL_TAIL: Final = ".,;:!?'\")]("
_TOP: Final = "(?:com|net|org|kr|io|me|dev|so|at|be|ly|co|tv|app|ee|blog|page|site|xyz|link|shop)"
_HANDLE = re.compile(
    rf"(?<![A-Za-z0-9_.@{OPAQUE}])@(?P<it>[A-Za-z0-9_](?:[A-Za-z0-9_.]{{1,28}}[A-Za-z0-9_]))"
    rf"(?![A-Za-z0-9_{OPAQUE}])"
)
#: What a handle without @ begins with at least.
_HANDLE_LETTERS: Final = re.compile(r"[a-z][A-Za-z0-9_.\-]{3}")
_NEAR: Final = 12


def find_contacts(text: str) -> Iterator[Edit]:
    """Yield every e-mail, link, handle and address."""
    if _AT.search(text):
        yield from (edit(*m.span(), "e-mail") for m in _E_MAIL.finditer(text))
        yield from _at_handles(text)
    yield from _links(text)
    for pattern in _named_handles() if _HANDLE_LETTERS.search(text) else ():
        yield from (edit(*m.span("it"), "handle") for m in pattern.finditer(text))
    yield from _addresses(text)


@cache
def _link_pattern() -> re.Pattern[str]:
    pages, paths = any_of(contact_words().page_hosts), any_of(contact_words().path_hosts)
    return re.compile(
        rf"(?<![A-Za-z0-9@.\-_/{OPAQUE}])(?:"
        rf"https?://(?:{_LABEL}\.)+[A-Za-z]{{2,}}(?::\d+)?(?:[/?#]{_URL_LETTER}*)?|"
        rf"www\.(?:{_LABEL}\.)+[A-Za-z]{{2,}}(?:[/?#]{_URL_LETTER}*)?|"
        rf"(?:(?:www|m)\.)?(?:{paths})/{_URL_LETTER}+|"
        rf"(?:{_LABEL}\.){{1,2}}(?:{pages})(?:/{_URL_LETTER}*)?|"
        # Any other host with a path: lower case, so that ASP.NET/C# is none.
        rf"(?:[a-z0-9][a-z0-9\-]{{0,61}}\.)+{_TOP}/@?[A-Za-z0-9_]{_URL_LETTER}*"
        rf")(?![A-Za-z0-9])"
    )


_DOT: Final = re.compile(r"[a-z0-9]\.[a-z]{2}|://|[wW]\.")


def _links(text: str) -> Iterator[Edit]:
    if not _DOT.search(text):
        return
    for match in _link_pattern().finditer(text):
        yield edit(match.start(), match.start() + len(match[0].rstrip(_URL_TAIL)), "link")


@cache
def _annotations() -> frozenset[str]:
    return frozenset(contact_words().annotations.split())


@cache
def _service_before() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(contact_words().services)}|계정|아이디|팔로우|채널)")


def _at_handles(text: str) -> Iterator[Edit]:
    for match in _HANDLE.finditer(text):
        word = match["it"]
        if word.lower() in _annotations() or not re.search("[A-Za-z]", word):
            continue
        # Capitals are code (@Override), unless a service is named before.
        beside = _service_before().search(text, max(0, match.start() - _NEAR), match.start())
        if word.islower() or beside:
            yield edit(*match.span(), "handle")


_MESSENGER: Final = "(?:카카오톡|카톡|KakaoTalk|텔레그램|위챗|스카이프|인스타그램|인스타)"


@cache
def _named_handles() -> tuple[re.Pattern[str], ...]:
    service = any_of(contact_words().services)
    handle = r"(?P<it>[a-z][A-Za-z0-9_.\-]{2,28}[A-Za-z0-9_])"
    end = rf"(?![A-Za-z0-9@{OPAQUE}]|[./][A-Za-z])"
    word = r"(?:아이디|ID|Id|id|계정)"
    return (
        re.compile(rf"(?:{service}|(?:제|저의)) ?{word} ?(?:[은는이가] ?)?[:=(]? ?{handle}{end}"),
        re.compile(rf"(?<![가-힣A-Za-z])(?:아이디|ID) ?: ?{handle}{end}"),
        # Without the word, a bracket and a letter that prose has not: GitHub(minjae-park).
        re.compile(rf"(?:{service}) ?[:(] ?(?=[a-z]+[0-9_.\-]){handle}{end}"),
        # Without either only where people write to each other; 인스타그램 top10 counts.
        re.compile(rf"{_MESSENGER},? (?!top)(?=[a-z_.\-]+\d{{2}}){handle}{end}"),
    )


#: A number of a house: "123", "123-4"; not a part of a longer one.
_NUMBER: Final = r"\d{1,4}(?:-\d{1,4})?(?!\d|[.,:]\d)"


@cache
def _address_patterns() -> tuple[re.Pattern[str], ...]:
    words = contact_words()
    no_count = rf"(?!{any_of(words.counters)}| (?:{any_of(words.spaced_counters)})(?![가-힣]))"
    unit = r"[가-힣]{1,7}\d?(?:시|군|구|읍|면|동|리|가)"
    road = (
        # Not "으로" and the like: 앞으로 3년.
        r"[가-힣A-Za-z·]{1,11}(?<!으)(?:로|길)(?: ?\d{1,4}(?:번)?(?:가|나|다)?길)?"
        rf" ?{_NUMBER}{no_count}"
    )
    plot = rf"[가-힣]{{1,6}}\d?(?:동|리|가|읍|면)(?:\d가)? (?:산 ?)?{_NUMBER}(?:번지)?{no_count}"
    flat = (
        r"(?:,? ?(?:[가-힣A-Za-z]{1,10} ?)?\d{1,4}동)?"
        r"(?:,? ?(?:지하 ?)?\d{1,3}층)?(?:,? ?\d{1,4}호)?"
    )
    left = rf"(?<![가-힣A-Za-z0-9{OPAQUE}])"
    right = rf"(?![\d{OPAQUE}])"
    province = any_of(words.provinces)
    head = rf"(?:(?:{province}),? (?:{unit} ){{0,4}}?|[가-힣]{{2,3}}시 (?:{unit} ){{1,3}}?)"
    return (
        re.compile(rf"{left}{head}(?:{road}|{plot}){flat}{right}"),
        re.compile(
            rf"(?:주소|거주지|자택|배송지)[는은]? ?:? ?(?P<it>(?:{road}|{plot}){flat}){right}"
        ),
        re.compile(
            rf"{left}(?P<it>(?:[가-힣A-Za-z]{{0,8}}(?:{any_of(words.housing)})(?:\d차)? ?)?"
            rf"\d{{1,4}}동 ?\d{{1,4}}호){right}(?!선|기)"
        ),
    )


_HOUSE: Final = re.compile(r"[로길동리가읍면] ?산? ?\d")


def _addresses(text: str) -> Iterator[Edit]:
    if not _HOUSE.search(text):
        return
    whole, labelled, flat = _address_patterns()
    yield from (edit(*m.span(), "address") for m in whole.finditer(text))
    for pattern in (labelled, flat):
        yield from (edit(*m.span("it"), "address") for m in pattern.finditer(text))
