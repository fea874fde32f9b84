"""One rater's file: every rating is on the disk before the rater sees the next pair."""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Sequence
from os.path import samestat
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from eval.rating.records import Rating
from eval.runs import Run
from preprocess.alpaca import RecordError, encode_line, read_jsonl

#: A rater's name is a file's name too: letters, digits, `-` and `_` alone.
RATER_NAME = re.compile(r"[\w-]{1,40}")

Key = tuple[str, str, str]


class RatingFileError(ValueError):
    """A rater's file cannot be written; the message says which, why and the cure."""


def ratings_dir(run: Run) -> Path:
    """Give the folder that holds a `<rater>.jsonl` for each rater."""
    return run.eval_dir / "ratings"


def read_ratings(path: Path, rater: str) -> dict[Key, Rating]:
    """Read a rater's file: the last rating of each pair, in the order in which pairs first came.

    Raises:
        RecordError: A line is not a rating, or is another rater's.

    """
    latest: dict[Key, Rating] = {}
    cure = "python -m eval.rate"
    for number, rating in enumerate(read_jsonl(path, Rating, cure=cure), start=1):
        if rating.rater != rater:
            raise RecordError(
                f"{path}, line {number}: is of rater {rating.rater}; a file has one rater and "
                f"bears the name: move the line to {path.with_stem(rating.rater)}"
            )
        latest[rating.pair] = rating
    return latest


class RatingFile:
    """A rater's file, open and locked, with the ratings in force.

    Raises:
        RatingFileError: It is open in another process, or cannot be opened.
        RecordError: A line is not a rating of this rater.

    Attributes:
        ratings: The last rating of each pair.
        set_aside: How many bytes of a last line, cut by a kill, were put into `<rater>.cut`.

    """

    def __init__(self, folder: Path, rater: str) -> None:
        self.path = folder / f"{rater}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._stream: BinaryIO = self.path.open("a+b", buffering=0)
        except OSError as error:
            raise RatingFileError(f"{self.path} cannot be opened: {error.strerror}") from None
        try:
            self._lock()
            self.set_aside = self._set_cut_line_aside()
            self.ratings = read_ratings(self.path, rater)
        except BaseException:
            self._stream.close()
            raise
        sync_folder(folder)

    def append(self, rating: Rating) -> None:
        """Bring a rating to the disk; one that says what is in force already is not doubled.

        Raises:
            RatingFileError: It could not be written; the file is as it was before.

        """
        known = self.ratings.get(rating.pair)
        if known is not None and without_time(known) == without_time(rating):
            return
        size = self._stream.seek(0, os.SEEK_END)
        try:
            self._write(encode_line(rating))
        except OSError as error:
            self._stream.truncate(size)
            raise RatingFileError(f"{self.path} cannot be written: {error.strerror}") from None
        self.ratings[rating.pair] = rating

    def _write(self, line: bytes) -> None:
        # Unbuffered, so that nothing of a line that failed is written later; that may fall short.
        if self._stream.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(self._stream.fileno())

    def _lock(self) -> None:
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Who had it open may have removed it, empty, between our opening and our lock.
            ours = samestat(os.fstat(self._stream.fileno()), self.path.stat())
        except OSError:
            ours = False
        if not ours:
            raise RatingFileError(
                f"{self.path} is in use: this rater's page is open already; go on there, end it, "
                "or give another --rater"
            )

    def _set_cut_line_aside(self) -> int:
        self._stream.seek(0)
        content = self._stream.read()
        cut = content[content.rfind(b"\n") + 1 :]
        if cut:
            with self.path.with_suffix(".cut").open("ab") as aside:
                aside.write(cut + b"\n")
                aside.flush()
                os.fsync(aside.fileno())
            self._stream.truncate(len(content) - len(cut))
        return len(cut)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Who rated nothing is no rater.
        if not os.fstat(self._stream.fileno()).st_size:
            self.path.unlink(missing_ok=True)
        self._stream.close()


def without_time(rating: Rating) -> Sequence[object]:
    """Give all of a rating but when it was saved."""
    return [getattr(rating, name) for name in Rating.__struct_fields__ if name != "at"]


def sync_folder(folder: Path) -> None:
    """Bring a new file's name to the disk, without which its content could not be found."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
