"""From a judge's marks and verdicts to means, win rates and their intervals.

Intervals are those of the bootstrap over essays (`eval.comparing.statistics`), and there are none
of fewer essays than a slice needs (`eval.comparing.slices`). A row without a verdict is in no
number but that of its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from eval.comparing.slices import FEWEST_ESSAYS, TOO_FEW
from eval.comparing.statistics import (
    Draws,
    EssaySums,
    Matrix,
    draw_weights,
    resample,
    with_interval,
)
from eval.judging.lengths import controlled
from eval.judging.records import (
    MEAN,
    MEASURES,
    TIE,
    ItemMarks,
    ItemPreference,
    JudgedDifference,
    JudgedPairs,
    JudgeMarks,
    SystemMarks,
    Verdict,
)
from eval.rating.records import CRITERIA
from eval.records import Estimate, Unscored

NOTHING: Final = "nothing could be judged"


@dataclass(frozen=True)
class Draw:
    """The essays of some rows, and how often each stands in each resample.

    `position` holds for each row the column of `times` (resamples × essays) of its essay.
    """

    essays: tuple[str, ...]
    position: NDArray[np.int_]
    times: Draws

    def mean(
        self, values: Sequence[float], parts: Sequence[float] | None = None
    ) -> Estimate | Unscored:
        """Compute the mean of the rows' values with its interval.

        Args:
            values: One number for each row.
            parts: Where rows do not weigh the same, the weight of each: Σ values / Σ parts.

        """
        shares = [1.0] * len(values) if parts is None else parts
        if not sum(shares):
            return Unscored(NOTHING)
        sums = np.zeros((len(self.essays), 2))
        np.add.at(sums, self.position, np.column_stack([values, shares]))
        top, bottom = resample(EssaySums(self.essays, ("top", "bottom"), sums), self.times).drawn.T
        drawn = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom != 0)
        return self.around(sum(values) / sum(shares), drawn)

    def around(self, value: float, drawn: Matrix) -> Estimate | Unscored:
        """Put the interval of the resamples around a value."""
        if len(self.essays) < FEWEST_ESSAYS:
            return TOO_FEW
        return with_interval(value, drawn, len(self.essays))


def draw(source_ids: Sequence[str], resamples: int, seed: int) -> Draw:
    """Draw the essays of some rows; the same essays give the same draw."""
    essays = tuple(sorted(set(source_ids)))
    column = {essay: k for k, essay in enumerate(essays)}
    position = np.array([column[source_id] for source_id in source_ids], dtype=np.int_)
    return Draw(essays, position, draw_weights(len(essays), resamples, seed))


def system_marks(
    system: str,
    marks: Sequence[ItemMarks],
    lengths: Mapping[str, int],
    resamples: int,
    seed: int,
) -> SystemMarks:
    """Compute the mean marks of one system.

    Args:
        system: Its name.
        marks: A judge's marks of any systems' answers.
        lengths: The length of this system's answer to each row, in characters.
        resamples: How many are drawn.
        seed: Of the draw.

    """
    own = [one for one in marks if one.system == system]
    judged = {one.id: measured(one.marks) for one in own if isinstance(one.marks, JudgeMarks)}
    sources = [one.source_id for one in own if one.id in judged]
    return SystemMarks(
        system=system,
        items=len(judged),
        essays=len(set(sources)),
        mean_chars=fmean(lengths[known] for known in judged) if judged else None,
        means=means(list(judged.values()), sources, resamples, seed),
        unscored=reasons(one.marks for one in own),
    )


def marks_difference(
    system: str, other: str, marks: Sequence[ItemMarks], resamples: int, seed: int
) -> JudgedDifference:
    """Compare the marks of two systems on the rows where both have some."""
    judged = {
        (one.system, one.id): measured(one.marks)
        for one in marks
        if isinstance(one.marks, JudgeMarks)
    }
    both = [
        one
        for one in marks
        if one.system == system and {(system, one.id), (other, one.id)} <= judged.keys()
    ]
    rows = [
        {m: judged[system, one.id][m] - judged[other, one.id][m] for m in MEASURES} for one in both
    ]
    found = means(rows, [one.source_id for one in both], resamples, seed)
    return JudgedDifference(system, other, len(rows), found)


def measured(marks: JudgeMarks) -> dict[str, float]:
    """Give the five marks and their mean."""
    five = {criterion: float(getattr(marks, criterion)) for criterion in CRITERIA}
    return five | {MEAN: fmean(five.values())}


def means(
    rows: Sequence[Mapping[str, float]], source_ids: Sequence[str], resamples: int, seed: int
) -> dict[str, Estimate | Unscored]:
    """Compute the mean of every measure over rows, with intervals."""
    if not rows:
        return dict.fromkeys(MEASURES, Unscored(NOTHING))
    drawn = draw(source_ids, resamples, seed)
    return {measure: drawn.mean([row[measure] for row in rows]) for measure in MEASURES}


def judged_pairs(
    system: str, other: str, preferences: Sequence[ItemPreference], resamples: int, seed: int
) -> JudgedPairs:
    """Count the verdicts on two systems, and compute the win rates."""
    asked = [one for one in preferences if (one.system, one.other) == (system, other)]
    judged = [(one, one.verdict) for one in asked if isinstance(one.verdict, Verdict)]
    preferred = Counter(verdict.preferred for _, verdict in judged)
    rates = win_rates(judged, resamples, seed)
    return JudgedPairs(
        system=system,
        other=other,
        pairs=len(judged),
        essays=len({one.source_id for one, _ in judged}),
        wins=preferred[1.0],
        ties=preferred[TIE],
        losses=preferred[0.0],
        flipped=sum(verdict.flipped for _, verdict in judged),
        identical=sum(not verdict.choices for _, verdict in judged),
        mean_longer_by=fmean(one.longer_by for one, _ in judged) if judged else None,
        win_rate=rates[0],
        length_controlled=rates[1],
        first_place=rates[2],
        unscored=reasons(one.verdict for one in asked),
    )


def win_rates(
    judged: Sequence[tuple[ItemPreference, Verdict]], resamples: int, seed: int
) -> tuple[Estimate | Unscored, Estimate | Unscored, Estimate | Unscored]:
    """Compute the win rate, the one at equal length, and the share of the first place."""
    if not judged:
        return (Unscored(NOTHING),) * 3
    drawn = draw([one.source_id for one, _ in judged], resamples, seed)
    outcomes = [verdict.preferred for _, verdict in judged]
    longer_by = np.array([one.longer_by for one, _ in judged], dtype=np.float64)
    even = controlled(np.array(outcomes), longer_by, drawn.position, drawn.times)
    firsts = [float(verdict.choices.count("1")) for _, verdict in judged]
    chosen = [
        n + verdict.choices.count("2") for n, (_, verdict) in zip(firsts, judged, strict=True)
    ]
    return (
        drawn.mean(outcomes),
        even if isinstance(even, Unscored) else drawn.around(*even),
        drawn.mean(firsts, chosen),
    )


def reasons(found: Iterable[object]) -> dict[str, int]:
    """Count why there is no verdict, the most frequent reason first."""
    counted = Counter(one.reason for one in found if isinstance(one, Unscored))
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
