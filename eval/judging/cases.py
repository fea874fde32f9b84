"""What a judge is to look at: one answer, or two in both orders, and which rows of the test set."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.judging.asking import Judge
from eval.judging.prompts import pair_question, score_question
from eval.judging.records import (
    TIE,
    Choice,
    ItemMarks,
    ItemPreference,
    Mode,
    Verdict,
)
from eval.judging.replies import read_choice, read_marks
from eval.rating.pairs import Outputs, answers_sha256
from eval.records import Unscored
from eval.tasks import Item

#: What a judge's two choices say of `system`, shown first and then second; all else is a tie.
_SETTLED: Mapping[tuple[Choice, Choice], float] = {("1", "2"): 1.0, ("2", "1"): 0.0}


@dataclass(frozen=True)
class ScoreCase:
    """One system's answer to one test row."""

    item: Item
    system: str
    answer: str

    def judged(self, judge: Judge) -> ItemMarks:
        """Ask for its marks."""
        row = self.item.row
        question = score_question(row, self.item.task, self.answer)
        return ItemMarks(row.id, row.source_id, self.system, judge.ask(question, read_marks))


@dataclass(frozen=True)
class PairCase:
    """Two systems' answers to one test row."""

    item: Item
    systems: tuple[str, str]
    answers: tuple[str, str]

    def judged(self, judge: Judge) -> ItemPreference:
        """Ask which is better, in both orders; one and the same text is a tie without asking."""
        row, (one, other) = self.item.row, self.answers
        return ItemPreference(
            id=row.id,
            source_id=row.source_id,
            system=self.systems[0],
            other=self.systems[1],
            longer_by=len(one) - len(other),
            answers_sha256=answers_sha256(dict(zip(self.systems, self.answers, strict=True))),
            verdict=Verdict(TIE, ()) if one == other else self._asked(judge),
        )

    def _asked(self, judge: Judge) -> Verdict | Unscored:
        choices: list[Choice] = []
        for first, second in (self.answers, self.answers[::-1]):
            question = pair_question(self.item.row, self.item.task, first, second)
            choice: Choice | Unscored = judge.ask(question, read_choice)
            if isinstance(choice, Unscored):
                return choice
            choices.append(choice)
        return Verdict(_SETTLED.get((choices[0], choices[1]), TIE), tuple(choices))


Case = ScoreCase | PairCase


def sample(items: Sequence[Item], limit: int | None, seed: int) -> tuple[Item, ...]:
    """Draw rows by seed, in the order of the test set; a larger sample holds the smaller one."""
    drawn = sorted(
        items, key=lambda item: hashlib.sha256(f"{seed} {item.row.id}".encode()).digest()
    )
    chosen = {item.row.id for item in drawn[:limit]}
    return tuple(item for item in items if item.row.id in chosen)


def cases_of(
    items: Sequence[Item], outputs: Outputs, pairs: Sequence[tuple[str, str]], modes: Sequence[Mode]
) -> list[Case]:
    """List what is to be judged.

    The rows' turns come round by system: of one row that no judge can take, too long perhaps, no
    two questions follow each other, and the endpoint does not look as if it were down.
    """
    cases: list[Case] = []
    if "score" in modes:
        cases += [
            ScoreCase(i, system, of[i.row.id]) for system, of in outputs.items() for i in items
        ]
    if "pair" in modes:
        cases += [
            PairCase(i, (one, other), (outputs[one][i.row.id], outputs[other][i.row.id]))
            for one, other in pairs
            for i in items
        ]
    return cases
