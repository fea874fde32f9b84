"""Questions worded anew by named rules, and two questions joined into one.

The rules are data, `content/qa_rules.toml`: patterns at the end or the start of a question, or
spaces taken out. What a rule changes is counted under its name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

_CONTENT: Final = Path(__file__).parent / "content" / "qa_rules.toml"
_ENDED = re.compile(r"[.?!]$")


class Rules(NamedTuple):
    """The words between two joined questions, and each rule's patterns with what replaces them."""

    connectors: tuple[str, ...]
    patterns: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]


@cache
def rules() -> Rules:
    """Read the rules."""
    told = tomllib.loads(_CONTENT.read_text(encoding="utf-8"))
    return Rules(
        tuple(told["connectors"]),
        {
            name: tuple((re.compile(pattern), put) for pattern, put in rule["patterns"])
            for name, rule in told["rules"].items()
        },
    )


def reworded(question: str) -> dict[str, str]:
    """Word a question anew by each rule that changes it: the new wordings by the rules' names."""
    found = {}
    for name, patterns in rules().patterns.items():
        fitting = next((pair for pair in patterns if pair[0].search(question)), None)
        if fitting is not None and (new := fitting[0].sub(fitting[1], question)) != question:
            found[name] = new
    return found


def joined(first: str, second: str, number: int) -> str:
    """Ask two questions in one; `number` chooses the word between them."""
    connectors = rules().connectors
    ended = first if _ENDED.search(first) else f"{first}."
    return f"{ended} {connectors[number % len(connectors)]} {second}"
