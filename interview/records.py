"""The door of interview: turns, the question bank's rows, and the line of a transcript.

A turn is the current topic, the expected answers that remain, and the reply; its labels are the
expected answer that the reply gives (or that it gives none, or asks back) and the next topic.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from eval.records import Unscored
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

#: Beside a line that a model said; the reasons for which it did not are those of `phrasing`.
BY_MODEL = "model"


class Said(Record, frozen=True):
    """A line of a transcript.

    Of the interviewer: `move`, and the expected answer asked for, where there is one. Of the
    applicant: the answer that the reply was taken for, `None` where the score was too low, the
    score, and whether the reply asks to leave the topic. `topic` is that in which it was said.
    `phrased` is told where a model was to say a line: `model`, or why the bank's words were taken.
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
    phrased: str | None = None


class Measures(Record, frozen=True):
    """The study's measures over all inputs.

    Attributes:
        inputs: How many inputs there are.
        pairs: How many pairs of input and candidate.
        accuracy: Share of inputs whose right candidate is above all others; a tie is not right.
        mean_diff: Mean of the right candidate's score minus the best other.
        mse: Mean squared error over all pairs, against 1 and 0.
        mae: Mean absolute error over all pairs.
        pearson: Correlation over all pairs; none where all scores are the same.

    """

    inputs: int
    pairs: int
    accuracy: float
    mean_diff: float
    mse: float
    mae: float
    pearson: float | Unscored


#: Which of a turn's two labels is predicted.
Target = Literal["satisfied", "next_topic"]
Data = Literal["bank", "study"]
Loss = Literal["cosine", "contrastive"]


class Epoch(Record, frozen=True):
    """One pass over the training turns.

    `loss` is the mean over the steps and `train_accuracy` the share whose right candidate was
    above all others, both as each step found them; `validation_accuracy` is of the epoch's end.
    """

    loss: float
    train_accuracy: float
    validation_accuracy: float


class Training(Record, frozen=True):
    """How a Sentence-BERT was trained; it stands beside its weights when training is done.

    `kept` is the number, from 1, of the epoch whose weights were kept.
    """

    base: Filled
    data: Data
    target: Target
    candidates: tuple[Filled, ...]
    loss: Loss
    batch: int
    rate: float
    seed: int
    epochs: tuple[Epoch, ...]
    kept: int


class Share(Record, frozen=True):
    """A share of turns: how many of how many, with a 95 % interval over their groups.

    The interval is none where all turns are of one group, which cannot tell how groups differ.
    """

    right: int
    turns: int
    groups: int
    low: float | None
    high: float | None


class Band(Record, frozen=True):
    """Turns that are likely to be right by so much: the mean of it beside the share that was.

    `score` is a probability, which a logistic curve fitted on the validation turns makes of the
    picker's own score.
    """

    low: float
    high: float
    turns: int
    score: float
    right: float


class Sureness(Record, frozen=True):
    """How scores go with being right.

    Attributes:
        bands: The bands that hold a turn, from low to high.
        error: Mean distance of probability and share right, by turns (expected calibration error).
        limit: The score, chosen on the validation turns, under which the interviewer asks back;
            none where every turn is guessed.
        guessed: Turns above it.
        right: Those of them that are right.

    """

    bands: tuple[Band, ...]
    error: float
    limit: float | None
    guessed: int
    right: int


class Part(Record, frozen=True):
    """One of the two labels: the study's measures, and the turns that are right.

    `share` is of what the interviewer may pick: in the bank the open answers, failed and asked
    back, in the study every candidate. `baselines` are counts of right turns by name. There are no
    measures of what follows from another label, and so has no scores.
    """

    measures: Measures | None
    share: Share
    topics: dict[str, Share]
    sureness: Sureness
    baselines: dict[str, int]


class Dialogues(Record, frozen=True):
    """Counts over simulated dialogues; the bank's test replies, drawn by kind, are the answers.

    Attributes:
        dialogues: How many were held.
        finished: Those that came to the interview's end.
        faultless: Those in which every turn was right.
        turns: Replies in all of them.
        right: Replies after which the interviewer stood where the gold labels lead to.
        asked_back: Replies that it was not sure of.
        repeated: Questions, those that ask back included, in words that the same dialogue had heard
            before.
        dead_ends: Expected answers that were given up.
        given: Expected answers that replies gave while they were open.
        credited: Those of them that were taken so.
        phrased: Questions that a model was to say.
        unfit: Those of them that were not used, so that the bank's words were taken, by reason.

    """

    dialogues: int
    finished: int
    faultless: int
    turns: int
    right: int
    asked_back: int
    repeated: int
    dead_ends: int
    given: int
    credited: int
    phrased: int = 0
    unfit: dict[str, int] = msgspec.field(default_factory=dict)


class Chain(Record, frozen=True):
    """The study's turns, next topic from predicted answer; counts of right turns.

    `both` have answer and next topic right; `next_given_gold` has the remaining answers as the
    table gives them.
    """

    turns: int
    answers: int
    next_given_gold: int
    next_given_predicted: int
    both: int


class Evaluated(Record, frozen=True):
    """The interviewer's numbers: `runs/interview-eval/result.json`."""

    encoder: Filled
    data: Data
    seed: int
    parts: dict[Target, Part]
    predicted: Dialogues | None = None
    gold: Dialogues | None = None
    chain: Chain | None = None
