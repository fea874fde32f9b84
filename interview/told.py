"""The interviewer's numbers as a table to read."""

from __future__ import annotations

from collections.abc import Iterator

from interview.records import Chain, Dialogues, Evaluated, Part, Share, Sureness, Target
from interview.scores import HEAD, line_of

NAMES: dict[Target, str] = {"satisfied": "the answer given", "next_topic": "the next topic"}
#: Counts of dialogues, each with what it is a part of.
COUNTS = {
    "turns right": ("right", "turns"),
    "answers given that were credited": ("credited", "given"),
    "dialogues finished": ("finished", "dialogues"),
    "dialogues without a wrong turn": ("faultless", "dialogues"),
    "replies asked back": ("asked_back", "turns"),
    "questions in words heard before": ("repeated", "turns"),
    "dead ends (answers given up)": ("dead_ends", None),
}


def table(found: Evaluated) -> str:
    """Write all numbers."""
    lines = [f"{found.encoder}, test turns of the {found.data}"]
    for target, part in found.parts.items():
        lines += ["", NAMES[target], *part_lines(part)]
    if found.predicted and found.gold:
        lines += ["", *dialogue_lines(found.predicted, found.gold)]
    if found.chain:
        lines += ["", *chain_lines(found.chain)]
    return "\n".join(lines)


def part_lines(part: Part) -> Iterator[str]:
    """Write the numbers of a label."""
    yield f"  {share_line(part.share)}"
    for name, right in part.baselines.items():
        yield f"  {right:4} of {part.share.turns:4}  {name}"
    if part.measures:
        yield f"  {HEAD}"
        yield f"  {line_of('all candidates', part.measures)}"
    yield from sureness_lines(part.sureness)
    for name, share in part.topics.items():
        yield f"    {share_line(share)}  {name}"


def share_line(share: Share) -> str:
    """Write a share with its interval."""
    told = f"{share.right:4} of {share.turns:4}  {share.right / share.turns:6.1%}"
    if share.low is None or share.high is None:
        return f"{told}  (one group: no interval)"
    if share.low == share.high:
        return f"{told}  ({share.groups} groups alike: no interval)"
    return f"{told}  ({share.low:.1%} to {share.high:.1%}, {share.groups} groups)"


def sureness_lines(sure: Sureness) -> Iterator[str]:
    """Write how scores go with being right."""
    limit = "no limit" if sure.limit is None else f"limit {sure.limit:.3f}"
    yield f"  {limit}: {sure.guessed} guessed, {sure.right} of them right; the others asked back"
    yield f"  calibration error {sure.error:.3f}"
    for band in sure.bands:
        yield (
            f"    likely {band.low:.1f} to {band.high:.1f}: {band.turns:4} turns, "
            f"mean {band.score:.2f}, right {band.right:.2f}"
        )


def dialogue_lines(predicted: Dialogues, gold: Dialogues) -> Iterator[str]:
    """Write counts of dialogues, with predicted answers beside gold ones."""
    yield f"{'whole dialogues':<34}{'predicted':>16}{'gold':>16}"
    for name, (count, whole) in COUNTS.items():
        told = "".join(f"{counted(of, count, whole):>16}" for of in (predicted, gold))
        yield f"{name:<34}{told}"
    if predicted.phrased:
        told = "".join(f"{used(of):>16}" for of in (predicted, gold))
        yield f"{'questions in the words of the model':<34}{told}"
        for of in sorted({*predicted.unfit, *gold.unfit}):
            counts = "".join(f"{found.unfit.get(of, 0):>16}" for found in (predicted, gold))
            yield f"{f'  of the bank, as the answer is {of}':<34}{counts}"


def used(of: Dialogues) -> str:
    """Write how many of the questions that a model was to say are in its words."""
    return f"{of.phrased - sum(of.unfit.values())} of {of.phrased}"


def counted(of: Dialogues, count: str, whole: str | None) -> str:
    """Write a count, and of how many."""
    return f"{getattr(of, count)}" + (f" of {getattr(of, whole)}" if whole else "")


def chain_lines(chain: Chain) -> Iterator[str]:
    """Write counts of the study's chained turns."""
    yield f"end to end, {chain.turns} turns"
    yield f"  {chain.answers:4} answers right"
    yield f"  {chain.next_given_gold:4} next topics right, given the right remaining answers"
    yield f"  {chain.next_given_predicted:4} next topics right, given the predicted answer"
    yield f"  {chain.both:4} with both right"
