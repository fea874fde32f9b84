"""Every number of the table: a ratio of two weighted sums of what was counted per item.

Precision is tp / (tp + fp), recall tp / (tp + fn), F1 2·tp / (2·tp + fp + fn), a mean a sum over
the number of items. One form for all lets the bootstrap resample essays with two matrix products,
and the same definition serves one item, one system and one difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from eval.records import Unscored

Weights = Mapping[str, float]

NOT_COUNTED = "this was not counted"


@dataclass(frozen=True)
class Metric:
    """A named ratio.

    Attributes:
        name: Its key in `scores.jsonl` and `result.json`.
        top: Weight of each count in the numerator.
        bottom: Weight of each count in the denominator.
        empty: Why there is no value when the denominator is 0.
        absent: Why there is no value when the counts are not there at all.

    """

    name: str
    top: Weights
    bottom: Weights
    empty: str
    absent: str = NOT_COUNTED

    def value(self, counts: Mapping[str, float]) -> float | Unscored:
        """Compute the ratio from counts, of one item or summed over many."""
        if not self.needed <= counts.keys():
            return Unscored(self.absent)
        bottom = weigh(self.bottom, counts)
        return weigh(self.top, counts) / bottom if bottom else Unscored(self.empty)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The counts that it is made of."""
        return frozenset(self.top.keys() | self.bottom.keys())


def weigh(weights: Weights, counts: Mapping[str, float]) -> float:
    """Sum the weighted counts."""
    total = 0.0
    for name, weight in weights.items():
        total += weight * counts[name]
    return total


def precision_recall_f1(
    name: str, counted: tuple[str, ...], suffix: str = "", *, absent: str = NOT_COUNTED
) -> tuple[Metric, ...]:
    """Define the three metrics of one comparison.

    Args:
        name: First part of the metrics' names, as `location`.
        counted: Prefixes of the counts that are pooled (micro), as `good` for `good_tp`.
        suffix: Last part of the metrics' names, as `_bad`.
        absent: Why there is no value when the counts are not there at all.

    """

    def pooled(tp: float, fp: float, fn: float) -> Weights:
        weights = {"tp": tp, "fp": fp, "fn": fn}
        return {f"{p}_{k}": w for p in counted for k, w in weights.items() if w}

    nothing = "neither the expert nor the system marks any"
    said, wanted = "the system marks none", "the expert marks none"
    right = pooled(1, 0, 0)
    return (
        Metric(f"{name}_f1{suffix}", pooled(2, 0, 0), pooled(2, 1, 1), nothing, absent),
        Metric(f"{name}_precision{suffix}", right, pooled(1, 1, 0), said, absent),
        Metric(f"{name}_recall{suffix}", right, pooled(1, 0, 1), wanted, absent),
    )


def mean(name: str, count: str) -> Metric:
    """Define a mean over items."""
    return Metric(name, {count: 1.0}, {"items": 1.0}, "no items")


def of_texts(names: Iterable[str], absent: str = NOT_COUNTED) -> Iterator[Metric]:
    """Define means of similarity over all points, and then over the pairs alone (`…_matched`).

    All points are the pairs, the expert's points alone and the predicted points alone; the last
    two have similarity 0.
    """
    every = {"point_tp": 1.0, "point_fp": 1.0, "point_fn": 1.0}
    matched = {"point_tp": 1.0}
    names = tuple(names)
    for name in names:
        yield Metric(name, {f"{name}_sum": 1.0}, every, NO_POINTS, absent)
    for name in names:
        yield Metric(f"{name}_matched", {f"{name}_sum": 1.0}, matched, NO_PAIRS, absent)


NO_POINTS = "neither the expert nor the system gives any advice"
NO_PAIRS = "no point of the system meets one of the expert's"
NO_SENTENCES = "the task has no sentence numbers"
NO_ANCHORS = "the task has no anchors"
NO_ENCODER = "no sentence encoder was given"
NO_FIT = "no sentence encoder was given, or the task has no sentence numbers"

#: How alike the texts of a pair are: the fields of `eval.text.morphemes.Similarity`.
TEXT_METRICS = ("rouge_1", "rouge_2", "rouge_l", "chrf", "bleu")

METRICS: tuple[Metric, ...] = (
    *precision_recall_f1("location", ("good", "bad"), absent=NO_SENTENCES),
    *precision_recall_f1("location", ("good",), "_good", absent=NO_SENTENCES),
    *precision_recall_f1("location", ("bad",), "_bad", absent=NO_SENTENCES),
    *precision_recall_f1("anchor", ("anchor",), absent=NO_ANCHORS),
    *precision_recall_f1("point", ("point",)),
    *of_texts(TEXT_METRICS),
    *of_texts(["encoder"], NO_ENCODER),
    *of_texts(["rdass"], NO_FIT),
    mean("advice_points", "advice_points"),
    mean("count_error", "count_error"),
    mean("output_chars", "output_chars"),
    mean("readable", "readable"),
    mean("cut_off", "cut_off"),
    mean("applicant_voice", "applicant_voice"),
    mean("wrong_document", "wrong_document"),
    Metric("copied", {"copied_sum": 1.0}, {"spoken": 1.0}, "the system says nothing"),
    Metric(
        "repeated", {"repeated_sum": 1.0}, {"repeatable": 1.0}, "the system says next to nothing"
    ),
)

#: The number a reader looks at first. In `advice-anchored` the input itself tells where, so only
#: what is said can be compared.
HEADLINE: Mapping[str, str] = {"advice": "location_f1", "advice-anchored": "rouge_l"}

#: The metrics for which differences between systems are estimated.
COMPARED: tuple[str, ...] = (
    "location_f1",
    "anchor_f1",
    "point_f1",
    "rouge_l",
    "chrf",
    "readable",
    "output_chars",
)


def find_metric(name: str) -> Metric:
    """Return the metric of a name, which must be one of `METRICS`."""
    return next(metric for metric in METRICS if metric.name == name)
