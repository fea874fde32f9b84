"""The guard: a child process that ends the crawl's browsers when the crawl no longer can.

SIGKILL leaves the crawl no time to clean up. So `Guard` starts `python -m crawler.guard`, which
reads from a pipe what browsers there are and waits for the pipe's end: the system closes it with
the crawl, however that ends. What is still listed then is killed, and its folder removed. At a
clean end nothing is listed, and the guard just goes.

It has a session of its own, so that neither Ctrl-C in the terminal nor SIGKILL to the crawl's
process group reaches it, and it does not heed SIGINT, SIGTERM and SIGHUP. A guard that was killed
is replaced when the next browser starts or ends; only one blow to both, such as
`killall -9 python3`, leaves browsers behind.

A process is killed only if it is surely the browser's (`crawler.processes` says how that is
known). Without /proc (macOS) nobody can be sure: then only the folders are removed.

Standard library only. Exit codes: 0 nothing is left; 1 something would not go, named on stderr.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from crawler.processes import Marks, Process, end_browser

ROOT = Path(__file__).parents[1]
PATIENCE = 30  # seconds from closing the pipe to killing the guard
LOOKS = 3  # a driver that was only just being started shows itself late
PAUSE = 0.2  # seconds between two looks
IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Guard:
    """The crawl's side: lists its browsers with the guard, which starts with the first of them.

    Threads may share it.
    """

    def __init__(self) -> None:
        self._listed: dict[str, Marks] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._lock = Lock()

    def add(self, marks: Marks) -> None:
        """List a browser before it starts; and again, when its driver is known.

        Raises:
            OSError: The guard does not start.

        """
        with self._lock:
            self._listed[marks.folder] = marks
            self._tell(_line(marks, listed=True))

    def remove(self, marks: Marks) -> None:
        """Take a browser off the list when nothing is left of it.

        Raises:
            OSError: The guard was killed, and another one does not start.

        """
        with self._lock:
            if self._listed.pop(marks.folder, None):
                self._tell(_line(marks, listed=False))

    def close(self) -> None:
        """Let the guard go, for good; what is still listed, it ends."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                _dismiss(self._process)
            self._process = None

    def _tell(self, line: bytes) -> None:
        """Write a line; where there is no guard, or no longer, tell a new one of everything."""
        if self._closed or (self._process is not None and _written(self._process, line)):
            return
        if self._process is not None:
            _dismiss(self._process)
        self._process = _start()
        lines = (_line(marks, listed=True) for marks in self._listed.values())
        _written(self._process, b"".join(lines))


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.guard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        bufsize=0,
        cwd=ROOT,
        start_new_session=True,
    )


def _written(guard: subprocess.Popen[bytes], line: bytes) -> bool:
    assert guard.stdin is not None
    try:
        guard.stdin.write(line)
    except BrokenPipeError:
        return False
    return True


def _dismiss(guard: subprocess.Popen[bytes]) -> None:
    assert guard.stdin is not None
    guard.stdin.close()
    try:
        guard.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        guard.kill()
        guard.wait()


def _line(marks: Marks, *, listed: bool) -> bytes:
    message = {"folder": marks.folder, "driver": marks.driver, "listed": listed}
    return json.dumps(message).encode() + b"\n"


def read_listed(lines: Iterable[bytes]) -> list[Marks]:
    """Read the crawl's lines to their end and return what is still listed then.

    A last line that the crawl's end cut short is left out.
    """
    listed: dict[str, Marks] = {}
    for line in lines:
        if not line.endswith(b"\n"):
            continue
        message = json.loads(line)
        driver = message["driver"]
        marks = Marks(message["folder"], Process(*driver) if driver else None)
        if message["listed"]:
            listed[marks.folder] = marks
        else:
            listed.pop(marks.folder, None)
    return list(listed.values())


def end_listed(listed: Iterable[Marks]) -> list[str]:
    """End browsers and remove their folders; return what would not go, in words."""
    left = []
    for marks in listed:
        running = end_browser(marks)
        shutil.rmtree(marks.folder, ignore_errors=True)
        left += [f"process {number}" for number in sorted(running)]
        left += [marks.folder] if Path(marks.folder).exists() else []
    return left


def main() -> int:
    """Wait for the crawl's end, and end what it left; the module's docstring tells the code."""
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    listed = read_listed(sys.stdin.buffer)
    left: list[str] = []
    for _ in range(LOOKS if listed else 0):
        left = end_listed(listed)
        time.sleep(PAUSE)
    if left:
        names = ", ".join(left)
        print(f"error: the crawl was killed, and {names} would not go; end it", file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
