"""The baselines of retrieval: the advice an expert gave to the nearest training answer.

`retrieval` tells nearness by the cosine of TF-IDF vectors over Kiwi's morphemes (scikit-learn),
`retrieval-encoder` (in `eval.systems.encoder_retrieval`) by a sentence encoder. The neighbour's
sentence numbers are carried over in one of two ways, whichever fits the training split better
when each of its rows is answered from the rows of other groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import linear_kernel

from eval.systems.baselines import Baseline, evenly, fit
from eval.tasks import Item, write_answer
from eval.text.morphemes import analyse, morphemes
from preprocess.alpaca import Point

#: At least so many training rows, evenly spread, decide between the ways.
TRIED = 300
CHUNK = 256

#: A text as its sentences, each of which is looked at once however many texts hold it.
Text = tuple[str, ...]
Carry = Callable[["Library", Item, Item], list[int]]


class Vectors(Protocol):
    """Texts as vectors whose product tells how alike they are."""

    def prepare(self, sentences: Iterable[str]) -> None:
        """Look at many sentences at once, which is quicker than one by one."""

    def of(self, texts: Sequence[Text]) -> Any:
        """Make vectors: texts × features, sparse or dense, rows of length 1."""


class MorphemeVectors:
    """TF-IDF over the morphemes of some texts. Building it takes time linear in their length."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self.prepare(sentence for text in texts for sentence in text)
        self._vectorizer = TfidfVectorizer(analyzer=forms, sublinear_tf=True, dtype=np.float32)
        self._vectorizer.fit(texts)

    def prepare(self, sentences: Iterable[str]) -> None:
        """Have Kiwi cut the sentences on all cores."""
        analyse(sentences)

    def of(self, texts: Sequence[Text]) -> Any:
        """Make vectors: texts × morphemes, sparse; one without a known morpheme is all 0."""
        return self._vectorizer.transform(texts)


def forms(text: Text) -> list[str]:
    """Cut a text into morphemes."""
    return [form for sentence in text for form in morphemes(sentence)]


class Library:
    """Training rows to look things up in."""

    def __init__(self, items: Sequence[Item], vectors: Vectors) -> None:
        self.items, self.vectors = tuple(items), vectors
        self.matrix = vectors.of([text_of(item) for item in self.items])
        self.groups = np.array([item.row.group for item in self.items])

    def nearest(self, queries: Sequence[Item]) -> list[Item | None]:
        """Find each query's nearest row of another group; `None` where all are of its own."""
        self.vectors.prepare(sentence for query in queries for sentence in text_of(query))
        found: list[Item | None] = []
        for start in range(0, len(queries), CHUNK):
            part = queries[start : start + CHUNK]
            likeness = linear_kernel(self.vectors.of([text_of(q) for q in part]), self.matrix)
            own = np.array([q.row.group for q in part])[:, None] == self.groups[None, :]
            likeness[own] = -np.inf
            best = likeness.argmax(axis=1)
            found.extend(
                self.items[b] if np.isfinite(likeness[row, b]) else None
                for row, b in enumerate(best)
            )
        return found

    def with_sources(self, queries: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
        """Yield each query with its nearest row of another group.

        Raises:
            ValueError: All rows are of a query's own group.

        """
        for item, source in zip(queries, self.nearest(queries), strict=True):
            if source is None:
                raise ValueError(f"id {item.row.id}: no training row of another group")
            yield item, source


def text_of(item: Item) -> Text:
    """Take the words of an item: question and answer without sentence numbers."""
    lines = tuple(line for line in item.row.input.split("\n") if line)
    return (item.question, *item.sentences) if item.sentences else lines


def by_position(_: Library, source: Item, target: Item) -> list[int]:
    """Carry each of the source's sentences to the same relative place in the target."""
    have, want = len(source.sentences), len(target.sentences)
    return [int((s + 0.5) / have * want) + 1 for s in range(have)]


def by_likeness(library: Library, source: Item, target: Item) -> list[int]:
    """Carry each of the source's sentences to the most similar sentence of the target."""
    likeness = linear_kernel(
        *(library.vectors.of([(s,) for s in of.sentences]) for of in (source, target))
    )
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
    queries = evenly(library.items, TRIED)
    found = [(q, n) for q, n in zip(queries, library.nearest(queries), strict=True) if n]
    fits = {
        name: fit(((carried(library, way, n, q), q.points) for q, n in found), queries[0].task)
        for name, way in WAYS.items()
    }
    return max(fits.items(), key=lambda named: named[1])


def retrieval(train: Sequence[Item], test: Sequence[Item]) -> Baseline:
    """Answer every test row with the advice on its nearest training row, by its morphemes."""
    library = Library(train, MorphemeVectors([text_of(item) for item in train]))
    return from_nearest("retrieval", "형태소 TF-IDF로", library, test)


def from_nearest(name: str, by: str, library: Library, test: Sequence[Item]) -> Baseline:
    """Answer every test row with the advice on its nearest training row of another group.

    Args:
        name: The baseline's.
        by: How nearness is told, in Korean with its particle.
        library: The training rows.
        test: The rows to be answered.

    Raises:
        ValueError: All training rows are of a test row's own group.

    """
    way, f1 = best_way(library)
    answers = {}
    for item, source in library.with_sources(test):
        answers[item.row.id] = write_answer(carried(library, WAYS[way], source, item), item.task)
    placed = "" if test[0].task == "advice-anchored" else f" 문장 번호는 {way} 옮겼습니다."
    return Baseline(
        name=name,
        how=f"{by} 가장 가까운 학습 글을 찾아 그 전문가 조언을 씁니다.{placed} "
        f"학습 자료에서 같은 방법의 F1은 {f1:.2f}입니다.",
        answers=answers,
    )
