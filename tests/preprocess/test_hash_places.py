"""Places of hashes, looked up for many hashes at once."""

from __future__ import annotations

import numpy as np
import pytest

from preprocess.hash_places import HashPlaces

#: Equal hashes apart, the least and the greatest that there are.
TABLE = (5, 0, 7, 5, 2**64 - 1, 7, 5)


@pytest.mark.parametrize(
    "asked", [(), (5,), (7, 0), (2**64 - 1,), (1, 6, 2**64 - 2), (0, 1, 5, 6, 7, 8, 2**64 - 1)]
)
def test_the_places_are_those_of_all_hashes_that_are_held(asked: tuple[int, ...]) -> None:
    """Each place comes once; a hash that is not held has none, whichever it lies between."""
    places = HashPlaces(np.array(TABLE, np.uint64), np.arange(len(TABLE), dtype=np.int32))
    found = places.of(np.array(asked, np.uint64))
    assert sorted(found.tolist()) == [i for i, held in enumerate(TABLE) if held in asked]
