"""Which split each essay is for: its group's, once no test answer stands in a training answer.

Near-duplicates share a group already. A short answer that a longer one holds is no near-duplicate
of it; the leak check finds it, and the two groups are then one, so that the check passes by what
the splits are, not by what was looked away from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from preprocess.alpaca import UNSEEN_FIRMS, Split
from preprocess.cores import InOrder
from preprocess.firm_names import key
from preprocess.grouping import by_number
from preprocess.leaks import Item, Leak, LeakReport, NothingToMeasureError, overlap
from preprocess.prepare import Prepared
from preprocess.split import Shares, is_unseen, split_of
from preprocess.steps import row_id

#: How often groups are joined before what is left is called a leak. Each time the splits change.
ROUNDS: Final = 5
#: Leaks that are exceptions: a few, or a small share of the test answers. More of them are a fault
#: of the data, which joining groups would only hide.
FEW, SMALL_SHARE = 5, 0.05

Essays = Sequence[Prepared]


class Parted(NamedTuple):
    """Each essay's group and split, what the last leak check found, and what was joined for it.

    `leaks` is absent where there was nothing to measure.
    """

    groups: list[str]
    splits: list[Split]
    leaks: LeakReport | None
    joined: tuple[Leak, ...]


def part(
    essays: Essays,
    groups: Sequence[str],
    shares: Shares,
    most_shared: float,
    *,
    in_order: InOrder = map,
) -> Parted:
    """Choose splits, and join groups of which one training answer holds too much of a test answer.

    Args:
        essays: In the order of the groups; read once a round.
        groups: The name of each essay's group of near-duplicates.
        shares: What is held out.
        most_shared: The share of a test answer's words that one training answer may hold.
        in_order: Hashes the answers, here or on all cores.

    """
    named, joined = list(groups), list[Leak]()
    for _ in range(ROUNDS):
        splits = split_groups(essays, named, shares)
        leaks = check_leaks(essays, splits, most_shared, in_order=in_order)
        if leaks is None or not 0 < len(leaks.leaks) <= max(FEW, SMALL_SHARE * leaks.test_items):
            return Parted(named, splits, leaks, tuple(joined))
        of_essay = dict(zip((one.essay.id for one in essays), named, strict=True))
        named = _joined(named, [_groups(leak, of_essay) for leak in leaks.leaks])
        joined += leaks.leaks
    return Parted(named, splits, leaks, tuple(joined))


def split_groups(essays: Essays, groups: Sequence[str], shares: Shares) -> list[Split]:
    """Choose each essay's split: its group's, which goes with the firms of the whole group."""
    held = {
        group
        for one, group in zip(essays, groups, strict=True)
        if one.essay.company and is_unseen(key(one.essay.company), shares)
    }
    return [UNSEEN_FIRMS if group in held else split_of(group, shares) for group in groups]


def check_leaks(
    essays: Essays, splits: Sequence[Split], most_shared: float, *, in_order: InOrder = map
) -> LeakReport | None:
    """Measure how much of the test answers stands in training answers; `None` without either."""
    train, test = (
        _Answers(essays, splits, wanted) for wanted in (("train",), ("test", UNSEEN_FIRMS))
    )
    try:
        return overlap(train, test, limit=most_shared, by="item", in_order=in_order)
    except NothingToMeasureError:
        return None


class _Answers:
    """The answers of some splits, anew each time that they are read."""

    def __init__(self, essays: Essays, splits: Sequence[Split], wanted: tuple[Split, ...]) -> None:
        self._essays, self._splits, self._wanted = essays, splits, wanted

    def __iter__(self) -> Iterator[Item]:
        for one, split in zip(self._essays, self._splits, strict=True):
            if split in self._wanted:
                for question in one.essay.questions:
                    yield Item(row_id(one.essay, question), question.answer)


def _groups(leak: Leak, of_essay: dict[str, str]) -> tuple[str, str]:
    """Return the groups of a leak's two answers, whose ids end in the question's number."""
    return of_essay[leak.id.rsplit("-", 1)[0]], of_essay[leak.nearest.rsplit("-", 1)[0]]


def _joined(groups: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Rename groups so that those of a pair are one, by the smallest of their names."""
    parents = {name: name for pair in pairs for name in pair}

    def root(name: str) -> str:
        while parents[name] != name:
            name = parents[name]
        return name

    for one, other in pairs:
        first, second = sorted((root(one), root(other)), key=by_number)
        parents[second] = first
    return [root(name) if name in parents else name for name in groups]
