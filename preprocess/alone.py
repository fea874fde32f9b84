"""One build at a time in a folder: two of them would take each other's parts away."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LOCK: Final = "build.lock"


class BusyError(ValueError):
    """Another build works in the folder; the message says where and the cure."""


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Hold a folder for one build; who was killed holds it no more.

    Raises:
        BusyError: Another process builds there now.
        OSError: The folder cannot be made or written to.

    """
    out.mkdir(parents=True, exist_ok=True)
    with (out / LOCK).open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                f"{out} is being built by another process; wait for it, or stop it there, or "
                "build in another folder: --out"
            ) from None
        yield
