"""What Axolotl's processes say: all of it in a file, and on stderr what of it a person can use.

Their output goes straight into `runs/<run>/output.log`, so that it is whole even where this process
is killed, and is read from there. Axolotl's finer steps are in its own `debug.log` beside it.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from axolotl_configs.noise import is_noise
from axolotl_configs.progress_line import ProgressLine

#: What `axolotl_configs.progress` prints.
STEP: Final = re.compile(r"step (?P<step>\d+) of (?P<total>\d+)(?P<loss>(?:, loss \S+)?)")
LOOK: Final = 0.2  # seconds between two looks into the file
#: Colours and other orders to a terminal: control sequences (ECMA-48, 5.4).
_ORDERS: Final = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")


class OutputLog:
    """The file that the output of processes goes to, and what of it is shown.

    Args:
        path: The file, which is begun anew; that of the attempt before it is kept as
            `output.earlier.log`.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_file():
            path.replace(path.with_name(f"{path.stem}.earlier{path.suffix}"))
        self.stream = path.open("ab", buffering=0)
        self._read = path.open("rb")

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.stream.close()
        self._read.close()

    def head(self, command: Sequence[str]) -> None:
        """Note in the file what is started; nothing before it is shown any more."""
        self.stream.write(f"\n$ {shlex.join(command)}\n".encode())
        self._read.seek(0, 2)

    def follow(self, process: subprocess.Popen[bytes]) -> None:
        """Show what a process says until it has ended, and leave it in the file as plain text."""
        progress, cut, ended = ProgressLine(), b"", False
        try:
            while not ended:
                ended = process.poll() is not None  # asked first: what is read after it is all
                *lines, cut = (cut + self._read.read()).split(b"\n")
                for line in lines:
                    _show(line, progress)
                time.sleep(0 if ended else LOOK)
            _show(cut, progress)
        finally:
            progress.end()
        self._make_plain()

    def _make_plain(self) -> None:
        """Take colours out of the file, and give each state of a bar a line of its own.

        In place: the file stays open for what is started next.
        """
        raw = self.path.read_bytes()
        plain = _ORDERS.sub(b"", raw).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        with self.path.open("r+b") as stream:
            stream.write(plain)
            stream.truncate()


def _show(raw: bytes, progress: ProgressLine) -> None:
    """Show a line that says something; of one that was written over itself, what was left."""
    text = _ORDERS.sub(b"", raw).decode(errors="replace").rstrip("\r").rpartition("\r")[2]
    if step := STEP.fullmatch(text):
        progress.move(int(step["step"]), int(step["total"]), step["loss"])
    elif text.strip() and not is_noise(text):
        progress.write(text)
