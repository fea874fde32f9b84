"""Read a table of questions and answers: the contest's CSV, or a general one, strictly.

    id,질문_1,질문_2,category,답변_1,답변_2,답변_3,답변_4,답변_5     the contest's
    question,answer                                                  the least there may be

Columns are questions (`question`, `질문`, numbered or not), answers (`answer`, `답변`), `id` and
`category`; ids and categories may be absent. Without ids, lines with the same question are one row
with several answers, named by a hash of the question, so that no row's name hangs on the others.
What is wrong in a file is one error that names lines and columns.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from crawler.items import NotNegative, Positive, Text
from preprocess.alpaca import Record
from preprocess.composed import plain_text

SHOWN: Final = 8  # problems of a file that are told
#: Characters that a cell may have, some fifty pages: below the 131,072 that `csv` reads.
LONGEST: Final = 100_000
_ID_DIGITS: Final = 12  # hexadecimal, of a row without an id
_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Unicode's control characters (Cc) but the tab and the ends of lines.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_QUESTION = re.compile(r"(?:질문|question)(?:_\d+)?")
_ANSWER = re.compile(r"(?:답변|answer)(?:_\d+)?")
#: One cell and what ends it; at a quote that is not closed before a comma or a line's end it fails.
_CELL = re.compile(r'(?:"[^"]*+(?:""[^"]*+)*"(?=[,\r\n]|\Z)|(?!")[^,\r\n]*)(,|\r?\n|\r|\Z)')


class QaError(ValueError):
    """A question file that cannot be used; the message names file, line, column and cure."""


class Asked(Record, frozen=True):
    """One row of a question file: wordings of one question, and answers to it.

    Texts are as they stand in the file, in the plain form of `preprocess.composed`. `line` is where
    the row begins. `unseen` are its cells that held letters nobody sees, which are dropped, and
    `repeated` the lines below that ask the same and answer nothing new.
    """

    id: Text
    questions: tuple[Text, ...]
    answers: tuple[Text, ...]
    category: Text | None
    line: Positive
    unseen: NotNegative = 0
    repeated: NotNegative = 0


class Line(NamedTuple):
    """A record of a CSV, in plain form, and the number of its first line; see `Asked.unseen`."""

    number: int
    cells: list[str]
    unseen: int


def read_asked(path: Path) -> tuple[Asked, ...]:
    """Read a question file.

    Raises:
        QaError: The file is missing, is no UTF-8, has other separators than commas, a quote that
            never closes or a cell that is too long, lacks a column, or holds rows with an empty
            cell, a control character, too many or too few cells, or an id twice.

    """
    head, *lines = _lines(path)
    names = [cell.strip() for cell in head.cells]
    _refuse_columns(path, names)
    problems = list(_problems(names, lines))
    if problems:
        more = f"\n  … and {len(problems) - SHOWN} more" * (len(problems) > SHOWN)
        listed = "\n  ".join(problems[:SHOWN])
        raise QaError(f"{path}: mend these cells:\n  {listed}{more}")
    if not lines:
        raise QaError(f"{path}, line 2: there is no row below the header")
    rows = [_asked(names, line) for line in lines]
    return tuple(rows if "id" in names else _together(rows))


def _lines(path: Path) -> list[Line]:
    """Take a file apart into records, without blank lines; the first is the header."""
    text = _text(path)
    _refuse_separator(path, text)
    _refuse_cells(path, text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    before = 0
    for cells in reader:
        if cells:
            plain = [plain_text(cell) for cell in cells]
            unseen = sum(a != b for a, b in zip(cells, plain, strict=True))
            lines.append(Line(before + 1, plain, unseen))
        before = reader.line_num
    if not lines:
        raise QaError(f"{path}, line 1: the file is empty; its first line names the columns")
    return lines


def _text(path: Path) -> str:
    """Read a file's text, composed (NFC)."""
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError:
        raise QaError(f"{path} is missing; give the path of a CSV of questions") from None
    except IsADirectoryError:
        raise QaError(f"{path} is a folder; name the CSV of questions in it: --raw") from None
    except OSError as error:
        raise QaError(
            f"{path} cannot be read: {error.strerror}; mend that, or name another CSV: --raw"
        ) from None
    if data.startswith(_UTF_16):
        raise QaError(
            f"{path}, line 1: the file is UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"
        )
    try:
        return unicodedata.normalize("NFC", data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise QaError(
            f"{path}, line {line}, byte {column}: not UTF-8; save the file as UTF-8 "
            "(iconv -f CP949 -t UTF-8, if Windows wrote it)"
        ) from None


def _refuse_separator(path: Path, text: str) -> None:
    """Refuse a header without a comma whose cells something else parts."""
    head = text.lstrip("\r\n").partition("\n")[0]
    found = [name for separator, name in _SEPARATORS.items() if separator in head]
    if found and "," not in head:
        raise QaError(
            f"{path}, line 1: {found[0]} part the cells; the separator must be a comma: save the "
            "file as a CSV with commas"
        )


def _refuse_cells(path: Path, text: str) -> None:
    """Refuse a quote that stays open, and a cell that is too long."""
    place, cells = 0, 1
    while place < len(text):
        match = _CELL.match(text, place)
        if match is None:
            raise QaError(
                f"{path}, line {_line_of(text, place)}, column {cells}: the quote that opens this "
                "cell is not closed before a comma or the end of a line; a quote inside a cell is "
                'written ""'
            )
        if (length := match.start(1) - place) > LONGEST:
            raise QaError(
                f"{path}, line {_line_of(text, place)}, column {cells}: {length:,} characters, and "
                f"a cell may have {LONGEST:,}; shorten it, or close its quote where it ends"
            )
        cells = cells + 1 if match[1] == "," else 1
        place = match.end()


def _line_of(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _refuse_columns(path: Path, names: Sequence[str]) -> None:
    """Refuse a header without question or answer, with a column unknown, or one twice."""
    problems = [
        f"no column {wanted}"
        for wanted, pattern in (("question (질문)", _QUESTION), ("answer (답변)", _ANSWER))
        if not any(pattern.fullmatch(name.lower()) for name in names)
    ]
    for number, name in enumerate(names, start=1):
        if not _is_known(name):
            small = f": small letters, {name.lower()!r}, are" * _is_known(name.lower())
            problems.append(f"column {number} is {name!r}, which is not known{small}")
        if name in names[: number - 1]:
            problems.append(f"column {number} is {name!r} again")
    if problems:
        raise QaError(
            f"{path}, line 1: {'; '.join(problems)}; name the columns id, category, question or "
            "질문_1 …, answer or 답변_1 …"
        )


def _is_known(name: str) -> bool:
    known = name in ("id", "category") or _QUESTION.fullmatch(name) or _ANSWER.fullmatch(name)
    return bool(known)


def _problems(names: Sequence[str], lines: Sequence[Line]) -> Iterator[str]:
    """Say what is wrong with the rows, a sentence for each problem."""
    seen: dict[str, int] = {}
    for line in lines:
        if len(line.cells) != len(names):
            yield f"line {line.number}: {len(line.cells)} cells, and the header has {len(names)}"
            continue
        for number, (name, cell) in enumerate(zip(names, line.cells, strict=True), start=1):
            where, text = f"line {line.number}, column {number} ({name})", cell.strip()
            if control := _CONTROL.search(cell):
                yield f"{where}: the control character U+{ord(control[0]):04X}; delete it"
            elif not text:
                yield f"{where}: empty"
            elif name == "id" and (first := seen.setdefault(text, line.number)) != line.number:
                yield f"{where}: {text} is also in line {first}"


def _asked(names: Sequence[str], line: Line) -> Asked:
    cells = dict(zip(names, line.cells, strict=True))
    questions = tuple(cells[name] for name in names if _QUESTION.fullmatch(name))
    return Asked(
        id=cells["id"].strip() if "id" in cells else _hashed(questions),
        questions=questions,
        answers=tuple(cells[name] for name in names if _ANSWER.fullmatch(name)),
        category=cells["category"].strip() if "category" in cells else None,
        line=line.number,
        unseen=line.unseen,
    )


def _hashed(questions: Sequence[str]) -> str:
    """Name a row by its questions: no cell holds the NUL that stands between them."""
    text = "\0".join(question.strip() for question in questions)
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]


def _together(rows: Sequence[Asked]) -> list[Asked]:
    """Make one row of those that ask the same: the first's texts and category, all answers."""
    found: dict[str, Asked] = {}
    for row in rows:
        known = found.get(row.id)
        if known is None:
            found[row.id] = row
            continue
        answers = tuple(dict.fromkeys((*known.answers, *row.answers)))
        found[row.id] = msgspec.structs.replace(
            known,
            answers=answers,
            unseen=known.unseen + row.unseen,
            repeated=known.repeated + (answers == known.answers),
        )
    return list(found.values())
