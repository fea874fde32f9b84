"""How the items of each task are read: what the expert said, and what a system answered.

`advice` is read with the door of preprocess. `advice-anchored` keeps the polyglot study's lines,
`좋은점 1 …`, whose numbers name passages that are marked inside the input; its own small reader
is `read_anchored`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from preprocess.alpaca import (
    POLARITY_WORDS,
    AlpacaRow,
    Point,
    Polarity,
    RecordError,
    Task,
    Unreadable,
    read_jsonl,
    read_points,
    read_sentences,
    write_points,
)

Answer = tuple[Point, ...] | Unreadable


@dataclass(frozen=True)
class Item:
    """One test or training row, taken apart.

    `sentences` are the answer's numbered sentences, and `points` the expert's advice on them. In
    `advice-anchored` there are no numbered sentences, and a point's `sentences` hold the one
    number of its anchor.
    """

    row: AlpacaRow
    task: Task
    question: str
    sentences: tuple[str, ...]
    points: tuple[Point, ...]


def read_items(path: Path, task: Task, *, cure: str) -> tuple[Item, ...]:
    """Read a split of a task.

    Raises:
        RecordError: The file is missing, empty, or holds rows that are no such task, or ids
            twice; the message names file, row and cure.

    """
    items: dict[str, Item] = {}
    for row in read_jsonl(path, AlpacaRow, cure=cure):
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


def take_apart(row: AlpacaRow, task: Task) -> Item:
    """Read a row's input and the expert's advice.

    Raises:
        ValueError: The input or the advice is not in the task's form.

    """
    question, sentences = ("", ()) if task == "advice-anchored" else read_sentences(row.input)
    points = read_answer(row.output, task, len(sentences))
    if isinstance(points, Unreadable):
        raise ValueError(f"the expert's advice cannot be read ({points.reason})")  # noqa: TRY004
    return Item(row, task, question, sentences, points)


def read_answer(output: str, task: Task, sentence_count: int) -> Answer:
    """Read what a system answered, or say why it cannot be read."""
    if task == "advice-anchored":
        return read_anchored(output)
    return read_points(output, sentence_count)


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
