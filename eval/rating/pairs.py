"""Which pairs of answers a rater sees, in which order, and which stands first.

All is drawn by seed and rater, so that a rater who comes back goes on in the same order. Every
second pair is the same for all raters, so that their agreement can be computed; the others differ,
so that more of the test set is seen. Essays come round by turns, one row each, before any comes
again: intervals rest on the number of essays.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from eval.predictions import PredictionError, prediction_path, problems_of, system_of
from eval.records import Prediction
from eval.runs import Run
from eval.tasks import Item
from preprocess.alpaca import read_jsonl

#: What the test set itself holds (an expert's advice, the bank's question) may be compared too,
#: under this name.
EXPERT = "expert"

Outputs = Mapping[str, Mapping[str, str]]
"""What each system answered: system, then row id, then the raw text."""

Candidate = tuple[Item, str]
"""An item, and the system that the first one is compared with on it."""


@dataclass(frozen=True)
class Pair:
    """Two systems' answers to one item, in the order in which they are shown."""

    item: Item
    systems: tuple[str, str]
    outputs: tuple[str, str]

    @property
    def key(self) -> tuple[str, str, str]:
        """Name what is compared, whichever side it stands on."""
        one, other = sorted(self.systems)
        return self.item.row.id, one, other

    @property
    def answers_sha256(self) -> str:
        """Compute the SHA-256 of both answers, whichever side they stand on."""
        return answers_sha256(dict(zip(self.systems, self.outputs, strict=True)))


def answers_sha256(answers: Mapping[str, str]) -> str:
    """Compute the SHA-256 of two systems' answers, the same in either order."""
    digest = hashlib.sha256()
    for system in sorted(answers):
        for text in (system, answers[system]):
            digest.update(f"{len(text)} {text}\n".encode())
    return digest.hexdigest()


def read_outputs(run: Run, items: Sequence[Item], systems: Sequence[str]) -> Outputs:
    """Read what systems answered to the test items; `expert` is the test set's own.

    Raises:
        PredictionError: A system has no predictions, or they do not fit the test set.
        RecordError: A line is not a prediction.

    """
    return {system: outputs_of(run, items, system) for system in systems}


def outputs_of(run: Run, items: Sequence[Item], system: str) -> dict[str, str]:
    """Read one system's answers by row id."""
    if system == EXPERT:
        return {item.row.id: item.row.output for item in items}
    path = prediction_path(run.predictions_dir, system)
    if not path.is_file():
        raise PredictionError(
            f"{path} is missing; the systems of {run.name} are: {', '.join(known_systems(run))}; "
            f"more come with: {run.answering}"
        )
    cure = run.answering
    predictions = tuple(read_jsonl(path, Prediction, cure=cure))
    problems = list(problems_of(path, predictions, items))
    if problems:
        more = f" ({len(problems) - 1} more problems)" if len(problems) > 1 else ""
        raise PredictionError(f"{problems[0]}{more}; make the file again with: {cure}")
    return {prediction.id: prediction.output for prediction in predictions}


def known_systems(run: Run) -> tuple[str, ...]:
    """List the systems that have predictions, and the expert."""
    return (*sorted(map(system_of, run.predictions_dir.glob("*.jsonl"))), EXPERT)


def plan(
    items: Sequence[Item], outputs: Outputs, *, rater: str, most: int, seed: int
) -> tuple[Pair, ...]:
    """Draw the pairs of a rater, in order.

    The first system of `outputs` is compared with each of the others, by turns. Rows that both
    answered with the same text are left out: there is nothing to choose.
    """
    leader, *others = outputs
    candidates = [
        (item, other)
        for item, other in by_turns(items, others, seed)
        if outputs[leader][item.row.id] != outputs[other][item.row.id]
    ]
    # Whole turns of the other systems, so that raters share as much of each comparison.
    turns = [(k // len(others)) % 2 for k in range(len(candidates))]
    shared, own = (
        [c for c, turn in zip(candidates, turns, strict=True) if turn == of] for of in (0, 1)
    )
    chosen = interleave(shared, turned(own, f"{seed} {rater}"))[:most]
    return tuple(shown(item, (leader, other), outputs, f"{seed} {rater}") for item, other in chosen)


def by_turns(items: Sequence[Item], others: Sequence[str], seed: int) -> list[Candidate]:
    """Put all items with all systems to compare with into an order, essays and systems by turns."""
    generator = random.Random(seed)  # noqa: S311 - a seeded order is wanted, not a secret one
    of_essay: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        of_essay[item.row.source_id].append(item)
    essays = [sorted(of_essay[essay], key=lambda i: i.row.id) for essay in sorted(of_essay)]
    generator.shuffle(essays)
    for rows in essays:
        generator.shuffle(rows)
    longest = max(map(len, essays))
    order = [rows[k] for k in range(longest) for rows in essays if k < len(rows)]
    return [
        (item, others[(place + turn) % len(others)])
        for turn in range(len(others))
        for place, item in enumerate(order)
    ]


def turned(candidates: list[Candidate], drawn_by: str) -> list[Candidate]:
    """Start somewhere else in a list and come round, so that the order of essays is kept."""
    start = number_of(drawn_by) % max(1, len(candidates))
    return candidates[start:] + candidates[:start]


def interleave(shared: list[Candidate], own: list[Candidate]) -> list[Candidate]:
    """Take one of each by turns, and at the end what is left."""
    return [c for both in zip_longest(shared, own) for c in both if c is not None]


def shown(item: Item, systems: tuple[str, str], outputs: Outputs, drawn_by: str) -> Pair:
    """Decide which of the two stands first; raters see a shared pair in either order."""
    first, second = sorted(systems)
    if number_of(f"{drawn_by} {item.row.id} {first} {second}") % 2:
        first, second = second, first
    return Pair(item, (first, second), (outputs[first][item.row.id], outputs[second][item.row.id]))


def number_of(text: str) -> int:
    """Draw a number from a text, the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
