"""The door of preprocess: Alpaca rows, the tasks' instructions, and located advice as text.

Located advice points at numbered sentences. `number_sentences` and `write_points` make the text a
model reads and answers; `read_sentences` and `read_points` are their inverses, and nothing else in
the project takes such text apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from crawler.items import (
    POLARITY_WORDS,
    NotNegative,
    Polarity,
    Positive,
    Record,
    RecordError,
    Text,
    encode_line,
    read_jsonl,
    write_jsonl,
    write_whole,
)
from preprocess.wrapper import Wrapper, read_wrapper

__all__ = [
    "INSTRUCTIONS",
    "POLARITY_WORDS",
    "SPLITS",
    "UNSEEN_FIRMS",
    "AdviceTask",
    "AlpacaRow",
    "AnyRow",
    "AnyTask",
    "Facts",
    "Point",
    "Polarity",
    "Record",
    "RecordError",
    "Split",
    "Task",
    "Unreadable",
    "Wrapper",
    "encode_line",
    "facts_path",
    "number_sentences",
    "read_jsonl",
    "read_points",
    "read_sentences",
    "read_wrapper",
    "rows_cure",
    "rows_path",
    "write_jsonl",
    "write_places",
    "write_points",
    "write_ranges",
    "write_whole",
]

#: The tasks of located advice, those whose answers `eval` asks for, and all that essays are made
#: into rows for; the rows of `qa` come from a file of questions, those of `interview` from
#: `interview.rows`.
AdviceTask = Literal["advice", "advice-anchored"]
Task = Literal["advice", "advice-anchored", "overall", "revise", "write", "qa", "interview"]
AnyTask = Literal["advice", "advice-anchored", "locate", "overall", "revise", "write"]
Split = Literal["train", "validation", "test", "test-firms"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
#: A second test split, of firms that no other split holds.
UNSEEN_FIRMS: Split = "test-firms"

#: The Korean instruction of each task; `{position}` is the job applied for. The wrapper around
#: instruction, input and output is the run's YAML.
INSTRUCTIONS: dict[AdviceTask, str] = {
    "advice": (
        "{position} 직무의 자기소개서입니다. 문장 번호를 들어 좋은점과 아쉬운점을 조언해 주세요."
    ),
    # The polyglot study's own words, spacing included.
    "advice-anchored": "{position} 직무의 자기 소개서에 대해 평가해주세요.",
}


class AlpacaRow(Record, frozen=True):
    """One training or test row.

    Axolotl reads `instruction`, `input` and `output`. `id` is the row's own, `source_id` the
    essay's, and `group` names the near-duplicate essays that must share a split.
    """

    instruction: Text
    input: Text
    output: Text
    id: Text
    group: Text
    source_id: Text


class AnyRow(AlpacaRow, frozen=True, forbid_unknown_fields=False):
    """A row of any task; what a task's rows hold besides is none of a model's business."""


class Facts(Record, frozen=True):
    """What is known of a row beside its text, so that scores can be told by it.

    `id` is the row's, which is the essay's own in the task `overall`. `question_kind` is one of
    `preprocess.facts`, `None` for a whole essay, and `answer_chars` the code points of the
    applicant's answer, or of all answers. `company_types` are the lists (기업형태) in which the
    essay was found; what its page does not state is `None`.
    """

    id: Text
    source_id: Text
    position: str | None
    company_types: tuple[str, ...]
    grade: float | None
    question_kind: str | None
    answer_chars: NotNegative


class Point(Record, frozen=True):
    """One piece of located advice: what is said of which sentences (1-based, ascending)."""

    polarity: Polarity
    sentences: tuple[Positive, ...]
    text: Text


class Unreadable(msgspec.Struct, frozen=True):
    """Why a text is not located advice."""

    reason: str


def rows_path(data: Path, task: AnyTask | Task, split: Split) -> Path:
    """Where `preprocess.build`, or `preprocess.qa`, leaves a task's split below the data folder."""
    return data / "alpaca" / task / f"{split}.jsonl"


def facts_path(rows: Path) -> Path:
    """Where `preprocess.build` leaves the facts of rows: `facts/`, beside the tasks' `alpaca/`."""
    return rows.parents[2] / "facts" / rows.name


#: What makes the rows that `make data` does not, by a folder in the path of their file.
_MAKERS = {
    "interview": "make interview-rows",
    "qa": "python -m preprocess.qa --raw FILE.csv",
    "unmasked": "python -m preprocess.write_unmasked",
}


def rows_cure(path: Path) -> str:
    """Name the command that makes a file of rows, as `rows_path` names them."""
    folders = path.parts[-4:-1]
    return next((maker for folder, maker in _MAKERS.items() if folder in folders), "make data")


QUESTION_MARK = "문항: "


def number_sentences(question: str, sentences: Sequence[str]) -> str:
    """Write a question and its answer's sentences as the input of the `advice` task.

    White space inside a sentence becomes one space, so that a line is a sentence.
    """
    lines = [f"[{i}] {' '.join(s.split())}" for i, s in enumerate(sentences, start=1)]
    return "\n".join([QUESTION_MARK + " ".join(question.split()), *lines])


def read_sentences(text: str) -> tuple[str, tuple[str, ...]]:
    """Take the input of the `advice` task apart: the question, and the sentences in order.

    Raises:
        ValueError: The text is not such an input; the message names the line.

    """
    first, *lines = text.split("\n")
    if not first.startswith(QUESTION_MARK):
        raise ValueError(f"line 1 does not start with {QUESTION_MARK!r}")
    for number, line in enumerate(lines, start=1):
        if not line.startswith(f"[{number}] "):
            raise ValueError(f"line {number + 1} does not start with '[{number}] '")
    return first.removeprefix(QUESTION_MARK), tuple(line.split("] ", 1)[1] for line in lines)


def write_points(points: Iterable[Point]) -> str:
    """Write located advice, one point a line, in the order of first sentences.

    Each polarity is numbered from 1 in that order: `아쉬운점 2 [1-3,5] …`.
    """
    return "\n".join(f"{head} {' '.join(point.text.split())}" for head, point in _heads(points))


def write_places(points: Iterable[Point]) -> str:
    """Write the places of located advice alone, without what is said: `아쉬운점 2 [1-3,5]`."""
    return "\n".join(head for head, _ in _heads(points))


def _heads(points: Iterable[Point]) -> Iterator[tuple[str, Point]]:
    numbers: Counter[str] = Counter()
    for point in sorted(points, key=lambda p: (p.sentences, p.polarity)):
        numbers[point.polarity] += 1
        word = POLARITY_WORDS[point.polarity]
        yield f"{word} {numbers[point.polarity]} [{write_ranges(point.sentences)}]", point


def write_ranges(numbers: Sequence[int]) -> str:
    """Write ascending numbers with runs joined: `(1, 2, 3, 5)` is `1-3,5`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


#: What models write for digits, brackets, the hyphen of a range and the comma between numbers;
#: one character for one, so that positions hold.
_PLAIN = str.maketrans(
    dict(zip("０１２３４５６７８９［］（）：．", "0123456789[]():.", strict=True))
    | dict.fromkeys("~〜～∼–—−‐－", "-")
    | dict.fromkeys("、·，;", ",")
)
_HEAD = re.compile(r"(좋은|아쉬운)\s*점\s*(\d*)\s*[.:)]?\s*[\[(]([\d\s,\-]*)[\])]\s*[:.]?\s*")


def read_points(text: str, sentence_count: int) -> tuple[Point, ...] | Unreadable:
    """Read located advice as a model wrote it, or say why it cannot be read.

    Accepted beside the exact form: other spacing, full-width digits and brackets, `~` or a long
    dash for `-`, a missing number behind the polarity, advice that runs on over several lines.

    Args:
        text: A model's answer, without its end token.
        sentence_count: How many sentences the essay has; numbers beyond it are unreadable.

    """
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    if not lines:
        return Unreadable("empty")
    points: list[tuple[Polarity, tuple[int, ...], list[str]]] = []
    for line in lines:
        match = _HEAD.match(line.translate(_PLAIN))
        if match is None:
            if not points:
                return Unreadable("no located point")
            points[-1][2].append(line)
            continue
        numbers = read_ranges(match[3], sentence_count)
        if isinstance(numbers, Unreadable):
            return numbers
        points.append(("good" if match[1] == "좋은" else "bad", numbers, [line[match.end() :]]))
    if any(not "".join(said).strip() for _, _, said in points):
        return Unreadable("a point without advice")
    return tuple(Point(p, n, " ".join(" ".join(said).split())) for p, n, said in points)


def read_ranges(text: str, highest: int) -> tuple[int, ...] | Unreadable:
    """Read `1-3,5` as ascending sentence numbers between 1 and `highest`."""
    numbers: set[int] = set()
    for part in text.replace(" ", "").split(","):
        ends = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part)
        if ends is None:
            return Unreadable("sentence numbers not readable")
        low, high = int(ends[1]), int(ends[2] or ends[1])
        if low > high:
            return Unreadable("sentence range backwards")
        if low < 1 or high > highest:
            return Unreadable("sentence number out of range")
        numbers.update(range(low, high + 1))
    return tuple(sorted(numbers))
