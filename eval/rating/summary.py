"""From ratings to win rates, mean marks and agreement, with intervals over essays.

A rating is one observation, so a pair that two people rated counts twice; the bootstrap draws
whole essays, so what people say of one essay stays together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from eval.comparing.agreement import Level, krippendorff_alpha, with_resamples
from eval.judging.people import people_prefer
from eval.judging.results import draw
from eval.measuring.advice import POLARITIES, sentence_counts
from eval.rating.records import (
    CRITERIA,
    Agreement,
    Comparison,
    CriterionResult,
    Marks,
    Rating,
)
from eval.records import Estimate, Unscored
from eval.tasks import Item

WIN, TIE, LOSS = 1.0, 0.5, 0.0
NOT_RATED = "no pair was rated"
ONE_EXPERT = "no text has the advice of two experts"


@dataclass(frozen=True)
class Draws:
    """How intervals are made: the number of resamples, and their seed."""

    resamples: int
    seed: int

    def mean(self, values: Sequence[float], essays: Sequence[str]) -> Estimate | Unscored:
        """Compute the mean of values, the essay of each beside it, with its interval."""
        if not values:
            return Unscored(NOT_RATED)
        return draw(essays, self.resamples, self.seed).mean(values)


def marks_of(rating: Rating, system: str) -> Marks:
    """Take the marks of one of a rating's systems.

    Raises:
        ValueError: The pair was skipped.

    """
    if rating.marks is None:
        raise ValueError(f"{rating.id} was skipped and has no marks")
    return rating.marks[0] if rating.first == system else rating.marks[1]


def comparisons(ratings: Sequence[Rating], draws: Draws) -> tuple[Comparison, ...]:
    """Compare every two systems that met; a tuned model comes first, then names in order."""
    met: dict[tuple[str, str], list[Rating]] = defaultdict(list)
    for rating in ratings:
        system, other = sorted(
            (rating.first, rating.second), key=lambda s: (not s.startswith("tuned"), s)
        )
        met[system, other].append(rating)
    return tuple(compare(*pair, met[pair], draws) for pair in sorted(met))


def compare(system: str, other: str, ratings: Sequence[Rating], draws: Draws) -> Comparison:
    """Count how one system did against another."""
    values = [people_prefer(rating, system) for rating in ratings]
    essays = [rating.source_id for rating in ratings]
    return Comparison(
        system=system,
        other=other,
        ratings=len(ratings),
        pairs=len({rating.id for rating in ratings}),
        essays=len(set(essays)),
        wins=values.count(WIN),
        ties=values.count(TIE),
        losses=values.count(LOSS),
        win_rate=draws.mean(values, essays),
        criteria=tuple(criterion(name, system, other, ratings, draws) for name in CRITERIA),
    )


def criterion(
    name: str, system: str, other: str, ratings: Sequence[Rating], draws: Draws
) -> CriterionResult:
    """Compute both systems' mean marks by one criterion, and the paired difference."""
    essays = [rating.source_id for rating in ratings]
    one, two = (
        [float(getattr(marks_of(rating, s), name)) for rating in ratings] for s in (system, other)
    )
    lead = [a - b for a, b in zip(one, two, strict=True)]
    return CriterionResult(name, *(draws.mean(values, essays) for values in (one, two, lead)))


def first_side(ratings: Iterable[Rating], draws: Draws) -> Estimate | Unscored:
    """Compute how often the answer shown first was preferred, among ratings that preferred one."""
    decided = [rating for rating in ratings if rating.verdict in {"first", "second"}]
    values = [float(rating.verdict == "first") for rating in decided]
    return draws.mean(values, [rating.source_id for rating in decided])


def longer(
    ratings: Iterable[Rating], length: Callable[[str, str], int], draws: Draws
) -> Estimate | Unscored:
    """Compute how often the longer answer was preferred, ties and equal lengths left out.

    Args:
        ratings: People's.
        length: Gives the characters of a system's answer to a row: system, row id.
        draws: How intervals are made.

    """
    values, essays = [], []
    for rating in ratings:
        by = length(rating.first, rating.id) - length(rating.second, rating.id)
        if by and rating.verdict in {"first", "second"}:
            values.append(float((by > 0) == (rating.verdict == "first")))
            essays.append(rating.source_id)
    return draws.mean(values, essays)


def between_raters(ratings: Sequence[Rating], draws: Draws) -> tuple[Agreement, ...]:
    """Compute the raters' agreement on whom they prefer, and on each criterion."""
    by_pair: dict[tuple[str, str, str], list[Rating]] = defaultdict(list)
    for rating in ratings:
        by_pair[rating.pair].append(rating)
    shared = [rated for rated in by_pair.values() if len(rated) > 1]
    essays = [rated[0].source_id for rated in shared]
    wins = [[people_prefer(rating, rated[0].first) for rating in rated] for rated in shared]
    told = [agreement("preference", "nominal", wins, essays, draws)]
    for name in CRITERIA:
        units = [
            [float(getattr(marks_of(rating, system), name)) for rating in rated]
            for rated in shared
            for system in rated[0].pair[1:]
        ]
        twice = [essay for essay in essays for _ in range(2)]
        told.append(agreement(name, "ordinal", units, twice, draws))
    return tuple(told)


def agreement(
    of: str, level: Level, units: Sequence[Sequence[float]], essays: Sequence[str], draws: Draws
) -> Agreement:
    """Compute one alpha with its interval."""
    value = with_resamples(
        lambda some: krippendorff_alpha(some, level),
        units,
        essays,
        resamples=draws.resamples,
        seed=draws.seed,
    )
    return Agreement(of, f"Krippendorff's alpha, {level}", len(units), value)


def advised_twice(items: Iterable[Item]) -> list[tuple[Item, Item]]:
    """Find the texts that two experts advised on; of more than two, every two.

    Rows with the same question and the same sentences are one text, whoever brought it. The same
    advice twice is one expert's, on a text that stands in the data twice.
    """
    texts: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in items:
        if item.sentences:
            texts[item.question, *item.sentences].append(item)
    return [
        (one, other)
        for rows in texts.values()
        for one, other in combinations(rows, 2)
        if one.row.output != other.row.output
    ]


def experts_agree(met: Sequence[tuple[Item, Item]], draws: Draws) -> Estimate | Unscored:
    """Compute the location F1 of two experts' advice on the same texts: the ceiling of systems."""
    if not met:
        return Unscored(ONE_EXPERT)
    counts = [
        sentence_counts(one.points, other.points, polarity)
        for one, other in met
        for polarity in POLARITIES
    ]
    # One text, brought three times, is three essays and three pairs, and one group.
    essays = [one.row.group for one, _ in met for _ in POLARITIES]
    same = [2.0 * count.tp for count in counts]
    marked = [both + count.fp + count.fn for both, count in zip(same, counts, strict=True)]
    return draw(essays, draws.resamples, draws.seed).mean(same, marked)
