"""A WordPiece that is trained by likelihood, which the trainer of `tokenizers` is not.

Of all pairs of neighbours the one with the greatest

    count(a b) / (count(a) · count(b))

is joined next: the pair whose joining raises the likelihood of the text under a unigram model most
for each time it is joined (Schuster and Nakajima 2012, ICASSP, section 3; the quotient as in
Hugging Face's course, chapter 6.6). BPE joins the pair with the greatest count(a b) instead. The
quotient is greatest for rare pairs, so pairs below a count are left alone. `WordPieceTrainer` of
`tokenizers` hands its texts to the trainer of BPE.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

Pair = tuple[str, str]


def likelihood_tokens(pieces: Mapping[str, int], *, most: int, least: int) -> list[str]:
    """Join pairs of neighbours, one kind at a time.

    Args:
        pieces: Pieces of spelt text and how often each stands there.
        most: How many tokens to make.
        least: How often a pair must stand there to be joined.

    Returns:
        The tokens that were made, in their order, each once; fewer where no pair is left. The same
        pieces give the same tokens.

    """
    joining = _Joining(pieces, least)
    made: dict[str, None] = {}
    while len(made) < most and (pair := joining.best()):
        joining.join(pair)
        made["".join(pair)] = None
    return list(made)


class _Joining:
    """All pieces as they are joined so far, with what stands where and how often."""

    def __init__(self, pieces: Mapping[str, int], least: int) -> None:
        self._least = least
        self._words = [(list(piece), count) for piece, count in pieces.items()]
        self._single: Counter[str] = Counter()
        self._paired: Counter[Pair] = Counter()
        self._places: defaultdict[Pair, set[int]] = defaultdict(set)
        self._pairs_of: defaultdict[str, set[Pair]] = defaultdict(set)
        for place in range(len(self._words)):
            self._count(place, 1)
        self._waiting = [(-self._score(pair), pair) for pair in self._frequent(self._paired)]
        heapq.heapify(self._waiting)

    def best(self) -> Pair | None:
        """Take the pair with the greatest score; of equal ones the first in the alphabet."""
        while self._waiting:
            score, pair = heapq.heappop(self._waiting)
            # Another score was put in when a count changed.
            if self._paired[pair] >= self._least and -score == self._score(pair):
                return pair
        return None

    def join(self, pair: Pair) -> None:
        """Join a pair wherever it stands, from the left."""
        for place in sorted(self._places.pop(pair)):
            self._count(place, -1)
            self._words[place][0][:] = joined(self._words[place][0], pair)
            self._count(place, 1)
        changed = {*pair, "".join(pair)}
        touched = {other for symbol in changed for other in self._pairs_of[symbol]}
        for other in self._frequent(touched):
            heapq.heappush(self._waiting, (-self._score(other), other))

    def _count(self, place: int, sign: int) -> None:
        symbols, count = self._words[place]
        for symbol in symbols:
            self._single[symbol] += sign * count
        for pair in pairwise(symbols):
            self._paired[pair] += sign * count
            if sign > 0:
                self._places[pair].add(place)
                for symbol in pair:
                    self._pairs_of[symbol].add(pair)

    def _frequent(self, pairs: Iterator[Pair] | Counter[Pair] | set[Pair]) -> Iterator[Pair]:
        return (pair for pair in pairs if self._paired[pair] >= self._least)

    def _score(self, pair: Pair) -> float:
        return self._paired[pair] / (self._single[pair[0]] * self._single[pair[1]])


def joined(symbols: list[str], pair: Pair) -> list[str]:
    """Join a pair of neighbours wherever it stands, from the left."""
    made: list[str] = []
    at = 0
    while at < len(symbols):
        both = tuple(symbols[at : at + 2]) == pair
        made.append("".join(pair) if both else symbols[at])
        at += 2 if both else 1
    return made
