"""Majorities and the nearest neighbour, on turns made by hand."""

from __future__ import annotations

from typing import get_args

import pytest

from interview.baselines import (
    baselines,
    by_remaining,
    by_topic,
    label,
    main,
    majority,
    nearest,
    read_turns,
    right,
)
from interview.records import FAILED, Target, Turn
from tests.real_data import real_data


def turn(reply: str, satisfied: str = FAILED, *left: str, topic: str = "과일") -> Turn:
    """Make a turn whose next topic is `다음` when nothing is left."""
    return Turn(topic, left, reply, satisfied, topic if left else "다음")


TRAIN = (
    turn("사과는 빨갛습니다", "사과", "사과", "배"),
    turn("배는 노랗습니다", "배", "사과", "배"),
    turn("사과가 맛있어요", "사과", "사과", "배"),
    turn("모르겠습니다", FAILED, "배"),
    turn("글쎄요", FAILED, "배"),
    turn("당근은 주황색입니다", "당근", topic="채소"),
)


@pytest.mark.parametrize(
    ("asked", "of_topic", "of_list"),
    [
        (turn("", "", "사과", "배"), "사과", "사과"),
        (turn("", "", "배"), "사과", FAILED),
        (turn("", "", "귤"), "사과", "사과"),
        (turn("", "", topic="채소"), "당근", "당근"),
        (turn("", "", topic="곡식"), "사과", "사과"),
    ],
)
def test_majorities(asked: Turn, of_topic: str, of_list: str) -> None:
    """The most frequent label of the topic, or of topic and list; the first one where level."""
    assert majority(TRAIN, "satisfied", by_topic)(asked) == of_topic
    assert majority(TRAIN, "satisfied", by_remaining)(asked) == of_list


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (turn("사과가, 맛 있 어 요!"), "사과"),
        (turn("노랗습니다"), "배"),
        (turn("당근!"), "사과"),  # no reply of the topic is like it: the first
        (turn("글쎄요", topic="곡식"), FAILED),
    ],
)
def test_the_nearest_reply_gives_its_label(asked: Turn, expected: str) -> None:
    """Within the topic, by letters and digits alone; the first of equally near ones."""
    assert nearest(TRAIN, "satisfied")(asked) == expected


def test_of_the_bank_an_answer_is_one_that_is_open() -> None:
    """Of what is no longer open nobody guesses; the nearest of all topics is one baseline more."""
    found = baselines(TRAIN, "satisfied", of_bank=True)
    guessed = [predict(turn("사과가 맛있어요", "", "배")) for predict in found.values()]
    assert guessed == [FAILED, FAILED, "배", "배"]
    within, over_all = [*found.values()][2:]
    asked = turn("모르겠습니다", "", "당근", topic="채소")
    assert (within(asked), over_all(asked)) == ("당근", FAILED)
    assert len(baselines(TRAIN, "satisfied")) == len(baselines(TRAIN, "next_topic", of_bank=True))


def test_the_next_topic_hangs_on_what_is_left() -> None:
    """Of two same replies, the one with the same list is the neighbour."""
    rows = [turn("사과요", "사과", "배"), turn("사과요", "사과")]
    assert [nearest(rows, "next_topic")(row) for row in rows] == ["과일", "다음"]


def test_without_training_turns_nothing_is_predicted() -> None:
    """An empty library is an error, not a guess."""
    with pytest.raises(ValueError, match="no training turns"):
        nearest((), "satisfied")(TRAIN[0])


@pytest.mark.parametrize("target", get_args(Target))
def test_training_turns_are_known_again(target: Target) -> None:
    """Every training turn of the bank is its own nearest neighbour."""
    train, _ = read_turns(None)
    predict = nearest(train, target)
    some = train[::20]
    assert [predict(row) for row in some] == [label(row, target) for row in some]


def test_the_command_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Each baseline has a line for each label, over all test turns of the bank."""
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7
    assert {line.split()[3] for line in lines} == {str(len(read_turns(None)[1]))}


@pytest.mark.parametrize(
    ("target", "expected"), [("satisfied", [41, 70, 70]), ("next_topic", [44, 72, 79])]
)
def test_the_studys_test_turns(target: Target, expected: list[int]) -> None:
    """Of the study's 80 inputs, the neighbour gets 70 answers and 79 next topics right."""
    train, test = read_turns(real_data() / "interview")
    found = [right(predict, test, target) for predict in baselines(train, target).values()]
    assert found == expected
