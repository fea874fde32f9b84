"""Texts as vectors: the protocol of encoders, and the one that needs no download."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """What makes vectors of texts. A turn takes one call with one text."""

    @property
    def name(self) -> str:
        """Say which encoder it is, for results and messages."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Make vectors: texts × dimensions, each of length 1, or 0 for a text of nothing."""


@dataclass(frozen=True)
class NgramEncoder:
    """Hashed counts of character n-grams, needing neither a download nor training.

    Counts are damped (1 + ln n), and half of the n-grams count negatively, so that those which
    share a dimension cancel on average (Weinberger et al. 2009, feature hashing).

    Attributes:
        shortest: Characters of the shortest n-grams.
        longest: Characters of the longest n-grams.
        dimensions: Length of a vector.

    """

    shortest: int = 1
    longest: int = 3
    dimensions: int = 8192

    @property
    def name(self) -> str:
        """Name the lengths of the n-grams."""
        return f"ngram-{self.shortest}-{self.longest}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Make vectors of texts: letters, digits, question marks and ellipses alone count."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for gram, count in self.grams(text).items():
                place = zlib.crc32(gram.encode())
                sign = 1 if place >> 31 else -1
                vectors[row, place % self.dimensions] += sign * (1 + math.log(count))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors

    def grams(self, text: str) -> Counter[str]:
        """Count the n-grams of a text in lower case; words keep their borders."""
        kept = "".join(c if c.isalnum() or c in "?…" else " " for c in text.lower())
        padded = f" {' '.join(kept.split())} "
        if not padded.strip():
            return Counter()
        return Counter(
            padded[start : start + length]
            for length in range(self.shortest, self.longest + 1)
            for start in range(len(padded) - length + 1)
        )
