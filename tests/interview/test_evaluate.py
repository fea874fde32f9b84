"""The interviewer's numbers: intervals, calibration, whole dialogues, and the command."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import numpy as np
import pytest

from interview.bank import Bank, read_bank
from interview.dialogue import Interviewer
from interview.evaluate import after, chain, main
from interview.picking import Picker
from interview.records import END, FAILED, Evaluated, Turn, Utterance
from interview.shares import Guess, cheapest, logistic, share, sureness
from interview.simulate import Applicant, GoldPicker, hold, simulate
from tests.interview.study_folder import study_folder
from tests.real_data import real_data


def turn(group: str) -> Utterance:
    """Make a turn of a group."""
    return Utterance("과일", ("사과",), "네", "사과", END, group, "right", slip=False)


def test_intervals_are_over_groups() -> None:
    """Copies of a group's turns narrow nothing; another group does."""
    once = [Guess(turn(str(n)), 1.0, n % 2 == 0) for n in range(10)]
    found, copied = share(once, 0), share(once * 20, 0)
    assert (found.low, found.high) == (copied.low, copied.high)
    assert (found.right, copied.right, copied.groups) == (5, 100, 10)
    wide = share([Guess(turn(str(n)), 1.0, n % 2 == 0) for n in range(200)], 0)
    assert found.low is not None
    assert wide.low is not None
    assert found.low == pytest.approx(0.2, abs=0.05)  # of ten coins: 0.5 ± 1.96 √(0.25 / 10)
    assert wide.low == pytest.approx(0.43, abs=0.02)


def test_one_group_has_no_interval() -> None:
    """Turns of one group cannot tell how groups differ."""
    found = share([Guess(turn("one"), 1.0, right=True)] * 3, 0)
    assert (found.right, found.turns, found.low, found.high) == (3, 3, None, None)


def test_scores_are_held_against_being_right() -> None:
    """Bands of probabilities have their share of right turns; the error is their distance."""
    guesses = [
        Guess(turn("a"), -2.0, right=False),
        Guess(turn("b"), -2.0, right=True),
        Guess(turn("c"), 3.0, right=True),
        Guess(turn("d"), 3.0, right=True),
    ]
    found = sureness(guesses, 0.0, (1.0, 0.0))
    low, high = found.bands
    assert (low.low, low.high, low.turns, high.turns) == (0.0, 0.2, 2, 2)
    unsure, sure = 1 / (1 + np.e**2), 1 / (1 + np.e**-3)
    assert (low.score, low.right) == pytest.approx((unsure, 0.5))
    assert (high.score, high.right) == pytest.approx((sure, 1.0))
    assert found.error == pytest.approx((0.5 - unsure) / 2 + (1 - sure) / 2)
    assert (found.guessed, found.right, found.limit) == (2, 2, 0.0)
    assert sureness(guesses, -np.inf, (1.0, 0.0)).limit is None


def test_the_curve_finds_what_made_the_turns() -> None:
    """Of turns that are right as often as a curve says, the fit is that curve."""
    rng = np.random.default_rng(0)
    scores = rng.uniform(-2, 2, 20_000)
    right = rng.random(20_000) < 1 / (1 + np.exp(-(3 * scores - 1)))
    pairs = zip(scores.tolist(), right.tolist(), strict=True)
    found = logistic([Guess(turn("a"), score, is_right) for score, is_right in pairs])
    assert found == pytest.approx((3.0, -1.0), abs=0.15)


def test_the_cheapest_limit() -> None:
    """It is above what is wrong, and below what is right."""
    guesses = [Guess(turn(str(n)), n / 10, right=n > 4) for n in range(10)]
    assert cheapest(guesses, 3.0) == 0.4
    assert cheapest([Guess(turn("a"), 0.5, right=True)], 3.0) == -np.inf


def test_gold_answers_make_no_mistake(bank: Bank) -> None:
    """Told the right answers, every turn is right, and every dialogue ends."""
    found = simulate(bank, GoldPicker(), -np.inf, bank.split("test"), range(3))
    assert found.dialogues == found.finished == found.faultless == 6
    assert found.turns == found.right > 60
    assert found.given == found.credited > 20
    assert found.asked_back == 0


def test_whoever_knows_all_leaves_no_dead_end(bank: Bank) -> None:
    """With an answer to everything, a dialogue is as long as there are answers."""
    rows = [row for row in bank.split("train") if row.kind == "right"]
    found = simulate(bank, GoldPicker(), -np.inf, rows, range(2))
    expected = 2 * sum(len(topic.expected) for topic in bank.topics)
    assert (found.turns, found.given, found.dead_ends) == (expected, expected, 0)


def test_predictions_make_mistakes(bank: Bank, picker: Picker) -> None:
    """The embedded default is wrong at some turns, and the same seeds tell the same numbers."""
    rows = bank.split("test")
    found = simulate(bank, picker, 0.3, rows, range(2))
    assert 0 < found.right < found.turns
    assert found.credited < found.given
    assert found.asked_back > 0
    assert simulate(bank, picker, 0.3, rows, range(2)) == found
    assert simulate(bank, picker, 0.3, rows, range(2, 4)) != found


def test_a_limit_above_all_asks_back_until_the_end(bank: Bank, picker: Picker) -> None:
    """Whoever is never sure credits nothing, gives all up, and comes to the end."""
    applicant = Applicant(bank.split("test"), random.Random(0))  # noqa: S311 - no cryptography
    interviewer = Interviewer(bank, picker, 100.0, "common")
    tally = hold(interviewer, applicant)
    assert interviewer.over
    assert tally.credited == 0 < tally.given
    assert interviewer.state.answered == ()


def test_replies_fit_where_the_dialogue_stands(bank: Bank) -> None:
    """A right reply gives an open answer of the topic; a topic without rows is not known."""
    interviewer = Interviewer(bank, GoldPicker(), 0.0, "data")
    topic = interviewer.state.topic
    rng = random.Random(0)  # noqa: S311 - no cryptography
    drawn = [Applicant(bank.split("train"), rng).reply(interviewer.state) for _ in range(200)]
    assert {row.topic for row in drawn} == {topic}
    assert {row.satisfied for row in drawn if row.kind == "right"} == {*interviewer.state.remaining}
    share_right = sum(row.kind == "right" for row in drawn) / len(drawn)
    assert share_right == pytest.approx(0.6, abs=0.1)
    others = [row for row in bank.split("train") if row.topic != topic]
    assert Applicant(others, rng).reply(interviewer.state).kind == "unknown"


def test_a_wrong_answer_moves_what_is_open() -> None:
    """What a predicted answer leaves open goes into the next topic's model."""
    row = Turn("과일", ("배", "감"), "사과는 빨갛습니다", "사과", "과일")
    assert after(row, "사과") == row
    assert after(row, "배").remaining == ("사과", "감")
    failed = Turn("과일", ("배",), "모릅니다", FAILED, "과일")
    assert after(failed, "배").remaining == ()


def test_the_chain_counts_what_a_mistake_costs() -> None:
    """A wrong answer that empties the list makes the next topic wrong too."""
    rows = [
        Turn("과일", ("배",), "사과는 빨갛고", "사과", "과일"),
        Turn("과일", (), "배는 노랗고", "배", "다음"),
    ]

    def answers(turn: Turn) -> dict[str, float]:
        return {"사과": 0.5, "배": float(turn.reply == rows[1].reply)}

    def following(turn: Turn) -> dict[str, float]:
        return {"과일": float(bool(turn.remaining)), "다음": 0.5}

    found = chain(rows, rows, answers, following)
    assert (found.answers, found.next_given_gold, found.next_given_predicted) == (2, 2, 2)
    wrong = chain(rows, rows, lambda _: {"사과": 1.0, "배": 0.0}, following)
    assert (wrong.answers, wrong.next_given_gold, wrong.next_given_predicted) == (1, 2, 1)
    assert wrong.both == 1


def test_the_command_evaluates_the_bank(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its file holds what its table tells: parts, baselines, dialogues beside gold ones."""
    assert main(["--dialogues", "1", "--out", str(tmp_path)]) == 0
    found = msgspec.json.decode((tmp_path / "result.json").read_bytes(), type=Evaluated)
    part = found.parts["satisfied"]
    told = capsys.readouterr().out
    turns = len(read_bank().split("test"))
    assert f"{part.share.right:4} of {turns:4}" in told
    assert part.share.right > max(part.baselines.values())
    assert sum(topic.turns for topic in part.topics.values()) == turns
    assert found.gold is not None
    assert f"{found.gold.right} of {found.gold.turns}" in told
    assert found.predicted is not None
    assert found.predicted.dialogues == found.gold.dialogues == 2


def test_the_command_evaluates_a_training(
    trained_study: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A trained model is measured on the study's form; one for other candidates is refused."""
    study, trained = trained_study
    command = ["--study", str(study), "--encoder", str(trained), "--out", str(tmp_path)]
    assert main(command) == 0
    found = msgspec.json.decode((tmp_path / "result.json").read_bytes(), type=Evaluated)
    assert found.chain is not None
    assert found.chain.turns == found.parts["satisfied"].share.turns == 8
    assert "end to end, 8 turns" in capsys.readouterr().out
    assert main([*command, "--next", str(trained)]) == 1
    assert "name another folder" in capsys.readouterr().err
    assert main(["--encoder", str(tmp_path)]) == 1
    assert "make interview-train" in capsys.readouterr().err


def test_the_studys_turns_end_to_end(tmp_path: Path) -> None:
    """On the study's 80 test turns the embedded default beats the neighbour at answers."""
    study = real_data() / "interview"
    assert main(["--study", str(study), "--out", str(tmp_path)]) == 0
    found = msgspec.json.decode((tmp_path / "result.json").read_bytes(), type=Evaluated)
    assert found.chain is not None
    assert found.parts["satisfied"].baselines["nearest on character bigrams"] == 70
    assert found.chain.answers == found.parts["satisfied"].share.right > 70
    assert found.chain.both <= found.chain.next_given_predicted <= found.chain.turns == 80


def test_a_folder_that_is_not_there_is_one_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing table names its file."""
    (study_folder(tmp_path) / "candidates_next_question.txt").unlink()
    assert main(["--study", str(tmp_path)]) == 1
    assert "candidates_next_question.txt is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--next", "ngram"],
        ["--dialogues", "0"],
        ["--dialogues", "-3"],
        ["--study", "x", "--dialogues", "3"],
        ["--study", "x", "--model", "y"],
    ],
)
def test_options_that_would_do_nothing_are_refused(wrong: list[str]) -> None:
    """What belongs to the other data, and dialogues that are none, are wrong usage."""
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
