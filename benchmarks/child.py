"""A command in a process of its own, with its time and the memory that it and its own took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

KIB_PER_MIB = 1024


class Ran(NamedTuple):
    """What a command printed, its seconds, and its peak memory in MiB (its own, not children's)."""

    said: str
    seconds: float
    peak_mib: float


def run_python(arguments: Sequence[str]) -> Ran:
    """Run this Python with arguments.

    Raises:
        SystemExit: The command failed.

    """
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}: exit code {process.returncode}: {said}")
    return Ran(said, time.perf_counter() - start, usage.ru_maxrss / KIB_PER_MIB)
