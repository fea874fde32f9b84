"""Groups of near-duplicate essays, and the cap on repeated advice."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preprocess.near_duplicates import (
    Capped,
    cap_repeats,
    group_texts,
    jaccard,
    scramble,
    shingles,
    sketch,
)

#: Syllables that no text below holds twice, so that each 5-gram is its own.
SYLLABLES = "".join(chr(code) for code in range(0xAC00, 0xAC00 + 4000))

#: Texts that overlap in all degrees, some of them in nothing but white space and signs.
SENTENCES = st.sampled_from(
    [
        "저는 바다를 좋아합니다. ",
        "방과 후에 조류 관측 모임을 만들었습니다.\n",
        "방과 후에는 조류 관측 모임을 이끌었습니다. ",
        "30개의 지점을 매주 기록했습니다. ",
        "창고의 동선을 바꾸어 출고 시간을 줄였습니다.\t",
        "네!",
        "\u3000",
    ]
)
TEXTS = st.lists(st.lists(SENTENCES, max_size=5).map("".join), max_size=12)
THRESHOLDS = st.sampled_from([0.2, 0.3, 0.45, 0.5, 0.6, 0.8, 1.0])


def grams(text: str) -> frozenset[str]:
    """Return a text's character 5-grams as strings, counted the slow way."""
    dense = "".join(text.split())
    return frozenset(dense[i : i + 5] for i in range(max(1, len(dense) - 4)))


def similarity(one: str, other: str) -> float:
    """Return the exact Jaccard similarity of two texts, from sets of strings."""
    return len(grams(one) & grams(other)) / len(grams(one) | grams(other))


def exact_groups(texts: Sequence[str], threshold: float) -> list[int]:
    """Group texts as `group_texts` should, by comparing all pairs of them."""
    roots = list(range(len(texts)))
    for one, other in combinations(range(len(texts)), 2):
        if roots[one] != roots[other] and similarity(texts[one], texts[other]) >= threshold:
            low, high = sorted((roots[one], roots[other]))
            roots = [low if root == high else root for root in roots]
    return roots


def overlapping(shared: int, own: int, *, start: int = 0) -> tuple[str, str]:
    """Make two texts with so many 5-grams in common, and so many that only one of them holds."""
    begin, size = SYLLABLES[start : start + shared + 4], own
    tails = start + shared + 4
    return begin + SYLLABLES[tails : tails + size], begin + SYLLABLES[tails + size :][:size]


def planted(pairs: int) -> list[str]:
    """Make pairs of texts at similarities of 0.3 to 0.95, each unlike all other pairs."""
    rng = random.Random(5)
    texts = []
    for _ in range(pairs):
        own = [rng.choice(SYLLABLES) for _ in range(600)]
        kept = rng.uniform(0.45, 0.98)  # of the other's syllables, in runs of 20
        other = [
            syllable if changed > kept else rng.choice(SYLLABLES)
            for start in range(0, 600, 20)
            for changed in [1 - rng.random() * (1 - kept) if rng.random() < kept else 0.0]
            for syllable in own[start : start + 20]
        ]
        texts += ["".join(own), "".join(other)]
    return texts


class Shelf(Sequence[str]):
    """Texts that remember which of them were asked for by index, and how often all were read."""

    def __init__(self, texts: list[str]) -> None:
        self.texts, self.asked, self.read = texts, set[int](), 0

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, index: Any) -> Any:
        self.asked.add(index)
        return self.texts[index]

    def __iter__(self) -> Iterator[str]:
        self.read += 1
        return iter(self.texts)
