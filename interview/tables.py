"""Tables of comma-separated values, as the study left them, read row by row with line numbers."""

from __future__ import annotations

import csv
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
        RecordError: The file is missing or no such table; file, line and column are named.

    """
    try:
        stream = path.open(encoding="utf-8-sig", newline="")
    except FileNotFoundError:
        raise RecordError(f"{path} is missing; name a table that is there") from None
    with stream:
        reader = csv.reader(stream, strict=True)
        try:
            columns = next(reader, [])
            missing = [name for name in wanted if name not in columns]
            if missing:
                raise RecordError(f"{path}, line 1: column {', '.join(missing)} is missing")
            for cells in reader:
                if len(cells) != len(columns):
                    raise RecordError(
                        f"{path}, line {reader.line_num}: {len(cells)} cells where the header "
                        f"has {len(columns)}"
                    )
                yield Row(dict(zip(columns, cells, strict=True)), path, reader.line_num)
        except (csv.Error, UnicodeDecodeError) as error:
            raise RecordError(f"{path}, line {reader.line_num + 1}: {error}") from None
