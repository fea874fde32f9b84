"""What was said in an interview, as JSON lines: each on the disk before the next is asked for."""

from __future__ import annotations

import errno
import fcntl
import os
import shlex
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from itertools import islice
from pathlib import Path

from interview.records import Interview, Said
from preprocess.alpaca import RecordError, encode_line, read_jsonl


class Transcript:
    """A file to which lines are added; one sitting at a time holds it.

    Args:
        path: The file.
        new: Whether it must not be there; then a number behind its name finds a free one.
        of: The interview that it must be of, where one was asked for by name.

    Attributes:
        path: The file, by the name that was free once it is held.
        lines: What it holds.

    """

    def __init__(self, path: Path, *, new: bool = False, of: Interview | None = None) -> None:
        self.path = path
        self.lines: list[Said] = []
        self.of = of
        self._new = new
        self._stream: FileIO

    @contextmanager
    def held(self) -> Iterator[None]:
        """Open, lock and read the file; one that nothing was written to is taken away again.

        Raises:
            RecordError: It cannot be opened, is held by another sitting, or is no transcript; then
                it is left as it was.

        """
        try:
            self._stream = self._open()
        except OSError as error:
            raise RecordError(
                f"{self.path} cannot be opened ({error.strerror}); name another file with "
                "--transcript"
            ) from None
        with self._stream:
            self._lock()
            self.lines = self._read()
            try:
                yield
            finally:
                if not os.fstat(self._stream.fileno()).st_size:
                    self.path.unlink(missing_ok=True)

    def add(self, line: Said) -> None:
        """Bring a line to the disk.

        Raises:
            RecordError: It could not be written; the file is as it was before.

        """
        self._write(encode_line(line))
        self.lines.append(line)

    def _open(self) -> FileIO:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self._new:
            return self.path.open("a+b", buffering=0)
        stem, number = self.path.stem, 1
        while True:
            try:
                return self.path.open("x+b", buffering=0)
            except FileExistsError:
                number += 1
                self.path = self.path.with_stem(f"{stem}-{number}")

    def _lock(self) -> None:
        state = os.fstat(self._stream.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise RecordError(f"{self.path} is no file; name another with --transcript")
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Who held it may have taken it away, empty, between our opening and our lock.
            ours = os.path.samestat(state, self.path.stat())
        except OSError:
            ours = False
        if not ours:
            raise RecordError(
                f"{self.path} is in use by another interview; go on there, end it, or name "
                "another file with --transcript"
            )

    def _read(self) -> list[Said]:
        self._stream.seek(0)
        content = self._stream.read()
        end = content.rfind(b"\n") + 1
        rows = read_jsonl(self.path, Said, cure="python -m interview.talk --transcript ANOTHER")
        whole = list(islice(rows, content.count(b"\n")))
        if end == len(content):
            return whole
        try:
            whole += rows
        except RecordError:
            if not whole:
                raise
            self._set_aside(content[end:], end)
        else:
            self._write(b"\n")
        return whole

    def _set_aside(self, cut: bytes, end: int) -> None:
        """Cut the last line, half written by a stop, once it is kept beside the file."""
        aside = self.path.with_name(f"{self.path.name}.cut")
        try:
            with aside.open("ab") as stream:
                stream.write(cut + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise self._unwritable(aside, error) from None
        self._stream.truncate(end)
        told = f"{self.path}: the last line was cut by a stop and was set aside in {aside}"
        print(told, file=sys.stderr)

    def _write(self, line: bytes) -> None:
        size = self._stream.seek(0, os.SEEK_END)
        try:
            self._to_disk(line)
        except OSError as error:
            self._stream.truncate(size)
            raise self._unwritable(self.path, error) from None

    def _to_disk(self, line: bytes) -> None:
        # Unbuffered, so that nothing of a line that failed is written later; that may fall short.
        if self._stream.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(self._stream.fileno())

    def _unwritable(self, path: Path, error: OSError) -> RecordError:
        return RecordError(
            f"{path} cannot be written ({error.strerror}); mend that, then go on with: "
            f"{self.resume}"
        )

    @property
    def resume(self) -> str:
        """The command that goes on with it."""
        return f"python -m interview.talk --transcript {shlex.quote(str(self.path))}"
