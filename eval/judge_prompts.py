"""What a judge is asked: the rubric, and the texts behind a fence that none of them can close.

Everything that was written by applicants, experts and systems stands between two lines of a fence.
The fence and the code that a verdict must repeat are digests of those very texts, so nobody could
have written either into one of them. The words are in `templates/judge.toml`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from eval.ratings_records import CRITERIA
from preprocess.alpaca import AlpacaRow, Record

#: Of a longer text the beginning is shown, and the judge is told so.
MOST_CHARS: Final = 6000
_SLOT = re.compile(r"\{([a-z_]+)\}")


class Criterion(Record, frozen=True):
    """One criterion: its key, what it asks for, and what each mark from 1 to 5 means."""

    key: str
    name: str
    asks: str
    levels: tuple[str, str, str, str, str]


class Texts(Record, frozen=True):
    """The prompts and their parts, with slots in braces."""

    cut: str
    criterion: str
    level: str
    rules: str
    score: str
    pair: str


class Rubric(Record, frozen=True):
    """All of `judge.toml`; `forms` says for each task how its advice points at the essay."""

    version: str
    criteria: tuple[Criterion, ...]
    forms: dict[str, str]
    texts: Texts


@dataclass(frozen=True)
class Question:
    """One prompt, and the code that a verdict on it must repeat."""

    prompt: str
    code: str


@cache
def rubric() -> Rubric:
    """Read the prompts.

    Raises:
        ValueError: The criteria are not the five of people's ratings, in their order.

    """
    text = files("eval").joinpath("templates", "judge.toml").read_text(encoding="utf-8")
    read = msgspec.toml.decode(text, type=Rubric)
    if tuple(criterion.key for criterion in read.criteria) != CRITERIA:
        raise ValueError(f"templates/judge.toml must have the criteria {', '.join(CRITERIA)}")
    return read


def score_question(row: AlpacaRow, task: str, answer: str) -> Question:
    """Ask for five marks of one answer to a test row."""
    return _question(rubric().texts.score, row, task, {"answer": answer})


def pair_question(row: AlpacaRow, task: str, first: str, second: str) -> Question:
    """Ask which of two answers to a test row is better, shown in this order."""
    return _question(rubric().texts.pair, row, task, {"first": first, "second": second})


def _question(template: str, row: AlpacaRow, task: str, answers: Mapping[str, str]) -> Question:
    whole = {"reference": row.output, **answers}
    texts = {"instruction": row.instruction, "essay": row.input}
    texts |= {name: text[:MOST_CHARS] for name, text in whole.items()}
    fence, code = fence_and_code("\0".join((*texts.values(), *map(str, map(len, whole.values())))))
    slots = {
        "fence": fence,
        "code": code,
        "rules": _fill(
            rubric().texts.rules,
            {"form": rubric().forms[task], "fence": fence, "criteria": criteria_text()},
        ),
    }
    notes = {f"{name}_cut": cut_note(len(text)) for name, text in whole.items()}
    return Question(_fill(template, slots | texts | notes).strip(), code)


def _fill(template: str, slots: Mapping[str, str]) -> str:
    """Fill slots in one pass, so that a slot within a filled-in text stays as it is."""
    return _SLOT.sub(lambda match: slots[match[1]], template)


def fence_and_code(text: str) -> tuple[str, str]:
    """Make a line and a word that do not stand in a text, the same for the same text."""
    digest = text
    while True:
        digest = hashlib.sha256(digest.encode()).hexdigest()
        fence, code = f"<<<{digest[:16]}>>>", digest[16:24]
        if fence not in text and code not in text:
            return fence, code


def criteria_text() -> str:
    """Write the five criteria with what each mark means."""
    words = rubric().texts
    lines: list[str] = []
    for criterion in rubric().criteria:
        about = {"key": criterion.key, "name": criterion.name, "asks": criterion.asks}
        lines.append(_fill(words.criterion, about))
        for mark, text in enumerate(criterion.levels, start=1):
            lines.append(_fill(words.level, {"mark": str(mark), "text": text}))
    return "\n".join(lines)


def cut_note(chars: int) -> str:
    """Say that a text of so many characters is not shown whole, if that is so."""
    if chars <= MOST_CHARS:
        return ""
    counts = {"shown": f"{MOST_CHARS:,}", "whole": f"{chars:,}"}
    return _fill(rubric().texts.cut, counts)
