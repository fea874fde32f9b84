"""What a browser leaves behind: its processes and its files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.crawler.commands import PATIENCE


def running(folder: Path | str) -> list[str]:
    """Return the command lines of living processes that name a folder, in them or beside them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if os.fsencode(folder) in command + (process / "environ").read_bytes():
                found.append(command.replace(b"\0", b" ").decode())
    return found


def eventually(holds: Callable[[], bool]) -> bool:
    """Wait until something holds; whether it came to that."""
    deadline = time.monotonic() + PATIENCE
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return held


def nothing_left(folder: Path) -> bool:
    """Wait until no process names a folder and nothing is in it; whether it came to that."""
    return eventually(lambda: not running(folder) and not list(folder.iterdir()))
