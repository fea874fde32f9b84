"""Which expected answer a reply gives: scores of all candidates from one encoding of the reply.

    python -m interview.picking

Candidates are compared with a kernel ridge regression of 1 (the reply gives this answer) and 0 on
the training replies (Saunders et al. 1998): what a candidate is like is worked out once, and a
turn takes one encoding and one matrix product. A reply of the same topic counts more than one of
another; without the others, the topic's three dozen replies would have to tell alone what
"잘 모르겠습니다" and "다시 말씀해 주시겠어요?" are like.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from interview.bank import CONTENT, Bank, read_bank
from interview.encoders import Encoder, NgramEncoder, Vectors
from interview.records import ASKED, FAILED, Measures, Turn
from interview.scores import HEAD, Scored, line_of, measure
from interview.shares import Guess, cheapest
from preprocess.alpaca import RecordError

#: These three were chosen on the bank's validation split: strength of the ridge, how much a reply
#: of the same topic counts on top of any other, and the score above which a failed reply asks to
#: leave the topic.
RIDGE = 0.1
SAME_TOPIC = 0.5
LEAVES = 0.33
#: What an open answer's score gains over failing and asking back. Those two are alike in all
#: topics and so score high; few replies tell what one answer is like. Chosen by cross-validation
#: over the groups of the training and validation splits (0 to 0.25, in steps of 0.05).
OPEN_GAINS = 0.2
LINES = CONTENT / "lines.toml"
#: A wrong guess costs as much as asking back so many times: guess where two of three are right.
WRONG_COSTS = 3.0


@dataclass(frozen=True)
class Picked:
    """The best open candidate, how sure it is, and whether the reply asks to leave the topic."""

    answer: str
    score: float
    leaves: bool


class Picker(Protocol):
    """What tells the answer that a reply gives."""

    @property
    def name(self) -> str:
        """Say which one it is, for results and messages."""

    def scores(self, turn: Turn) -> dict[str, float]:
        """Score every candidate: about 1 for what the reply gives, about 0 for the others."""

    def pick(self, topic: str, remaining: Sequence[str], reply: str) -> Picked:
        """Pick the best of the remaining answers, of failing and of asking back."""


class RidgePicker:
    """Scores of all candidates for a reply, from vectors of replies.

    Building it encodes the training replies, and makes of them a vector for every candidate in
    every topic (and one for leaving it): a reply's score is the product of its vector with theirs.
    """

    def __init__(self, encoder: Encoder, rows: Sequence[Turn], candidates: Sequence[str]) -> None:
        self.encoder = encoder
        self.name = encoder.name
        self.candidates = tuple(candidates)
        replies = encoder.encode([row.reply for row in rows])
        topics = np.array([row.topic for row in rows])
        nearness = 1 + SAME_TOPIC * (topics[:, None] == topics[None, :])
        ridge = RIDGE * np.eye(len(rows))
        weights = np.linalg.solve(replies @ replies.T * nearness + ridge, self.targets(rows))
        self.anywhere = as_vectors(replies.T @ weights)
        self.vectors = {
            topic: self.anywhere + as_vectors(SAME_TOPIC * replies[of].T @ weights[of])
            for topic, of in ((topic, topics == topic) for topic in np.unique(topics).tolist())
        }

    def targets(self, rows: Sequence[Turn]) -> NDArray[np.float64]:
        """Make what is learnt: rows × candidates, 1 for the right one, and whether they leave."""
        labels = np.array([row.satisfied for row in rows])
        left = [row.satisfied == FAILED and row.next_topic != row.topic for row in rows]
        wanted = labels[:, None] == np.array(self.candidates)[None, :]
        return np.column_stack([wanted, left]).astype(np.float64)

    def _outputs(self, topic: str, reply: str) -> Vectors:
        outputs: Vectors = self.encoder.encode([reply])[0] @ self.vectors.get(topic, self.anywhere)
        return outputs

    def scores(self, turn: Turn) -> dict[str, float]:
        """Score every candidate by topic and reply."""
        outputs = self._outputs(turn.topic, turn.reply)[:-1]
        return dict(zip(self.candidates, outputs.tolist(), strict=True))

    def pick(self, topic: str, remaining: Sequence[str], reply: str) -> Picked:
        """Pick the best of the remaining answers, of failing and of asking back.

        It is as sure as it leads the second best: a reply in new words has low scores, but none
        that is near the best.
        """
        *outputs, leaving = self._outputs(topic, reply).tolist()
        scores = dict(zip(self.candidates, outputs, strict=True))
        gained = {name: scores[name] + OPEN_GAINS for name in remaining}
        gained |= {name: scores[name] for name in (FAILED, ASKED)}
        best, second = sorted(gained, key=lambda name: -gained[name])[:2]
        # Outputs grow where a reply is short; a wish to leave is held against the failure itself.
        leaves = best == FAILED and leaving > LEAVES * max(1.0, scores[FAILED])
        return Picked(best, gained[best] - gained[second], leaves)


def as_vectors(values: NDArray[np.floating[Any]]) -> Vectors:
    """Take values at the encoders' precision."""
    return values.astype(np.float32)


def threshold(picker: Picker, rows: Sequence[Turn]) -> float:
    """Find the score under which it is better to ask back than to guess.

    A wrong guess costs `WRONG_COSTS` on the rows, and asking back 1.
    """
    picked = [(row, picker.pick(row.topic, row.remaining, row.reply)) for row in rows]
    guesses = [Guess(row, p.score, p.answer == row.satisfied) for row, p in picked]
    return cheapest(guesses, WRONG_COSTS)


def next_topic(bank: Bank, turn: Turn, picked: Picked) -> str:
    """Tell the next topic from the picked answer: the same while answers remain."""
    left = set(turn.remaining) - {picked.answer}
    return turn.topic if left and not picked.leaves else bank.following(turn.topic)


def default_picker(bank: Bank) -> RidgePicker:
    """Make the embedded default: character n-grams, from training replies and what is expected."""
    rows = [*bank.split("train"), *gists(bank), *orders(bank)]
    return RidgePicker(NgramEncoder(), rows, bank.answers())


def orders(bank: Bank) -> list[Turn]:
    """Take replies that order the interviewer about as failed ones, at every topic."""
    lines = tomllib.loads(LINES.read_text(encoding="utf-8"))
    return [
        Turn(topic.name, (), text, FAILED, topic.name)
        for topic in bank.topics
        for text in lines["orders"]
    ]


def gists(bank: Bank) -> list[Turn]:
    """Take what each expected answer must say as a reply that gives it."""
    return [
        Turn(topic.name, (e.name,), f"{e.gist} {e.name}", e.name, bank.following(topic.name))
        for topic in bank.topics
        for e in topic.expected
    ]


def measured(picker: Picker, rows: Sequence[Turn]) -> Measures:
    """Compute the study's measures, over all pairs of reply and candidate."""
    return measure([Scored(row.reply, picker.scores(row), row.satisfied) for row in rows])


def report(bank: Bank, picker: Picker) -> str:
    """Write how the picker does on the bank's test split."""
    rows = bank.split("test")
    limit = threshold(picker, bank.split("validation"))
    picked = [(row, picker.pick(row.topic, row.remaining, row.reply)) for row in rows]
    gold = [(row, replace(p, answer=row.satisfied)) for row, p in picked]
    guessed = [(row, p) for row, p in picked if p.score > limit]

    def answers(pairs: Sequence[tuple[Turn, Picked]]) -> str:
        return f"{sum(p.answer == row.satisfied for row, p in pairs)} of {len(pairs)} right"

    def nexts(pairs: Sequence[tuple[Turn, Picked]]) -> int:
        return sum(next_topic(bank, row, p) == row.next_topic for row, p in pairs)

    return (
        f"{picker.name}, test replies of the bank:\n"
        f"{answers(picked)}, of the answers that are open\n"
        f"{answers(guessed)} with a lead over {limit:.3f}; under it the interviewer asks back\n"
        f"{nexts(picked)} of {len(rows)} next topics right, {nexts(gold)} given the right answer\n"
        f"{HEAD}\n{line_of('all candidates', measured(picker, rows))}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m interview.picking", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.parse_args(arguments)
    try:
        bank = read_bank()
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(report(bank, default_picker(bank)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
