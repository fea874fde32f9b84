"""Texts that are nearly one, and advice that is said too often.

One applicant sends one essay to several firms; such essays must share a split. MinHash LSH over
character 5-grams proposes pairs, exact Jaccard similarity decides, and a connected component is a
group (Broder 1997, "On the resemblance and containment of documents"). What stays in memory is a
sketch of 1 KiB a text. An expert's stock phrase is another matter: `cap_repeats`.

A sketch is one-permutation hashing (Li, Owen, Zhang 2012): a gram's hash names one of 512 bins, and
each bin keeps its least. A bin that stays empty takes the least under a permutation of its own, as
the last rounds of Dahlgaard, Knudsen, Thorup (2017, "Fast similarity sketching") do. A bin of two
sketches is equal with the probability of the Jaccard similarity, so that of 128 bands of four bins
some band is equal in 9,997 of 10,000 pairs at similarity 0.5, and in more above.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from fractions import Fraction
from functools import cache, lru_cache
from itertools import chain, count, islice
from multiprocessing import get_context
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Sketches = NDArray[np.uint16]
Keys = NDArray[np.unsignedinteger]
Indices = NDArray[np.intp]

SHINGLE, BINS = 5, 512
#: Jaccard similarity of character 5-grams from which two essays are one applicant's.
SAME_ESSAY: Final = 0.5
#: Below 0.5 a band is two bins, to find every pair; below 0.2 it would propose nearly all.
FOUR_BINS_FROM, LEAST_THRESHOLD = 0.5, 0.2
#: Five standard deviations of what 512 bins estimate: further below, pairs are not compared.
MARGIN: Final = 0.11
#: How many texts go to a process at once, pairs are looked at at once, sets of grams stay at hand.
CHUNK, BLOCK, RECENT = 256, 8192, 256


def group_texts(
    texts: Sequence[str], *, threshold: float = SAME_ESSAY, processes: int = 1
) -> list[int]:
    """Group near-duplicate texts.

    Args:
        texts: The essays' texts, read once in order, and by index when compared; a file will do.
        threshold: Jaccard similarity from which two texts belong together, 0.2 to 1.
        processes: How many sketch the texts; the groups are the same for any number.

    Returns:
        For each text the index of the first text of its group.

    Raises:
        ValueError: The threshold or the number of processes is out of range.

    """
    if not LEAST_THRESHOLD <= threshold <= 1:
        raise ValueError(f"threshold is {threshold}; give {LEAST_THRESHOLD} to 1")
    if processes < 1:
        raise ValueError(f"processes is {processes}; give 1 or more")
    sketches: Sketches = np.fromiter(_sketches(texts, processes), np.dtype((np.uint16, BINS)))
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
    hashes = np.sort(scramble(np.convolve(codes, _multipliers()[:SHINGLE], "valid")))
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


def sketch(grams: Hashes) -> Sketches:
    """Sketch a set of ascending hashes: the low 16 bits of each bin's least."""
    bins = grams >> np.uint64(64 - 9)
    least = np.flatnonzero(_begins(bins))
    held, empty, filled = np.zeros(BINS, np.uint16), np.ones(BINS, np.bool_), bins[least]
    held[filled], empty[filled] = grams[least].astype(np.uint16), False
    # 32 bits do here, and multiply twice as fast.
    factors, short = _multipliers()[empty].astype(np.uint32), grams.astype(np.uint32)
    held[empty] = np.multiply.outer(factors, short).min(axis=1)
    return held


def _begins(ordered: Keys) -> NDArray[np.bool_]:  # where a run of equal values begins
    return np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(ordered)]


@cache
def _inked() -> NDArray[np.bool_]:
    """Tell which code points are not white space; the last, U+3001, stands for all beyond."""
    return np.array([not chr(code).isspace() for code in range(0x3002)])


@cache
def _multipliers() -> Hashes:
    """Odd numbers without a pattern, one a bin."""
    return scramble(np.arange(1, BINS + 1, dtype=np.uint64)) | np.uint64(1)


def _sketches(texts: Iterable[str], processes: int) -> Iterator[Sketches]:
    """Sketch texts in order, with at most two chunks waiting for each process."""
    source = iter(texts)
    chunks = iter(lambda: list(islice(source, CHUNK)), [])
    if processes == 1:
        yield from chain.from_iterable(map(_sketch_all, chunks))
        return
    waiting: deque[Future[list[Sketches]]] = deque()
    # Not forked: a caller's threads (progress bars) would be caught holding their locks.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for chunk in chunks:
            waiting.append(pool.submit(_sketch_all, chunk))
            if len(waiting) > 2 * processes:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _sketch_all(texts: Sequence[str]) -> list[Sketches]:
    return [sketch(shingles(text)) for text in texts]


class Groups:
    """Disjoint sets of the numbers 0 to size - 1; a set's root is its smallest."""

    def __init__(self, size: int) -> None:
        self._parents = np.arange(size)

    def root(self, index: int) -> int:
        """Return the smallest member of a number's set."""
        return int(self.roots(np.array([index]))[0])

    def roots(self, indices: Indices) -> Indices:
        """Return the smallest members of many numbers' sets."""
        found = self._parents[indices]
        while not np.array_equal(found, above := self._parents[found]):
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
    for band in range(bands.shape[1]):
        for pairs in _sharing(bands[:, band], groups):
            likely = pairs
            # A quarter of the bins deviates twice as far, and turns most pairs away.
            for part, margin in ((BINS // 4, 2 * MARGIN), (BINS, MARGIN)):
                ours, theirs = sketches[likely, :part]
                equal = (ours == theirs).sum(axis=1, dtype=np.uint16)
                likely = likely[:, equal >= part * (threshold - margin)]
            is_first_shared = np.equal(*bands[likely]).argmax(axis=1) == band
            yield likely[:, is_first_shared]


def _sharing(keys: Keys, groups: Groups) -> Iterator[Indices]:
    """Yield blocks of pairs with equal keys, without those that are in one group by then."""
    order = np.argsort(keys)
    for distance in count(1):
        # Of the runs of equal keys, those whose members are not all in one group yet.
        starts = np.flatnonzero(_begins(keys[order]))
        roots, lengths = groups.roots(order), np.diff(starts, append=len(order))
        is_open = np.logical_or.reduceat(roots != np.repeat(roots[starts], lengths), starts)
        order = order[np.repeat(is_open, lengths)]
        near = np.flatnonzero(keys[order[distance:]] == keys[order[:-distance]])
        if not len(near):
            return
        for at in np.split(near, range(BLOCK, len(near), BLOCK)):
            pairs = np.stack((order[at], order[at + distance]))
            yield pairs[:, np.not_equal(*groups.roots(pairs))]


class Capped(NamedTuple):
    """Which texts stay, in the order given, and the repeats left out, counted by text."""

    kept: tuple[bool, ...]
    dropped: dict[str, int]


def cap_repeats(texts: Sequence[str], ids: Sequence[str], *, share: float) -> Capped:
    """Let no advice text be more than a share of all; its first ids stay, one at least.

    Texts are one when their letters and digits are, whatever their width, case, spaces and signs.

    Args:
        texts: The advice texts, one a point.
        ids: A name of each point, all different; shorter ones come first, as with numbers.
        share: Above 0, up to 1.

    Raises:
        ValueError: The share is out of range, or the ids are not one a text.

    """
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}; give more than 0 and at most 1")
    if not len(set(ids)) == len(ids) == len(texts):
        raise ValueError(f"{len(texts)} texts, {len(set(ids))} different ids; give each its own")
    # As it is written: 0.29 of 100 is 29, where the float's product is a little less.
    cap = max(1, int(Fraction(str(share)) * len(texts)))
    kept = [True] * len(texts)
    places: dict[str, list[int]] = {}
    for i in sorted(range(len(texts)), key=lambda i: (len(ids[i]), ids[i])):
        plain = unicodedata.normalize("NFKC", texts[i]).casefold()
        same = places.setdefault("".join(filter(str.isalnum, plain)) or texts[i], [])
        same.append(i)
        kept[i] = len(same) <= cap
    over = {texts[same[0]]: len(same) - cap for same in places.values() if len(same) > cap}
    return Capped(tuple(kept), over)
