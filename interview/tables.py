"""Tables of comma-separated values, as the study left them, read row by row with line numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from preprocess.alpaca import RecordError


class Row(dict[str, str]):
    """Cells by column, with the file and the line in which the row ends."""

    def __init__(self, cells: dict[str, str], path: Path, line: int) -> None:
        super().__init__(cells)
        self.path, self.line = path, line

    def error(self, column: str, problem: str) -> RecordError:
        """Make an error that names file, line and column."""
        return RecordError(f"{self.path}, line {self.line}, column {column}: {problem}")


def read_table(path: Path, wanted: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a UTF-8 table that has at least the columns wanted, in any order.

    Raises:
        RecordError: The file cannot be read, or is no such table; file, line and column are named.

    """
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    ended = 0
    try:
        columns = next(reader, [])
        missing = [name for name in wanted if name not in columns]
        if missing:
            raise RecordError(f"{path}, line 1: column {', '.join(missing)} is missing")
        ended = reader.line_num
        for cells in reader:
            if len(cells) != len(columns):
                raise RecordError(
                    f"{path}, line {reader.line_num}: {len(cells)} cells where the header "
                    f"has {len(columns)}"
                )
            ended = reader.line_num
            yield Row(dict(zip(columns, cells, strict=True)), path, ended)
    except csv.Error as error:
        raise RecordError(
            f"{path}, in the row that starts on line {ended + 1}: {error}; close each quote that "
            "is opened there, and write one inside a cell twice"
        ) from None


def read_text(path: Path) -> str:
    """Read a UTF-8 file, its line ends as they are.

    Raises:
        RecordError: It is missing, a folder, or not UTF-8; the message says how to mend it.

    """
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError:
        raise RecordError(f"{path} is missing; name a file that is there") from None
    except NotADirectoryError:
        raise RecordError(
            f"{path} is missing, as {path.parent} is no folder; name the folder of {path.name}"
        ) from None
    except IsADirectoryError:
        raise RecordError(f"{path} is a folder; name a file in it") from None
    except OSError as error:
        raise RecordError(
            f"{path} cannot be read: {error.strerror}; mend that, or name another file"
        ) from None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecordError(
            f"{path}, line {line}: not UTF-8; save the file as UTF-8 (iconv -f CP949 -t UTF-8, if "
            "Windows wrote it)"
        ) from None
