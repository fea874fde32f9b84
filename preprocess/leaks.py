"""Does the test split say what the training split says? Runs of eight words that both hold.

The check of GPT-3 and PaLM (arXiv 2005.14165, appendix C; 2204.02311, section 8): of each test text
the share of words that lie in an 8-gram of words which a training text holds too. Words, because a
particle or a name that was changed ends a run, so that what is left is the other's wording. Texts
are first brought into one form (NFKC, case, no signs). Give the applicants' own text: sentence
numbers and instructions stand in every row.

The share is told of the whole training split, and of the training item that covers most alone. Many
texts of one field share phrases with the whole; a text that one other covers is a near-duplicate.

Memory grows with the test split alone, some 50 bytes a word; the training split streams by. Where
texts share their sentences, comparing each with each takes the square of their number. So in a
large test split the nearest training item is looked for by those items alone of which the whole
training split covers more than the limit, which no leak is without, and by an even choice of the
others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from preprocess.alpaca import Record
from preprocess.cores import InOrder, by_chunks
from preprocess.hash_places import HashPlaces
from preprocess.near_duplicates import scramble

Hashes = NDArray[np.uint64]
Portions = NDArray[np.float64]

WORDS: Final = 8
#: Share of a test text's words above which it counts as leaked. PaLM set contaminated examples
#: apart at 0.7 of their 8-grams; texts at Jaccard similarity 0.5 share two thirds of each.
MOST_SHARED: Final = 0.7
#: How many leaks an error names, and how many texts go to a process at once.
NAMED, CHUNK = 10, 256
#: Test items of which the nearest training item is looked for, whatever is shared.
LOOKED_AT: Final = 3_000

_SIGNS = re.compile(r"[^\w\s]|_")

By = Literal["split", "item"]


class Item(NamedTuple):
    """A text of a split, and the id to name it by."""

    id: str
    text: str


class _Hashed(NamedTuple):
    """An item's id, its number of words, and the hashes of their runs, in order."""

    id: str
    words: int
    grams: Hashes


class Leak(Record, frozen=True):
    """A test item above the limit.

    `share` of its words is covered by the training split, `nearest_share` by the item `nearest`.
    """

    id: str
    share: float
    nearest: str
    nearest_share: float


class LeakReport(Record, frozen=True):
    """How much of the test split stands in the training split.

    Means and greatest shares are over the `test_items` of at least `words` words; `short_items`
    have fewer and are not measured. Those of the nearest item are over `looked_at` of them, an even
    choice where there are many. `leaks` are those of which the training split, or one item of
    it (`by`), covers more than `limit`, worst first.
    """

    words: int
    limit: float
    by: By
    train_items: int
    test_items: int
    short_items: int
    mean: float
    most: float
    nearest_mean: float
    nearest_most: float
    looked_at: int
    leaks: tuple[Leak, ...]


class LeakError(ValueError):
    """Test texts stand in the training split; the message names them, their shares and the cure."""


class NothingToMeasureError(ValueError):
    """There is no test text to look for in the training split."""


def overlap(  # noqa: PLR0913 - two splits, what counts, and who works
    train: Iterable[Item],
    test: Iterable[Item],
    *,
    n: int = WORDS,
    limit: float = MOST_SHARED,
    by: By = "split",
    looked_at: int = LOOKED_AT,
    in_order: InOrder = map,
) -> LeakReport:
    """Measure how much of each test text stands in the training texts.

    Args:
        train: The training split, which is read twice where the test split is large: something that
            begins anew, no iterator.
        test: The test split; its words are held as hashes.
        n: How many words in a row must agree.
        limit: The share of covered words, 0 to 1, above which a test item counts as leaked.
        by: Whether the limit is on what the whole training split covers, or one item of it.
        looked_at: Of how many test items the nearest training item is looked for in any case.
        in_order: Hashes the texts, here or on all cores.

    Raises:
        ValueError: `n` or `limit` is out of range, or `train` cannot be read twice.
        NothingToMeasureError: No test text has `n` words.

    """
    if n < 1 or not 0 <= limit <= 1:
        raise ValueError(f"n is {n} and limit {limit}; give a number from 1 and a share of 0 to 1")
    if isinstance(train, Iterator):
        raise ValueError("train is an iterator, which ends; give what can be read again")  # noqa: TRY004
    hashed = partial(_hash_all, n=n)
    held = _TestSplit(by_chunks(hashed, test, CHUNK, in_order), n)
    measured = np.flatnonzero(held.measured)
    if not len(measured):
        raise NothingToMeasureError(
            f"none of {len(held.ids)} test texts has {n} words; give the texts of the test split"
        )
    even = measured[:: -(-len(measured) // looked_at)]
    nearest = _Nearest(held, even) if len(even) == len(measured) else None
    seen = 0
    for item in by_chunks(hashed, train, CHUNK, in_order):
        seen += 1
        held.mark(item)
        if nearest is not None:
            nearest.mark(item)
    shares = held.shares()
    if nearest is None:
        nearest = _Nearest(held, np.union1d(even, np.flatnonzero(held.measured & (shares > limit))))
        for item in by_chunks(hashed, train, CHUNK, in_order):
            nearest.mark(item)
    return _report(held, nearest, shares, even=even, train_items=seen, limit=limit, by=by)


def _report(  # noqa: PLR0913 - all that was found
    held: _TestSplit,
    nearest: _Nearest,
    shares: Portions,
    *,
    even: NDArray[np.intp],
    train_items: int,
    limit: float,
    by: By,
) -> LeakReport:
    """Sum up what a test split shares; `even` are the items that means of the nearest are over."""
    alone, measured = nearest.shares(), np.flatnonzero(held.measured)
    judged = shares if by == "split" else alone
    leaked = [
        Leak(held.ids[i], float(shares[i]), nearest.ids[i], float(alone[i]))
        for i in sorted(np.flatnonzero(held.measured & (judged > limit)), key=lambda i: -judged[i])
    ]
    return LeakReport(
        words=held.n,
        limit=limit,
        by=by,
        train_items=train_items,
        test_items=len(measured),
        short_items=len(held.ids) - len(measured),
        mean=float(shares[measured].mean()),
        most=float(shares.max()),
        nearest_mean=float(alone[even].mean()),
        nearest_most=float(alone.max()),
        looked_at=len(even),
        leaks=tuple(leaked),
    )


def require_no_leaks(report: LeakReport) -> None:
    """Pass a report without leaks.

    Raises:
        LeakError: A test item is above the limit.

    """
    if not report.leaks:
        return
    named = [
        f"{leak.id} ({leak.share:.0%}, of which {leak.nearest} alone {leak.nearest_share:.0%})"
        for leak in report.leaks[:NAMED]
    ]
    if len(report.leaks) > NAMED:
        named.append(f"and {len(report.leaks) - NAMED} more")
    where = "the training split" if report.by == "split" else "one training item"
    raise LeakError(
        f"of {len(report.leaks)} of {report.test_items} test items more than {report.limit:.0%} of "
        f"the words stand in {where}, {report.words} or more in a row: {', '.join(named)}; "
        "leave these essays out, or allow more with --most-shared"
    )


class _TestSplit:
    """The test split's n-grams, sorted, and which of them training items hold."""

    def __init__(self, items: Iterable[_Hashed], n: int) -> None:
        self.ids: list[str] = []
        self.n = n
        sizes, grams, places = [], [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
        first = 0
        for item in items:
            self.ids.append(item.id)
            sizes.append(item.words)
            grams.append(item.grams)
            places.append(np.arange(first, first + len(item.grams), dtype=np.int32))
            first += item.words
        self.sizes = np.array(sizes, np.intp)
        self.owners = np.repeat(np.arange(len(sizes), dtype=np.int32), self.sizes)
        self.grams, self.places = np.concatenate(grams), np.concatenate(places)
        self.measured = self.sizes >= n
        self._table = HashPlaces(self.grams, self.places)
        self._held = np.zeros(self._table.count, np.bool_)

    def mark(self, item: _Hashed) -> None:
        """Mark the runs that a training item holds."""
        self._held[self._table.numbers(item.grams)] = True

    def shares(self) -> Portions:
        """Return each item's share of words that the split covers."""
        started = np.zeros(len(self.owners), np.bool_)  # the words at which a shared run begins
        started[self._table.places(np.flatnonzero(self._held))] = True
        reach = np.convolve(started, np.ones(self.n, np.int32))[: len(started)]
        covered = np.bincount(self.owners[reach > 0], minlength=len(self.ids))
        return np.asarray(covered / np.maximum(self.sizes, 1))


class _Nearest:
    """The training item that covers most of each of some test items, and how many words it does.

    Args:
        test: The test split.
        wanted: The places of these items in it, in order; each has a run of words.

    """

    def __init__(self, test: _TestSplit, wanted: NDArray[np.intp]) -> None:
        self._test = test
        self.ids = [""] * len(test.ids)
        self._words = np.zeros(len(test.ids), np.intp)
        among = np.zeros(len(test.ids), np.bool_)
        among[wanted] = True
        kept = among[test.owners[test.places]]
        self._table = HashPlaces(test.grams[kept], test.places[kept])

    def mark(self, item: _Hashed) -> None:
        """Remember a training item for each text of which none before covers as much."""
        starts = np.unique(self._table.places(self._table.numbers(item.grams)))
        if not len(starts):
            return
        n = self._test.n
        # Each run covers n words, or as many as there are to the next; no run leaves its text.
        fresh = np.minimum(np.diff(starts, append=starts[-1] + n), n)
        told = self._test.owners[starts]
        first = np.flatnonzero(np.diff(told, prepend=-1))
        owners, counts = told[first], np.add.reduceat(fresh, first)
        nearer = counts > self._words[owners]
        self._words[owners[nearer]] = counts[nearer]
        for owner in owners[nearer].tolist():
            self.ids[owner] = item.id

    def shares(self) -> Portions:
        """Return each item's share of words that its nearest covers, 0 for those not looked at."""
        return np.asarray(self._words / np.maximum(self._test.sizes, 1))


def _hash_all(items: Iterable[Item], n: int) -> list[_Hashed]:
    hashed = ((item.id, _word_hashes(item.text)) for item in items)
    return [_Hashed(name, len(words), _gram_hashes(words, n)) for name, words in hashed]


def _word_hashes(text: str) -> Hashes:
    """Hash the words of a text in order, from each letter with its place in the word."""
    words = _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold()).split()
    letters = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), "<u4")
    lengths = np.fromiter(map(len, words), np.intp, len(words))
    starts = np.cumsum(lengths) - lengths
    places = np.arange(len(letters)) - np.repeat(starts, lengths)
    placed = scramble(letters.astype(np.uint64) | places.astype(np.uint64) << np.uint64(32))
    return np.add.reduceat(placed, starts) if words else placed


def _gram_hashes(words: Hashes, n: int) -> Hashes:
    """Hash each run of n words; fewer words have none."""
    if len(words) < n:
        return np.empty(0, np.uint64)
    factors = scramble(np.arange(1, n + 1, dtype=np.uint64)) | np.uint64(1)
    return scramble(np.convolve(words, factors, "valid"))
