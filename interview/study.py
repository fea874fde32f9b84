"""The interviewer study's table of turns, and its lists of candidates.

`all_train_and_test_data.csv` holds a turn a row; `candidates_*.txt` a name a line. Other than in
the bank, `remaining` are the answers that are open *after* the reply: what a reply has just
given is missing from the list, which tells a model that is fed the list most of its label.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from interview.records import Filled, Turn
from interview.tables import Row, read_table, read_text
from preprocess.alpaca import RecordError

StudySplit = Literal["train", "test"]

SPLIT = "data_type"
REPLY = "user_input"
REMAINING = "current_remaining_user_answer"
TOPIC = "current_question"
SPOKEN = "output_data"
SATISFIED = "output_answered"
NEXT = "output_next_question"
#: The study's validation rows are its test rows.
SPLITS: dict[str, StudySplit] = {"train": "train", "valid/test": "test"}
#: What stands for an empty list of remaining answers.
NONE_LEFT = "모든 질문 해결 완료"


class StudyTurn(Turn, frozen=True):
    """A turn of the study; `spoken` is what its interviewer says next, empty in the test rows."""

    split: StudySplit
    spoken: str
    line: int


def read_study(
    path: Path, answers: Sequence[str] = (), next_topics: Sequence[str] = ()
) -> tuple[StudyTurn, ...]:
    """Read the turns of the study's table, the greetings without a reply left out.

    Args:
        path: The table.
        answers: Candidates that `output_answered` must be one of; not checked where empty.
        next_topics: The same for `output_next_question`.

    Raises:
        RecordError: The table is missing, empty, or a cell is not what it should be; file, line
            and column are named.

    """
    rows = read_table(path, [SPLIT, REPLY, REMAINING, TOPIC, SPOKEN, SATISFIED, NEXT])
    allowed = {SATISFIED: answers, NEXT: next_topics}
    turns = tuple(turn_of(row, allowed) for row in rows if not is_greeting(row))
    if not turns:
        raise RecordError(f"{path} has no turns")
    return turns


def is_greeting(row: Row) -> bool:
    """Say whether a row is the start of an interview, which answers nothing."""
    return not row[REPLY] and not row[TOPIC] and not row[SATISFIED]


def turn_of(row: Row, allowed: dict[str, Sequence[str]]) -> StudyTurn:
    """Make a turn of a row."""
    if row[SPLIT] not in SPLITS:
        raise row.error(SPLIT, f"{row[SPLIT]!r} is not {' or '.join(SPLITS)}")
    for column, names in allowed.items():
        if names and row[column] not in names:
            raise row.error(column, f"{row[column]!r} is no candidate")
    remaining = "" if row[REMAINING] == NONE_LEFT else row[REMAINING]
    return StudyTurn(
        topic=filled(row, TOPIC),
        remaining=tuple(name.strip() for name in remaining.split(",") if name.strip()),
        reply=filled(row, REPLY),
        satisfied=filled(row, SATISFIED),
        next_topic=filled(row, NEXT),
        split=SPLITS[row[SPLIT]],
        spoken=row[SPOKEN],
        line=row.line,
    )


def filled(row: Row, column: str) -> Filled:
    """Take a cell that must not be empty."""
    if not row[column].strip():
        raise row.error(column, "the cell is empty")
    return row[column]


def read_candidates(path: Path) -> tuple[str, ...]:
    """Read a list of candidates, one a line; empty lines are none.

    Raises:
        RecordError: The file cannot be read or is empty, or a name stands twice.

    """
    names: dict[str, int] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        name = line.strip()
        if name in names:
            raise RecordError(f"{path}, line {number}: {name} is there since line {names[name]}")
        if name:
            names[name] = number
    if not names:
        raise RecordError(f"{path} has no candidates")
    return tuple(names)
