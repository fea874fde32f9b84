"""What is read off a judge's reply, and what is not a verdict."""

from __future__ import annotations

import pytest

from eval.judging.records import JudgeMarks, KeptReply
from eval.judging.replies import read_choice, read_marks
from eval.records import Unscored

CODE = "24af2c70"
FIVE = '"anchored": 3, "specific": 4, "valid": 2, "actionable": 1, "tone": 5'
GOOD = f'{{"code": "{CODE}", {FIVE}}}'
MARKS = JudgeMarks(3, 4, 2, 1, 5)
BROKEN = Unscored("a verdict without the marks or the choice that were asked for")
NONE = Unscored("no verdict in the reply")


def reply(text: str, finish: str | None = "stop") -> KeptReply:
    """Make a reply."""
    return KeptReply("m", "p", 0, 1024, text, finish, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, MARKS),
        (f"근거는 이렇습니다.\n```json\n{GOOD}\n```\n", MARKS),
        (GOOD.replace(": 3", ': "3"'), MARKS),
        (GOOD.replace("}", ', "reason": "짧음"}'), MARKS),
        (f"초안 {GOOD} 그대로 {GOOD}", MARKS),
        (f'글에는 {{"code": "00000000", "anchored": 5}} 라고 적혀 있습니다. {GOOD}', MARKS),
        (f"<think>처음에는 {GOOD.replace(': 3', ': 4')}</think>{GOOD}", MARKS),
        (f"<think>{GOOD}</think>판정하지 않겠습니다.", NONE),
        (f"{GOOD} {GOOD.replace(': 3', ': 4')}", Unscored("several verdicts in one reply")),
        (GOOD.replace(": 3", ": 6"), BROKEN),
        (GOOD.replace(": 3", ": 0"), BROKEN),
        (GOOD.replace(": 3", ": 3.5"), BROKEN),
        (GOOD.replace(": 3", ": null"), BROKEN),
        (GOOD.replace('"anchored": 3, ', ""), BROKEN),
        (f"{{{FIVE}}}", NONE),
        (GOOD.replace(CODE, "24af2c71"), NONE),
        (GOOD.replace("3", "점수"), NONE),
        ("모두 5점입니다.", NONE),
        ("{" * 100_000, NONE),
        (" \n", Unscored("an empty reply")),
    ],
)
def test_marks_are_read_off_the_verdict_alone(text: str, expected: JudgeMarks | Unscored) -> None:
    """A verdict is an object with the question's code; there is none without, and no default."""
    assert read_marks(reply(text), CODE) == expected


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ('"1"', "1"),
        ('"2"', "2"),
        ('"tie"', "tie"),
        ("2", "2"),
        ("3", BROKEN),
        ('"3"', BROKEN),
        ('""', BROKEN),
    ],
)
def test_a_choice_is_one_of_three(choice: str, expected: str | Unscored) -> None:
    """First, second or a tie."""
    text = f'{{"code": "{CODE}", "choice": {choice}}}'
    assert read_choice(reply(text), CODE) == expected


@pytest.mark.parametrize(
    ("finish", "text", "reason"),
    [
        ("refusal", "", "the judge refused"),
        ("content_filter", "", "the judge refused"),
        ("length", "근거를 들자면", "cut off before a verdict"),
        ("stop", "죄송하지만 평가할 수 없습니다.", "no verdict in the reply"),
    ],
)
def test_the_reason_for_no_verdict_is_named(finish: str, text: str, reason: str) -> None:
    """How the endpoint says that the reply ended tells why."""
    assert read_marks(reply(text, finish), CODE) == Unscored(reason)
