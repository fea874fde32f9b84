"""What a model must beat: majorities, and the nearest neighbour on character bigrams.

    python -m interview.baselines [--study FOLDER]

Prints how many test turns each gets right, on the bank or on the study's table.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import get_args

from interview.bank import read_bank
from interview.records import Target, Turn
from interview.study import read_candidates, read_study
from preprocess.alpaca import RecordError

Predict = Callable[[Turn], str]
Key = Callable[[Turn], Hashable]


def by_topic(turn: Turn) -> Hashable:
    """Put turns together that have the same topic."""
    return turn.topic


def by_remaining(turn: Turn) -> Hashable:
    """Put turns together that have the same topic and the same remaining answers."""
    return turn.topic, turn.remaining


#: Turns among which a neighbour is looked for. What comes next hangs on what remains.
NEAR: dict[Target, Key] = {"satisfied": by_topic, "next_topic": by_remaining}


def label(turn: Turn, target: Target) -> str:
    """Take one of a turn's two labels."""
    return turn.satisfied if target == "satisfied" else turn.next_topic


def majority(rows: Sequence[Turn], target: Target, key: Key) -> Predict:
    """Predict the most frequent label of the training rows with the same key.

    Where two are as frequent, it is the one that came first. A key that training lacks gets the
    majority of the topic, and a topic that it lacks that of all rows.
    """
    tables = [most_frequent(rows, target, k) for k in (key, by_topic, lambda _: None)]

    def predict(turn: Turn) -> str:
        keys = (key(turn), by_topic(turn), None)
        return next(t[k] for t, k in zip(tables, keys, strict=True) if k in t)

    return predict


def most_frequent(rows: Iterable[Turn], target: Target, key: Key) -> Mapping[Hashable, str]:
    """Find the most frequent label of each key, the first one of equals."""
    counts: dict[Hashable, Counter[str]] = {}
    for row in rows:
        counts.setdefault(key(row), Counter())[label(row, target)] += 1
    return {k: of.most_common(1)[0][0] for k, of in counts.items()}


def nearest(rows: Sequence[Turn], target: Target) -> Predict:
    """Predict the label of the training reply that shares most character bigrams.

    Likeness is the Jaccard index of the sets of bigrams, over letters and digits in lower case.
    Neighbours are the rows with the same topic and, for the next topic, the same remaining
    answers; where there is none, those of the topic, then all. Of equally near ones it is the
    first of the training rows.
    """
    known = [(row, bigrams(row.reply)) for row in rows]

    def predict(turn: Turn) -> str:
        mine = bigrams(turn.reply)
        for key in (NEAR[target], by_topic, lambda _: None):
            near = [(row, theirs) for row, theirs in known if key(row) == key(turn)]
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


def baselines(rows: Sequence[Turn], target: Target) -> dict[str, Predict]:
    """Fit all baselines on training turns, by name."""
    return {
        "majority by topic": majority(rows, target, by_topic),
        "majority by topic and remaining": majority(rows, target, by_remaining),
        "nearest on character bigrams": nearest(rows, target),
    }


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
        for name, predict in baselines(train, target).items():
            print(f"{target:10}  {right(predict, test, target):4} of {len(test)}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
