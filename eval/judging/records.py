"""What a judge said of answers, and what was computed from it.

`runs/R/eval/judge/replies.jsonl` holds one `KeptReply` a line, as the judge gave it, and
`runs/R/eval/judge.json` the `JudgeResult` that `eval.judge` computes, for the report.
"""

from __future__ import annotations

from typing import Final, Literal

from eval.rating.records import CRITERIA, Agreement, Marks
from eval.records import Estimate, Unscored
from preprocess.alpaca import Record

Mode = Literal["score", "pair"]
#: Whom one question preferred: the answer shown first or second, or none.
Choice = Literal["1", "2", "tie"]
#: What a tie counts of a win.
TIE: Final = 0.5
#: The mean of the five criteria, beside them in every table.
MEAN = "mean"
MEASURES = (*CRITERIA, MEAN)


class KeptReply(Record, frozen=True):
    """What a model answered to a prompt, the `attempt`-th time that it was asked (from 0).

    `finish` is why it ended, as the endpoint says, and `most_tokens` the room that it was given;
    tokens are `None` where the endpoint does not count.
    """

    model: str
    prompt: str
    attempt: int
    most_tokens: int
    text: str
    finish: str | None
    prompt_tokens: int | None
    completion_tokens: int | None


class JudgeMarks(Marks, frozen=True, tag=True):
    """The five marks that a judge gave, from 1 to 5."""


class ItemMarks(Record, frozen=True):
    """A judge's marks of one system's answer to one test row, or why there are none."""

    id: str
    source_id: str
    system: str
    marks: JudgeMarks | Unscored


class Verdict(Record, frozen=True, tag=True):
    """What a judge said of a pair, asked in both orders.

    `choices` are what it preferred with `system` shown first, and with `system` shown second;
    empty where both answers were one text, and nobody was asked. `preferred` is 1 where it chose
    `system` both times, 0 where it chose the other both times, and 0.5, a tie, in all other cases.
    """

    preferred: float
    choices: tuple[Choice, ...]

    @property
    def flipped(self) -> bool:
        """Whether the order of the two answers changed the verdict."""
        return bool(self.choices) and self.preferred == TIE and self.choices != ("tie", "tie")


class ItemPreference(Record, frozen=True):
    """A judge's verdict on two systems' answers to one test row, or why there is none.

    `longer_by` is how many characters `system` wrote more than `other`. `answers_sha256` is that
    of the two answers, as in people's ratings (`eval.rating.pairs.answers_sha256`).
    """

    id: str
    source_id: str
    system: str
    other: str
    longer_by: int
    answers_sha256: str
    verdict: Verdict | Unscored


class SystemMarks(Record, frozen=True):
    """The mean marks of one system over `items` judged rows of `essays` essays.

    `unscored` counts the rows without marks by reason, and they are in no mean. `mean_chars` is
    the mean length of the answers that were judged, `None` where none was.
    """

    system: str
    items: int
    essays: int
    mean_chars: float | None
    means: dict[str, Estimate | Unscored]
    unscored: dict[str, int]


class JudgedDifference(Record, frozen=True):
    """The marks of `system` minus those of `other` on the `items` rows where both were judged."""

    system: str
    other: str
    items: int
    differences: dict[str, Estimate | Unscored]


class JudgedPairs(Record, frozen=True):
    """How one system did against another in the eyes of the judge.

    `win_rate` is the share of `pairs` won, ties counted half; `length_controlled` what a logistic
    regression makes of it for answers of one length (`eval.judging.lengths`). Among the ties,
    `flipped` are pairs whose verdict changed with the order, and `identical` pairs of one and the
    same text. `first_place` is the share of choices for the answer shown first, ties left out: far
    from a half, the judge went by the place. `mean_longer_by` is in characters, `None` where
    nothing was judged.
    """

    system: str
    other: str
    pairs: int
    essays: int
    wins: int
    ties: int
    losses: int
    flipped: int
    identical: int
    mean_longer_by: float | None
    win_rate: Estimate | Unscored
    length_controlled: Estimate | Unscored
    first_place: Estimate | Unscored
    unscored: dict[str, int]


class JudgeCost(Record, frozen=True):
    """What the judgements of a result cost; `asked` of `replies` in this attempt, others before.

    Tokens are sums over all replies but the `uncounted` ones, of which the endpoint told none.
    """

    replies: int
    asked: int
    prompt_tokens: int
    completion_tokens: int
    uncounted: int


class JudgeResult(Record, frozen=True):
    """All that a judge said of a run, as `eval.judge` computes it.

    `with_people` is how well the judge agrees with those who rated the same answers, and
    `people` the same in words, also where there is none. `settings` says how the numbers were made
    (model, version of the prompts, sample, resamples, seed).
    """

    run: str
    task: str
    settings: dict[str, str]
    cost: JudgeCost
    systems: tuple[SystemMarks, ...]
    differences: tuple[JudgedDifference, ...]
    comparisons: tuple[JudgedPairs, ...]
    with_people: tuple[Agreement, ...]
    people: str
    marks: tuple[ItemMarks, ...]
    preferences: tuple[ItemPreference, ...]
