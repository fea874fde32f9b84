"""Rows of the task `interview`: what is shown of a turn, what is said, and who shares a split."""

from __future__ import annotations

from pathlib import Path

import pytest

from interview.bank import Bank
from interview.phrasing import fault_of
from interview.records import END
from interview.rows import main, rows_file, rows_of_bank
from interview.situation import MOST_CHARS, Situation
from preprocess.alpaca import SPLITS, AlpacaRow, read_jsonl
from tests.interview.study_folder import study_folder

WHOLE = """\
현재 주제: 과일
지원자 답변: 사과요
충족한 답변: 사과
다음 질문: 과일 - 배"""


def test_a_situation_is_a_line_for_each_part() -> None:
    """The answer that is asked for stands behind the topic; without one the topic stands alone."""
    assert Situation("과일", "사과요", "사과", "과일", "배").input == WHOLE
    assert Situation("과일", "배요", "배", "채소").input.endswith("\n다음 질문: 채소")


@pytest.mark.parametrize(
    ("reply", "shown"),
    [("", "(말 없음)"), ("가" * MOST_CHARS, "가" * MOST_CHARS), ("가" * 9999, "가" * 600 + "…")],
)
def test_silence_and_long_replies_fit_in(reply: str, shown: str) -> None:
    """A reply of nothing is named so, and of a long one the beginning is shown."""
    assert f"\n지원자 답변: {shown}\n" in Situation("과일", reply, "사과", "과일").input


def test_every_reply_that_gets_a_question_is_a_row(bank: Bank) -> None:
    """All replies but those that may end an interview; ids differ; what is said keeps to the form.

    What is said is the bank's question, some with a word on the reply before it.
    """
    rows = list(rows_of_bank(bank))
    asked = [row for row in bank.utterances if row.next_topic != END]
    assert len(asked) <= len(rows) < len(bank.utterances)
    assert len({row.id for row in rows}) == len(rows)
    questions = tuple(question.text for question in bank.questions)
    assert [row.output for row in rows if not row.output.endswith(questions)] == []
    assert [row.output for row in rows if fault_of(row.output)] == []


def test_a_reply_is_followed_up(bank: Bank) -> None:
    """The question belongs to the next topic and asks for the answer that its input names."""
    named = {row.id: row for row in rows_of_bank(bank)}
    line, row = next(
        (line, row)
        for line, row in enumerate(bank.utterances, start=1)
        if row.kind == "right" and len(row.remaining) > 1
    )
    wanted = next(name for name in row.remaining if name != row.satisfied)
    found = named[f"bank-{line}"]
    situation = Situation(row.topic, row.reply, row.satisfied, row.topic, wanted)
    assert found.input == situation.input
    fitting = [q.text for q in bank.questions if (q.move, q.expected) == ("ask", wanted)]
    assert found.output.endswith(tuple(fitting))


def test_the_command_writes_three_splits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The study's turns come beside the bank's; no group is in two splits; prepared rows go."""
    stale = tmp_path / "data" / "prepared" / "run"
    stale.mkdir(parents=True)
    study = study_folder(tmp_path)
    assert main(["--data", str(tmp_path / "data"), "--study", str(study)]) == 0
    splits = {
        split: list(read_jsonl(rows_file(tmp_path / "data", split), AlpacaRow, cure=""))
        for split in SPLITS
    }
    told = ", ".join(f"{len(rows)} {split}" for split, rows in splits.items())
    assert capsys.readouterr().out.startswith(f"{told}; ")
    assert all(splits.values())
    groups = [group for rows in splits.values() for group in {row.group for row in rows}]
    assert len(groups) == len(set(groups))
    (said,) = {r.output for rows in splits.values() for r in rows if r.id.startswith("study-")}
    assert said == "네"
    assert not stale.exists()


def test_a_missing_study_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table that is not there is named, and nothing is written."""
    assert main(["--data", str(tmp_path / "data"), "--study", str(tmp_path)]) == 1
    assert "all_train_and_test_data.csv is missing" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
