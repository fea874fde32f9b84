"""Every number of the table: a ratio of two weighted sums of what was counted per item.

Precision is tp / (tp + fp), recall tp / (tp + fn), F1 2·tp / (2·tp + fp + fn), a mean a sum over
the number of items. One form for all lets the bootstrap resample essays with two matrix products,
and the same definition serves one item, one system and one difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eval.records import Unscored

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Metric:
    """A named ratio.

    Attributes:
        name: Its key in `scores.jsonl` and `result.json`.
        top: Weight of each count in the numerator.
        bottom: Weight of each count in the denominator.
        empty: Why there is no value when the denominator is 0.

    """

    name: str
    top: Weights
    bottom: Weights
    empty: str

    def value(self, counts: Mapping[str, float]) -> float | Unscored:
        """Compute the ratio from counts, of one item or summed over many."""
        missing = (self.top.keys() | self.bottom.keys()) - counts.keys()
        if missing:
            return Unscored("the task has no sentence numbers")
        bottom = weigh(self.bottom, counts)
        return weigh(self.top, counts) / bottom if bottom else Unscored(self.empty)


def weigh(weights: Weights, counts: Mapping[str, float]) -> float:
    """Sum the weighted counts."""
    return sum(weight * counts[name] for name, weight in weights.items())


def precision_recall_f1(
    name: str, counted: tuple[str, ...], suffix: str = ""
) -> tuple[Metric, ...]:
    """Define the three metrics of one comparison.

    Args:
        name: First part of the metrics' names, as `location`.
        counted: Prefixes of the counts that are pooled (micro), as `good` for `good_tp`.
        suffix: Last part of the metrics' names, as `_bad`.

    """

    def pooled(tp: float, fp: float, fn: float) -> Weights:
        weights = {"tp": tp, "fp": fp, "fn": fn}
        return {f"{p}_{k}": w for p in counted for k, w in weights.items() if w}

    nothing = "neither the expert nor the system marks any"
    return (
        Metric(f"{name}_f1{suffix}", pooled(2, 0, 0), pooled(2, 1, 1), nothing),
        Metric(
            f"{name}_precision{suffix}",
            pooled(1, 0, 0),
            pooled(1, 1, 0),
            "the system marks none",
        ),
        Metric(f"{name}_recall{suffix}", pooled(1, 0, 0), pooled(1, 0, 1), "the expert marks none"),
    )


def mean(name: str, count: str) -> Metric:
    """Define a mean over items."""
    return Metric(name, {count: 1.0}, {"items": 1.0}, "no items")


ALL_POINTS: Weights = {"point_tp": 1.0, "point_fp": 1.0, "point_fn": 1.0}
NO_POINTS = "neither the expert nor the system gives any advice"
NO_PAIRS = "no point of the system meets one of the expert's"

#: `rouge_l` and `chrf` divide by all points: pairs, expert points alone and predicted points
#: alone, the last two with similarity 0. `…_matched` divide by the pairs only.
METRICS: tuple[Metric, ...] = (
    *precision_recall_f1("location", ("good", "bad")),
    *precision_recall_f1("location", ("good",), "_good"),
    *precision_recall_f1("location", ("bad",), "_bad"),
    *precision_recall_f1("point", ("point",)),
    Metric("rouge_l", {"rouge_l_sum": 1.0}, ALL_POINTS, NO_POINTS),
    Metric("chrf", {"chrf_sum": 1.0}, ALL_POINTS, NO_POINTS),
    Metric("rouge_l_matched", {"rouge_l_sum": 1.0}, {"point_tp": 1.0}, NO_PAIRS),
    Metric("chrf_matched", {"chrf_sum": 1.0}, {"point_tp": 1.0}, NO_PAIRS),
    mean("advice_points", "advice_points"),
    mean("count_error", "count_error"),
    mean("output_chars", "output_chars"),
    mean("readable", "readable"),
    mean("cut_off", "cut_off"),
    mean("applicant_voice", "applicant_voice"),
)

#: The number a reader looks at first. In `advice-anchored` the input itself tells where, so only
#: what is said can be compared.
HEADLINE: Mapping[str, str] = {"advice": "location_f1", "advice-anchored": "rouge_l"}

#: The metrics for which differences between systems are estimated.
COMPARED: tuple[str, ...] = (
    "location_f1",
    "point_f1",
    "rouge_l",
    "chrf",
    "readable",
    "output_chars",
)


def find_metric(name: str) -> Metric:
    """Return the metric of a name, which must be one of `METRICS`."""
    return next(metric for metric in METRICS if metric.name == name)
