"""Predictions, counted: where, what and how, as numbers that may be summed over items.

An output that cannot be read is a failed output and does count: it says nothing, so all the
expert's sentences and points are missed, and it is marked with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from eval.measuring.advice import POLARITIES, Pair, anchor_counts, match_points, sentence_counts
from eval.measuring.manner import copied_share, repeated_share, speaks_as_applicant, wrong_document
from eval.measuring.metrics import METRICS, TEXT_METRICS
from eval.records import ItemScore, Prediction
from eval.tasks import Item, read_answer
from eval.text.morphemes import Similarity, similarities
from preprocess.alpaca import Point, Unreadable

#: Predictions whose texts are compared at once: enough to keep all cores busy, and little memory.
BATCH = 1_000


@dataclass(frozen=True)
class Reading:
    """A prediction beside its item: its points, and those that meet one of the expert's.

    `failure` is why the output is not advice; then there are no points.
    """

    item: Item
    prediction: Prediction
    failure: str | None
    points: tuple[Point, ...]
    pairs: tuple[Pair, ...]


def score_item(item: Item, prediction: Prediction) -> ItemScore:
    """Count a prediction and compute its metrics."""
    return score_items([item], [prediction])[0]


def score_items(
    items: Sequence[Item],
    predictions: Sequence[Prediction],
    *,
    progress: Callable[[int], None] | None = None,
) -> list[ItemScore]:
    """Count many predictions, of one system or of all, and compute their metrics.

    Args:
        items: The items of the test set, each once, in any order.
        predictions: Answers to them; an item may have any number of them.
        progress: Told now and then how many more predictions are done.

    Returns:
        One score per prediction, in their order: the same as one at a time.

    Raises:
        ValueError: A prediction is of no item that is given; the message names its id.

    """
    readings = read_all(items, predictions)
    # All answers to an item stand together, so that the expert's words are counted once.
    places = sorted(range(len(readings)), key=lambda k: predictions[k].id)
    scores: dict[int, ItemScore] = {}
    for start in range(0, len(places), BATCH):
        batch = places[start : start + BATCH]
        alike = similarities(texts(pair) for k in batch for pair in readings[k].pairs)
        scores |= {k: score(readings[k], alike) for k in batch}
        if progress is not None:
            progress(len(batch))
    return [scores[k] for k in range(len(predictions))]


def read_all(items: Sequence[Item], predictions: Sequence[Prediction]) -> list[Reading]:
    """Read predictions beside their items, in the predictions' order.

    Raises:
        ValueError: A prediction is of no item that is given; the message names its id.

    """
    by_id = {item.row.id: item for item in items}
    strangers = sorted({p.id for p in predictions if p.id not in by_id})
    if strangers:
        raise ValueError(
            f"predictions of other items than those given, the first {strangers[0]}: "
            "generate them anew from this test set"
        )
    return [read(by_id[prediction.id], prediction) for prediction in predictions]


def read(item: Item, prediction: Prediction) -> Reading:
    """Read an output and pair its points with the expert's."""
    answer = read_answer(prediction.output, item.task, len(item.sentences))
    if isinstance(answer, Unreadable):
        return Reading(item, prediction, answer.reason, (), ())
    return Reading(item, prediction, None, answer, match_points(answer, item.points))


def texts(pair: Pair) -> tuple[str, str]:
    """Take what is said and what is wanted from a pair of points."""
    return pair[0].text, pair[1].text


def score(reading: Reading, alike: Mapping[tuple[str, str], Similarity]) -> ItemScore:
    """Count one prediction whose pairs have been compared."""
    item, prediction = reading.item, reading.prediction
    counts = {
        "items": 1.0,
        "readable": float(reading.failure is None),
        "cut_off": float(prediction.finish == "length"),
        "output_chars": float(len(prediction.output)),
        **point_numbers(reading),
        **text_numbers([alike[texts(pair)] for pair in reading.pairs]),
        **manner_numbers(reading),
        **place_numbers(reading.points, item),
    }
    bare = ItemScore(
        id=prediction.id,
        source_id=prediction.source_id,
        system=prediction.system,
        unreadable=reading.failure,
        counts={},
        metrics={},
    )
    return measure(bare, counts)


def measure(score: ItemScore, counts: dict[str, float]) -> ItemScore:
    """Give a score other counts, and the metrics that follow from them."""
    metrics = {metric.name: metric.value(counts) for metric in METRICS}
    return replace(score, counts=counts, metrics=metrics)


def place_numbers(predicted: Sequence[Point], item: Item) -> dict[str, float]:
    """Count sentences by polarity (`good_tp`, `good_fp`, …), or anchors (`anchor_tp`, …)."""
    if item.task == "advice-anchored":
        found = {"anchor": anchor_counts(predicted, item.points)}
    else:
        found = {p: sentence_counts(predicted, item.points, p) for p in POLARITIES}
    numbers = {}
    for name, counts in found.items():
        numbers[f"{name}_tp"] = float(counts.tp)
        numbers[f"{name}_fp"] = float(counts.fp)
        numbers[f"{name}_fn"] = float(counts.fn)
    return numbers


def point_numbers(reading: Reading) -> dict[str, float]:
    """Count pairs and lone points."""
    said, wanted, pairs = len(reading.points), len(reading.item.points), len(reading.pairs)
    return {
        "advice_points": float(said),
        "count_error": float(abs(said - wanted)),
        "point_tp": float(pairs),
        "point_fp": float(said - pairs),
        "point_fn": float(wanted - pairs),
    }


def text_numbers(alike: Sequence[Similarity]) -> dict[str, float]:
    """Sum the similarities of the pairs' texts."""
    return {f"{name}_sum": sum((getattr(a, name) for a in alike), 0.0) for name in TEXT_METRICS}


def manner_numbers(reading: Reading) -> dict[str, float]:
    """Count how the output speaks; `spoken` and `repeatable` are 1 where there is a share."""
    output, row = reading.prediction.output, reading.item.row
    said = [point.text for point in reading.points] or [output]
    essay = " ".join(reading.item.sentences) or row.input
    copied, repeated = copied_share(said, essay), repeated_share(said)
    return {
        "applicant_voice": float(speaks_as_applicant(output)),
        "wrong_document": float(wrong_document(said, f"{row.instruction}\n{row.input}")),
        "spoken": float(copied is not None),
        "copied_sum": copied or 0.0,
        "repeatable": float(repeated is not None),
        "repeated_sum": repeated or 0.0,
    }


def failure_rates(scores: Sequence[ItemScore]) -> dict[str, float]:
    """Give the share of outputs that cannot be read, by reason, the commonest first.

    Reasons that no output has are left out; the shares add up to 1 less the readable ones.
    """
    reasons = Counter(s.unreadable for s in scores if s.unreadable is not None)
    return {
        reason: count / len(scores)
        for reason, count in sorted(reasons.items(), key=lambda found: (-found[1], found[0]))
    }
