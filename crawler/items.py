"""The door of the crawler: the essay record, and JSON lines read strictly, written whole.

Every other room reads essays through this module and imports nothing else of the crawler.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

Polarity = Literal["good", "bad"]
POLARITY_WORDS: dict[Polarity, str] = {"good": "좋은점", "bad": "아쉬운점"}

Positive = Annotated[int, msgspec.Meta(ge=1)]
NotNegative = Annotated[int, msgspec.Meta(ge=0)]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every record shares: it cannot be changed, and an unknown key is an error."""


class Passage(Record, frozen=True):
    """A stretch of an answer that an expert marked.

    `start` and `end` are code points into the answer, trimmed of white space at both ends.
    """

    polarity: Polarity
    number: Positive
    start: NotNegative
    end: Positive


class Advice(Record, frozen=True):
    """What the expert says of the passage with the same polarity and number."""

    polarity: Polarity
    number: Positive
    text: Text


class Question(Record, frozen=True):
    """One question of an essay with its answer, marked passages and advice.

    `site_chars` and `site_bytes` are the counts that the page itself prints (글자수, Byte).
    """

    number: Positive
    question: Text
    answer: Text
    site_chars: NotNegative | None
    site_bytes: NotNegative | None
    passages: tuple[Passage, ...]
    advice: tuple[Advice, ...]


class Essay(Record, frozen=True):
    """One accepted cover letter.

    A fact that the page does not state is `None`. `overall_advice` (총평) may be empty in essays
    that others have brought; the crawler writes `None`.
    """

    id: Text
    url: Text | None
    source: Literal["view", "company", "import"]
    crawled_at: Text | None
    company: Text | None
    company_types: tuple[str, ...]
    position: Text | None
    year: Positive | None
    half: Text | None
    career: Text | None
    specs: tuple[str, ...]
    views: NotNegative | None
    grade: Annotated[float, msgspec.Meta(gt=0, le=5)] | None
    overall_advice: str | None
    questions: tuple[Question, ...]


class RecordError(ValueError):
    """A file that cannot be read as records; the message names file, line and field."""


R = TypeVar("R", bound=msgspec.Struct)


def read_jsonl(path: Path, kind: type[R], *, cure: str) -> Iterator[R]:
    """Yield the records of a JSON lines file, one at a time.

    Args:
        path: A UTF-8 file with one record a line.
        kind: The record's class; unknown and missing fields are errors.
        cure: The command that makes the file, named when it is missing.

    Raises:
        RecordError: The file is missing, or a line is not such a record.

    """
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise RecordError(f"{path} is missing; make it with: {cure}") from None
    with stream:
        yield from read_lines(path, stream, kind, cure=cure)


def read_lines(
    path: Path, lines: Iterable[bytes], kind: type[R], *, cure: str, first: int = 1
) -> Iterator[R]:
    """Yield the records of a JSON lines file's lines, of which the first has the number `first`.

    Raises:
        RecordError: A line is not such a record; path, line, field and cure are named.

    """
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(lines, start=first):
        try:
            yield decoder.decode(line)
        except msgspec.ValidationError as error:
            raise RecordError(
                f"{path}, line {number}: {error}; mend the line, or, if another version of the "
                f"project wrote it, move the file away and make it again with: {cure}"
            ) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RecordError(f"{path}, line {number}{_unread(line, error, cure)}") from None


def _unread(line: bytes, error: Exception, cure: str) -> str:
    """Say why a line is no JSON, and what helps: editors save otherwise than the commands do."""
    if not line.strip():
        return ": the line is blank; delete it"
    if line.startswith(codecs.BOM_UTF8):
        return ": begins with a byte order mark; save the file as UTF-8 without one (no BOM)"
    if _is_otherwise_coded(line):
        return (
            " is not UTF-8; save the file as UTF-8 (iconv -f CP949 -t UTF-8, if Windows wrote it)"
        )
    half = "" if line.endswith(b"\n") else " (the last, half written)"
    return (
        f"{half}: {error}; mend or delete the line, or go on with the command that makes the "
        f"file: {cure}"
    )


def _is_otherwise_coded(line: bytes) -> bool:
    """Whether bytes are no UTF-8, and not because the end of it was cut off."""
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return error.reason != "unexpected end of data"
    return False


def write_jsonl(path: Path, records: Iterable[msgspec.Struct]) -> int:
    """Write records as JSON lines, under a temporary name that is renamed when whole.

    Returns:
        The number of records written.

    """
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for record in records:
            count += 1
            yield encode_line(record)

    write_whole(path, lines())
    return count


def encode_line(record: msgspec.Struct) -> bytes:
    """Encode one record as a line of UTF-8 JSON.

    Text goes out as it is: whoever makes a record brings its text into composed form (NFC),
    because offsets point into it.
    """
    return msgspec.json.encode(record) + b"\n"


def manifest_path(essays: Path) -> Path:
    """Name the file that describes the crawl of a file of essays, beside it."""
    return essays.with_suffix(".manifest.json")


def write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as stream:
        stream.writelines(chunks)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
