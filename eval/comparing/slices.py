"""Scores by part of the test set: job, kind of firm, grade, kind of question, length of the answer.

The facts of each row are `data/facts/<split>.jsonl`, made by `preprocess.build`. A slice's items
are a part of the test set's, and its resamples a part of the same resamples, so that intervals of
slices and of the whole belong together. An essay found in two lists of firms is in both slices.
With as few as five essays intervals of 95 % hold the truth in 91 to 93 % (simulated as in
`tests/eval/test_coverage.py`), with eight in 94 %.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from eval.comparing.statistics import AnyMetric, Draws, ItemCounts, estimate, resample_all
from eval.records import Estimate, SliceResult, Unscored
from eval.runs import Run
from preprocess.alpaca import Facts, facts_path, read_jsonl

FEWEST_ESSAYS: Final = 5
TOO_FEW: Final = Unscored(f"fewer than {FEWEST_ESSAYS} essays")
REST: Final = "그 밖"
UNKNOWN: Final = "모름"

Counts = Mapping[str, ItemCounts]
Told = dict[str, Estimate | Unscored]


class By(NamedTuple):
    """A way to part the test set: the values of a row; where they are bands, all in order.

    Where they are none, rare values are put together.
    """

    values: Callable[[Facts], Sequence[str]]
    bands: tuple[str, ...] = ()


#: Answers shorter than so many characters; many sites end an answer at these.
LENGTHS: Final = {500: "500자 미만", 1000: "500–999자", sys.maxsize: "1,000자 이상"}
GRADES: Final = tuple(f"{points}점대" for points in range(6))


def length_band(facts: Facts) -> tuple[str]:
    """Name the length of an answer."""
    return (next(word for end, word in LENGTHS.items() if facts.answer_chars < end),)


def grade_band(facts: Facts) -> tuple[str]:
    """Name the whole points of a grade (평점): `2점대` for 2.0 to 2.9."""
    return (UNKNOWN if facts.grade is None else GRADES[int(facts.grade)],)


BY: Final[Mapping[str, By]] = {
    "job": By(lambda facts: (facts.position or UNKNOWN,)),
    "firm_type": By(lambda facts: facts.company_types or (UNKNOWN,)),
    "grade": By(grade_band, GRADES),
    "question_kind": By(lambda facts: (facts.question_kind or UNKNOWN,)),
    "length": By(length_band, tuple(LENGTHS.values())),
}


def read_facts(run: Run) -> tuple[dict[str, Facts], str]:
    """Read the facts of a run's test rows by id, and say where they come from.

    Data of an earlier version of the project have none, which is no error.

    Raises:
        RecordError: The file is there and cannot be read.

    """
    path, cure = facts_path(run.test), "make data"
    if not path.exists():
        return {}, f"none: {path} is missing; make it with: {cure}"
    return {facts.id: facts for facts in read_jsonl(path, Facts, cure=cure)}, str(path)


def slices(
    facts: Mapping[str, Facts], counts: Counts, metrics: Sequence[AnyMetric], weights: Draws
) -> Iterator[SliceResult]:
    """Score every system on each part of the test set.

    Args:
        facts: By row id; a row without facts is in no slice.
        counts: Each system's items.
        metrics: What is told of a slice.
        weights: The resamples of the whole test set (resamples × essays in sorted order).

    """
    first = next(iter(counts.values()))
    rows = dict(zip(first.ids, first.essays, strict=True))
    known = {row: facts[row] for row in rows if row in facts}
    order = {essay: k for k, essay in enumerate(sorted(set(rows.values())))}
    for name, by in BY.items():
        for value, ids in parts(by, known, rows).items():
            essays = sorted({rows[row] for row in ids})
            told: dict[str, Told] = {s: {m.name: TOO_FEW for m in metrics} for s in counts}
            if len(essays) >= FEWEST_ESSAYS:
                told = scored(ids, counts, metrics, weights[:, [order[e] for e in essays]])
            for system, found in told.items():
                yield SliceResult(name, value, system, len(ids), len(essays), found)


def scored(
    ids: Collection[str], counts: Counts, metrics: Sequence[AnyMetric], weights: Draws
) -> dict[str, Told]:
    """Compute the metrics of every system on some items, given the draws of their essays."""
    sums = {
        system: of.by_essay([row for row, item in enumerate(of.ids) if item in ids])
        for system, of in counts.items()
    }
    return {
        system: {metric.name: estimate(metric, drawn) for metric in metrics}
        for system, drawn in resample_all(sums, weights).items()
    }


def parts(by: By, facts: Mapping[str, Facts], essays: Mapping[str, str]) -> dict[str, set[str]]:
    """Part rows by a fact: row ids by value, bands in their order, other values the largest first.

    A fact that all rows share parts nothing, and gives no part.
    """
    found: dict[str, set[str]] = {}
    for row, one in facts.items():
        for value in by.values(one):
            found.setdefault(value, set()).add(row)
    order = (*by.bands, UNKNOWN) if by.bands else largest_first(found, essays)
    told = {value: found[value] for value in order if value in found}
    return told if len(told) > 1 else {}


def largest_first(found: dict[str, set[str]], essays: Mapping[str, str]) -> tuple[str, ...]:
    """Put values with too few essays together as `그 밖`, in place; order the values by size."""
    size = {value: len({essays[row] for row in ids}) for value, ids in found.items()}
    rare = [v for v, count in size.items() if v != UNKNOWN and count < FEWEST_ESSAYS]
    if rare:
        found[REST] = set().union(*(found.pop(value) for value in rare))
    return (*sorted(found.keys() - {REST, UNKNOWN}, key=lambda v: (-size[v], v)), REST, UNKNOWN)
