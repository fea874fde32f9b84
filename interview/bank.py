"""The question bank, written for this project: `content/{topics,utterances,questions}.jsonl`.

Everything in it is invented. It is read whole, and all that does not fit is told at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from interview.records import ASKED, END, FAILED, Interview, Question, Topic, Utterance
from preprocess.alpaca import RecordError, Split, read_jsonl

CONTENT = Path(__file__).parent / "content"
CURE = "git checkout interview/content"
SALT = "interview"
#: Expected shares of the groups; the rest is for training. As in the project's essays.
TEST_SHARE = 0.15
VALIDATION_SHARE = 0.1
#: The splits of the first groups that give an answer.
HELD_OUT: tuple[Split, ...] = ("test", "validation")
SHOWN = 8


@dataclass(frozen=True)
class Bank:
    """Topics in the order in which they are asked, utterances and phrased questions."""

    topics: tuple[Topic, ...]
    utterances: tuple[Utterance, ...]
    questions: tuple[Question, ...]

    def topic(self, name: str) -> Topic:
        """Return the topic of a name, which must be one of the bank's."""
        return next(topic for topic in self.topics if topic.name == name)

    def course(self, interview: Interview) -> tuple[Topic, ...]:
        """List the topics of an interview, in order."""
        return tuple(topic for topic in self.topics if topic.interview == interview)

    def following(self, name: str) -> str:
        """Name the topic after one, or the interview's end."""
        names = [topic.name for topic in self.course(self.topic(name).interview)]
        return [*names, END][names.index(name) + 1]

    def answers(self) -> tuple[str, ...]:
        """List what a reply may be taken for: every expected answer, failed, asked back."""
        return (*(e.name for topic in self.topics for e in topic.expected), FAILED, ASKED)

    def next_topics(self) -> tuple[str, ...]:
        """List what may come next: every topic, and the end."""
        return (*(topic.name for topic in self.topics), END)

    @cached_property
    def splits(self) -> Mapping[str, Split]:
        """Give every group of utterances its split.

        Of the groups that give one expected answer, the first by a salted hash is for the test and
        the second for validation, so that every answer can be given in each split; a share of all
        would leave a third of the answers without a test reply. Other groups go by their hash.
        """
        found = {row.group: split_of(row.group) for row in self.utterances}
        right = [(row.satisfied, row.group) for row in self.utterances if row.kind == "right"]
        for answer in dict.fromkeys(name for name, _ in right):
            groups = sorted({group for name, group in right if name == answer}, key=hashed)
            for place, group in enumerate(groups):
                found[group] = HELD_OUT[place] if place < len(HELD_OUT) else "train"
        return found

    def split(self, split: Split) -> tuple[Utterance, ...]:
        """List the utterances of a split, in the order of the file."""
        return tuple(row for row in self.utterances if self.splits[row.group] == split)


def split_of(group: str) -> Split:
    """Choose a group's split by a salted hash of its name, so that a new row moves no old one."""
    position = hashed(group)
    if position < TEST_SHARE:
        return "test"
    return "validation" if position < TEST_SHARE + VALIDATION_SHARE else "train"


def hashed(name: str) -> float:
    """Give a name its place, the same everywhere, between 0 and 1."""
    digest = hashlib.sha256(f"{SALT}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def read_bank(folder: Path = CONTENT) -> Bank:
    """Read and check the bank.

    Raises:
        RecordError: A file is missing or no such file, or rows name what is not there; the message
            names file, line and field.

    """
    bank = Bank(
        tuple(read_jsonl(folder / "topics.jsonl", Topic, cure=CURE)),
        tuple(read_jsonl(folder / "utterances.jsonl", Utterance, cure=CURE)),
        tuple(read_jsonl(folder / "questions.jsonl", Question, cure=CURE)),
    )
    problems = [
        *located(folder / "topics.jsonl", topic_problems(bank.topics)),
        *located(folder / "utterances.jsonl", utterance_problems(bank)),
        *located(folder / "questions.jsonl", question_problems(bank)),
    ]
    if problems:
        rest = f"\n  … and {len(problems) - SHOWN} more" * (len(problems) > SHOWN)
        listed = "\n  ".join(problems[:SHOWN])
        raise RecordError(f"the question bank does not hold together:\n  {listed}{rest}")
    return bank


def located(path: Path, problems: Iterable[tuple[int, str]]) -> Iterator[str]:
    """Put file and line before each problem."""
    return (f"{path}, line {line}: {problem}" for line, problem in problems)


def topic_problems(topics: Sequence[Topic]) -> Iterator[tuple[int, str]]:
    """Find names that stand twice, or that are the labels' own."""
    if not topics:
        yield 1, "there is no topic"
    seen = {FAILED, ASKED, END}
    for line, topic in enumerate(topics, start=1):
        for name in (topic.name, *(e.name for e in topic.expected)):
            if name in seen:
                yield line, f"the name {name} is taken"
            seen.add(name)


def utterance_problems(bank: Bank) -> Iterator[tuple[int, str]]:
    """Find rows whose topic, remaining answers or labels do not fit the topics."""
    order = {topic.name: [e.name for e in topic.expected] for topic in bank.topics}
    for line, row in enumerate(bank.utterances, start=1):
        if row.topic not in order:
            yield line, f"there is no topic {row.topic}"
            continue
        yield from ((line, problem) for problem in label_problems(bank, row, order[row.topic]))


def label_problems(bank: Bank, row: Utterance, expected: Sequence[str]) -> Iterator[str]:
    """Find what is wrong with the labels of a row whose topic is there."""
    unknown = [name for name in row.remaining if name not in expected]
    if unknown or not row.remaining:
        yield f"remaining: {', '.join(unknown) or 'nothing'} is no expected answer of {row.topic}"
    labels = {"right": set(row.remaining), "question": {ASKED}}.get(row.kind, {FAILED})
    if row.satisfied not in labels:
        yield f"satisfied: {row.satisfied} does not fit the kind {row.kind}"
    after = bank.following(row.topic)
    done = set(row.remaining) <= {row.satisfied}
    nexts = {after} if done else {row.topic, after} if row.kind == "unknown" else {row.topic}
    if row.next_topic not in nexts:
        yield f"next_topic: {row.next_topic} is not {' or '.join(sorted(nexts))}"


def question_problems(bank: Bank) -> Iterator[tuple[int, str]]:
    """Find phrased questions that ask for what is not there."""
    order = {topic.name: [e.name for e in topic.expected] for topic in bank.topics}
    for line, row in enumerate(bank.questions, start=1):
        if row.topic not in order:
            yield line, f"there is no topic {row.topic}"
        elif row.move in ("ask", "hint") and row.expected not in order[row.topic]:
            yield line, f"expected: {row.expected} is no expected answer of {row.topic}"
        elif row.move in ("open", "explain") and row.expected is not None:
            yield line, f"expected: must be null where the move is {row.move}"
