"""Which essays stay, and which belong together: exact repeats go, near-duplicates share a group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crawler.items import Essay
from preprocess.cores import InOrder
from preprocess.near_duplicates import Groups, group_texts
from preprocess.prepare import Prepared
from preprocess.steps import Tally

#: Answers of so many characters tell whose they are: shorter ones may agree by chance.
LEAST_TELLING = 200
#: Jaccard similarity of character 5-grams from which two answers are one; of whole essays less.
SAME_ANSWER = 0.8
ANSWER_BINS = 128  # so similar, a smaller sketch finds them


def drop_repeats(prepared: Iterable[Prepared], tally: Tally) -> list[int]:
    """Keep the first essay of each id, and of each text the one with most advice.

    Returns:
        The numbers of the kept essays by their ids, so that the order in which a crawl came by
        them makes no difference.

    """
    places: dict[str, int] = {}  # of kept essays by id
    best: dict[bytes, tuple[str, int]] = {}  # id and number of advices by text
    for number, one in enumerate(prepared):
        ours = one.essay.id
        if ours in places:
            tally.drop("essay: id seen before", ours)
            continue
        places[ours] = number
        if not one.key:
            tally.drop("essay: no answers", ours)
            continue
        key, advised = bytes.fromhex(one.key), _advice_count(one.essay)
        held = best.get(key)
        if held is None or advised > held[1]:
            best[key] = ours, advised
        if held is not None:
            worse = ours if best[key] is held else held[0]
            tally.drop("essay: exact repeat of another", worse)
    kept = sorted((ours for ours, _ in best.values()), key=by_number)
    return [places[ours] for ours in kept]


def by_number(name: str) -> tuple[int, str]:
    """Sort ids as numbers are: shorter ones first."""
    return len(name), name


def _advice_count(essay: Essay) -> int:
    return sum(len(question.advice) for question in essay.questions)


def group_essays(prepared: Sequence[Prepared], *, in_order: InOrder = map) -> list[str]:
    """Name each essay's group of near-duplicates by the smallest id in it.

    One applicant sends one essay to several firms, or a single answer of it among new ones. So
    essays belong together when they are nearly one text, or when two of their answers are.

    Args:
        prepared: The essays, read several times.
        in_order: Sketches the texts, here or on all cores.

    """
    ids = [one.essay.id for one in prepared]
    same_essay = group_texts(_EssayTexts(prepared), in_order=in_order)
    answers = _LongAnswers(prepared)
    same_answer = group_texts(answers, threshold=SAME_ANSWER, bins=ANSWER_BINS, in_order=in_order)
    groups = Groups(len(ids))
    for one, other in enumerate(same_essay):
        groups.join(one, other)
    for one, other in enumerate(same_answer):
        groups.join(answers.essays[one], answers.essays[other])
    roots = [groups.root(number) for number in range(len(ids))]
    names: dict[int, str] = {}
    for name, root in zip(ids, roots, strict=True):
        names[root] = min(names.get(root, name), name, key=by_number)
    return [names[root] for root in roots]


class _EssayTexts(Sequence[str]):
    """The text of each essay: all its answers, in order."""

    def __init__(self, prepared: Sequence[Prepared]) -> None:
        self._prepared = prepared

    def __len__(self) -> int:
        return len(self._prepared)

    def __getitem__(self, number: int) -> str:  # type: ignore[override]
        return "\n".join(question.answer for question in self._prepared[number].essay.questions)

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))


class _LongAnswers(Sequence[str]):
    """The answers that tell whose they are; `essays` are the numbers of their essays."""

    def __init__(self, prepared: Sequence[Prepared]) -> None:
        self._prepared = prepared
        places = [
            (number, place)
            for number, one in enumerate(prepared)
            for place, question in enumerate(one.essay.questions)
            if len(question.answer) >= LEAST_TELLING
        ]
        self.essays = [number for number, _ in places]
        self._places = [place for _, place in places]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, number: int) -> str:  # type: ignore[override]
        one = self._prepared[self.essays[number]]
        return one.essay.questions[self._places[number]].answer

    def __iter__(self) -> Iterator[str]:
        for one in self._prepared:
            for question in one.essay.questions:
                if len(question.answer) >= LEAST_TELLING:
                    yield question.answer
