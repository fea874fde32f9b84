"""Runs of words that the test split shares with the training split."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preprocess.leaks import By, Item, Leak, LeakError, LeakReport, overlap, require_no_leaks

OWN = "방과 후에 조류 관측 모임을 만들어 30개의 지점을 매주 기록했습니다"  # ten words
OTHER = "창고의 동선을 바꾸어 출고 시간을 이십 퍼센트 줄인 일이 자랑입니다"  # ten words

WORDS = st.lists(st.sampled_from(["나", "너", "우리", "바다"]), max_size=9).map(" ".join)
SPLITS = st.lists(WORDS, max_size=6)


def items(*texts: str) -> list[Item]:
    """Name texts by their number: a, b, c."""
    return [Item("abcdefghijklmnopqrstuvwxyz"[i], text) for i, text in enumerate(texts)]


def grams(text: str, n: int) -> list[tuple[str, ...]]:
    """Return the n-grams of a text's words, in order."""
    words = text.split()
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def covered(test: str, train: list[str], n: int) -> float:
    """Return the share of words in n-grams that training texts hold, the slow way."""
    held = {gram for text in train for gram in grams(text, n)}
    hits = [i for i, gram in enumerate(grams(test, n)) if gram in held]
    return len({i + k for i in hits for k in range(n)}) / len(test.split())


@pytest.mark.parametrize(
    ("train", "test", "share"),
    [
        ("가 나 다 라 마", "하 나 다 라 파", 3 / 5),
        ("가 나 다 라 마", "나 다 라 마 파", 4 / 5),
        ("가 나 다", "가 나 다", 1.0),
        ("가 나 다", "다 나 가", 0.0),
        ("가 나", "가 나 다", 0.0),
        ("", "가 나 다", 0.0),
        ("가 나 다", "가 나 다 하 가 나 다", 6 / 7),
        ("가나 다 라", "가 나다 라", 0.0),
        ("가나 다 라", "나가 다 라", 0.0),
        ("『가』, 나! (다)", "가 나 — 다.", 1.0),
        ("ＡＢＣ 나 다", "abc\n나\u3000다", 1.0),
        ("\u1100\u1161 나 다", "가 나 다", 1.0),
        ("가_ 나 다", "가 나 다", 1.0),
    ],
)
def test_words_in_shared_runs_are_counted(train: str, test: str, share: float) -> None:
    """A word is covered when it lies in a run of n words that a training text holds."""
    report = overlap(items(train), items(test), n=3)
    assert (report.mean, report.most) == (share, share)


@given(
    train=SPLITS,
    test=SPLITS,
    looked_at=st.integers(1, 3),
    limit=st.sampled_from([0, 0.3, 0.7]),
    by=st.sampled_from(["split", "item"]),
)
@settings(deadline=None)
def test_the_leaks_of_a_large_split_are_those_of_all_its_items(
    train: list[str], test: list[str], looked_at: int, limit: float, by: By
) -> None:
    """Whoever is not chosen is looked at where the whole split covers too much of it."""
    if not any(text.split() for text in test):
        return
    every = overlap(items(*train), items(*test), n=1, limit=limit, by=by)
    some = overlap(items(*train), items(*test), n=1, limit=limit, by=by, looked_at=looked_at)
    assert some.leaks == every.leaks
    assert (some.mean, some.most, some.train_items) == (every.mean, every.most, every.train_items)
    assert some.looked_at == min(some.test_items, some.looked_at) <= max(looked_at, 1)
    assert every.looked_at == every.test_items


def test_a_training_split_that_ends_is_refused() -> None:
    """It would be empty when it is read again."""
    with pytest.raises(ValueError, match="train is an iterator, which ends"):
        overlap(iter(items(OWN)), items(OWN))


@given(train=SPLITS, test=SPLITS, n=st.integers(1, 5))
@settings(deadline=None)
def test_shares_are_those_of_sets_of_grams(train: list[str], test: list[str], n: int) -> None:
    """Hashes find what comparing n-grams as tuples of strings finds, item by item."""
    long = {item.id: item.text for item in items(*test) if len(item.text.split()) >= n}
    if not long:
        with pytest.raises(ValueError, match=f"none of {len(test)} test texts has {n} words"):
            overlap(items(*train), items(*test), n=n)
        return
    report = overlap(items(*train), items(*test), n=n, limit=0)
    whole = {name: covered(text, train, n) for name, text in long.items()}
    alone = {
        name: max([covered(text, [t], n) for t in train] or [0]) for name, text in long.items()
    }
    assert {leak.id: leak.share for leak in report.leaks} == {k: v for k, v in whole.items() if v}
    assert {leak.id: leak.nearest_share for leak in report.leaks} == {
        k: v for k, v in alone.items() if v
    }
    assert report.mean == pytest.approx(sum(whole.values()) / len(long))
    assert report.nearest_mean == pytest.approx(sum(alone.values()) / len(long))
    assert (report.most, report.nearest_most) == (max(whole.values()), max(alone.values()))
    assert (report.train_items, report.test_items) == (len(train), len(long))
    assert report.short_items == len(test) - len(long)


def test_eight_words_are_a_run() -> None:
    """Seven words in a row are nobody's, eight are."""
    seven, eight = (" ".join(OWN.split()[:count]) for count in (7, 8))
    assert overlap(items(seven + " 하지만"), items(OWN)).most == 0
    assert overlap(items(eight + " 하지만"), items(OWN)).most == 8 / 10


def test_a_run_ends_with_its_text() -> None:
    """The end of one text and the beginning of the next are no run, in neither split."""
    words = OWN.split()
    halves = items(" ".join(words[:4]), " ".join(words[4:]))
    assert overlap(halves, items(OWN), n=7).most == 0
    assert overlap(items(OWN), [*halves, Item("z", OTHER)], n=7).most == 0


def test_a_leak_names_the_nearest_training_item() -> None:
    """The whole split covers two halves of a text, each half from another item."""
    train = [
        Item("12-1", OTHER),
        Item("7-1", f"그런데 {OWN}"),
        Item("7-2", f"{OTHER} 그리고 {OWN}"),
    ]
    test = [Item("33-1", f"{OTHER} 또 {OWN}")]
    report = overlap(train, iter(test))
    assert report.leaks == (Leak(id="33-1", share=20 / 21, nearest="7-2", nearest_share=20 / 21),)
    report = overlap(train[:2], test)
    assert report.leaks == (Leak(id="33-1", share=20 / 21, nearest="12-1", nearest_share=10 / 21),)


def test_the_limit_is_on_the_split_or_on_one_item() -> None:
    """Phrases of many texts make no single item a leak."""
    train, test = items(OWN, OTHER), [Item("t", f"{OWN} {OTHER}")]
    assert len(overlap(train, test, limit=0.7).leaks) == 1
    assert overlap(train, test, limit=0.7, by="item").leaks == ()
    assert overlap(train, test, limit=1).leaks == ()
    assert overlap(train, test, limit=0.5, by="item").leaks == ()
    assert len(overlap(train, test, limit=0.49, by="item").leaks) == 1


def test_leaks_stand_worst_first() -> None:
    """Items are told by their share, and in the order given where it is equal."""
    texts = [f"{OWN} 그리고 더", f"{OTHER}", f"{OWN}", "짧은 글"]
    report = overlap(items(OWN, OTHER), items(*texts), limit=0)
    assert [leak.id for leak in report.leaks] == ["b", "c", "a"]
    assert (report.test_items, report.short_items, report.train_items) == (3, 1, 2)


SPLIT_MESSAGE = (
    "of 1 of 2 test items more than 70% of the words stand in the training split, 8 or more in a "
    "row: 0-1 (100%, of which 7-1 alone 100%); leave these essays out, or allow more with "
    "--most-shared"
)
ITEM_MESSAGE = (
    "of 12 of 13 test items more than 50% of the words stand in one training item, 5 or more in a "
    "row: 0-1 (100%, of which"
)


def report_of(leaks: int, **changes: Any) -> LeakReport:
    """Overlap a training item with so many copies of it, beside one other text."""
    test = [Item(f"{i}-1", OWN) for i in range(leaks)]
    return overlap([Item("7-1", OWN)], [*test, Item("99-1", OTHER)], **changes)


def test_a_report_without_leaks_passes() -> None:
    """Nothing above the limit is nothing to refuse."""
    report = report_of(0)
    assert (report.test_items, report.most, report.leaks) == (1, 0, ())
    require_no_leaks(report)


@pytest.mark.parametrize(
    ("leaks", "changes", "message"),
    [
        (1, {}, SPLIT_MESSAGE),
        (12, {"by": "item", "n": 5, "limit": 0.5}, ITEM_MESSAGE),
        (12, {}, "9-1 (100%, of which 7-1 alone 100%), and 2 more; leave these"),
    ],
)
def test_leaks_are_refused_by_name(leaks: int, changes: dict[str, Any], message: str) -> None:
    """The error names ten test items, their shares, what they repeat, and the cure."""
    with pytest.raises(LeakError, match=re.escape(message)):
        require_no_leaks(report_of(leaks, **changes))


@pytest.mark.parametrize(
    ("test", "options", "message"),
    [
        ([OWN], {"n": 0}, "n is 0 and limit 0.7; give a number from 1 and a share of 0 to 1"),
        ([OWN], {"limit": 1.1}, "n is 8 and limit 1.1; give a number from 1 and a share of 0 to 1"),
        ([], {}, "none of 0 test texts has 8 words; give the texts of the test split"),
        (["짧은 글", ""], {}, "none of 2 test texts has 8 words; give the texts of the test split"),
    ],
)
def test_nothing_to_check_is_an_error(
    test: list[str], options: dict[str, Any], message: str
) -> None:
    """A check that cannot find anything does not pass."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        overlap(items(OWN), items(*test), **options)
