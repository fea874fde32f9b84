"""What is counted in every output of `overall`, `revise` and `write`: its form, whatever it says.

An output that cannot be read is a failed output and does count; each task says what it then gets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from eval.measuring.measures import measures_of
from eval.records import ItemScore, Prediction
from eval.tasks import Item

#: A tag or a comment of HTML. The masks of personal data, `<이름>` and `<|tel|>`, are none.
MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>|<!--")


def form_counts(prediction: Prediction, *, readable: bool) -> dict[str, float]:
    """Count what can be told of any output."""
    return {
        "items": 1.0,
        "readable": float(readable),
        "cut_off": float(prediction.finish == "length"),
        "markup": float(MARKUP.search(prediction.output) is not None),
        "output_chars": float(len(prediction.output)),
    }


def item_score(
    item: Item, prediction: Prediction, counts: Mapping[str, float], unreadable: str | None
) -> ItemScore:
    """Make the record of one prediction: its counts, and the task's metrics on it alone."""
    return ItemScore(
        id=prediction.id,
        source_id=prediction.source_id,
        system=prediction.system,
        unreadable=unreadable,
        counts=dict(counts),
        metrics={m.name: m.value(counts) for m in measures_of(item.task).metrics},
    )


def scored_each(
    predictions: Sequence[Prediction],
    score: Callable[[Prediction], ItemScore],
    progress: Callable[[int], None] | None,
) -> list[ItemScore]:
    """Score predictions one by one, in their order, and tell the progress."""
    scores = []
    for prediction in predictions:
        scores.append(score(prediction))
        if progress is not None:
            progress(1)
    return scores
