"""The door of interview: turns, the question bank's rows, and the line of a transcript.

A turn is the current topic, the expected answers that remain, and the reply; its labels are the
expected answer that the reply gives (or that it gives none, or asks back) and the next topic.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from preprocess.alpaca import Record

Filled = Annotated[str, msgspec.Meta(min_length=1)]

Interview = Literal["common", "data"]
INTERVIEWS: tuple[Interview, ...] = get_args(Interview)

#: Labels beside the expected answers: the reply gives none, or asks what the question means.
FAILED = "답변 실패"
ASKED = "용어 질문"
#: The next topic of the last turn.
END = "면접 종료"

#: What a reply is. A partial reply has a piece of an expected answer, but too little to count.
Kind = Literal["right", "partial", "wrong", "evasive", "unknown", "question"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: What a phrased question is for: to open a topic, to ask for one expected answer, to help after
#: a failed reply, to explain after a question back.
Move = Literal["open", "ask", "hint", "explain"]
MOVES: tuple[Move, ...] = get_args(Move)


class Expected(Record, frozen=True):
    """An answer that the interviewer waits for, and what it must say."""

    name: Filled
    gist: Filled


class Topic(Record, frozen=True):
    """A topic of an interview. Topics follow each other in the order of their file."""

    name: Filled
    interview: Interview
    expected: Annotated[tuple[Expected, ...], msgspec.Meta(min_length=1)]


class Turn(Record, frozen=True):
    """A reply with what was open, and the two labels.

    `remaining` are names of expected answers. In the bank they are those before the reply; the
    study's table gives those after it (see `interview.study`).
    """

    topic: Filled
    remaining: tuple[Filled, ...]
    reply: Filled
    satisfied: Filled
    next_topic: Filled


class Utterance(Turn, frozen=True):
    """A turn of the bank.

    Rows of one `group` say the same in other words and share a split. `slip` marks replies with a
    false start, a filler, a misspelling, or an end that never comes.
    """

    group: Filled
    kind: Kind
    slip: bool


class Question(Record, frozen=True):
    """A phrased question of the bank: `expected` is the answer asked for, where there is one."""

    topic: Filled
    move: Move
    expected: str | None
    text: Filled
    group: Filled


Speaker = Literal["interviewer", "applicant"]
#: What the interviewer does in a turn, beside the moves of the bank: to greet and open the first
#: topic, to ask a reply again that it is not sure of, to end.
Turned = Literal["greet", "back", "close"] | Move


class Said(Record, frozen=True):
    """A line of a transcript.

    Of the interviewer: `move`, and the expected answer asked for, where there is one. Of the
    applicant: the answer that the reply was taken for, `None` where the score was too low, the
    score, and whether the reply asks to leave the topic. `topic` is that in which it was said.
    """

    interview: Interview
    seed: int
    speaker: Speaker
    text: str
    topic: Filled
    move: Turned | None = None
    expected: str | None = None
    satisfied: str | None = None
    score: float | None = None
    leaves: bool = False
