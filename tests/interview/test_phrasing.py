"""The rule of form, and the reader of the study's logs."""

from __future__ import annotations

from pathlib import Path

import pytest

from interview.bank import Bank
from interview.phrasing import Asked, Fault, fault_of, main, read_log
from preprocess.alpaca import RecordError
from tests.real_data import real_data

LOG = """

LLM input :
(대화 주제) 인사 (사용자 답변) 안녕하세요
Oh-LoRA answer (trials: 1,2 | output_tkn_cnt : 29,28) :
-  1. 반가워요! (발화 종료 (🕚 4.72 s)
-  반가워요.
- 저도요! (🕚 4 s)

LLM input :
면접 시작
Oh-LoRA answer (trials: 1 | output_tkn_cnt : 3) :
-   (발화 종료) (🕚 0.5 s)
"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1. 다음 질문입니다.", "numbered"),
        ("1.다음 질문입니다.", "numbered"),
        ("12) 다음은요?", "numbered"),
        (" (1) 다음은요?", "numbered"),
        ("[2] 다음은요?", "numbered"),
        ("**3.** 다음은요?", "numbered"),
        ('"1. 다음은요?"', "numbered"),
        ("１．다음은요?", "numbered"),
        ("① 다음은요?", "circled"),
        ("⑵ 다음은요?", "circled"),
        ("❶ 다음은요?", "circled"),
        ("1️⃣ 다음은요?", "keycap"),
        ("2⃣다음은요?", "keycap"),
        ("🔟 다음은요?", "keycap"),
        ("2024년에 하신 일을 말씀해 주세요.", "year"),
        ("(2023 년) 무엇을 하셨나요?", "year"),
        ("2024년 3월 2일입니다.", "date"),
        ("23년 10월에는요?", "date"),
        ("10월 15일에 뵙겠습니다.", "date"),
        ("2024-03-02 다음은요?", "date"),
        ("2024.3.2. 다음은요?", "date"),
        ("24/3/2 다음은요?", "date"),
        ("1.2. 다음은요?", "numbered"),
        ("10000. 다음은요?", "numbered"),
        ("1。다음은요?", "numbered"),
        ("「1」 다음은요?", "numbered"),
        ("<1> 다음은요?", "numbered"),
        ("• 1. 다음은요?", "numbered"),
        ("1000.5원이면요?", None),
        ("2000.5원이면요?", None),
        ("3 > 2라는 식은요?", None),
        ("0%로 예측하면요?", None),
        ("3가지를 말씀해 주세요.", None),
        ("0.5를 넘으면요?", None),
        ("1/2은 무엇인가요?", None),
        ("10년 뒤에는요?", None),
        ("24시간을 어떻게 쓰세요?", None),
        ("1-y는 왜 들어가나요?", None),
        ("2번째 이유는요?", None),
        ("✨ 다음은요?", None),
        ("그럼 1. 다음은요?", None),
        ("Ⓐ안은요?", None),
        ("", None),
    ],
)
def test_what_an_answer_may_start_with(text: str, fault: Fault | None) -> None:
    """Item numbers, years and dates at the start are faults; other numbers are fine."""
    assert fault_of(text) == fault


def test_the_banks_questions_keep_to_the_form(bank: Bank) -> None:
    """No phrased question of ours starts with such a thing."""
    assert [row.text for row in bank.questions if fault_of(row.text)] == []


def written(folder: Path, text: str) -> Path:
    """Write a log."""
    path = folder / "log.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_log_is_read(tmp_path: Path) -> None:
    """Answers run to their time, over lines where they do, and may be empty."""
    assert read_log(written(tmp_path, LOG)) == (
        Asked(
            3, "(대화 주제) 인사 (사용자 답변) 안녕하세요", ("1. 반가워요!", "반가워요.\n- 저도요!")
        ),
        Asked(10, "면접 시작", ("",)),
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Oh-LoRA answer", "answered", "line 3: this input has no line"),
        ("(🕚 4 s)", "", "line 3: 1 answers can be read where the head has 2 trials"),
        ("1,2", "1,2,1", "line 3: 2 answers can be read where the head has 3 trials"),
        (LOG, "", "no line is 'LLM input :'"),
    ],
)
def test_another_form_is_an_error(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A log that cannot be read whole is not counted."""
    with pytest.raises(RecordError, match=rf"log.txt.*{told}"):
        read_log(written(tmp_path, LOG.replace(old, new, 1)))


def test_the_command_counts_what_conforms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a log; a missing one is an error."""
    assert main([str(written(tmp_path, LOG))]) == 0
    assert capsys.readouterr().out == "log.txt: 2 of 3 conform (66.7%); numbered 1\n"
    assert main([str(tmp_path / "none.txt")]) == 1
    assert "none.txt is missing" in capsys.readouterr().err


def test_the_studys_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the 324 answers of the study's log, 296 conform."""
    log = real_data() / "interview" / "phrasing_logs" / "midm_v1_10epochs.txt"
    assert main([str(log)]) == 0
    assert "296 of 324 conform" in capsys.readouterr().out
