"""Splits, and groups that are joined because one holds the other's answer."""

from __future__ import annotations

import random

import pytest

from preprocess.alpaca import Split
from preprocess.parting import part, split_groups
from preprocess.prepare import Prepared, prepare
from preprocess.split import Shares, is_unseen, split_of
from tests.preprocess.essays import essay, question

SHARES = Shares(validation=0.2, test=0.3, firms=0)
SYLLABLES = [chr(code) for code in range(ord("가"), ord("가") + 2000)]


def words(count: int, seed: int) -> str:
    """Return words that no other seed has, as good as surely."""
    rng = random.Random(seed)  # noqa: S311 - not cryptography
    return " ".join("".join(rng.sample(SYLLABLES, 3)) for _ in range(count))


def written(name: str, answer: str, company: str | None = None) -> Prepared:
    """Prepare an essay of one answer."""
    asked = question(answer=answer, passages=(), advice=())
    return prepare(essay(id=name, company=company, questions=(asked,)))


def names(split: Split, count: int) -> list[str]:
    """Return ids whose groups are in this split."""
    found = (str(i) for i in range(1, 1000) if split_of(str(i), SHARES) == split)
    return [next(found) for _ in range(count)]


def test_a_short_answer_in_a_longer_one_joins_their_groups() -> None:
    """The two essays share a split then, the leak is gone, and it is told; others stay."""
    [test, other], [train, *more] = names("test", 2), names("train", 3)
    short = words(20, seed=1)
    essays = [
        written(test, short),
        written(train, f"{short} {words(60, seed=2)}"),
        *(written(name, words(40, seed=100 + int(name))) for name in (other, *more)),
    ]
    groups = [one.essay.id for one in essays]
    found = part(essays, groups, SHARES, 0.7)
    assert [(leak.id, leak.nearest) for leak in found.joined] == [(f"{test}-1", f"{train}-1")]
    assert found.groups == [min(test, train, key=int)] * 2 + groups[2:]
    assert found.splits == split_groups(essays, found.groups, SHARES)
    assert found.splits[2:] == ["test", "train", "train"]
    assert found.leaks is not None
    assert (found.leaks.leaks, found.leaks.nearest_most) == ((), 0)


def test_many_leaks_are_not_joined_away() -> None:
    """Where more test answers than a few stand in training, the report says so."""
    answers = [words(30, seed) for seed in range(8)]
    tests, trains = names("test", 8), names("train", 8)
    essays = [written(*pair) for pair in zip([*tests, *trains], answers * 2, strict=True)]
    found = part(essays, [one.essay.id for one in essays], SHARES, 0.7)
    assert found.joined == ()
    assert found.leaks is not None
    assert {leak.id for leak in found.leaks.leaks} == {f"{name}-1" for name in tests}


def test_nothing_to_measure() -> None:
    """Without a test answer of eight words there is no report."""
    [test], [train] = names("test", 1), names("train", 1)
    essays = [written(test, words(7, seed=1)), written(train, words(30, seed=2))]
    assert part(essays, [test, train], SHARES, 0.7).leaks is None


@pytest.mark.parametrize("held", [True, False])
def test_a_group_goes_with_its_firms(*, held: bool) -> None:
    """One firm that is held out takes the whole group to the split of unseen firms."""
    shares = Shares(validation=0.1, test=0.2, firms=0.3)
    firms = [f"물결{chr(code)}상사" for code in range(ord("가"), ord("가") + 200)]
    unseen = next(firm for firm in firms if is_unseen(firm, shares))
    seen = next(firm for firm in firms if not is_unseen(firm, shares))
    essays = [written("1", words(9, 1), seen), written("2", words(9, 2), unseen if held else seen)]
    expected = "test-firms" if held else split_of("1", shares)
    assert split_groups(essays, ["1", "1"], shares) == [expected] * 2


@pytest.mark.parametrize("share", [float("nan"), -0.1, 1.0])
def test_what_is_no_share_is_refused(share: float) -> None:
    """Each of the three must be a share of a whole; so must be what is held out together."""
    for shares in ((share, 0, 0), (0, share, 0), (0, 0, share), (0.5, 0.5, 0)):
        with pytest.raises(ValueError, match="shares of a whole"):
            Shares(*shares)
