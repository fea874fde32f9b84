"""What the system says of a file becomes a line with the place and the cure."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from preprocess.disk_errors import told

RAW, OUT = Path("raw/essays.jsonl"), Path("data")


@pytest.mark.parametrize(
    ("number", "file", "said"),
    [
        (errno.ENOSPC, None, "no room is left on the disk of data; free some and run the same"),
        (errno.EDQUOT, None, "no room is left on the disk of data; free some and run the same"),
        (errno.EISDIR, "raw/essays.jsonl", "raw/essays.jsonl is a folder; name the file of"),
        (errno.EACCES, "raw/essays.jsonl", "raw/essays.jsonl may not be read; take the right to"),
        (errno.EIO, "raw/essays.jsonl", "raw/essays.jsonl cannot be read: Input/output error; "),
        (errno.EROFS, "data/parts", "data/parts may not be written; take the right to, or build"),
        (errno.ENOTDIR, "data/parts", "data/parts is a file where a folder belongs; move"),
        (errno.EISDIR, "data/a.jsonl", "data/a.jsonl is a folder where a file belongs; move it"),
        (errno.EIO, "data/parts", "[Errno 5] Input/output error: 'data/parts' (of raw/essays"),
    ],
)
def test_each_says_where_and_what_helps(number: int, file: str | None, said: str) -> None:
    """A full disk, files that are folders, folders that are files, and rights one has not."""
    error = OSError(number, os.strerror(number), file)
    assert told(error, RAW, OUT).startswith(said)
