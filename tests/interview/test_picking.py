"""Picking the answer that a reply gives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from interview.bank import Bank, read_bank
from interview.baselines import nearest, right
from interview.encoders import NgramEncoder, Vectors
from interview.picking import (
    Picked,
    Picker,
    RidgePicker,
    gists,
    main,
    measured,
    next_topic,
    threshold,
)
from interview.records import ASKED, END, FAILED, Turn


class Counting:
    """An encoder that counts its calls and texts."""

    name = "counting"

    def __init__(self) -> None:
        self.calls: list[int] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode as the default does."""
        self.calls.append(len(texts))
        return NgramEncoder().encode(texts)


def test_a_turn_takes_one_encode_of_one_text(bank: Bank) -> None:
    """Training replies are encoded once, when the picker is built; a turn encodes the reply."""
    encoder = Counting()
    rows = bank.split("train")
    picker = RidgePicker(encoder, rows, bank.answers())
    picker.pick(rows[0].topic, rows[0].remaining, "네")
    picker.scores(rows[0])
    assert encoder.calls == [len(rows), 1, 1]


def test_scores_solve_the_ridge_regression(bank: Bank) -> None:
    """The scores of a training reply are the closed form of kernel ridge regression."""
    rows = bank.split("train")[:40]
    picker = RidgePicker(NgramEncoder(), rows, bank.answers())
    vectors = NgramEncoder().encode([row.reply for row in rows]).astype(np.float64)
    same = np.array([[1.5 if a.topic == b.topic else 1.0 for b in rows] for a in rows])
    kernel = vectors @ vectors.T * same
    wanted = np.array([[row.satisfied == name for name in bank.answers()] for row in rows], float)
    expected = kernel[7] @ np.linalg.inv(kernel + 0.1 * np.eye(40)) @ wanted
    found = picker.scores(rows[7])
    assert list(found) == list(bank.answers())
    assert list(found.values()) == pytest.approx(expected, abs=1e-4)


def test_only_open_answers_are_picked(bank: Bank, picker: Picker) -> None:
    """An answer that was given before cannot be given again, nor one of another topic."""
    row = next(r for r in bank.split("train") if r.kind == "right" and len(r.remaining) == 2)
    assert picker.pick(row.topic, row.remaining, row.reply).answer == row.satisfied
    other = [name for name in row.remaining if name != row.satisfied]
    assert picker.pick(row.topic, other, row.reply).answer in {*other, FAILED, ASKED}


@pytest.mark.parametrize(
    ("reply", "leaves"),
    [
        ("잘 모르겠습니다", False),
        ("아직 못 배웠어요", False),
        ("모르겠으니 다음 질문 주세요", True),
        ("이건 넘어가 주세요", True),
    ],
)
def test_a_failed_reply_may_ask_to_leave(picker: Picker, reply: str, *, leaves: bool) -> None:
    """Not to know is a failure; only who asks for it is taken to the next topic."""
    picked = picker.pick("과적합", ["과적합의 뜻", "과적합을 막는 방법"], reply)
    assert (picked.answer, picked.leaves) == (FAILED, leaves)


def test_what_is_expected_is_an_answer(bank: Bank, picker: Picker) -> None:
    """The gist of each expected answer is among what is learnt, and is picked."""
    for row in gists(bank):
        assert picker.pick(row.topic, row.remaining, row.reply).answer == row.satisfied


@pytest.mark.parametrize("reply", ["", "🙂🙂", "\x00\x1b[2J", "x" * 10_000, "I do not know.", "?"])
def test_any_text_is_picked(bank: Bank, picker: Picker, reply: str) -> None:
    """Whatever is said has a candidate and a finite score."""
    topic = bank.topics[0]
    names = [expected.name for expected in topic.expected]
    picked = picker.pick(topic.name, names, reply)
    assert picked.answer in {*names, FAILED, ASKED}
    assert np.isfinite(picked.score)


def test_it_beats_the_nearest_neighbour(bank: Bank, picker: Picker) -> None:
    """On the bank's test replies it is right more often than the neighbour, by ten at least."""
    rows = bank.split("test")
    neighbour = right(nearest(bank.split("train"), "satisfied"), rows, "satisfied")
    picked = [picker.pick(row.topic, row.remaining, row.reply).answer for row in rows]
    found = sum(p == row.satisfied for p, row in zip(picked, rows, strict=True))
    assert found >= neighbour + 10


def test_right_replies_are_credited(bank: Bank, picker: Picker) -> None:
    """Of right test replies half at least are taken so, and of the others one in six at most."""
    rows = bank.split("test")
    credited = {
        row: picker.pick(row.topic, row.remaining, row.reply).answer in row.remaining
        for row in rows
    }
    right_ones = [row for row in rows if row.kind == "right"]
    found = [picker.pick(r.topic, r.remaining, r.reply).answer == r.satisfied for r in right_ones]
    assert sum(found) > len(right_ones) / 2
    others = [credited[row] for row in rows if row.kind != "right"]
    assert sum(others) < len(others) / 6


def test_a_plain_definition_is_no_failure(picker: Picker) -> None:
    """What a term is, said in so many words, is credited though no training reply says so."""
    reply = "정밀도는 양성이라고 예측한 것 중에서 실제로 양성인 것의 비율입니다"
    picked = picker.pick("정밀도와 재현율", ["정밀도의 뜻", "재현율의 뜻"], reply)
    assert picked.answer == "정밀도의 뜻"


def test_a_pick_is_as_sure_as_it_leads(bank: Bank, picker: Picker) -> None:
    """Its score is the distance to the second best, an open answer gaining over the other two."""
    row = next(r for r in bank.split("validation") if r.kind == "right")
    scores = picker.scores(row)
    gained = [scores[FAILED], scores[ASKED], *(scores[name] + 0.2 for name in row.remaining)]
    best, second = sorted(gained, reverse=True)[:2]
    picked = picker.pick(row.topic, row.remaining, row.reply)
    assert picked.score == pytest.approx(best - second)


def test_the_threshold_has_the_lowest_cost(bank: Bank, picker: Picker) -> None:
    """No other limit is cheaper where a wrong guess costs three and asking back one."""
    rows = bank.split("validation")
    picked = [picker.pick(row.topic, row.remaining, row.reply) for row in rows]

    def cost(limit: float) -> float:
        return sum(
            (0 if p.answer == row.satisfied else 3) if p.score > limit else 1
            for p, row in zip(picked, rows, strict=True)
        )

    limit = threshold(picker, rows)
    assert cost(limit) == min(map(cost, [-np.inf, *(p.score for p in picked), np.inf]))
    assert cost(limit) < cost(-np.inf)


@pytest.mark.parametrize(
    ("left", "picked", "stays"),
    [
        (2, Picked(FAILED, 1.0, leaves=False), True),
        (2, Picked(FAILED, 1.0, leaves=True), False),
        (2, Picked("first", 1.0, leaves=False), True),
        (1, Picked("first", 1.0, leaves=False), False),
    ],
)
def test_the_next_topic_comes_when_nothing_is_left(
    bank: Bank, left: int, picked: Picked, *, stays: bool
) -> None:
    """The topic stays while answers remain, unless the applicant wants to leave it."""
    last = bank.topics[-1]
    names = tuple(e.name for e in last.expected[:left])
    answer = names[0] if picked.answer == "first" else picked.answer
    turn = Turn(last.name, names, "네", answer, END)
    found = next_topic(bank, turn, Picked(answer, picked.score, picked.leaves))
    assert found == (last.name if stays else END)


def test_measures_are_over_all_pairs(bank: Bank, picker: Picker) -> None:
    """Every reply has a score for every candidate."""
    rows = bank.split("validation")
    found = measured(picker, rows)
    assert (found.inputs, found.pairs) == (len(rows), len(rows) * len(bank.answers()))
    assert found.accuracy > 0.5


def test_the_command_reports(capsys: pytest.CaptureFixture[str]) -> None:
    """It prints counts over the test replies, and the measures."""
    assert main([]) == 0
    said = capsys.readouterr().out
    assert f"of {len(read_bank().split('test'))} right, of the answers that are open" in said
    assert "all candidates" in said
