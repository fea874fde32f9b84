"""How many different words and pairs of words a system says in all its answers: distinct-n.

The number of different n-grams over the number of all (Li and others 2016, arXiv 1510.03055,
section 5.3), here of white-space words. An n-gram that is said c times counts 1/c at each place, so
that the sum over answers is the number of different ones. More answers have a smaller share of
different ones: only systems that answered as often compare.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from eval.records import Prediction


class Said:
    """What each system says, counted over all its answers."""

    def __init__(self, predictions: Sequence[Prediction]) -> None:
        self._words: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._pairs: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for prediction in predictions:
            words = prediction.output.split()
            self._words[prediction.system].update(words)
            self._pairs[prediction.system].update(pairwise(words))

    def counts(self, prediction: Prediction) -> dict[str, float]:
        """Count one answer's part: its words and pairs, each weighed by how often it is said."""
        words = prediction.output.split()
        of_words, of_pairs = self._words[prediction.system], self._pairs[prediction.system]
        return {
            "distinct_words": sum(1 / of_words[word] for word in words),
            "pairs": float(max(len(words) - 1, 0)),
            "distinct_pairs": sum(1 / of_pairs[pair] for pair in pairwise(words)),
        }
