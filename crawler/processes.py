"""A browser's processes: known by their marks, ended, and reaped even where they lost their parent.

A browser is more than one process tree: Chromium's crash handlers leave the driver's session, and
whatever loses its parent moves to another one. So each browser has a folder of its own, named in
the environment of the driver and of all that it starts; `Marks` says what else tells them.

Standard library only. Where there is no /proc (macOS), nobody can say whose a process is: then
only a session that the caller vouches for is ended, and nothing is found by its marks.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
VARIABLE = "JASOSEO_BROWSER"  # in the environment of a browser's processes: its folder
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
PATIENCE = 5.0  # seconds to wait for killed processes
PAUSE = 0.02
ENDED = {"Z", "X"}  # states of processes that only wait to be reaped


class Process(NamedTuple):
    """A process, told from a later one of the same number by its start.

    Args:
        number: Its number (pid).
        started: When it started, in clock ticks since the system did.

    """

    number: int
    started: int


class Marks(NamedTuple):
    """What a browser's processes are known by.

    Args:
        folder: The browser's own folder, an absolute path that no other browser ever has.
        driver: The driver, which leads their session; none before it has started.

    """

    folder: str
    driver: Process | None = None


class _Row(NamedTuple):
    """What /proc says of a process."""

    process: Process
    parent: int
    session: int
    ended: bool


def adopt_orphans() -> None:
    """Make this process the parent of what its children leave behind, so that it can reap them.

    Linux only; elsewhere, and where it is not allowed, the system's first process does it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> set[int]:
    """Return this process's children, on systems that list processes under /proc."""
    own = os.getpid()
    return {number for number, row in _table().items() if row.parent == own}


def identify(number: int) -> Process | None:
    """Return the process that has a number now; none if there is none, or no /proc."""
    row = _row(PROC / str(number))
    return row.process if row else None


def kill_session(session: int) -> None:
    """Kill every process of a session that the caller knows to be its own.

    Without /proc, those that have not left the process group of the session's leader.
    """
    if not PROC.is_dir():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(session, signal.SIGKILL)
    for row in _table().values():
        if row.session == session:
            _kill(row.process)


def end_browser(marks: Marks) -> set[int]:
    """Kill a browser's processes, and reap those that are this process's children.

    Returns:
        Those that were still there after `PATIENCE`: none, unless the system refuses.

    """
    deadline = time.monotonic() + PATIENCE
    killed: set[int] = set()
    while True:
        table = _table()
        rows = _of_browser(marks, table)
        left = {row.process for row in rows if not row.ended}
        for process in left:
            _kill(process)
        killed |= {row.process.number for row in rows}
        reap(killed - {marks.driver.number if marks.driver else 0}, table)
        if not left or time.monotonic() > deadline:
            return {process.number for process in left}
        time.sleep(PAUSE)


def reap_orphans(known: Iterable[int]) -> None:
    """Reap this process's ended children of other sessions, but for those known from before."""
    table = _table()
    own = os.getsid(0)
    orphans = (row for row in table.values() if row.ended and row.session != own)
    reap({row.process.number for row in orphans} - set(known), table)


def reap(numbers: Iterable[int], table: Mapping[int, _Row] | None = None) -> None:
    """Reap those of some processes that are ended children of this one."""
    own = os.getpid()
    rows = _table() if table is None else table
    for number in numbers:
        if number in rows and rows[number].parent == own:
            with suppress(ChildProcessError):
                os.waitpid(number, os.WNOHANG)


def _of_browser(marks: Marks, table: Mapping[int, _Row]) -> list[_Row]:
    """Pick a browser's processes, also ended ones that nobody has reaped yet.

    They carry the folder in their environment; or they are in the session of one that does, or of
    the driver: of the very driver, whose number may have gone to another process since. Once the
    driver is gone, a process of its session is its own if its command line names the folder.
    """
    carriers = {number: row for number, row in table.items() if _carries(number, marks.folder)}
    sessions = {row.session for row in carriers.values()} - {os.getsid(0)}
    driver = marks.driver
    leader = table.get(driver.number) if driver else None
    if leader and leader.process == driver:
        sessions.add(leader.process.number)

    def belongs(number: int, row: _Row) -> bool:
        if number in carriers or row.session in sessions:
            return True
        if driver is None or leader is not None or row.session != driver.number:
            return False
        return os.fsencode(marks.folder) in _read(number, "cmdline")

    return [row for number, row in table.items() if belongs(number, row)]


def _carries(number: int, folder: str) -> bool:
    entry = os.fsencode(f"{VARIABLE}={folder}")
    return entry in _read(number, "environ").split(b"\0")


def _read(number: int, name: str) -> bytes:
    """Read a file of /proc; nothing if the process is gone, or another user's."""
    with suppress(OSError):
        return (PROC / str(number) / name).read_bytes()
    return b""


def _kill(process: Process) -> None:
    """Kill this very process, and not a later one of its number."""
    if identify(process.number) == process:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process.number, signal.SIGKILL)


def _table() -> dict[int, _Row]:
    """Return every process by its number; none where there is no /proc."""
    rows = filter(None, map(_row, PROC.glob("[0-9]*")))
    return {row.process.number: row for row in rows}


def _row(folder: Path) -> _Row | None:
    """Read proc(5)'s stat; the program's name, in brackets, may hold anything."""
    with suppress(OSError):
        fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
        process = Process(int(folder.name), int(fields[19]))
        return _Row(process, int(fields[1]), int(fields[3]), fields[0] in ENDED)
    return None
