"""What a judge is asked: the rubric, and the texts behind a fence that none of them can close.

Everything that was written by applicants, experts and systems stands between two lines of a fence.
The fence and the code that a verdict must repeat are digests of those very texts, so nobody could
have written either into one of them. The words are in `templates/judge_advice.toml` and
`templates/judge_interview.toml`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, Literal

import msgspec

from axolotl_configs.run_yaml import RunError
from eval.rating.records import CRITERIA
from eval.runs import Run
from eval.tasks import INTERVIEW
from preprocess.alpaca import AlpacaRow, Record

#: The tasks whose answers are judged and rated, each with the rubric that it has.
RUBRICS: Mapping[str, Literal["advice", "interview"]] = {
    "advice": "advice",
    "advice-anchored": "advice",
    INTERVIEW: "interview",
}
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
    """All of a rubric's file; `forms` says for each task how its inputs and answers are read."""

    version: str
    criteria: tuple[Criterion, ...]
    forms: dict[str, str]
    texts: Texts


@dataclass(frozen=True)
class Question:
    """One prompt, and the code that a verdict on it must repeat."""

    prompt: str
    code: str


def refuse_without_rubric(run: Run) -> None:
    """Refuse a run for whose answers there is no rubric, to a judge and to people alike.

    Raises:
        RunError: It is one.

    """
    if run.task not in RUBRICS:
        raise RunError(
            f"{run.config} is of task {run.task}; answers of {', '.join(RUBRICS)} alone are judged "
            "and rated"
        )


def rubric_file(task: str) -> Traversable:
    """Find the file of a task's rubric; the task is one of `RUBRICS`."""
    return files("eval").joinpath("templates", f"judge_{RUBRICS[task]}.toml")


@cache
def rubric(task: str = "advice") -> Rubric:
    """Read the prompts of a task.

    Every rubric has five criteria of the same keys, those of people's ratings, and says in its own
    words what each asks for.

    Raises:
        ValueError: The criteria are not the five of people's ratings, in their order.

    """
    path = rubric_file(task)
    read = msgspec.toml.decode(path.read_text(encoding="utf-8"), type=Rubric)
    if tuple(criterion.key for criterion in read.criteria) != CRITERIA:
        raise ValueError(f"templates/{path.name} must have the criteria {', '.join(CRITERIA)}")
    return read


def score_question(row: AlpacaRow, task: str, answer: str) -> Question:
    """Ask for five marks of one answer to a test row."""
    return _question(rubric(task).texts.score, row, task, {"answer": answer})


def pair_question(row: AlpacaRow, task: str, first: str, second: str) -> Question:
    """Ask which of two answers to a test row is better, shown in this order."""
    return _question(rubric(task).texts.pair, row, task, {"first": first, "second": second})


def _question(template: str, row: AlpacaRow, task: str, answers: Mapping[str, str]) -> Question:
    whole = {"reference": row.output, **answers}
    texts = {"instruction": row.instruction, "input": row.input}
    texts |= {name: text[:MOST_CHARS] for name, text in whole.items()}
    fence, code = fence_and_code("\0".join((*texts.values(), *map(str, map(len, whole.values())))))
    slots = {
        "fence": fence,
        "code": code,
        "rules": _fill(
            rubric(task).texts.rules,
            {"form": rubric(task).forms[task], "fence": fence, "criteria": criteria_text(task)},
        ),
    }
    notes = {f"{name}_cut": cut_note(task, len(text)) for name, text in whole.items()}
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


def criteria_text(task: str) -> str:
    """Write a task's five criteria with what each mark means."""
    words = rubric(task).texts
    lines: list[str] = []
    for criterion in rubric(task).criteria:
        about = {"key": criterion.key, "name": criterion.name, "asks": criterion.asks}
        lines.append(_fill(words.criterion, about))
        for mark, text in enumerate(criterion.levels, start=1):
            lines.append(_fill(words.level, {"mark": str(mark), "text": text}))
    return "\n".join(lines)


def cut_note(task: str, chars: int) -> str:
    """Say that a text of so many characters is not shown whole, if that is so."""
    if chars <= MOST_CHARS:
        return ""
    counts = {"shown": f"{MOST_CHARS:,}", "whole": f"{chars:,}"}
    return _fill(rubric(task).texts.cut, counts)
