"""All items of the test set with every system's answer, as the JSON that the page looks through.

The JSON stands inside a script element, so every sign that could end the element or open a comment
is written as an escape, whatever a model has said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from eval.measuring.measures import LOWER_IS_BETTER, measures_of
from eval.pages.examples import Part, ShownPoint, both_sides, parts_of, shown_answer, shown_points
from eval.pages.glossary import system_word
from eval.pages.results import Scored
from eval.records import ItemScore, Prediction
from eval.tasks import ADVICE, Item

#: In a string of JSON these are the same signs, and in HTML they are none.
ESCAPES: Final = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


class BrowsedAnswer(msgspec.Struct, frozen=True):
    """A system's answer to an item; `raw` is empty where its points are told.

    `met` are the pairs of the expert's points in this answer, in the expert's order.
    """

    score: float | None
    failure: str
    met: tuple[str, ...]
    points: tuple[ShownPoint, ...]
    raw: str
    left_out: int


class BrowsedItem(msgspec.Struct, frozen=True):
    """An item: its text as sentences or parts, and the answers in the order of the systems."""

    id: str
    job: str
    question: str
    sentences: tuple[str, ...]
    parts: tuple[Part, ...]
    wanted: str
    expert: tuple[ShownPoint, ...]
    answers: tuple[BrowsedAnswer, ...]


class Browsed(msgspec.Struct, frozen=True):
    """All that the page looks through; `leading` is the system shown first."""

    systems: tuple[str, ...]
    leading: int
    jobs: tuple[str, ...]
    lower_is_better: bool
    items: tuple[BrowsedItem, ...]


def browsed(scored: Scored, leading: str) -> str:
    """Write all items as JSON that a script element can hold."""
    task = measures_of(scored.items[0].task)
    names = tuple(scored.predictions)
    items = tuple(browsed_items(scored))
    jobs = Counter(item.job for item in items if item.job)
    told = Browsed(
        systems=tuple(system_word(name, scored.result.task) for name in names),
        leading=names.index(leading),
        jobs=tuple(sorted(jobs, key=lambda job: (-jobs[job], job))),
        lower_is_better=task.by_item in LOWER_IS_BETTER,
        items=items,
    )
    return msgspec.json.encode(told).decode().translate(ESCAPES)


def browsed_items(scored: Scored) -> Iterator[BrowsedItem]:
    """Yield the items in their order."""
    for k, item in enumerate(scored.items):
        answers = {s: (of[k], scored.scores[s][k]) for s, of in scored.predictions.items()}
        facts = scored.facts.get(item.row.id)
        yield BrowsedItem(
            id=item.row.id,
            job=(facts.position or "") if facts else "",
            question=item.question,
            sentences=item.sentences,
            parts=() if item.sentences else parts_of(item),
            wanted="" if item.task in ADVICE else item.row.output,
            expert=shown_points("e", item, item.points, {}),
            answers=tuple(browsed_answers(item, answers)),
        )


def browsed_answers(
    item: Item, answers: Mapping[str, tuple[Prediction, ItemScore]]
) -> Iterator[BrowsedAnswer]:
    """Yield the answers to an item."""
    for system, (prediction, score) in answers.items():
        expert, points = both_sides("", item, prediction.output)
        shown = shown_answer(system, item, prediction, score)
        value = score.metrics[measures_of(item.task).by_item]
        yield BrowsedAnswer(
            score=round(value, 4) if isinstance(value, float) else None,
            failure=shown.failure,
            met=tuple(point.partner for point in expert),
            points=points,
            raw="" if points else shown.raw,
            left_out=0 if points else shown.left_out,
        )
