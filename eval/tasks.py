"""How the items of each task are read: what the expert said, and what a system answered.

`advice` is read with the door of preprocess. `advice-anchored` keeps the polyglot study's lines,
`좋은점 1 …`, whose numbers name passages that are marked inside the input; its own small reader is
`read_anchored`. `overall`, `revise`, `write` and `qa` have no points; what their outputs say is
read again where it is counted (`eval.measuring.overall`, `eval.measuring.revise`,
`eval.measuring.write`, `eval.measuring.qa`). What an interviewer says (`interview`) is judged and
rated, and counted nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from preprocess.alpaca import (
    POLARITY_WORDS,
    AdviceTask,
    AlpacaRow,
    Point,
    Polarity,
    RecordError,
    Task,
    Unreadable,
    read_jsonl,
    read_points,
    read_sentences,
    rows_cure,
    write_points,
)
from preprocess.outputs import ReviseRow, read_overall, read_revision
from preprocess.qa_records import QaRow

Answer = tuple[Point, ...] | Unreadable

#: The task whose rows `interview.rows` makes: a turn in, the interviewer's next question out. It
#: is the one without scores.
INTERVIEW: Final = "interview"
#: The lines of a turn, as `interview.situation` writes them.
TURN: Final = ("현재 주제: ", "지원자 답변: ", "충족한 답변: ", "다음 질문: ")


@dataclass(frozen=True)
class Item:
    """One test or training row, taken apart.

    `sentences` are the answer's numbered sentences, and `points` the expert's advice on them. In
    `advice-anchored` there are no numbered sentences, and a point's `sentences` hold the one
    number of its anchor. The other tasks have neither sentences nor points, and `question` is told
    where an input has one; the row of a `revise` item is a `ReviseRow`, that of `qa` a `QaRow`.
    """

    row: AlpacaRow
    task: Task
    question: str
    sentences: tuple[str, ...]
    points: tuple[Point, ...]


def read_items(path: Path, task: Task) -> tuple[Item, ...]:
    """Read a split of a task.

    Raises:
        RecordError: The file is missing, empty, or holds rows that are no such task, or ids
            twice; the message names file, row and cure.

    """
    cure = rows_cure(path)
    items: dict[str, Item] = {}
    for row in read_jsonl(path, ROWS.get(task, AlpacaRow), cure=cure):
        if row.id in items:
            raise RecordError(f"{path}: id {row.id} stands there twice; make it with: {cure}")
        try:
            items[row.id] = take_apart(row, task)
        except ValueError as error:
            raise RecordError(
                f"{path}, id {row.id}: {error}; this is no row of {task}; make it with: {cure}"
            ) from None
    if not items:
        raise RecordError(f"{path} is empty; make it with: {cure}")
    return tuple(items.values())


#: The tasks whose rows have more fields than an Alpaca row.
ROWS: Mapping[Task, type[AlpacaRow]] = {"revise": ReviseRow, "qa": QaRow}


def take_apart(row: AlpacaRow, task: Task) -> Item:
    """Read a row's input and what the expert says.

    Raises:
        ValueError: The input or the expert's output is not in the task's form.

    """
    question, sentences = read_input(row, task)
    points = read_answer(row.output, task, len(sentences))
    if isinstance(points, Unreadable):
        what = "advice" if task in ADVICE else "output"
        raise ValueError(f"the expert's {what} cannot be read ({points.reason})")  # noqa: TRY004
    return Item(row, task, question, sentences, points)


#: The tasks whose answers are points of located advice.
ADVICE: tuple[Task, ...] = get_args(AdviceTask)


def read_input(row: AlpacaRow, task: Task) -> tuple[str, tuple[str, ...]]:
    """Take a row's input apart: the question and the numbered sentences, as far as there are any.

    Raises:
        ValueError: The input is not in the task's form.

    """
    if task == "advice":
        return read_sentences(row.input)
    if task == "write":
        question, sentences = read_sentences(row.input)
        if sentences:
            raise ValueError("the input is more than a question")
        return question, ()
    if task == "revise" and isinstance(row, ReviseRow):
        refuse_stray_defects(row)
    if task == "qa":
        return row.input, ()
    if task == INTERVIEW:
        refuse_other_turn(row.input)
    return "", ()


def refuse_other_turn(text: str) -> None:
    """Refuse an input that is no turn of an interview.

    Raises:
        ValueError: One of its lines is not there, or has another head.

    """
    lines = text.split("\n")
    for number, head in enumerate(TURN, start=1):
        if number > len(lines) or not lines[number - 1].startswith(head):
            raise ValueError(f"line {number} does not start with {head!r}")
    if len(lines) > len(TURN):
        raise ValueError(f"line {len(TURN) + 1} is more than a turn has")


def refuse_stray_defects(row: ReviseRow) -> None:
    """Refuse defects that are not one behind the other in the draft.

    Raises:
        ValueError: One begins before the last one's end, or ends behind the draft.

    """
    done = 0
    for defect in row.defects:
        if not done <= defect.start < defect.end <= len(row.input):
            raise ValueError(f"the defect at {defect.start} has no place in the draft")
        done = defect.end


def read_answer(output: str, task: Task, sentence_count: int) -> Answer:
    """Read the points of what a system answered, or say why it cannot be read.

    A task without points has none, in an output that can be read.
    """
    if task == "advice":
        return read_points(output, sentence_count)
    if task == "advice-anchored":
        return read_anchored(output)
    said = _READERS[task](output)
    return said if isinstance(said, Unreadable) else ()


def read_text(output: str) -> str | Unreadable:
    """Read an answer of `write`, `qa` or `interview`: any text is one."""
    return output.strip() or Unreadable("empty")


_READERS: Mapping[Task, Callable[[str], object]] = {
    "overall": read_overall,
    "revise": read_revision,
    "write": read_text,
    "qa": read_text,
    INTERVIEW: read_text,
}


_ANCHOR = re.compile(r"(좋은|아쉬운)\s*점\s*([0-9０-９]{1,2})(?![0-9０-９])\s*[.:)]?\s*")


def read_anchored(text: str) -> Answer:
    """Read lines `좋은점 1 …`, `아쉬운점 2 …`; a line without such a head goes on with the last.

    Returns:
        Points whose `sentences` hold the anchor's number alone, in the order of the text; or the
        reason why there is none.

    """
    points: list[tuple[Polarity, int, list[str]]] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        match = _ANCHOR.match(line)
        if match is None and not points:
            return Unreadable("no anchored point")
        if match is None:
            points[-1][2].append(line)
            continue
        if int(match[2]) == 0:
            return Unreadable("anchor number out of range")
        points.append(
            ("good" if match[1] == "좋은" else "bad", int(match[2]), [line[match.end() :]])
        )
    if not points:
        return Unreadable("empty")
    if any(not "".join(said).strip() for _, _, said in points):
        return Unreadable("a point without advice")
    return tuple(Point(p, (n,), " ".join(" ".join(said).split())) for p, n, said in points)


def write_anchored(points: Sequence[Point]) -> str:
    """Write points of `advice-anchored` as lines, the inverse of `read_anchored`."""
    lines = (f"{POLARITY_WORDS[p.polarity]} {p.sentences[0]} {p.text}" for p in points)
    return "\n".join(lines)


def write_answer(points: Sequence[Point], task: Task) -> str:
    """Write points in the task's form, the inverse of `read_answer`."""
    return write_anchored(points) if task == "advice-anchored" else write_points(points)
