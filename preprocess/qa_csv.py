"""Read a table of questions and answers: the contest's CSV, or a general one, strictly.

    id,질문_1,질문_2,category,답변_1,답변_2,답변_3,답변_4,답변_5     the contest's
    question,answer                                                  the least there may be

Columns are questions (`question`, `질문`, numbered or not), answers (`answer`, `답변`), `id` and
`category`; ids and categories may be absent. Without ids, lines with the same question are one row
with several answers. What is wrong in a file is one error that names lines and columns.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from crawler.items import Positive, Text
from preprocess.alpaca import Record

SHOWN: Final = 8  # problems of a file that are told
_QUESTION = re.compile(r"(?:질문|question)(?:_\d+)?")
_ANSWER = re.compile(r"(?:답변|answer)(?:_\d+)?")
#: One cell and what ends it; at a quote that is not closed before a comma or a line's end it fails.
_CELL = re.compile(r'(?:"[^"]*+(?:""[^"]*+)*"(?=[,\r\n]|\Z)|(?!")[^,\r\n]*)(,|\r?\n|\r|\Z)')


class QaError(ValueError):
    """A question file that cannot be used; the message names file, line, column and cure."""


class Asked(Record, frozen=True):
    """One row of a question file: wordings of one question, and answers to it.

    Texts are as they stand in the file, in composed form (NFC). `line` is where the row begins.
    """

    id: Text
    questions: tuple[Text, ...]
    answers: tuple[Text, ...]
    category: Text | None
    line: Positive


class Line(NamedTuple):
    """A record of a CSV and the number of its first line."""

    number: int
    cells: list[str]


def read_asked(path: Path) -> tuple[Asked, ...]:
    """Read a question file.

    Raises:
        QaError: The file is missing, is no UTF-8, has a quote that never closes, lacks a column,
            or holds rows with an empty cell, too many or too few cells, or an id twice.

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
    rows = [_asked(names, number, line) for number, line in enumerate(lines, start=1)]
    return tuple(rows if "id" in names else _together(rows))


def _lines(path: Path) -> list[Line]:
    """Take a file apart into records, without blank lines; the first is the header."""
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError:
        raise QaError(f"{path} is missing; give the path of a CSV of questions") from None
    try:
        text = unicodedata.normalize("NFC", data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise QaError(
            f"{path}, line {line}, byte {column}: not UTF-8; save the file as UTF-8 "
            "(iconv -f CP949 -t UTF-8, if Windows wrote it)"
        ) from None
    _refuse_open_quote(path, text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    before = 0
    for cells in reader:
        if cells:
            lines.append(Line(before + 1, cells))
        before = reader.line_num
    if not lines:
        raise QaError(f"{path}, line 1: the file is empty; its first line names the columns")
    return lines


def _refuse_open_quote(path: Path, text: str) -> None:
    place, cells = 0, 1
    while place < len(text):
        match = _CELL.match(text, place)
        if match is None:
            line = text.count("\n", 0, place) + 1
            raise QaError(
                f"{path}, line {line}, column {cells}: the quote that opens this cell is not "
                'closed before a comma or the end of a line; a quote inside a cell is written ""'
            )
        cells = cells + 1 if match[1] == "," else 1
        place = match.end()


def _refuse_columns(path: Path, names: Sequence[str]) -> None:
    """Refuse a header without question or answer, with a column unknown, or one twice."""
    problems = [
        f"no column {wanted}"
        for wanted, pattern in (("question (질문)", _QUESTION), ("answer (답변)", _ANSWER))
        if not any(map(pattern.fullmatch, names))
    ]
    for number, name in enumerate(names, start=1):
        if not (name in ("id", "category") or _QUESTION.fullmatch(name) or _ANSWER.fullmatch(name)):
            problems.append(f"column {number} is {name!r}, which is not known")
        if name in names[: number - 1]:
            problems.append(f"column {number} is {name!r} again")
    if problems:
        raise QaError(
            f"{path}, line 1: {'; '.join(problems)}; name the columns id, category, question or "
            "질문_1 …, answer or 답변_1 …"
        )


def _problems(names: Sequence[str], lines: Sequence[Line]) -> Iterator[str]:
    """Say what is wrong with the rows, a sentence for each problem."""
    seen: dict[str, int] = {}
    for line in lines:
        if len(line.cells) != len(names):
            yield f"line {line.number}: {len(line.cells)} cells, and the header has {len(names)}"
            continue
        for number, (name, cell) in enumerate(zip(names, line.cells, strict=True), start=1):
            if not cell.strip():
                yield f"line {line.number}, column {number} ({name}): empty"
            elif name == "id" and (first := seen.setdefault(cell, line.number)) != line.number:
                yield f"line {line.number}, column {number} (id): {cell} is also in line {first}"


def _asked(names: Sequence[str], number: int, line: Line) -> Asked:
    cells = dict(zip(names, line.cells, strict=True))
    return Asked(
        id=cells.get("id", f"{number:04}"),
        questions=tuple(cells[name] for name in names if _QUESTION.fullmatch(name)),
        answers=tuple(cells[name] for name in names if _ANSWER.fullmatch(name)),
        category=cells.get("category"),
        line=line.number,
    )


def _together(rows: Sequence[Asked]) -> list[Asked]:
    """Make one row of those that ask the same: the first's id and category, all answers."""
    found: dict[tuple[str, ...], Asked] = {}
    for row in rows:
        key = tuple(question.strip() for question in row.questions)
        known = found.get(key, row)
        answers = tuple(dict.fromkeys((*known.answers, *row.answers)))
        found[key] = Asked(known.id, known.questions, answers, known.category, known.line)
    return list(found.values())
