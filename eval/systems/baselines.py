"""Answers without a model: what any fine-tune has to beat.

`generic` gives every essay the same advice in the same place, `shuffled` gives the advice of
another essay, `retrieval` and `retrieval-encoder` (in modules of these names) that of the nearest
one, and `rules` (in `eval.systems.rules`) looks for faults that can be seen without reading.
Those of the tasks without points are in `eval.systems.whole_outputs`. All know only the training
split, and of that no row whose group is in the test split.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from eval.measuring.advice import POLARITIES, point_counts, sentence_counts
from eval.records import Prediction
from eval.tasks import Item, write_answer
from preprocess.alpaca import POLARITY_WORDS, Point, Polarity, Task

#: Names that models may not take, in the order of the table; `eval.score` writes their files anew
#: each time.
BASELINES: tuple[str, ...] = (
    "retrieval",
    "retrieval-encoder",
    "rules",
    "generic",
    "shuffled",
    "unchanged",
    "applicant",
    "reference",
)


Row = TypeVar("Row")


@dataclass(frozen=True)
class Baseline:
    """A baseline's answers by item id, and how they were made (Korean, for the page)."""

    name: str
    how: str
    answers: dict[str, str]

    def predictions(self, items: Sequence[Item]) -> list[Prediction]:
        """Give the answers the form of predictions, in the order of the items."""
        return [
            Prediction(
                id=item.row.id,
                source_id=item.row.source_id,
                task=item.task,
                system=self.name,
                prompt="",
                output=self.answers[item.row.id],
                finish="stop",
            )
            for item in items
        ]


def evenly(rows: Sequence[Row], fewest: int) -> Sequence[Row]:
    """Take evenly spread rows: `fewest` to twice as many, or all where there are fewer."""
    return rows[:: max(1, len(rows) // fewest)]


def usable(train: Sequence[Item], test: Sequence[Item]) -> tuple[Item, ...]:
    """Keep the training rows whose group has no row in the test split.

    Raises:
        ValueError: None is left.

    """
    tested = {item.row.group for item in test}
    kept = tuple(item for item in train if item.row.group not in tested)
    if not kept:
        raise ValueError("every training row is of a group that is tested; baselines need others")
    return kept


@dataclass(frozen=True)
class Strategy:
    """A constant answer: which sentences (or anchors) get which polarity, whatever the essay."""

    how: str
    marks: Callable[[int], list[tuple[Polarity, tuple[int, ...]]]]

    def points(self, sentence_count: int, texts: dict[Polarity, str]) -> tuple[Point, ...]:
        """Answer an essay of so many sentences."""
        return tuple(
            Point(polarity, sentences, texts[polarity])
            for polarity, sentences in self.marks(sentence_count)
        )


#: Parts of an essay of n sentences; each holds one sentence at least.
PARTS: dict[str, Callable[[int], range]] = {
    "모든 문장": lambda n: range(1, n + 1),
    "첫 문장": lambda _: range(1, 2),
    "첫 두 문장": lambda n: range(1, min(2, n) + 1),
    "첫 세 문장": lambda n: range(1, min(3, n) + 1),
    "앞쪽 절반": lambda n: range(1, (n + 1) // 2 + 1),
    "가운데 3분의 1": lambda n: range(n // 3 + 1, max(n // 3 + 1, n - n // 3) + 1),
    "뒤쪽 절반": lambda n: range(n // 2 + 1, n + 1),
    "마지막 두 문장": lambda n: range(max(1, n - 1), n + 1),
}


def strategies(task: Task) -> list[Strategy]:
    """List the constant answers among which `generic` chooses."""
    if task == "advice-anchored":
        return [anchors(good, bad) for good in range(3) for bad in range(5) if good + bad]
    return [
        located(polarity, part, apart=apart)
        for polarity in POLARITIES
        for part in PARTS
        for apart in (False, True)
    ]


def located(polarity: Polarity, part: str, *, apart: bool) -> Strategy:
    """Mark one part of every essay, as one point or as a point for each sentence."""

    def marks(n: int) -> list[tuple[Polarity, tuple[int, ...]]]:
        chosen = tuple(PARTS[part](n))
        return [(polarity, (s,)) for s in chosen] if apart else [(polarity, chosen)]

    shape = "문장마다 하나씩" if apart else "한데 묶어"
    return Strategy(f"{part}을 {shape} {POLARITY_WORDS[polarity]}으로 표시", marks)


def anchors(good: int, bad: int) -> Strategy:
    """Answer the first so many anchors of each polarity."""

    def marks(_: int) -> list[tuple[Polarity, tuple[int, ...]]]:
        goods: list[tuple[Polarity, tuple[int, ...]]] = [("good", (k + 1,)) for k in range(good)]
        return goods + [("bad", (k + 1,)) for k in range(bad)]

    return Strategy(f"좋은점 {good}개와 아쉬운점 {bad}개를 1번부터 답", marks)


def generic(train: Sequence[Item], test: Sequence[Item]) -> Baseline:
    """Answer with the constant that does best on the training split, in its commonest words.

    Of the constants with the highest location F1 (anchor F1 in `advice-anchored`) the one with
    the highest point F1 is taken, and of those the first of the list.
    """
    task = train[0].task
    texts = frequent_texts(train)
    known = [s for s in strategies(task) if all(p in texts for p, _ in s.marks(1))]
    fits = [fit(pairs_of(strategy, texts, train), task) for strategy in known]
    tied = [s for s, f in zip(known, fits, strict=True) if f == max(fits)]
    best = max(tied, key=lambda s: point_fit(pairs_of(s, texts, train)))
    return Baseline(
        name="generic",
        how=(
            f"어느 글에나 같은 답을 합니다: {best.how}합니다. "
            "문구는 학습 자료에서 가장 잦은 조언이며, "
            f"표시 방법은 학습 자료에서 F1이 가장 높은 것({max(fits):.2f})을 골랐습니다."
        ),
        answers={
            item.row.id: write_answer(best.points(len(item.sentences), texts), task)
            for item in test
        },
    )


def frequent_texts(train: Sequence[Item]) -> dict[Polarity, str]:
    """Find the most frequent advice of each polarity; of equals the first in code point order."""
    seen = {
        p: Counter(x.text for i in train for x in i.points if x.polarity == p) for p in POLARITIES
    }
    return {p: min(c, key=lambda text: (-c[text], text)) for p, c in seen.items() if c}


Pairs = Iterable[tuple[Sequence[Point], Sequence[Point]]]


def pairs_of(strategy: Strategy, texts: dict[Polarity, str], train: Sequence[Item]) -> Pairs:
    """Put a constant's answer beside the expert's, for every training row."""
    return ((strategy.points(len(item.sentences), texts), item.points) for item in train)


def fit(pairs: Pairs, task: Task) -> float:
    """Compute micro F1 of (predicted, expert): of sentences, or of anchors."""
    if task == "advice-anchored":
        return point_fit(pairs)
    counts = [sentence_counts(p, e, polarity) for p, e in pairs for polarity in POLARITIES]
    return f1(sum(c.tp for c in counts), sum(c.fp + c.fn for c in counts))


def point_fit(pairs: Pairs) -> float:
    """Compute micro F1 of points over (predicted, expert)."""
    counts = [point_counts(p, e) for p, e in pairs]
    return f1(sum(c.tp for c in counts), sum(c.fp + c.fn for c in counts))


def f1(tp: int, wrong: int) -> float:
    """Compute F1 from true positives and from false positives and negatives together."""
    return 2 * tp / (2 * tp + wrong) if tp else 0.0


def shuffled(train: Sequence[Item], test: Sequence[Item], seed: int) -> Baseline:
    """Answer with the expert's advice on a training row drawn by chance.

    A row's draw depends on the seed and its id alone. Sentence numbers beyond the essay's end
    become its last sentence.
    """
    answers = {}
    for item in test:
        generator = np.random.default_rng([seed, zlib.crc32(item.row.id.encode())])
        drawn = train[int(generator.integers(len(train)))]
        answers[item.row.id] = write_answer(clipped(drawn.points, item), item.task)
    return Baseline(
        "shuffled", f"무작위로 고른 학습 글의 전문가 조언을 그대로 씁니다(시드 {seed}).", answers
    )


def clipped(points: Iterable[Point], item: Item) -> list[Point]:
    """Bring sentence numbers into the range of an item; anchors stay as they are."""
    if item.task == "advice-anchored":
        return list(points)
    last = len(item.sentences)
    return [
        Point(p.polarity, tuple(sorted({min(s, last) for s in p.sentences})), p.text)
        for p in points
    ]
