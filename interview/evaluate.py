"""The interviewer's numbers, part by part and over whole dialogues.

    python -m interview.evaluate [--encoder ngram|FOLDER] [--model DIR]
    python -m interview.evaluate --study FOLDER [--encoder ngram|FOLDER] [--next ngram|FOLDER]

A FOLDER of --encoder or --next is one of `interview.train`, DIR a model as in `interview.talk`. Of
the bank, the next topic follows from the answer; whole dialogues are held with replies of its test
split. Of the study, a second model picks the next topic; its rows hang together in no dialogues, so
each turn is a chain of the two. Written to OUT/result.json.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from interview.bank import read_bank
from interview.baselines import baselines, read_turns, right
from interview.material import Material, of_bank, of_study
from interview.phrasing import Phraser
from interview.pickers import NGRAM, key_of, picker_of, scores_of
from interview.picking import WRONG_COSTS, next_topic, threshold
from interview.records import ASKED, FAILED, Chain, Evaluated, Part, Target, Turn
from interview.scores import Scored, measure
from interview.shares import Guess, by_topic, cheapest, logistic, share, sureness
from interview.simulate import GoldPicker, simulate
from interview.speaker import open_speaker
from interview.told import table
from interview.train import positive
from interview.trained import write
from preprocess.alpaca import RecordError

OUT = Path("runs/interview-eval")
#: Dialogues of each interview that are held.
DIALOGUES = 50
#: Scores of a turn's candidates, by name.
Scores = Callable[[Turn], dict[str, float]]


def best(scores: dict[str, float]) -> tuple[str, float]:
    """Find the candidate above all others, the first of equals, and its score."""
    name = max(scores, key=lambda candidate: scores[candidate])
    return name, scores[name]


def part_of(material: Material, scores: Scores, plain: dict[str, int], seed: int) -> Part:
    """Make the numbers of a label whose candidates are all open, as in the study."""

    def guesses(turns: Sequence[Turn]) -> list[Guess]:
        found = ((turn, *best(scores(turn))) for turn in turns)
        return [Guess(turn, score, name == material.right(turn)) for turn, name, score in found]

    items = [Scored(turn.reply, scores(turn), material.right(turn)) for turn in material.test]
    return numbers(items, guesses(material.test), guesses(material.validation), plain, seed)


def numbers(
    items: Sequence[Scored],
    guesses: Sequence[Guess],
    validation: Sequence[Guess],
    plain: dict[str, int],
    seed: int,
) -> Part:
    """Put the numbers of a label together; without items, its candidates have no scores."""
    return Part(
        measures=measure(items) if items else None,
        share=share(guesses, seed),
        topics=by_topic(guesses, seed),
        sureness=sureness(guesses, cheapest(validation, WRONG_COSTS), logistic(validation)),
        baselines=plain,
    )


def beaten(study: Path | None, target: Target) -> dict[str, int]:
    """Count what each baseline gets right of the test turns."""
    train, test = read_turns(study)
    fitted = baselines(train, target, of_bank=study is None)
    return {name: right(of, test, target) for name, of in fitted.items()}


def of_the_bank(
    encoder: str, dialogues: int, seed: int, phraser: Phraser | None = None
) -> Evaluated:
    """Evaluate on the bank; where there is a phraser, it says the questions of whole dialogues.

    Raises:
        RecordError: The encoder cannot be opened.

    """
    bank = read_bank()
    material = of_bank(bank, "satisfied")
    name, picker = picker_of(bank, encoder)

    def guesses(turns: Sequence[Turn], target: Target) -> list[Guess]:
        picked = [(turn, picker.pick(turn.topic, turn.remaining, turn.reply)) for turn in turns]
        return [
            Guess(turn, p.score, p.answer == turn.satisfied)
            if target == "satisfied"
            else Guess(turn, p.score, next_topic(bank, turn, p) == turn.next_topic)
            for turn, p in picked
        ]

    items = [Scored(turn.reply, picker.scores(turn), turn.satisfied) for turn in material.test]
    limit = threshold(picker, bank.split("validation"))
    test, seeds = bank.split("test"), range(seed, seed + dialogues)
    both: tuple[tuple[Target, list[Scored]], ...] = (("satisfied", items), ("next_topic", []))
    parts: dict[Target, Part] = {
        target: numbers(
            found,
            guesses(test, target),
            guesses(material.validation, target),
            beaten(None, target),
            seed,
        )
        for target, found in both
    }
    return Evaluated(
        name,
        "bank",
        seed,
        parts,
        predicted=simulate(bank, picker, limit, test, seeds, phraser),
        gold=simulate(bank, GoldPicker(), -np.inf, test, seeds, phraser),
    )


def of_the_study(encoder: str, nexts: str, study: Path, seed: int) -> Evaluated:
    """Evaluate on the study's table.

    Raises:
        RecordError: The table or a model cannot be read.

    """
    answer, follow = of_study(study, "satisfied"), of_study(study, "next_topic")
    name, answers = scores_of(encoder, answer)
    other, picker = scores_of(nexts, follow)

    def following(turn: Turn) -> dict[str, float]:
        return picker.scores(key_of(turn, "next_topic") if nexts == NGRAM else turn)

    return Evaluated(
        name if name == other else f"{name}; {other}",
        "study",
        seed,
        {
            "satisfied": part_of(answer, answers.scores, beaten(study, "satisfied"), seed),
            "next_topic": part_of(follow, following, beaten(study, "next_topic"), seed),
        },
        chain=chain(answer.test, follow.test, answers.scores, following),
    )


def chain(
    asked: Sequence[Turn], followed: Sequence[Turn], answers: Scores, following: Scores
) -> Chain:
    """Predict each turn's answer, and the next topic from what that leaves open.

    Args:
        asked: Turns as the answer's model sees them.
        followed: The same with the remaining answers after the reply.
        answers: Scores of the answers.
        following: Scores of the next topics.

    """
    told = [best(answers(turn))[0] for turn in asked]
    given = [best(following(turn))[0] == turn.next_topic for turn in followed]
    then = [
        best(following(after(turn, name)))[0] == turn.next_topic
        for turn, name in zip(followed, told, strict=True)
    ]
    found = [name == turn.satisfied for turn, name in zip(followed, told, strict=True)]
    both = sum(a and b for a, b in zip(found, then, strict=True))
    return Chain(len(told), sum(found), sum(given), sum(then), both)


def after(turn: Turn, answer: str) -> Turn:
    """Leave open what a predicted answer leaves, where the table leaves what the right one does.

    The table does not tell at which place the right answer stood; it is put first.
    """
    if answer == turn.satisfied:
        return turn
    given = () if turn.satisfied in {FAILED, ASKED} else (turn.satisfied,)
    open_before = (*given, *(name for name in turn.remaining if name not in given))
    left = tuple(name for name in open_before if name != answer)
    return msgspec.structs.replace(turn, remaining=left)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m interview.evaluate", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--encoder", default=NGRAM, help=f"{NGRAM}, or a folder of a training (%(default)s)")
    add("--next", help=f"the same for the study's next topics ({NGRAM})")
    add("--study", type=Path, metavar="FOLDER", help="the study's turns, not the bank's")
    add("--model", type=Path, metavar="DIR", help="a model says the questions of the dialogues")
    add("--dialogues", type=positive, help=f"of each interview ({DIALOGUES})")
    add("--seed", type=int, default=0, help="of draws and intervals (%(default)s)")
    add("--out", type=Path, default=OUT, help="(%(default)s)")
    options = parser.parse_args(arguments)
    if options.study and (options.model or options.dialogues):
        parser.error("--model and --dialogues are of whole dialogues; the study's turns make none")
    if options.next and not options.study:
        parser.error("--next is of the study, whose next topics a second model picks; name --study")
    try:
        if options.study is None:
            speaker = open_speaker(options.model) if options.model else None
            dialogues = options.dialogues or DIALOGUES
            found = of_the_bank(options.encoder, dialogues, options.seed, speaker)
        else:
            found = of_the_study(
                options.encoder, options.next or NGRAM, options.study, options.seed
            )
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    write(options.out / "result.json", found)
    print(table(found))
    print(f"written to {options.out / 'result.json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
