"""One way to score every task: predictions of all systems in, a record per item and system out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from tqdm import tqdm

from eval.measuring.counts import score_items
from eval.measuring.field_fit import Fields
from eval.measuring.meaning import with_meaning
from eval.measuring.overall import score_overall
from eval.measuring.qa import score_qa
from eval.measuring.revise import score_revise
from eval.measuring.write import score_write
from eval.records import ItemScore, Prediction
from eval.tasks import ADVICE, Item
from eval.text.encoder import Encoder
from eval.text.shared_runs import TrainingTexts


class Scorer(Protocol):
    """What each task has: predictions of one system or of all are scored, in their order."""

    def __call__(
        self,
        items: Sequence[Item],
        predictions: Sequence[Prediction],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> list[ItemScore]:
        """Score predictions of these items."""


def scorer_of(train: Sequence[Item], encoder: Encoder | None = None) -> Scorer:
    """Give the scorer of a task, whose training rows these are; `qa` makes use of an encoder."""
    match train[0].task:
        case "overall":
            return score_overall
        case "revise":
            return score_revise
        case "write":
            texts = TrainingTexts([item.row.output for item in train])
            answers, asked = zip(*((i.row.output, i.row.instruction) for i in train), strict=True)
            return partial(score_write, train=texts, fields=Fields(answers, asked))
        case "qa":
            return partial(score_qa, encoder=encoder)
        case _:
            return score_items


def score_all(
    items: Sequence[Item],
    train: Sequence[Item],
    predictions: Mapping[str, Sequence[Prediction]],
    encoder: Encoder | None = None,
) -> dict[str, list[ItemScore]]:
    """Score every prediction, with a progress bar on stderr.

    Args:
        items: The test set.
        train: The training rows, which `write` is held against.
        predictions: Each system's, in the order of the items.
        encoder: What adds likeness of meaning to the tasks of located advice, and to `qa`.

    """
    every = [prediction for given in predictions.values() for prediction in given]
    with tqdm(total=len(every), desc="scoring", unit=" answers", disable=None) as bar:

        def progress(count: int) -> None:
            bar.update(count)

        scores = scorer_of(train, encoder)(items, every, progress=progress)
    if encoder is not None and train[0].task in ADVICE:
        scores = with_meaning(items, every, scores, encoder)
    by_system = iter(scores)
    return {system: [next(by_system) for _ in given] for system, given in predictions.items()}
