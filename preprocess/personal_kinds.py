"""The kinds of personal data that are masked, what is put in their place, and what is opaque.

Searches run over a text of unchanged length in which everything masked already, by the site or by
us, is `OPAQUE`: no pattern matches it or looks across it, which makes masking idempotent.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final, Literal, TypeVar, get_args

import msgspec

from preprocess.edits import Edit

Kind = Literal[
    "phone",
    "resident number",
    "account",
    "e-mail",
    "passport",
    "licence",
    "address",
    "link",
    "handle",
    "business number",
    "name",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
#: The first three are tokens of polyglot-ko's own vocabulary.
PLACEHOLDERS: Final[dict[Kind, str]] = {
    "phone": "<|tel|>",
    "resident number": "<|rrn|>",
    "account": "<|acc|>",
    "e-mail": "<이메일>",
    "passport": "<여권번호>",
    "licence": "<면허번호>",
    "address": "<주소>",
    "link": "<링크>",
    "handle": "<계정>",
    "business number": "<사업자번호>",
    "name": "<이름>",
}
#: Stands for every character of a stretch that is masked (U+FFFC, object replacement).
OPAQUE: Final = "\ufffc"
#: Our placeholders, any `<|token|>`, and the letters with which the site and applicants mask.
MASKED: Final = re.compile(
    "|".join(map(re.escape, PLACEHOLDERS.values()))
    + r"|<\|\w+\|>|(?<![A-Za-z])(?:X{2,}|O{2,})(?![A-Za-z])|[○◯●]+"
)
CONTENT: Final = Path(__file__).parent / "content"
T = TypeVar("T", bound=msgspec.Struct)


class ContentError(ValueError):
    """A content file that cannot be used; the message names the file and the fault."""


def edit(start: int, end: int, kind: Kind) -> Edit:
    """Make the edit that masks `[start, end)` as a kind."""
    return Edit(start, end, PLACEHOLDERS[kind], kind)


def read_content(name: str, table: type[T]) -> T:
    """Read `content/<name>` strictly into a record.

    Raises:
        ContentError: The file does not fit the record.

    """
    try:
        raw = tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))
        return msgspec.convert(raw, table)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise ContentError(f"preprocess/content/{name}: {error}; mend the file") from error


def any_of(words: str) -> str:
    """Write words, parted by white space, as a pattern that tries the longest first."""
    return "|".join(map(re.escape, sorted(words.split(), key=len, reverse=True)))
