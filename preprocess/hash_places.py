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

    def of(self, hashes: Hashes) -> Places:
        """Return the places of all of these hashes that the table holds, in no certain order."""
        at = np.searchsorted(self._hashes, hashes)
        at = at[self._hashes.take(at, mode="clip") == hashes]
        lows = self._ends[at]
        lengths = self._ends[at + 1] - lows
        begins = np.cumsum(lengths) - lengths
        found: Places = self._places[np.repeat(lows - begins, lengths) + np.arange(lengths.sum())]
        return found
