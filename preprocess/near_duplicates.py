"""Texts that are nearly one, and advice that is said too often.

One applicant sends one essay to several firms; such essays must share a split. MinHash LSH over
character 5-grams proposes pairs, exact Jaccard similarity decides, and a connected component is a
group (Broder 1997, "On the resemblance and containment of documents"). What stays in memory is a
sketch of 1 KiB a text. An expert's stock phrase is another matter: `preprocess.repeats`.

A sketch is one-permutation hashing (Li, Owen, Zhang 2012): a gram's hash names one of 512 bins, and
each bin keeps its least. A bin that stays empty takes the least under a permutation of its own, as
the last rounds of Dahlgaard, Knudsen, Thorup (2017, "Fast similarity sketching") do. A bin of two
sketches is equal with the probability of the Jaccard similarity, so that of 128 bands of four bins
some band is equal in 9,997 of 10,000 pairs at similarity 0.5, and in more above.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache, partial
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import NDArray

from preprocess.cores import InOrder, by_chunks

Hashes = NDArray[np.uint64]
Sketches = NDArray[np.uint16]
Keys = NDArray[np.unsignedinteger]
Indices = NDArray[np.intp]

SHINGLE, BINS = 5, 512
#: Jaccard similarity of character 5-grams from which two essays are one applicant's.
SAME_ESSAY: Final = 0.5
#: Below 0.5 a band is two bins, to find every pair; below 0.2 it would propose nearly all.
FOUR_BINS_FROM, LEAST_THRESHOLD = 0.5, 0.2
#: Standard deviations of what a sketch says of a pair at the threshold: pairs further below are
#: not compared.
DEVIATIONS: Final = 5
#: How many texts go to a process at once, pairs are looked at at once, sets of grams stay at hand.
CHUNK, BLOCK, RECENT = 256, 8192, 4096


def group_texts(
    texts: Sequence[str],
    *,
    threshold: float = SAME_ESSAY,
    bins: int = BINS,
    in_order: InOrder = map,
) -> list[int]:
    """Group near-duplicate texts.

    Args:
        texts: The essays' texts, read once in order, and by index when compared; a file will do.
        threshold: Jaccard similarity from which two texts belong together, 0.2 to 1.
        bins: The size of a sketch, a power of two: 128 do from a similarity of 0.8.
        in_order: Sketches chunks of texts, here or on all cores; the groups are the same.

    Returns:
        For each text the index of the first text of its group.

    Raises:
        ValueError: The threshold is out of range.

    """
    if not LEAST_THRESHOLD <= threshold <= 1:
        raise ValueError(f"threshold is {threshold}; give {LEAST_THRESHOLD} to 1")
    found = by_chunks(partial(_sketch_all, bins=bins), texts, CHUNK, in_order)
    sketches: Sketches = np.fromiter(found, np.dtype((np.uint16, bins)), len(texts))
    grams = lru_cache(RECENT)(lambda index: shingles(texts[index]))
    groups = Groups(len(sketches))
    for pairs in _likely_pairs(sketches, threshold, groups):
        for one, other in pairs.T.tolist():
            apart = groups.root(one) != groups.root(other)
            if apart and jaccard(grams(one), grams(other)) >= threshold:
                groups.join(one, other)
    return list(map(int, groups.roots(np.arange(len(sketches)))))


def shingles(text: str) -> Hashes:
    """Hash the character 5-grams of a text without its white space, distinct and ascending.

    A text shorter than five characters has one hash, its own.
    """
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    codes = letters[_inked().take(letters, mode="clip")].astype(np.uint64) + np.uint64(1)
    if len(codes) < SHINGLE:
        codes = np.pad(codes, (0, SHINGLE - len(codes)))
    hashes = np.sort(scramble(np.convolve(codes, _multipliers(SHINGLE), "valid")))
    return hashes[_begins(hashes)]


def jaccard(one: Hashes, other: Hashes) -> float:
    """Size of the intersection over size of the union, of two sets of hashes."""
    both = np.sort(np.concatenate((one, other)))
    union = int(np.count_nonzero(_begins(both)))
    return (len(both) - union) / union


def scramble(values: Hashes) -> Hashes:
    """Map 64 bits to 64 bits, one to one, as if by chance (the last step of SplitMix64)."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
    return values ^ (values >> np.uint64(31))


def sketch(grams: Hashes, bins: int = BINS) -> Sketches:
    """Sketch a set of ascending hashes: the low 16 bits of each bin's least."""
    places = grams >> np.uint64(65 - bins.bit_length())
    least = np.flatnonzero(_begins(places))
    held, empty, filled = np.zeros(bins, np.uint16), np.ones(bins, np.bool_), places[least]
    held[filled], empty[filled] = grams[least].astype(np.uint16), False
    # 32 bits do here, and multiply twice as fast.
    factors, short = _multipliers(bins)[empty].astype(np.uint32), grams.astype(np.uint32)
    held[empty] = np.multiply.outer(factors, short).min(axis=1)
    return held


def _begins(ordered: Keys) -> NDArray[np.bool_]:  # where a run of equal values begins
    return np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(ordered)]


@cache
def _inked() -> NDArray[np.bool_]:
    """Tell which code points are not white space; the last, U+3001, stands for all beyond."""
    return np.array([not chr(code).isspace() for code in range(0x3002)])


@cache
def _multipliers(count: int) -> Hashes:
    """Odd numbers without a pattern."""
    return scramble(np.arange(1, count + 1, dtype=np.uint64)) | np.uint64(1)


def _sketch_all(texts: Sequence[str], bins: int) -> list[Sketches]:
    return [sketch(shingles(text), bins) for text in texts]


class Groups:
    """Disjoint sets of the numbers 0 to size - 1; a set's root is its smallest."""

    def __init__(self, size: int) -> None:
        self._parents = np.arange(size)

    def root(self, index: int) -> int:
        """Return the smallest member of a number's set."""
        return int(self.roots(np.array([index]))[0])

    def roots(self, indices: Indices) -> Indices:
        """Return the smallest members of many numbers' sets."""
        found = self._parents.take(indices)
        while not np.array_equal(found, above := self._parents.take(found)):
            found = above
        self._parents[indices] = found
        return found

    def join(self, one: int, other: int) -> None:
        """Make one set of the sets of two numbers."""
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low


def _likely_pairs(sketches: Sketches, threshold: float, groups: Groups) -> Iterator[Indices]:
    """Yield blocks of pairs that share a band and look similar, as two rows, each pair once.

    Bands of two bins are halves of bands of four: a lower threshold finds all that a higher does.
    """
    bands: Keys = sketches.view(np.uint64 if threshold >= FOUR_BINS_FROM else np.uint32)
    # A quarter of the bins deviates twice as far, and turns most pairs away.
    parts = np.ascontiguousarray(sketches[:, : sketches.shape[1] // 4]), sketches
    for band in range(bands.shape[1]):
        for pairs in _sharing(bands[:, band], groups):
            likely = pairs
            for part in parts:
                bins = part.shape[1]
                least = bins * threshold - DEVIATIONS * np.sqrt(bins * threshold * (1 - threshold))
                likely = likely[:, _equal_bins(part, likely) >= least]
            is_first_shared = np.equal(*bands[likely]).argmax(axis=1) == band
            yield likely[:, is_first_shared]


def _equal_bins(sketches: Sketches, pairs: Indices) -> NDArray[np.unsignedinteger]:
    ours, theirs = (sketches.take(side, axis=0) for side in pairs)
    equal: Keys = np.bitwise_count(np.packbits(ours == theirs, axis=1)).sum(axis=1)
    return equal


def _sharing(keys: Keys, groups: Groups) -> Iterator[Indices]:
    """Yield blocks of pairs with equal keys, without those that are in one group by then."""
    order = np.argsort(keys)
    for distance in count(1):
        # Of the runs of equal keys, those that reach so far and are not all in one group yet.
        starts = np.flatnonzero(_begins(keys[order]))
        roots, lengths = groups.roots(order), np.diff(starts, append=len(order))
        is_open = np.logical_or.reduceat(roots != np.repeat(roots[starts], lengths), starts)
        order = order[np.repeat(is_open & (lengths > distance), lengths)]
        near = np.flatnonzero(keys[order[distance:]] == keys[order[:-distance]])
        if not len(near):
            return
        for at in np.split(near, range(BLOCK, len(near), BLOCK)):
            pairs = np.stack((order[at], order[at + distance]))
            yield pairs[:, np.not_equal(*groups.roots(pairs))]
