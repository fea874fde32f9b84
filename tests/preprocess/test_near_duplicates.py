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

from preprocess.cores import Cores
from preprocess.near_duplicates import (
    Groups,
    _likely_pairs,
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


def overlapping(shared: int, own: int) -> list[str]:
    """Make two texts with so many 5-grams in common, and so many that each alone holds."""
    begin, tail = SYLLABLES[: shared + 4], SYLLABLES[shared + 4 :]
    return [begin + tail[:own], begin + tail[own : 2 * own]]


def planted(pairs: int) -> list[str]:
    """Make pairs of texts, one in runs of 20 replaced here and there, at 0.3 to 1."""
    rng = random.Random(5)  # noqa: S311 - no cryptography
    texts = []
    for _ in range(pairs):
        own = ["".join(rng.choices(SYLLABLES, k=20)) for _ in range(30)]
        replaced = rng.uniform(0, 0.5)
        other = [
            "".join(rng.choices(SYLLABLES, k=20)) if rng.random() < replaced else run for run in own
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


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        (["저는 바다를 좋아합니다."], [0]),
        (["가나다라마바사", "저는 바다를 좋아합니다.", "가나 다라\n마바사\u3000"], [0, 1, 0]),
        (["네", "", "아니요", " \n", "네 "], [0, 1, 2, 1, 0]),
        (["가나다라", "가나다라\0"], [0, 1]),
        (["조각 \ud800 난 글자", "조각 \ud800난 글자"], [0, 0]),
    ],
)
def test_texts_that_differ_in_white_space_are_one(texts: list[str], expected: list[int]) -> None:
    """A group is named by its first text; a text shorter than five characters is its own gram."""
    assert group_texts(texts) == expected


@pytest.mark.parametrize(
    ("shared", "own", "threshold", "expected"),
    [
        (40, 20, 0.5, [0, 0]),  # 40 of 80
        (39, 20, 0.5, [0, 1]),  # 39 of 79
        (1000, 500, 0.5, [0, 0]),
        (999, 500, 0.5, [0, 1]),
        (80, 10, 0.8, [0, 0]),
        (79, 10, 0.8, [0, 1]),
        (50, 100, 0.2, [0, 0]),
        (49, 100, 0.2, [0, 1]),
        (100, 0, 1.0, [0, 0]),
        (3000, 1, 1.0, [0, 1]),
    ],
)
def test_the_threshold_is_exact(
    shared: int, own: int, threshold: float, expected: list[int]
) -> None:
    """Texts as similar as the threshold belong together; one gram less parts them."""
    assert group_texts(overlapping(shared, own), threshold=threshold) == expected


def test_a_group_is_a_connected_component() -> None:
    """Texts with nothing in common share a group when similar texts lead from one to another."""
    chain = [SYLLABLES[start : start + 104] for start in range(0, 200, 25)]
    assert similarity(chain[0], chain[1]) == 0.6
    assert similarity(chain[0], chain[-1]) == 0
    assert group_texts(chain) == [0] * 8
    assert group_texts(chain[::2]) == [0, 1, 2, 3]


@pytest.mark.parametrize("threshold", [0.4, 0.5, 0.7])
def test_planted_near_duplicates_are_found(threshold: float) -> None:
    """On 300 planted pairs around the threshold, the groups are those of comparing all exactly."""
    texts = planted(300)
    alike = [similarity(*texts[i : i + 2]) >= threshold for i in range(0, 600, 2)]
    assert min(sum(alike), 300 - sum(alike)) >= 30
    expected = [i - i % 2 if alike[i // 2] else i for i in range(600)]
    assert group_texts(texts, threshold=threshold) == expected


@given(texts=TEXTS, threshold=THRESHOLDS)
@settings(deadline=None)
def test_grouped_texts_are_connected_by_the_threshold(texts: list[str], threshold: float) -> None:
    """No group holds more than comparing all pairs exactly would put into it."""
    exact = exact_groups(texts, threshold)
    assert [exact[root] for root in group_texts(texts, threshold=threshold)] == exact


@given(texts=TEXTS, threshold=THRESHOLDS, order=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_groups_do_not_depend_on_the_order(
    texts: list[str], threshold: float, order: random.Random
) -> None:
    """The same texts share groups however they are shuffled."""
    shuffled = list(range(len(texts)))
    order.shuffle(shuffled)
    groups = group_texts(texts, threshold=threshold)
    again = group_texts([texts[i] for i in shuffled], threshold=threshold)
    for (i, one), (j, other) in combinations(enumerate(shuffled), 2):
        assert (again[i] == again[j]) == (groups[one] == groups[other])


@given(texts=TEXTS, copied=st.integers(0), threshold=THRESHOLDS)
@settings(deadline=None)
def test_a_copy_joins_its_original(texts: list[str], copied: int, threshold: float) -> None:
    """An identical text is in its original's group, and changes no other."""
    texts = texts or [""]
    copied %= len(texts)
    groups = group_texts(texts, threshold=threshold)
    with_copy = group_texts([*texts, texts[copied]], threshold=threshold)
    assert with_copy == [*groups, groups[copied]]


@given(texts=TEXTS, thresholds=st.tuples(THRESHOLDS, THRESHOLDS).map(sorted))
@settings(deadline=None)
def test_a_higher_threshold_refines_the_groups(texts: list[str], thresholds: list[float]) -> None:
    """What shares a group at a threshold shares one at every lower threshold."""
    coarse, fine = (group_texts(texts, threshold=threshold) for threshold in thresholds)
    assert [coarse[root] for root in fine] == coarse


@pytest.mark.parametrize(("threshold", "row"), [(0.5, 4), (0.4, 2)])
def test_each_pair_that_shares_a_band_is_looked_at_once(threshold: float, row: int) -> None:
    """Likely pairs are those with an equal band and enough equal bins, in a quarter and in all."""
    sketches = np.stack([sketch(shingles(text)) for text in planted(60)])
    expected = []
    for pair in combinations(range(120), 2):
        equal = np.equal(*sketches[list(pair)])
        shares = equal[:128].mean() >= threshold - 0.22, equal.mean() >= threshold - 0.11
        if equal.reshape(-1, row).all(axis=1).any() and all(shares):
            expected.append(pair)
    found = np.hstack(list(_likely_pairs(sketches, threshold, Groups(120)))).T.tolist()
    assert sorted(tuple(sorted(pair)) for pair in found) == expected
    assert 20 < len(expected) < 60


def test_two_processes_find_what_one_finds() -> None:
    """Groups are the same on one core and on two."""
    texts = planted(1000)  # more chunks than wait at a time
    assert len(set(group_texts(texts))) < 2000
    with Cores(2) as cores:
        assert group_texts(texts, in_order=cores.map) == group_texts(texts)


def test_a_smaller_sketch_finds_what_is_more_alike() -> None:
    """From a similarity of 0.8, 128 bins find the pairs that 512 find."""
    texts = planted(300)
    groups = group_texts(texts, threshold=0.8)
    assert group_texts(texts, threshold=0.8, bins=128) == groups
    assert 300 < len(set(groups)) < 600


def test_many_copies_of_one_text_are_one_group() -> None:
    """A text that was sent 2,000 times is found every time among 1,000 others, and none of them."""
    texts = [SYLLABLES[:50] if i % 3 else SYLLABLES[i : i + 50] for i in range(60, 3060)]
    groups = group_texts(texts)
    assert [i for i, root in enumerate(groups) if root == 1] == [i for i in range(3000) if i % 3]


def test_only_texts_that_look_alike_are_read_again() -> None:
    """Texts are read in order once, and by index when they may be near-duplicates."""
    others = [SYLLABLES[start : start + 300] for start in range(300, 3900, 300)]
    shelf = Shelf([*others, *overlapping(200, 50)])
    assert group_texts(shelf) == [*range(13), 12]
    assert shelf.read == 1
    assert shelf.asked == {12, 13}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 0.19}, "threshold is 0.19; give 0.2 to 1"),
        ({"threshold": 1.01}, "threshold is 1.01; give 0.2 to 1"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    """A threshold that cannot be kept is an error with its cure."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        group_texts(["네"], **options)


@given(one=st.text() | st.text("가나 \n"), other=st.text("가나 "))
@settings(deadline=None)
def test_shingles_are_the_grams_of_strings(one: str, other: str) -> None:
    """Hashes count and compare as the sets of strings do, for any text."""
    found = shingles(one)
    assert found.tolist() == sorted(set(found.tolist()))
    assert len(found) == len(grams(one))
    assert jaccard(found, shingles(other)) == similarity(one, other)


@pytest.mark.parametrize("size", [1, 2, 5, 20, 100, 500, 3000])
def test_bins_are_equal_as_often_as_sets_are_similar(size: int) -> None:
    """Of sets with a third in common a third of the bins is equal, however small the sets."""
    shares = []
    for start in range(1, 200 * 3 * size, 3 * size):
        every = scramble(np.arange(start, start + 3 * size, dtype=np.uint64))
        one, other = sketch(np.sort(every[: 2 * size])), sketch(np.sort(every[size:]))
        shares.append((one == other).mean())
    assert np.mean(shares) == pytest.approx(1 / 3, abs=0.01)
    assert np.std(shares) < 0.03
