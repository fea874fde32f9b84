"""The rating page as HTML: an essay or turn, two answers without systems' names, and the marks.

The criteria and what each mark means are the judge's own (`eval.judging.prompts.rubric`), so that
people and judge are asked the same; what else the page says of a task is in
`templates/rate_words.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import msgspec

from eval.judging.prompts import RUBRICS, rubric
from eval.pages.examples import ShownPoint, shown_points
from eval.pages.glossary import failure_word
from eval.pages.html import TEMPLATES, html
from eval.rating.pairs import Pair
from eval.rating.records import CRITERIA, Rating
from eval.tasks import Item
from preprocess.alpaca import Record, Unreadable, read_points

#: The two sides, with the name that their fields have in a form and in a rating.
SIDES = (("first", "가"), ("second", "나"))


class PageWords(Record, frozen=True):
    """What the page calls a task's inputs and answers, what it explains, and what it asks last."""

    title: str
    intro: str
    input: str
    answer: str
    verdict: str


@cache
def page_words(task: str) -> PageWords:
    """Read the words of a task, one of `eval.judging.prompts.RUBRICS`."""
    text = (TEMPLATES / "rate_words.toml").read_text(encoding="utf-8")
    return msgspec.toml.decode(text, type=dict[str, PageWords])[RUBRICS[task]]


@dataclass(frozen=True)
class Side:
    """One answer: its points, or its raw text with the reason why there are none."""

    key: str
    name: str
    points: tuple[ShownPoint, ...]
    raw: str
    failure: str


@dataclass(frozen=True)
class Sentence:
    """A sentence with the points of each side that speak of it, and their polarities for colour."""

    number: int
    text: str
    lanes: tuple[tuple[Side, tuple[ShownPoint, ...]], ...]
    kinds: str


@dataclass(frozen=True)
class Place:
    """Where a rater is: at the `number`-th of `total` pairs, `done` of them rated or skipped."""

    number: int
    total: int
    done: int
    rater: str


def pair_page(
    pair: Pair, place: Place, filled: Mapping[str, str], token: str, problem: str = ""
) -> str:
    """Write the page of a pair.

    Args:
        pair: What is compared.
        place: Where the rater is.
        filled: The form's fields that have a value already, as in `fields_of`.
        token: What a post must bring back.
        problem: A sentence on what is to be mended, or nothing.

    """
    sides = tuple(
        side(key, name, pair.item, output)
        for (key, name), output in zip(SIDES, pair.outputs, strict=True)
    )
    return html(
        "rate.html.j2",
        item=pair.item,
        sentences=marked(pair.item, sides),
        sides=sides,
        place=place,
        filled=filled,
        token=token,
        problem=problem,
        criteria=rubric(pair.item.task).criteria,
        words=page_words(pair.item.task),
    )


def side(key: str, name: str, item: Item, output: str) -> Side:
    """Take one answer apart; only `advice` has numbered sentences to mark."""
    if item.task != "advice":
        return Side(key, name, (), output, "")
    points = read_points(output, len(item.sentences))
    if isinstance(points, Unreadable):
        return Side(key, name, (), output, failure_word(points.reason))
    return Side(key, name, shown_points(f"{key}-", item, points, {}), "", "")


def marked(item: Item, sides: tuple[Side, ...]) -> tuple[Sentence, ...]:
    """Put the points of both sides at the sentences that they speak of."""
    sentences = []
    for number, text in enumerate(item.sentences, start=1):
        lanes = tuple((s, tuple(p for p in s.points if number in p.sentences)) for s in sides)
        kinds = sorted({point.polarity for _, points in lanes for point in points})
        sentences.append(Sentence(number, text, lanes, " ".join(kinds)))
    return tuple(sentences)


def fields_of(rating: Rating) -> dict[str, str]:
    """Give the form's fields as a rating has them; a skipped pair has none."""
    if rating.marks is None:
        return {}
    return {"verdict": rating.verdict} | {
        f"{key}-{name}": str(getattr(marks, name))
        for (key, _), marks in zip(SIDES, rating.marks, strict=True)
        for name in CRITERIA
    }


def done_page(task: str, place: Place, skipped: tuple[int, ...], command: str) -> str:
    """Write the page behind the last pair.

    Args:
        task: Whose answers were compared.
        place: Where the rater is.
        skipped: Numbers of the pairs that were passed over.
        command: What computes the results.

    """
    return html(
        "rate_done.html.j2", words=page_words(task), place=place, skipped=skipped, command=command
    )


def message_page(task: str, title: str, message: str) -> str:
    """Write a page of a task that says why something cannot be done."""
    return html("rate_message.html.j2", words=page_words(task), title=title, message=message)
