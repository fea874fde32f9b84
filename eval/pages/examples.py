"""Readable examples for the page: essays with expert's and model's points side by side.

Items are chosen by rule, not by taste: the three on which the system is worst, two in the middle,
and the three on which it is best, by the task's number of single items, ties by id. Answers of a
task without points are shown as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eval.measuring.advice import match_points
from eval.measuring.measures import LOWER_IS_BETTER, measures_of
from eval.pages.glossary import failure_word, metric_word, system_word
from eval.pages.task_words import KIND_WORDS
from eval.records import Estimate, ItemScore, Prediction, Unscored
from eval.tasks import ADVICE, Item, read_answer
from preprocess.alpaca import POLARITY_WORDS, Point, Polarity, Unreadable, write_ranges
from preprocess.outputs import ReviseRow

WORST, MIDDLE, BEST = "가장 나쁜 사례", "가운데 사례", "가장 좋은 사례"
#: An output that runs on for longer is cut on the page, and the page says so.
SHOWN_CHARS = 1200


@dataclass(frozen=True)
class ShownPoint:
    """A point as the page shows it; `key` is its anchor, `partner` the anchor of its pair."""

    key: str
    polarity: Polarity
    head: str
    sign: str
    where: str
    text: str
    sentences: tuple[int, ...]
    partner: str


@dataclass(frozen=True)
class ShownSentence:
    """A sentence with the points of both sides that speak of it, and its classes for colour."""

    key: str
    number: int
    text: str
    expert: tuple[ShownPoint, ...]
    system: tuple[ShownPoint, ...]
    classes: str


@dataclass(frozen=True)
class ShownAnswer:
    """What a system answered: points, or the raw text and why it cannot be read."""

    label: str
    score: str
    points: tuple[ShownPoint, ...]
    failure: str
    raw: str
    left_out: int


@dataclass(frozen=True)
class Part:
    """A piece of a text, and what was planted in it, if anything."""

    text: str
    planted: str


@dataclass(frozen=True)
class Example:
    """One item: its text, the expert's points, one system's answer, and the others' raw ones.

    A text without numbered sentences is told as `parts`. Where a task has no points, `wanted` is
    the expert's output, and the answer's raw text stands beside it.
    """

    place: str
    item: Item
    parts: tuple[Part, ...]
    wanted: str
    sentences: tuple[ShownSentence, ...]
    expert: tuple[ShownPoint, ...]
    answer: ShownAnswer
    others: tuple[ShownAnswer, ...]


def chosen(scores: Sequence[ItemScore], metric: str) -> dict[str, str]:
    """Choose item ids with the place each has; worst first."""
    sign = -1 if metric in LOWER_IS_BETTER else 1
    valued = [(sign * v, s.id) for s in scores if isinstance(v := s.metrics[metric], float)]
    order = [item_id for _, item_id in sorted(valued)]
    middle = len(order) // 2
    places = dict.fromkeys(order[:3], WORST)
    for item_id in order[-3:]:
        places.setdefault(item_id, BEST)
    for item_id in order[max(0, middle - 1) : middle + 1]:
        places.setdefault(item_id, MIDDLE)
    return {item_id: places[item_id] for item_id in order if item_id in places}


def examples(
    items: Sequence[Item],
    predictions: Mapping[str, Sequence[Prediction]],
    scores: Mapping[str, Sequence[ItemScore]],
    system: str,
) -> tuple[Example, ...]:
    """Make the examples of one system, the other systems' answers below each."""
    places = chosen(scores[system], measures_of(items[0].task).by_item)
    positions = {item.row.id: k for k, item in enumerate(items)}
    made = []
    for number, (item_id, place) in enumerate(places.items(), start=1):
        k = positions[item_id]
        answers = {s: (predictions[s][k], scores[s][k]) for s in predictions}
        made.append(example(f"x{number}", place, items[k], answers, system))
    return tuple(made)


def example(
    key: str,
    place: str,
    item: Item,
    answers: Mapping[str, tuple[Prediction, ItemScore]],
    system: str,
) -> Example:
    """Put one item together."""
    expert, model = both_sides(key, item, answers[system][0].output)
    shown = {s: shown_answer(s, item, *given) for s, given in answers.items()}
    answer = shown.pop(system)
    return Example(
        place=place,
        item=item,
        parts=() if item.sentences else parts_of(item),
        wanted="" if item.task in ADVICE else item.row.output,
        sentences=shown_sentences(key, item, expert, model),
        expert=expert,
        answer=replace(answer, points=model),
        others=tuple(shown.values()),
    )


def both_sides(
    key: str, item: Item, output: str
) -> tuple[tuple[ShownPoint, ...], tuple[ShownPoint, ...]]:
    """Show the expert's points and those of an output, each with its pair on the other side."""
    read = read_answer(output, item.task, len(item.sentences))
    said = () if isinstance(read, Unreadable) else read
    pairs = match_points(said, item.points)
    of_said, of_expert = heads(said, item), heads(item.points, item)
    met_expert = {id(s): f"전문가의 {of_expert[id(w)]}" for s, w in pairs}
    met_system = {id(w): f"시스템의 {of_said[id(s)]}" for s, w in pairs}
    expert = shown_points(f"{key}-e", item, item.points, met_system)
    return expert, shown_points(f"{key}-s", item, said, met_expert)


def parts_of(item: Item) -> tuple[Part, ...]:
    """Take a text to pieces; a draft's planted defects are pieces with the name of their kind."""
    text, parts, done = item.row.input, [], 0
    for defect in item.row.defects if isinstance(item.row, ReviseRow) else ():
        parts += [Part(text[done : defect.start], "")] if done < defect.start else []
        parts.append(Part(text[defect.start : defect.end], KIND_WORDS[defect.kind]))
        done = defect.end
    return (*parts, Part(text[done:], "")) if done < len(text) else tuple(parts)


def shown_points(
    key: str, item: Item, points: Sequence[Point], partners: Mapping[int, str]
) -> tuple[ShownPoint, ...]:
    """Show the points of one side.

    Args:
        key: What the points' anchors begin with.
        item: The item they speak of.
        points: Its points, in their order.
        partners: What a point's pair is called, by the point's `id()`.

    """
    return tuple(
        ShownPoint(
            key=f"{key}{k}",
            polarity=point.polarity,
            head=head,
            sign=("+" if point.polarity == "good" else "−") + head.split()[-1],
            where=place_of(point, item),
            text=point.text,
            sentences=point.sentences,
            partner=partners.get(id(point), ""),
        )
        for k, (point, head) in enumerate(
            zip(points, heads(points, item).values(), strict=True), start=1
        )
    )


def heads(points: Sequence[Point], item: Item) -> dict[int, str]:
    """Name points by polarity and number, by their `id()`; anchors have their number already."""
    seen: Counter[str] = Counter()
    named = {}
    for point in points:
        seen[point.polarity] += 1
        anchored = item.task == "advice-anchored"
        number = point.sentences[0] if anchored else seen[point.polarity]
        named[id(point)] = f"{POLARITY_WORDS[point.polarity]} {number}"
    return named


def place_of(point: Point, item: Item) -> str:
    """Say which sentences a point speaks of."""
    if item.task == "advice-anchored":
        return ""
    return "문장 " + write_ranges(point.sentences).replace("-", "–").replace(",", ", ")


def shown_sentences(
    key: str, item: Item, expert: Sequence[ShownPoint], model: Sequence[ShownPoint]
) -> tuple[ShownSentence, ...]:
    """Mark each sentence with the points that speak of it."""
    shown = []
    for number, text in enumerate(item.sentences, start=1):
        of_expert = tuple(p for p in expert if number in p.sentences)
        of_model = tuple(p for p in model if number in p.sentences)
        classes = {f"e-{p.polarity}" for p in of_expert} | {f"s-{p.polarity}" for p in of_model}
        shown.append(
            ShownSentence(
                f"{key}-n{number}", number, text, of_expert, of_model, " ".join(sorted(classes))
            )
        )
    return tuple(shown)


def shown_answer(system: str, item: Item, prediction: Prediction, score: ItemScore) -> ShownAnswer:
    """Show an answer's raw text, its score on the item, and why it failed if it did."""
    name = measures_of(item.task).by_item
    value = score.metrics[name]
    word = metric_word(name, item.task)
    found = value if isinstance(value, Unscored) else Estimate(value, value, value)
    return ShownAnswer(
        label=system_word(system, item.task),
        score=f"{word.name} {word.write(found)}",
        points=(),
        failure=failure_word(score.unreadable) if score.unreadable else "",
        raw=prediction.output[:SHOWN_CHARS],
        left_out=max(0, len(prediction.output) - SHOWN_CHARS),
    )
