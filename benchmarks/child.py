"""A command in a process of its own, with its time and the memory that it and its own took."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import NamedTuple

KIB_PER_MIB = 1024
LOOK = 0.05  # seconds between two looks at the memory


class Ran(NamedTuple):
    """What a command printed, its seconds, and its own peak memory in MiB, without children's."""

    said: str
    seconds: float
    peak_mib: float


def run_python(arguments: Sequence[str]) -> Ran:
    """Run this Python with arguments.

    The peak is read off /proc while the command runs: what `wait4` tells of a process includes
    the memory of the one that started it.

    Raises:
        SystemExit: The command failed.

    """
    start = time.perf_counter()
    peaks = [0.0]
    with subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        watch = Thread(target=_watch, args=(process, peaks), daemon=True)
        watch.start()
        said, _ = process.communicate()
        watch.join()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}: exit code {process.returncode}: {said}")
    return Ran(said, time.perf_counter() - start, max(peaks))


def _watch(process: subprocess.Popen[str], peaks: list[float]) -> None:
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        with suppress(OSError):
            lines = status.read_text().splitlines()
            peak = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
            peaks.append(int(next(peak, "0")) / KIB_PER_MIB)
        time.sleep(LOOK)
