"""ROUGE, chrF++ and BLEU of one pair of texts, from n-grams that are counted once.

The numbers are those of rouge-score and sacrebleu, which tests hold to nine digits. Those
libraries count both sides anew for every pair, and fill a table for the longest common
subsequence; here an expert's text that meets ten systems is counted once, and a row of that table
is one addition of whole numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rouge_score.scoring import fmeasure
from sacrebleu.metrics.bleu import BLEU

#: A text as its characters, or as its words.
Units = str | tuple[str, ...]
Grams = Counter[Units]

BLEU_ORDER = 4
CHRF_CHARACTERS = 6
CHRF_WORDS = 2
CHRF_BETA = 2
#: What chrF++ splits off at the end or the start of a word.
CHRF_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

#: Pairs are compared expert text by expert text, so few counts are worth keeping.
KEPT = 64


@lru_cache(maxsize=KEPT)
def count_grams(units: Units, highest: int) -> Grams:
    """Count the n-grams of 1 to `highest` characters or words."""
    return Counter(
        [units[i : i + n] for n in range(1, highest + 1) for i in range(len(units) - n + 1)]
    )


@dataclass(frozen=True)
class Matches:
    """For each order from 1: n-grams in both texts (the smaller count), and in either."""

    common: list[int]
    said: list[int]
    wanted: list[int]


def match_grams(said: Units, wanted: Units, highest: int) -> Matches:
    """Compare two texts by their n-grams of 1 to `highest` units."""
    ours, theirs = count_grams(said, highest), count_grams(wanted, highest)
    common = [0] * highest
    for gram in ours.keys() & theirs.keys():
        common[len(gram) - 1] += min(ours[gram], theirs[gram])
    return Matches(
        common,
        [max(len(said) - n, 0) for n in range(highest)],
        [max(len(wanted) - n, 0) for n in range(highest)],
    )


def rouge_n(matches: Matches, order: int) -> float:
    """F-measure of the n-grams of one order (ROUGE-N, Lin 2004), 0 to 1."""
    common, said, wanted = (
        side[order - 1] for side in (matches.common, matches.said, matches.wanted)
    )
    return float(fmeasure(common / max(said, 1), common / max(wanted, 1)))


def rouge_l(said: Sequence[str], wanted: Sequence[str]) -> float:
    """F-measure of the longest common subsequence (ROUGE-L, Lin 2004), 0 to 1."""
    if not said or not wanted:
        return 0.0
    common = common_subsequence(said, wanted)
    return float(fmeasure(common / len(said), common / len(wanted)))


def common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence.

    A row of the table is a whole number whose bits say where it does not grow; the next row is
    one addition (Hyyrö 2004, "Bit-parallel LCS-length computation revisited").
    """
    places: dict[str, int] = {}
    for place, unit in enumerate(one):
        places[unit] = places.get(unit, 0) | 1 << place
    whole = (1 << len(one)) - 1
    level = whole
    for unit in other:
        met = level & places.get(unit, 0)
        level = (level + met | level - met) & whole
    return len(one) - level.bit_count()


def bleu(said: tuple[str, ...], wanted: tuple[str, ...]) -> float:
    """Sentence BLEU of tokens with exponential smoothing and effective order, 0 to 1.

    The formula is sacrebleu's own function; only the counting is here.
    """
    matches = match_grams(said, wanted, BLEU_ORDER)
    score = BLEU.compute_bleu(
        matches.common,
        matches.said,
        len(said),
        len(wanted),
        smooth_method="exp",
        effective_order=True,
    )
    return float(score.score) / 100


def chrf(said: str, wanted: str) -> float:
    """chrF++ of two texts, 0 to 1: F2 of mean precision and recall over 6 + 2 orders.

    Popović 2017. Orders that one of the texts is too short for are left out, as in sacrebleu.
    """
    spelt = match_grams("".join(said.split()), "".join(wanted.split()), CHRF_CHARACTERS)
    worded = match_grams(chrf_words(said), chrf_words(wanted), CHRF_WORDS)
    orders = [
        (common, ours, theirs)
        for m in (spelt, worded)
        for common, ours, theirs in zip(m.common, m.said, m.wanted, strict=True)
        if ours and theirs
    ]
    if not any(common for common, _, _ in orders):
        return 0.0
    precision = sum(common / ours for common, ours, _ in orders) / len(orders)
    recall = sum(common / theirs for common, _, theirs in orders) / len(orders)
    square = CHRF_BETA**2
    return (1 + square) * precision * recall / (square * precision + recall)


def chrf_words(text: str) -> tuple[str, ...]:
    """Cut at white space, one mark split off at the end of a word or else at its start."""
    words: list[str] = []
    for word in text.split():
        if len(word) > 1 and word[-1] in CHRF_PUNCTUATION:
            words += [word[:-1], word[-1]]
        elif len(word) > 1 and word[0] in CHRF_PUNCTUATION:
            words += [word[0], word[1:]]
        else:
            words.append(word)
    return tuple(words)
