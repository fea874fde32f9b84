"""What a model must beat: majorities, and the nearest neighbour on character bigrams.

    python -m interview.baselines [--study FOLDER]

Prints how many test turns each gets right, on the bank or on the study's table. Of the bank, an
answer is guessed among those that are open, as the interviewer does.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import get_args

from interview.bank import read_bank
from interview.records import ASKED, FAILED, Target, Turn
from interview.study import read_candidates, read_study
from preprocess.alpaca import RecordError

Predict = Callable[[Turn], str]
#: Whether a label may be predicted of a turn.
Among = Callable[[Turn, str], bool]
Key = Callable[[Turn], Hashable]


def by_topic(turn: Turn) -> Hashable:
    """Put turns together that have the same topic."""
    return turn.topic


def everywhere(_: Turn) -> Hashable:
    """Put all turns together."""
    return None


def by_remaining(turn: Turn) -> Hashable:
    """Put turns together that have the same topic and the same remaining answers."""
    return turn.topic, turn.remaining


#: Turns among which a neighbour is looked for. What comes next hangs on what remains.
NEAR: dict[Target, Key] = {"satisfied": by_topic, "next_topic": by_remaining}


def label(turn: Turn, target: Target) -> str:
    """Take one of a turn's two labels."""
    return turn.satisfied if target == "satisfied" else turn.next_topic


def anything(_: Turn, __: str) -> bool:
    """Take every label."""
    return True


def is_open(turn: Turn, answer: str) -> bool:
    """Take the answers that a reply may be taken for: those that remain, or none."""
    return answer in {*turn.remaining, FAILED, ASKED}


def majority(rows: Sequence[Turn], target: Target, key: Key, among: Among = anything) -> Predict:
    """Predict the most frequent label of the training rows with the same key.

    Where two are as frequent, it is the one that came first. A key that training lacks, or without
    a label that is `among` those asked for, gets the majority of the topic, then that of all rows.
    """
    tables = [counted(rows, target, k) for k in (key, by_topic, everywhere)]

    def predict(turn: Turn) -> str:
        keys = (key(turn), by_topic(turn), everywhere(turn))
        found = (t.get(k, Counter()).most_common() for t, k in zip(tables, keys, strict=True))
        return next(name for of in found for name, _ in of if among(turn, name))

    return predict


def counted(rows: Iterable[Turn], target: Target, key: Key) -> Mapping[Hashable, Counter[str]]:
    """Count the labels of each key, in the order in which they come first."""
    counts: dict[Hashable, Counter[str]] = {}
    for row in rows:
        counts.setdefault(key(row), Counter())[label(row, target)] += 1
    return counts


def nearest(
    rows: Sequence[Turn],
    target: Target,
    among: Among = anything,
    keys: Sequence[Key] = (),
) -> Predict:
    """Predict the label of the training reply that shares most character bigrams.

    Likeness is the Jaccard index of the sets of bigrams, over letters and digits in lower case.
    Neighbours are the rows with the same topic and, for the next topic, the same remaining
    answers; where there is none, those of the topic, then all, or those of other `keys`. Of equally
    near ones it is the first of the training rows.
    """
    looked = keys or (NEAR[target], by_topic, everywhere)
    known = [(row, bigrams(row.reply)) for row in rows]

    def predict(turn: Turn) -> str:
        mine = bigrams(turn.reply)
        for key in looked:
            near = [
                (row, theirs)
                for row, theirs in known
                if key(row) == key(turn) and among(turn, label(row, target))
            ]
            if near:
                return label(max(near, key=lambda n: jaccard(mine, n[1]))[0], target)
        raise ValueError("there are no training turns")

    return predict


def bigrams(text: str) -> frozenset[str]:
    """Take the character bigrams of the letters and digits, in lower case."""
    letters = "".join(c for c in text.lower() if c.isalnum())
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Size of the intersection over size of the union; 0 where both are empty."""
    return len(one & other) / len(one | other) if one or other else 0.0


def baselines(rows: Sequence[Turn], target: Target, *, of_bank: bool = False) -> dict[str, Predict]:
    """Fit all baselines on training turns, by name.

    Of the bank an answer is one that is open, and the nearest reply of all topics is one more: what
    nobody knows is said alike everywhere. The study tells of no turn what was open before it.
    """
    among = is_open if of_bank and target == "satisfied" else anything
    found = {
        "majority by topic": majority(rows, target, by_topic, among),
        "majority by topic and remaining": majority(rows, target, by_remaining, among),
        "nearest on character bigrams": nearest(rows, target, among),
    }
    if among is is_open:
        found["nearest of all topics"] = nearest(rows, target, among, (everywhere,))
    return found


def right(predict: Predict, rows: Iterable[Turn], target: Target) -> int:
    """Count the turns whose label is predicted."""
    return sum(predict(row) == label(row, target) for row in rows)


def read_turns(study: Path | None) -> tuple[Sequence[Turn], Sequence[Turn]]:
    """Read training and test turns, of the bank or of the study's folder."""
    if study is None:
        bank = read_bank()
        return bank.split("train"), bank.split("test")
    turns = read_study(
        study / "all_train_and_test_data.csv",
        read_candidates(study / "candidates_answer_type.txt"),
        read_candidates(study / "candidates_next_question.txt"),
    )
    train = [turn for turn in turns if turn.split == "train"]
    return train, [turn for turn in turns if turn.split == "test"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m interview.baselines", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--study", type=Path, metavar="FOLDER", help="the study's folder")
    options = parser.parse_args(arguments)
    try:
        train, test = read_turns(options.study)
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for target in get_args(Target):
        for name, predict in baselines(train, target, of_bank=options.study is None).items():
            print(f"{target:10}  {right(predict, test, target):4} of {len(test)}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
