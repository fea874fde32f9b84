"""Likeness of meaning: what a sentence encoder says of advice, the expert's words and the essay.

`encoder` is the cosine of a point with the expert's; `rdass` the mean of that and of its cosine
with the sentences that it points at, after RDASS (Lee et al. 2020, "Reference and Document Aware
Semantic Evaluation Methods for Korean Language Summarization"): advice should fit the expert and
the essay. Cosines below 0 count as 0, so that a pair is never worse than a point alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from eval.measuring.advice import Pair
from eval.measuring.counts import measure, read_all
from eval.records import ItemScore, Prediction
from eval.tasks import Item
from eval.text.encoder import Encoder, Vector
from preprocess.alpaca import Point


def with_meaning(
    items: Sequence[Item],
    predictions: Sequence[Prediction],
    scores: Sequence[ItemScore],
    encoder: Encoder,
) -> list[ItemScore]:
    """Add the encoder's sums to scores that were counted without one.

    Args:
        items: The items of the test set.
        predictions: What was scored.
        scores: The scores of `eval.measuring.counts.score_items`, in the predictions' order.
        encoder: A loaded encoder; every distinct text is encoded once.

    """
    readings = read_all(items, predictions)
    vectors = encoder.vectors(text for r in readings for text in texts(r.item, r.pairs))
    return [
        measure(score, score.counts | meaning_numbers(reading.item, reading.pairs, vectors))
        for reading, score in zip(readings, scores, strict=True)
    ]


def texts(item: Item, pairs: Sequence[Pair]) -> Iterator[str]:
    """List the texts of an item's pairs: said, wanted, and the sentences pointed at."""
    for said, wanted in pairs:
        yield said.text
        yield wanted.text
        if item.sentences:
            yield pointed_at(item, said)


def pointed_at(item: Item, point: Point) -> str:
    """Take the sentences that a point speaks of."""
    return " ".join(item.sentences[number - 1] for number in point.sentences)


def meaning_numbers(
    item: Item, pairs: Sequence[Pair], vectors: Mapping[str, Vector]
) -> dict[str, float]:
    """Sum the likeness of an item's pairs; anchored items have no sentences to fit."""

    def likeness(one: str, other: str) -> float:
        return max(0.0, float(vectors[one] @ vectors[other]))

    alike = [likeness(said.text, wanted.text) for said, wanted in pairs]
    numbers = {"encoder_sum": sum(alike, 0.0)}
    if item.sentences:
        fitting = [likeness(said.text, pointed_at(item, said)) for said, _ in pairs]
        numbers["rdass_sum"] = (sum(alike, 0.0) + sum(fitting, 0.0)) / 2
    return numbers
