"""Candidates scored by name, as the study does: cosine of an input's vector with each name's.

The names are encoded once, when the picker is made; a turn takes one encoding.
"""

from __future__ import annotations

from collections.abc import Sequence

from interview.encoders import Encoder
from interview.material import LEAVES, text_of
from interview.picking import Picked
from interview.records import ASKED, FAILED, Turn


class CosinePicker:
    """Cosines of turns with the names of candidates.

    `names` may hold `LEAVES` beside the candidates; it counts as a failed reply.
    """

    def __init__(self, encoder: Encoder, names: Sequence[str]) -> None:
        self.encoder = encoder
        self.name = encoder.name
        self.names = tuple(names)
        self.vectors = encoder.encode(self.names).T

    def cosines(self, turn: Turn) -> dict[str, float]:
        """Compute the cosine of every name."""
        found = self.encoder.encode([text_of(turn)])[0] @ self.vectors
        return dict(zip(self.names, found.tolist(), strict=True))

    def scores(self, turn: Turn) -> dict[str, float]:
        """Score every candidate; whether the reply asks to leave is part of its failing."""
        return merged(self.cosines(turn))

    def pick(self, topic: str, remaining: Sequence[str], reply: str) -> Picked:
        """Pick the best of the remaining answers, of failing and of asking back."""
        cosines = self.cosines(Turn(topic, tuple(remaining), reply, FAILED, topic))
        scores = merged(cosines)
        best = max((*remaining, FAILED, ASKED), key=lambda name: scores[name])
        leaves = best == FAILED and cosines.get(LEAVES, -1.0) > cosines[FAILED]
        return Picked(best, scores[best], leaves)


def merged(cosines: dict[str, float]) -> dict[str, float]:
    """Count asking to leave as failing, where it is among the names."""
    if LEAVES not in cosines:
        return cosines
    scores = {name: score for name, score in cosines.items() if name != LEAVES}
    return scores | {FAILED: max(scores[FAILED], cosines[LEAVES])}
