"""What the doctor found, as records and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "fault"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it stands in the run's way, and what cures it.

    A `fault` would stop or spoil the training; a `warning` is worth knowing before it starts.
    """

    subject: str
    level: Level
    said: str
    cure: str = ""


def table(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the lines of a table: level, subject and what was found, the cure below it."""
    for found in findings:
        yield f"{found.level:<8} {found.subject:<14} {found.said}"
        if found.cure:
            yield f"{'':<8} {'':<14} → {found.cure}"


def faults(findings: Iterable[Finding]) -> list[str]:
    """Give each fault as one line with its cure."""
    return [f"{f.subject}: {f.said}; {f.cure}" for f in findings if f.level == "fault"]
