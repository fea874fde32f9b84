"""Where hashes stand: a table of many, in which those of one text are looked up at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Places = NDArray[np.int32]


class HashPlaces:
    """The places of hashes, some of which may be equal; 20 bytes a hash at most.

    Args:
        hashes: One or more.
        places: The place of each.

    """

    def __init__(self, hashes: Hashes, places: Places) -> None:
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        first = np.flatnonzero(np.diff(ordered, prepend=~ordered[:1]))
        self._places = places[order]
        self._hashes = ordered[first]
        self._ends = np.append(first, len(ordered))

    @property
    def count(self) -> int:
        """How many different hashes there are."""
        return len(self._hashes)

    def numbers(self, hashes: Hashes) -> NDArray[np.intp]:
        """Return the numbers, from 0, of those of these hashes that the table holds."""
        at = np.searchsorted(self._hashes, hashes)
        found: NDArray[np.intp] = at[self._hashes.take(at, mode="clip") == hashes]
        return found

    def places(self, numbers: NDArray[np.intp]) -> Places:
        """Return the places of hashes, given their numbers, in no certain order."""
        lows = self._ends[numbers]
        lengths = self._ends[numbers + 1] - lows
        begins = np.cumsum(lengths) - lengths
        found: Places = self._places[np.repeat(lows - begins, lengths) + np.arange(lengths.sum())]
        return found

    def of(self, hashes: Hashes) -> Places:
        """Return the places of all of these hashes that the table holds, in no certain order."""
        return self.places(self.numbers(hashes))
