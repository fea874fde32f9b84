"""The plain way to the same numbers: each pair by itself, and a loop for every resample.

What a user would write with the libraries as they are: rouge-score with a tokenizer that calls
Kiwi, sacrebleu's sentence scores, and one function that bootstraps a metric of a system, another
for a difference. All scorers are made once, and draws and each item's part of each ratio are there
before a loop begins.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from kiwipiepy import Kiwi
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from eval.measuring.metrics import Metric, weigh
from eval.records import ItemScore
from eval.text.morphemes import PUNCTUATION

#: Names of rouge-score's scores, and of ours.
ROUGE: Final = {"rouge1": "rouge_1", "rouge2": "rouge_2", "rougeL": "rouge_l"}
Part = tuple[float, float]


class PlainTokenizer:
    """Cuts each text with Kiwi whenever it is asked."""

    def __init__(self) -> None:
        self._kiwi = Kiwi(num_workers=1)

    def tokenize(self, text: str) -> list[str]:
        """Cut a text into the forms of its morphemes, without punctuation."""
        return [t.form for t in self._kiwi.tokenize(text) if t.tag not in PUNCTUATION]


class PlainScorers:
    """rouge-score and sacrebleu, each asked for one pair at a time."""

    def __init__(self) -> None:
        self._rouge = RougeScorer(list(ROUGE), tokenizer=PlainTokenizer())
        self._chrf = CHRF(word_order=2)
        self._bleu = BLEU(tokenize="ko-mecab", effective_order=True)

    def similarity(self, said: str, wanted: str) -> dict[str, float]:
        """Compare two texts by all text metrics."""
        rouge = self._rouge.score(wanted, said)
        return {
            **{ours: float(rouge[theirs].fmeasure) for theirs, ours in ROUGE.items()},
            "chrf": self._chrf.sentence_score(said, [wanted]).score / 100,
            "bleu": self._bleu.sentence_score(said, [wanted]).score / 100,
        }


def parts_by_essay(metric: Metric, scores: Sequence[ItemScore]) -> dict[str, list[Part]]:
    """Compute each item's part of a ratio, above and below the line, by essay."""
    found: dict[str, list[Part]] = {}
    for score in scores:
        part = weigh(metric.top, score.counts), weigh(metric.bottom, score.counts)
        found.setdefault(score.source_id, []).append(part)
    return found


def bootstrap(parts: Mapping[str, Sequence[Part]], draws: Sequence[Sequence[str]]) -> list[float]:
    """Compute a ratio on each resample, given the essays that were drawn for it."""
    values = []
    for drawn in draws:
        top = bottom = 0.0
        for essay in drawn:
            for above, below in parts[essay]:
                top += above
                bottom += below
        values.append(top / bottom if bottom else math.nan)
    return values


def paired(
    one: Mapping[str, Sequence[Part]],
    other: Mapping[str, Sequence[Part]],
    draws: Sequence[Sequence[str]],
) -> list[float]:
    """Compute the difference of two systems on each resample."""
    return [a - b for a, b in zip(bootstrap(one, draws), bootstrap(other, draws), strict=True)]
