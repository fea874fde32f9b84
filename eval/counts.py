"""One prediction, counted: where, what and how, as numbers that may be summed over items.

An output that cannot be read is a failed output and does count: it says nothing, so all the
expert's sentences and points are missed, and it is marked with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.advice import POLARITIES, match_points, sentence_counts
from eval.metrics import METRICS
from eval.morphemes import similarity
from eval.records import ItemScore, Prediction
from eval.tasks import Item, read_answer
from preprocess.alpaca import Point, Unreadable

#: The first person of an applicant. None of 204 pieces of real experts' advice has it, once
#: quotations from the essay are set aside.
APPLICANT = re.compile(r"(?<![가-힣])(?:저는|제가|저의|저를|저에게|저도|저만의)(?![가-힣])")
QUOTATION = re.compile(r"'[^'\n]{0,200}'|\"[^\"\n]{0,200}\"|‘[^’\n]{0,200}’|“[^”\n]{0,200}”")


def score_item(item: Item, prediction: Prediction) -> ItemScore:
    """Count a prediction and compute its metrics."""
    answer = read_answer(prediction.output, item.task, len(item.sentences))
    failed = isinstance(answer, Unreadable)
    points = () if isinstance(answer, Unreadable) else answer
    counts = {
        "items": 1.0,
        "readable": float(not failed),
        "cut_off": float(prediction.finish == "length"),
        "output_chars": float(len(prediction.output)),
        "applicant_voice": float(speaks_as_applicant(prediction.output)),
        **point_numbers(points, item.points),
    }
    if item.task == "advice":
        counts |= location_numbers(points, item.points)
    return ItemScore(
        id=prediction.id,
        source_id=prediction.source_id,
        system=prediction.system,
        unreadable=answer.reason if isinstance(answer, Unreadable) else None,
        counts=counts,
        metrics={metric.name: metric.value(counts) for metric in METRICS},
    )


def location_numbers(predicted: Sequence[Point], expert: Sequence[Point]) -> dict[str, float]:
    """Count sentences by polarity: `good_tp`, `good_fp`, `good_fn`, and the same for `bad`."""
    numbers = {}
    for polarity in POLARITIES:
        counts = sentence_counts(predicted, expert, polarity)
        numbers[f"{polarity}_tp"] = float(counts.tp)
        numbers[f"{polarity}_fp"] = float(counts.fp)
        numbers[f"{polarity}_fn"] = float(counts.fn)
    return numbers


def point_numbers(predicted: Sequence[Point], expert: Sequence[Point]) -> dict[str, float]:
    """Count pairs and lone points, and sum the similarity of the pairs' texts."""
    pairs = match_points(predicted, expert)
    alike = [similarity(said.text, wanted.text) for said, wanted in pairs]
    return {
        "advice_points": float(len(predicted)),
        "count_error": float(abs(len(predicted) - len(expert))),
        "point_tp": float(len(pairs)),
        "point_fp": float(len(predicted) - len(pairs)),
        "point_fn": float(len(expert) - len(pairs)),
        "rouge_l_sum": sum(a.rouge_l for a in alike),
        "chrf_sum": sum(a.chrf for a in alike),
    }


def speaks_as_applicant(output: str) -> bool:
    """Tell whether advice says 저는, 제가, … outside quotation marks.

    Expert advice never does; a model that does has lost its role.
    """
    return APPLICANT.search(QUOTATION.sub(" ", output)) is not None
