"""How much of a text stands word for word in the training texts: the longest run, and the share.

Runs of eight words are looked for, as the data step does for the test split itself (GPT-3 and PaLM,
arXiv 2005.14165, appendix C; 2204.02311, section 8); shorter ones are phrases that everybody uses.
Time and memory are linear in the words of the training texts, some 20 bytes each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Hashes = NDArray[np.uint64]

WORDS = 8
#: An odd 64-bit constant whose powers weigh the words of a run (Knuth, TAOCP 3, section 6.4).
FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Shared:
    """Words of a text, those of them in runs that training texts hold, and the longest run."""

    words: int
    copied: int
    longest: int


class TrainingTexts:
    """Training texts to look runs of words up in.

    Args:
        texts: The texts; no run goes from one to the next.

    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._numbers: dict[str, int] = {}
        words = [[self._number(word) for word in text.split()] for text in texts]
        # The number between two texts is that of no word.
        stream = np.array([n for text in words for n in (*text, -1)], np.int64)
        runs = run_hashes(stream)
        within = np.convolve(stream == -1, np.ones(WORDS, np.int64), "valid")[: len(runs)] == 0
        places = np.flatnonzero(within)
        order = np.argsort(runs[places], kind="stable")
        self._places, self._runs = places[order], runs[places][order]

    def _number(self, word: str) -> int:
        return self._numbers.setdefault(word, len(self._numbers))

    def shared(self, text: str) -> Shared:
        """Look a text up."""
        words = text.split()
        # Words that no training text has are all one: it is in no run either way.
        stream = np.array([self._numbers.get(word, -2) for word in words], np.int64)
        here, there = self._meetings(stream)
        if not here.size:
            return Shared(len(words), 0, 0)
        covered = np.zeros(len(words) + 1, np.int64)
        starts = np.unique(here)
        np.add.at(covered, starts, 1)
        np.add.at(covered, starts + WORDS, -1)
        copied = int((np.cumsum(covered)[:-1] > 0).sum())
        return Shared(len(words), copied, longest_chain(here, there) + WORDS - 1)

    def _meetings(self, stream: Numbers) -> tuple[Numbers, Numbers]:
        """Find the places (in the text, in the training texts) where equal runs begin."""
        runs = run_hashes(stream)
        low = np.searchsorted(self._runs, runs, "left")
        times = np.searchsorted(self._runs, runs, "right") - low
        here = np.repeat(np.arange(len(runs)), times)
        first = np.cumsum(times) - times
        there = self._places[np.arange(len(here)) - np.repeat(first - low, times)]
        return here, there


def run_hashes(stream: Numbers) -> Hashes:
    """Hash each run of `WORDS` numbers; a shorter stream has none."""
    if len(stream) < WORDS:
        return np.empty(0, np.uint64)
    mixed = (stream.astype(np.uint64) + np.uint64(3)) * FACTOR
    mixed ^= mixed >> np.uint64(29)
    factors = np.cumprod(np.full(WORDS, FACTOR, np.uint64))
    return np.asarray(np.convolve(mixed, factors, "valid"))


def longest_chain(here: Numbers, there: Numbers) -> int:
    """Find the longest row of meetings in which both places go on by one."""
    order = np.lexsort((here, there - here))
    here, there = here[order], there[order]
    breaks = (np.diff(here) != 1) | (np.diff(there) != 1)
    ends = np.flatnonzero(np.concatenate([breaks, [True]]))
    return int(np.diff(ends, prepend=-1).max())
