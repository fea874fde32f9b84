"""The `retrieval` baseline: the advice an expert gave to the nearest training answer.

Nearness is the cosine of TF-IDF vectors over character 2- and 3-grams (scikit-learn). The
neighbour's sentence numbers are carried over in one of two ways, whichever fits the training
split better when each of its rows is answered from the rows of other groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import linear_kernel

from eval.baselines import Baseline, fit
from eval.tasks import Item, write_answer
from preprocess.alpaca import Point

#: So many training rows, evenly spread, decide between the ways.
TRIED = 300
CHUNK = 256

Carry = Callable[["Library", Item, Item], list[int]]


class Library:
    """Training rows to look things up in. Building it takes time linear in their text."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = tuple(items)
        self.vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 3), sublinear_tf=True, dtype=np.float32
        )
        self.matrix = self.vectorizer.fit_transform(text_of(item) for item in self.items)
        self.groups = np.array([item.row.group for item in self.items])

    def vectors(self, texts: Sequence[str]) -> Any:
        """Make TF-IDF vectors: texts × features, sparse, rows of length 1."""
        return self.vectorizer.transform(texts)

    def nearest(self, queries: Sequence[Item]) -> list[Item | None]:
        """Find each query's nearest row of another group; `None` where all are of its own."""
        found: list[Item | None] = []
        for start in range(0, len(queries), CHUNK):
            part = queries[start : start + CHUNK]
            likeness = linear_kernel(self.vectors([text_of(q) for q in part]), self.matrix)
            own = np.array([q.row.group for q in part])[:, None] == self.groups[None, :]
            likeness[own] = -1.0
            best = likeness.argmax(axis=1)
            found.extend(
                self.items[b] if likeness[row, b] >= 0 else None for row, b in enumerate(best)
            )
        return found


def text_of(item: Item) -> str:
    """Take the words of an item: question and answer without sentence numbers."""
    return " ".join([item.question, *item.sentences]) if item.sentences else item.row.input


def by_position(_: Library, source: Item, target: Item) -> list[int]:
    """Carry each of the source's sentences to the same relative place in the target."""
    have, want = len(source.sentences), len(target.sentences)
    return [int((s + 0.5) / have * want) + 1 for s in range(have)]


def by_likeness(library: Library, source: Item, target: Item) -> list[int]:
    """Carry each of the source's sentences to the most similar sentence of the target."""
    likeness = linear_kernel(library.vectors(source.sentences), library.vectors(target.sentences))
    return [int(best) + 1 for best in likeness.argmax(axis=1)]


WAYS: dict[str, Carry] = {"같은 상대 위치로": by_position, "가장 비슷한 문장으로": by_likeness}


def carried(library: Library, way: Carry, source: Item, target: Item) -> list[Point]:
    """Give the source's advice to the target, at the target's own sentences."""
    if target.task == "advice-anchored":
        return list(source.points)
    places = way(library, source, target)
    return [
        Point(p.polarity, tuple(sorted({places[s - 1] for s in p.sentences})), p.text)
        for p in source.points
    ]


def best_way(library: Library) -> tuple[str, float]:
    """Choose how sentence numbers are carried, by location F1 on the training rows.

    Returns:
        The way's name, and its F1 when each row is answered from rows of other groups; 0 where
        all rows are of one group.

    """
    step = max(1, len(library.items) // TRIED)
    queries = library.items[::step]
    found = [(q, n) for q, n in zip(queries, library.nearest(queries), strict=True) if n]
    fits = {
        name: fit(((carried(library, way, n, q), q.points) for q, n in found), queries[0].task)
        for name, way in WAYS.items()
    }
    return max(fits.items(), key=lambda named: named[1])


def retrieval(train: Sequence[Item], test: Sequence[Item]) -> Baseline:
    """Answer every test row with the advice on its nearest training row of another group."""
    library = Library(train)
    name, f1 = best_way(library)
    answers = {}
    for item, source in zip(test, library.nearest(test), strict=True):
        if source is None:
            raise ValueError(f"id {item.row.id}: no training row of another group")
        answers[item.row.id] = write_answer(carried(library, WAYS[name], source, item), item.task)
    placed = "" if test[0].task == "advice-anchored" else f" 문장 번호는 {name} 옮겼습니다."
    return Baseline(
        name="retrieval",
        how=f"문자 2·3-gram TF-IDF로 가장 가까운 학습 글을 찾아 그 전문가 조언을 씁니다.{placed} "
        f"학습 자료에서 같은 방법의 F1은 {f1:.2f}입니다.",
        answers=answers,
    )
