"""How far a study is: a bar on a terminal's stderr, elsewhere a line for each part that is done.

Elsewhere the first part is told when it begins too, so that no log is empty for long.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Never, Self

from tqdm import tqdm


class Progress:
    """The parts of a stretch of work, one after the other.

    Args:
        what: The work, as `training`.
        parts: How many parts it has.
        steps: How many steps of a part are told by `step`; of 1 the part's end is enough.
        unit: What a step is called.

    """

    def __init__(self, what: str, parts: int, *, steps: int = 1, unit: str = "") -> None:
        self._what, self._parts, self._steps = what, parts, steps
        self._over = 0
        self._seconds: list[float] = []
        self._bar: tqdm[Never] = tqdm(
            total=parts * steps, desc=what, unit=f" {unit or what}", disable=None
        )

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Leave the bar as it stands."""
        self._bar.close()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Show what is being done, and that it is done when the block has ended without error."""
        self._bar.set_postfix_str(name)
        if self._bar.disable and not self._seconds:
            self._tell(self._over + 1, name)
        started = time.monotonic()
        yield
        self._seconds.append(time.monotonic() - started)
        left = statistics.mean(self._seconds) * (self._parts - self._over - 1)
        told = f"{self._seconds[-1]:,.1f} s, {tqdm.format_interval(left)} left"
        self._end(f"{name}, {told}")

    def kept(self, name: str) -> None:
        """Show that a part was done earlier."""
        self._end(f"{name}, kept from an earlier attempt")

    def step(self, told: str) -> None:
        """Move the bar one step on within a part."""
        self._bar.set_postfix_str(told)
        self._bar.update()

    def _end(self, told: str) -> None:
        self._over += 1
        self._bar.update(self._over * self._steps - self._bar.n)
        if self._bar.disable:
            self._tell(self._over, told)

    def _tell(self, number: int, told: str) -> None:
        self.say(f"{self._what} {number} of {self._parts}: {told}")

    def say(self, text: str) -> None:
        """Write a line above the bar."""
        self._bar.write(text, file=sys.stderr)
