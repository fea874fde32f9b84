"""Does a judge agree with people who rated the same answers?

Only ratings of the very answers that were judged are compared (`answers_sha256`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from eval.comparing.agreement import plain_kappa, quadratic_kappa, with_resamples
from eval.judging.records import TIE, ItemMarks, ItemPreference, JudgeMarks, Verdict
from eval.rating.file import ratings_dir, read_ratings
from eval.rating.records import CRITERIA, Agreement, Rating
from eval.records import Unscored
from eval.runs import Run

#: Fewer than for means: each is a kappa computed anew.
RESAMPLES: Final = 1000
PREFERENCE: Final = "preference"
PLAIN: Final = "Cohen's kappa"
QUADRATIC: Final = "Cohen's kappa, quadratic weights"

#: What a person and the judge said of one thing, and the essay that it is of.
Both = tuple[float, float, str]


def read_all_ratings(run: Run) -> list[Rating]:
    """Read the ratings in force of all raters of a run.

    Raises:
        RecordError: A line is not a rating.

    """
    files = sorted(ratings_dir(run).glob("*.jsonl"))
    return [rating for path in files for rating in read_ratings(path, path.stem).values()]


def with_people(
    ratings: Iterable[Rating],
    preferences: Sequence[ItemPreference],
    marks: Sequence[ItemMarks],
    *,
    seed: int,
) -> tuple[Agreement, ...]:
    """Compute the agreement of a judge with people, as far as both looked at the same answers.

    Args:
        ratings: Of any raters; each counts.
        preferences: The judge's verdicts on pairs; they also say which answers a rating was of.
        marks: The judge's marks.
        seed: Of the resamples.

    """
    judged = {(p.id, p.answers_sha256): p for p in preferences}
    given = {(m.id, m.system): m.marks for m in marks if isinstance(m.marks, JudgeMarks)}
    same = [
        (rating, judged[rating.id, rating.answers_sha256])
        for rating in ratings
        if rating.verdict != "skipped" and (rating.id, rating.answers_sha256) in judged
    ]
    preferred = [
        (people_prefer(rating, pair.system), pair.verdict.preferred, rating.source_id)
        for rating, pair in same
        if isinstance(pair.verdict, Verdict)
    ]
    found = [agreement(PREFERENCE, PLAIN, plain_kappa, preferred, seed)]
    for criterion in CRITERIA:
        both = list(both_marks((rating for rating, _ in same), given, criterion))
        found.append(agreement(criterion, QUADRATIC, quadratic_kappa, both, seed))
    return tuple(one for one in found if one.items)


def people_prefer(rating: Rating, system: str) -> float:
    """Say what a rating makes of a system: 1 preferred, 0 not, 0.5 a tie."""
    if rating.verdict == "tie":
        return TIE
    return float((rating.verdict == "first") == (rating.first == system))


def both_marks(
    ratings: Iterable[Rating], given: Mapping[tuple[str, str], JudgeMarks], criterion: str
) -> Iterable[Both]:
    """Yield people's and the judge's marks of the same answers, for one criterion."""
    for rating in ratings:
        for system, marks in zip((rating.first, rating.second), rating.marks or (), strict=True):
            judge = given.get((rating.id, system))
            if judge is not None:
                one, other = (float(getattr(of, criterion)) for of in (marks, judge))
                yield one, other, rating.source_id


def agreement(
    of: str,
    measure: str,
    kappa: Callable[[Sequence[float], Sequence[float]], float | Unscored],
    both: Sequence[Both],
    seed: int,
) -> Agreement:
    """Compute one kappa with its interval over essays."""

    def value(rated: Sequence[Both]) -> float | Unscored:
        return kappa([one for one, _, _ in rated], [other for _, other, _ in rated])

    essays = [essay for _, _, essay in both]
    found = with_resamples(value, both, essays, resamples=RESAMPLES, seed=seed)
    return Agreement(of, measure, len(both), found)


def in_words(found: Sequence[Agreement], run: Run) -> str:
    """Say how well the judge agrees with people, or that nobody knows."""
    if not found:
        return (
            "none known: nobody has rated the answers that were judged; "
            f"rate some with: python -m eval.rate {run.options}"
        )
    said = [f"{one.of} {number(one)} ({one.items} ratings)" for one in found]
    return f"Cohen's kappa with people, 1 full and 0 by chance: {', '.join(said)}"


def number(found: Agreement) -> str:
    """Write an agreement with its interval, or why there is none."""
    value = found.value
    if isinstance(value, Unscored):
        return value.reason
    return f"{value.value:.2f} [{value.low:.2f}, {value.high:.2f}]"
