"""What is learnt and what it is measured on: turns of three splits, each with one right candidate.

The study has no validation turns of its own (its validation rows are its test rows), so a tenth
of its training turns, chosen by a hash of the reply, is put aside for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from interview.bank import Bank, hashed, read_bank
from interview.baselines import label
from interview.records import FAILED, Data, Target, Turn
from interview.study import read_candidates, read_study

#: What is learnt of a reply that asks to leave the topic, apart from other failures.
LEAVES = "다음 주제로"
#: Expected share of the study's training turns that are put aside.
ASIDE = 0.1


@dataclass(frozen=True)
class Material:
    """Turns, and the candidates among which each has one that is right.

    Attributes:
        data: Whose turns they are.
        target: Which of their labels is predicted.
        train: Turns to learn from.
        validation: Turns to choose an epoch and a threshold on.
        test: Turns for the numbers.
        candidates: Names of all candidates.

    """

    data: Data
    target: Target
    train: tuple[Turn, ...]
    validation: tuple[Turn, ...]
    test: tuple[Turn, ...]
    candidates: tuple[str, ...]

    def right(self, turn: Turn) -> str:
        """Name a turn's right candidate."""
        if LEAVES in self.candidates and asks_to_leave(turn):
            return LEAVES
        return label(turn, self.target)

    def near(self) -> dict[str, frozenset[str]]:
        """Find the candidates that training turns of each topic have; they are easily confused."""
        found: dict[str, set[str]] = {}
        for turn in self.train:
            names = {*turn.remaining} if self.target == "satisfied" else set()
            known = names & {*self.candidates}
            found.setdefault(turn.topic, set()).update({self.right(turn)} | known)
        return {topic: frozenset(names) for topic, names in found.items()}


def asks_to_leave(turn: Turn) -> bool:
    """Say whether a failed reply leads to another topic."""
    return turn.satisfied == FAILED and turn.next_topic != turn.topic


def of_bank(bank: Bank, target: Target) -> Material:
    """Take the bank's turns."""
    answers = (*bank.answers(), LEAVES)
    return Material(
        "bank",
        target,
        bank.split("train"),
        bank.split("validation"),
        bank.split("test"),
        answers if target == "satisfied" else bank.next_topics(),
    )


def of_study(folder: Path, target: Target) -> Material:
    """Take the study's turns.

    Its remaining answers are those after the reply, so they would tell which one it gave; what is
    to find the answer does not see them. Nor did the study's own.

    Raises:
        RecordError: A file of the folder is missing, or no such file.

    """
    answers = read_candidates(folder / "candidates_answer_type.txt")
    nexts = read_candidates(folder / "candidates_next_question.txt")
    turns = read_study(folder / "all_train_and_test_data.csv", answers, nexts)
    train = [seen(turn, target) for turn in turns if turn.split == "train"]
    test = [seen(turn, target) for turn in turns if turn.split == "test"]
    return Material(
        "study",
        target,
        tuple(turn for turn in train if hashed(turn.reply) >= ASIDE),
        tuple(turn for turn in train if hashed(turn.reply) < ASIDE),
        tuple(test),
        answers if target == "satisfied" else nexts,
    )


def seen(turn: Turn, target: Target) -> Turn:
    """Take the remaining answers from a turn of the study whose answer is to be found."""
    return msgspec.structs.replace(turn, remaining=()) if target == "satisfied" else turn


def read_material(study: Path | None, target: Target) -> Material:
    """Read the turns of the study's folder, or of the bank where none is named.

    Raises:
        RecordError: They cannot be read.

    """
    return of_bank(read_bank(), target) if study is None else of_study(study, target)


def text_of(turn: Turn) -> str:
    """Write a turn as one text.

    The reply comes last: where a model's limit of tokens cuts a long one, topic and remaining
    answers stay whole.
    """
    left = f" (남은 답변: {', '.join(turn.remaining)})" if turn.remaining else ""
    return f"{turn.topic}{left} -> {turn.reply}"
