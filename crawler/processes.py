"""A browser's processes: found by session, ended, and reaped even where they lost their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
PATIENCE = 5.0  # seconds to wait for killed processes
PAUSE = 0.02


def adopt_orphans() -> None:
    """Make this process the parent of what its children leave behind, so that it can reap them.

    Linux only; elsewhere, and where it is not allowed, the system's first process does it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> set[int]:
    """Return this process's children, on systems that list processes under /proc."""
    own = os.getpid()
    return {process for process, (parent, _) in _table().items() if parent == own}


def kill_session(session: int) -> None:
    """Kill every process of a session."""
    for process, (_, of) in _table().items():
        if of == session:
            _kill(process)


def end_children(processes: Iterable[int]) -> None:
    """Kill children of this process and reap them; those that are no children are left alone."""
    left = set(processes)
    for process in left:
        _kill(process)
    deadline = time.monotonic() + PATIENCE
    while left and time.monotonic() < deadline:
        left = {process for process in left if not _reaped(process)}
        time.sleep(PAUSE if left else 0)


def _reaped(process: int) -> bool:
    try:
        return os.waitpid(process, os.WNOHANG)[0] == process
    except ChildProcessError:
        return True


def _kill(process: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(process, signal.SIGKILL)


def _table() -> dict[int, tuple[int, int]]:
    """Return parent and session of every process."""
    table = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            table[int(folder.name)] = int(fields[1]), int(fields[3])
    return table
