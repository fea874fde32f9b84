"""What people said of pairs of advice, and what was computed from it.

`runs/R/eval/ratings/<rater>.jsonl` holds one `Rating` a line, written by `eval.rate`; of several
lines for one pair the last is in force. `runs/R/eval/ratings.json` holds the `RatingsResult` that
`eval.ratings` computes, for the report.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from eval.records import Estimate, Unscored
from preprocess.alpaca import Record

Text = Annotated[str, msgspec.Meta(min_length=1)]
Mark = Annotated[int, msgspec.Meta(ge=1, le=5)]
Verdict = Literal["first", "tie", "second", "skipped"]

#: In the order of the page; each is a field of `Marks`.
CRITERIA = ("anchored", "specific", "valid", "actionable", "tone")


class Marks(Record, frozen=True):
    """One side's marks, from 1 (not at all) to 5 (entirely).

    Of advice, `anchored`: it speaks of passages that are there; `specific`: of this essay, not of
    any; `valid`: it is right; `actionable`: one knows what to do; `tone`: an adviser's, and
    respectful. What they ask of another task, its rubric says.
    """

    anchored: Mark
    specific: Mark
    valid: Mark
    actionable: Mark
    tone: Mark


class Rating(Record, frozen=True):
    """What one rater said of two systems' answers to one test row.

    `first` and `second` are the systems in the order in which they were shown, without names, and
    `marks` theirs in the same order. `answers_sha256` is of the two answers as they were shown:
    ratings of answers that a run no longer has are not counted. `at` is the time of saving (UTC).

    Raises:
        ValueError: There are marks on a skipped pair, or none on a rated one.

    """

    id: Text
    source_id: Text
    task: Text
    rater: Text
    first: Text
    second: Text
    answers_sha256: Text
    verdict: Verdict
    marks: tuple[Marks, Marks] | None
    at: Text

    def __post_init__(self) -> None:
        """Hold verdict and marks to each other."""
        if (self.verdict == "skipped") != (self.marks is None):
            raise ValueError("a skipped pair has no marks, a rated one has those of both sides")
        if self.first == self.second:
            raise ValueError(f"{self.first} cannot be compared with itself")

    @property
    def pair(self) -> tuple[str, str, str]:
        """Name what was compared, whichever side it stood on: row and both systems by name."""
        one, other = sorted((self.first, self.second))
        return self.id, one, other


class RaterResult(Record, frozen=True):
    """How much one rater did; `stale` ratings are of answers that have changed since."""

    rater: str
    rated: int
    skipped: int
    stale: int


class CriterionResult(Record, frozen=True):
    """Mean marks of two systems on the pairs in which they met, and the difference of the two."""

    criterion: str
    system: Estimate | Unscored
    other: Estimate | Unscored
    difference: Estimate | Unscored


class Comparison(Record, frozen=True):
    """How one system did against another in the eyes of people.

    `win_rate` is the share of ratings that preferred `system`, ties counted half. `ratings` of
    `pairs` rows of `essays` essays: a row that two people rated counts twice.
    """

    system: str
    other: str
    ratings: int
    pairs: int
    essays: int
    wins: int
    ties: int
    losses: int
    win_rate: Estimate | Unscored
    criteria: tuple[CriterionResult, ...]


class Agreement(Record, frozen=True):
    """How well two or more agree on one thing: `preference` or one of the criteria.

    `measure` names what was computed: Krippendorff's alpha or one of Cohen's kappas. `items` is
    how many things were rated by more than one.
    """

    of: str
    measure: str
    items: int
    value: Estimate | Unscored


class RatingsResult(Record, frozen=True):
    """All that people said of a run, as `eval.ratings` computes it.

    `first_side` is how often the answer shown first was preferred, and `longer` how often the
    longer one, both of ratings that preferred one: far from a half, place or length decided.
    `experts` is the location F1 of two experts on one text, of `expert_pairs` such pairs: the
    ceiling of any system. `settings` says how the numbers were made.
    """

    run: str
    task: str
    raters: tuple[RaterResult, ...]
    comparisons: tuple[Comparison, ...]
    first_side: Estimate | Unscored
    longer: Estimate | Unscored
    between_raters: tuple[Agreement, ...]
    with_judge: tuple[Agreement, ...]
    judge: str
    experts: Estimate | Unscored
    expert_pairs: int
    settings: dict[str, str]
