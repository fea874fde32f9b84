"""From rows of a question file to rows of `qa`: groups, splits, pairs, joined and reworded ones.

Held-out questions stand as they are, one row each with all its answers, and joined to one another
as often as alone. Training rows are all pairs of a question and an answer, as many joined ones, and
those of the rules of `preprocess.qa_rules`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from preprocess.alpaca import SPLITS, Split
from preprocess.near_duplicates import Groups, group_texts
from preprocess.qa_csv import Asked, QaError
from preprocess.qa_records import INSTRUCTION, JOINED, PLAIN, QaRow
from preprocess.qa_rules import joined, reworded
from preprocess.split import Shares, split_of

#: Jaccard similarity of character 5-grams from which two questions, or two answers, are one. At 0.5
#: "…의 장점이 뭐야?" alone would make one group of 53 different materials in the contest's file.
SAME_QUESTION: Final = 0.6
SAME_ANSWER: Final = 0.5


@dataclass(frozen=True)
class Placed:
    """A row of the question file with its group and its split."""

    asked: Asked
    group: str
    split: Split


def place(rows: Sequence[Asked], shares: Shares) -> tuple[Placed, ...]:
    """Choose each row's split by its group of near-duplicates.

    Raises:
        QaError: A split would be empty.

    """
    groups = group_rows(rows)
    placed = tuple(
        Placed(row, group, split_of(group, shares)) for row, group in zip(rows, groups, strict=True)
    )
    empty = [split for split in SPLITS if all(one.split != split for one in placed)]
    if empty:
        count = len(set(groups))
        many = "1 group of questions is" if count == 1 else f"{count} groups of questions are"
        raise QaError(
            f"no rows for {', '.join(empty)}: {many} too few for shares of {shares.validation} "
            f"(validation) and {shares.test} (test); {_cure(count, empty)}"
        )
    return placed


def _cure(groups: int, empty: Sequence[Split]) -> str:
    """Say what fills an empty split; no share does where there are more splits than groups."""
    if groups < len(SPLITS):
        return f"bring questions that are not nearly these, to make at least {len(SPLITS)} groups"
    return f"bring more questions or give {'smaller' if 'train' in empty else 'larger'} shares"


def group_rows(rows: Sequence[Asked]) -> list[str]:
    """Name each row's group by the id of its first row.

    Rows belong together when a question, or an answer, of one is nearly one of the other.
    """
    groups = Groups(len(rows))
    texts: tuple[tuple[Callable[[Asked], tuple[str, ...]], float], ...] = (
        (lambda row: row.questions, SAME_QUESTION),
        (lambda row: row.answers, SAME_ANSWER),
    )
    for texts_of, threshold in texts:
        owners = [number for number, row in enumerate(rows) for _ in texts_of(row)]
        every = [text for row in rows for text in texts_of(row)]
        for one, other in enumerate(group_texts(every, threshold=threshold)):
            groups.join(owners[one], owners[other])
    return [rows[groups.root(number)].id for number in range(len(rows))]


def make_rows(placed: Sequence[Placed], *, seed: int, plain: bool) -> dict[Split, list[QaRow]]:
    """Make the rows of every split.

    Args:
        placed: The rows of the question file.
        seed: Draws who is joined with whom.
        plain: Leave out what was not asked so: joined and reworded training questions.

    """
    made: dict[Split, list[QaRow]] = {}
    for split in SPLITS:
        of = [one for one in placed if one.split == split]
        held_out = split != "train"
        rows = [row for one in of for row in plain_rows(one, held_out=held_out)]
        if held_out or not plain:
            rows += joined_rows(of, seed, held_out=held_out)
        if not held_out and not plain:
            rows += [row for one in of for row in reworded_rows(one)]
        made[split] = rows
    return made


def plain_rows(one: Placed, *, held_out: bool) -> Iterator[QaRow]:
    """Yield a question's rows: one with all answers where it is held out, else a row for each."""
    for number, question in enumerate(one.asked.questions, start=1):
        name = f"{one.asked.id}-q{number}"
        yield from _rows(one, name, question, one.asked.answers, PLAIN, held_out=held_out)


def joined_rows(of: Sequence[Placed], seed: int, *, held_out: bool) -> Iterator[QaRow]:
    """Yield each question joined with one of another group, in the same wording; answers likewise.

    The first answer of one goes with the first of the other, and so on.
    """
    for number, (one, other) in enumerate(_partners(of, seed)):
        answers = tuple(
            f"{a.strip()} {b.strip()}"
            for a, b in zip(one.asked.answers, other.asked.answers, strict=False)
        )
        pairs = zip(one.asked.questions, other.asked.questions, strict=False)
        for wording, (first, second) in enumerate(pairs, start=1):
            name = f"{one.asked.id}+{other.asked.id}-q{wording}"
            question = joined(first.strip(), second.strip(), number)
            yield from _rows(one, name, question, answers, JOINED, held_out=held_out)


def _partners(of: Sequence[Placed], seed: int) -> Iterator[tuple[Placed, Placed]]:
    """Put the rows into a ring by chance; each goes with the next of another group, if any."""
    ring = list(of)
    random.Random(seed).shuffle(ring)  # noqa: S311 - a seeded draw is not cryptography
    for place, one in enumerate(ring):
        behind = ring[place + 1 :] + ring[:place]
        other = next((one_of for one_of in behind if one_of.group != one.group), None)
        if other is not None:
            yield one, other


def reworded_rows(one: Placed) -> Iterator[QaRow]:
    """Yield a question in each rule's wording, with one of its answers in turn."""
    turn = 0
    for number, question in enumerate(one.asked.questions, start=1):
        for rule, new in reworded(question.strip()).items():
            answer = one.asked.answers[turn % len(one.asked.answers)]
            turn += 1
            yield from _rows(
                one, f"{one.asked.id}-q{number}-{rule}", new, (answer,), rule, held_out=False
            )


def _rows(  # noqa: PLR0913 - the fields of a row
    one: Placed, name: str, question: str, answers: tuple[str, ...], made: str, *, held_out: bool
) -> Iterator[QaRow]:
    texts = tuple(answer.strip() for answer in answers)
    for number, answer in enumerate(texts[:1] if held_out else texts, start=1):
        yield QaRow(
            instruction=INSTRUCTION,
            input=question.strip(),
            output=answer,
            id=name if held_out else f"{name}-a{number}",
            group=one.group,
            source_id=one.asked.id,
            references=texts if held_out else (),
            category=one.asked.category,
            made=made,
        )


def count_made(rows: Mapping[Split, Sequence[QaRow]]) -> dict[Split, dict[str, int]]:
    """Count the rows of each split by how they were made."""
    return {split: dict(Counter(row.made for row in of)) for split, of in rows.items()}
