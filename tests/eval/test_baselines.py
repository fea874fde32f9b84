"""Answers without a model."""

from __future__ import annotations

import pytest

from eval.systems.baselines import generic, shuffled, usable
from eval.systems.retrieval import (
    Library,
    MorphemeVectors,
    by_likeness,
    by_position,
    retrieval,
    text_of,
)
from eval.systems.rules import rules
from eval.tasks import Item, read_answer
from preprocess.alpaca import Unreadable, write_points
from tests.eval.rows import BAD, GOOD, anchored, item, point

TEST = [item(GOOD, item_id="t-1", source_id="t"), item(BAD, item_id="t-2", source_id="t")]
TRAIN = [
    item(BAD, item_id="10-1", source_id="10"),
    item(point("bad", 3, 4, text="흔한 말입니다."), item_id="11-1", source_id="11"),
    item(point("bad", 3, 4, text="흔한 말입니다."), item_id="12-1", source_id="12"),
]


def library(items: list[Item]) -> Library:
    """Make a library of some items."""
    return Library(items, MorphemeVectors([text_of(i) for i in items]))


def test_groups_of_the_test_are_left_out() -> None:
    """A training row of a tested group is never used."""
    leaked = item(GOOD, item_id="99-1", source_id="99", group="gt")
    assert usable([*TRAIN, leaked], TEST) == tuple(TRAIN)
    with pytest.raises(ValueError, match="every training row"):
        usable([leaked], TEST)


def test_generic_is_the_best_constant_in_the_commonest_words() -> None:
    """The second half is bad in every training row, and so it is in every answer."""
    found = generic(TRAIN, TEST)
    expected = write_points([point("bad", 3, 4, text="흔한 말입니다.")])
    assert set(found.answers.values()) == {expected}
    assert "뒤쪽 절반을 한데 묶어 아쉬운점으로" in found.how


def test_generic_for_anchors() -> None:
    """Where anchors stand for sentences, the constant is a set of anchors."""
    train = [anchored("아쉬운점 1 가\n아쉬운점 2 나"), anchored("아쉬운점 1 가\n아쉬운점 2 다")]
    found = generic(train, [anchored("좋은점 1 라", "t-1", "t")])
    assert found.answers == {"t-1": "아쉬운점 1 가\n아쉬운점 2 가"}


def test_shuffled_depends_on_seed_and_id_alone() -> None:
    """The order of the test rows changes nothing, the seed does."""
    forward, backward = shuffled(TRAIN, TEST, 1), shuffled(TRAIN, TEST[::-1], 1)
    assert forward.answers == backward.answers
    assert set(forward.answers.values()) <= {write_points(i.points) for i in TRAIN}
    draws = {tuple(shuffled(TRAIN, TEST, seed).answers.values()) for seed in range(20)}
    assert len(draws) > 1


def test_shuffled_numbers_stay_in_range() -> None:
    """Numbers beyond the essay's end become its last sentence."""
    short = TEST[0]
    short = Item(short.row, short.task, short.question, short.sentences[:3], short.points)
    answer = shuffled([TRAIN[0]], [short], 0).answers["t-1"]
    assert read_answer(answer, "advice", 3) == (point("bad", 3, text=BAD.text),)


def test_retrieval_never_asks_its_own_group() -> None:
    """The nearest row of another group answers, though the own group's is nearer."""
    own = item(GOOD, item_id="t-9", source_id="t")
    found = retrieval([own, *TRAIN], TEST[:1])
    assert found.answers["t-1"] != write_points([GOOD])
    assert library([own]).nearest(TEST[:1]) == [None]
    with pytest.raises(ValueError, match="no training row of another group"):
        retrieval([own], TEST[:1])


def test_the_ending_of_a_word_does_not_move_its_neighbour() -> None:
    """Nearness is told by morphemes: the row with the same words in other forms is the nearest."""

    def essay(sentence: str, name: str) -> Item:
        made = item(BAD, item_id=f"{name}-1", source_id=name)
        return Item(made.row, made.task, "", (sentence, *made.sentences[1:]), made.points)

    same = essay("창고에서 재고를 세었고 출고를 맡았습니다.", "20")
    other = essay("무대에서 노래를 불렀고 박수를 받았습니다.", "21")
    query = essay("재고는 창고의 출고가 맡는다.", "t")
    assert library([other, same]).nearest([query]) == [same]


def test_numbers_are_carried_over() -> None:
    """By relative position, or to the sentence that is most alike."""
    source = TRAIN[0]
    target = Item(source.row, source.task, source.question, source.sentences[::-1], ())
    known = library(TRAIN)
    assert by_likeness(known, source, target) == [4, 3, 2, 1]
    assert by_position(known, source, target) == [1, 2, 3, 4]
    half = Item(source.row, source.task, source.question, source.sentences[:2], ())
    assert by_position(known, source, half) == [1, 1, 2, 2]


def test_baselines_write_readable_predictions() -> None:
    """A baseline's predictions can be read, and carry no prompt."""
    made_all = (
        generic(TRAIN, TEST),
        shuffled(TRAIN, TEST, 0),
        retrieval(TRAIN, TEST),
        rules(TRAIN, TEST),
    )
    for made in made_all:
        predictions = made.predictions(TEST)
        assert [p.id for p in predictions] == ["t-1", "t-2"]
        assert {p.prompt for p in predictions} == {""}
        read = [read_answer(p.output, "advice", 4) for p in predictions]
        assert not any(isinstance(answer, Unreadable) for answer in read)
