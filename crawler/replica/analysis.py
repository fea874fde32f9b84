"""What the invented expert says: advice on a passage, the grade, and the 총평."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from crawler.replica.library import Library
from crawler.replica.scene import Mark
from crawler.replica.wording import fill

FAIR_GRADE, PRAISED_GRADE, HALF_STAR = 3, 4, 0.03
# Points whose answer may not tell the episode that their slots name.
UNTOLD: Final = frozenset(
    {"no_example", "list_only", "abstract_plan", "plan_by_period", "empty_resolution"}
)
ADVICE_LENGTHS: Final = range(30, 181)


def advise(library: Library, mark: Mark, rng: random.Random) -> str:
    """Write advice of a usual length on a point."""
    point = (library.faults | library.merits)[mark.name]
    slots = {"length": "", "q": mark.slots["topic"], **mark.slots}
    while True:
        halves = (rng.choice(point.heads), rng.choice(point.tails))
        text = " ".join(fill(half, slots, rng) for half in halves if half)
        # The two halves are not to name the same long thing twice.
        once = all(text.count(slots[name]) <= 1 for name in ("topic", "missing", "fact"))
        if once and len(text) in ADVICE_LENGTHS:
            return text


def grade_essay(library: Library, marks: Sequence[Mark], answers: int, rng: random.Random) -> float:
    """Grade an essay by its merits and weaknesses an answer, mostly in whole stars."""
    good = sum(mark.name in library.merits for mark in marks)
    bad = len(marks) - good
    value = 2.8 + (1.15 * good - 0.62 * bad) / answers
    exact = min(5.0, max(1.0, round(value * 2) / 2))
    if exact % 1 == 0 or rng.random() < HALF_STAR:
        return exact
    return float(min(5, max(1, round(value))))


def summarise(library: Library, marks: Sequence[Mark], grade: float, rng: random.Random) -> str:
    """Write the 총평: the grade in words, the main weaknesses, a merit, and what to do."""
    lines = library.neutral.overall
    slots = next((mark.slots for mark in marks if mark.name not in UNTOLD), marks[0].slots)
    bad = [mark for mark in marks if mark.name in library.faults]
    good = [mark for mark in marks if mark.name in library.merits]
    parts = [(lines[f"grade{int(grade)}"], slots)]
    low = grade < PRAISED_GRADE
    order = [bad[:1], good[:1]] if low else [good[:1], bad[:1]]
    if grade < FAIR_GRADE and len({mark.name for mark in bad}) > 1:
        other = next(mark for mark in bad if mark.name != bad[0].name)
        order = [[bad[0]], [other]]
    points = library.faults | library.merits
    parts += [(points[mark.name].overall, mark.slots) for group in order for mark in group]
    texts = [fill(rng.choice(choices), words, rng) for choices, words in parts]
    endings = [fill(line, slots, rng) for line in lines["ending_low" if low else "ending_high"]]
    # A story is named once: an ending that names it again is left out.
    repeats = slots["topic"] in " ".join(texts)
    texts.append(rng.choice([end for end in endings if not (repeats and slots["topic"] in end)]))
    return " ".join(text for text in texts if text)
