"""The progress of a training in one line: step, loss, rate and time left."""

from __future__ import annotations

import sys
import time
from typing import Final

from tqdm import tqdm

LINES: Final = 20  # of a training, where no terminal takes one line again and again
BAR: Final = "{bar:20}| "
CLEAR: Final = "\r\x1b[K"  # the terminal's line (ECMA-48, 8.3.41)


class ProgressLine:
    """A bar on a terminal's stderr, below what else is written; elsewhere a line now and then."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._start: tuple[int, float] | None = None
        self._last = (-1, 0.0)
        self._line = self._shown = ""
        self._share = -1

    def move(self, step: int, total: int, loss: str) -> None:
        """Show how far the training is.

        Args:
            step: The steps that were made.
            total: The steps that there are.
            loss: The last loss as `, loss 2.3`, or nothing where none is known yet.

        """
        if step != self._last[0]:  # a new loss alone takes no time: it may come after a long save
            self._last = step, time.monotonic()
        self._start = self._start or self._last
        made, seconds = step - self._start[0], self._last[1] - self._start[1]
        self._line = f"step {step} of {total}{loss}{pace(made, seconds, total - step)}"
        if self._terminal:
            bar = tqdm.format_meter(step, total, seconds, bar_format=BAR)
            sys.stderr.write(f"{CLEAR}{bar}{self._line}")
            sys.stderr.flush()
        elif (share := step * LINES // total) > self._share:
            self._share = share
            self._tell()

    def write(self, text: str) -> None:
        """Write a line above the bar."""
        print(f"{CLEAR}{text}" if self._terminal else text, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the last line as it stands."""
        if self._terminal and self._line:
            sys.stderr.write("\n")
        elif self._line != self._shown:
            self._tell()

    def _tell(self) -> None:
        self._shown = self._line
        self.write(self._line)


def pace(made: int, seconds: float, left: int) -> str:
    """Say how fast steps are made, and how long the others will take at that; nothing at first."""
    if not made or not seconds:
        return ""
    rate = made / seconds
    told = f"{rate:,.1f} steps/s" if rate >= 1 else f"{1 / rate:,.1f} s a step"
    return f", {told}, {tqdm.format_interval(left / rate)} left"
