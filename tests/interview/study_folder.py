"""A small folder of the study's form, with invented turns about fruit."""

from __future__ import annotations

import csv
from pathlib import Path

HEAD = (
    "",
    "data_type",
    "input_data_wo_rag_augment",
    "user_input",
    "current_remaining_user_answer",
    "current_question",
    "output_data",
    "output_answered",
    "output_next_question",
)
ANSWERS = ("사과", "배", "답변 실패", "용어 질문")
NEXTS = ("과일", "면접 종료")
#: Reply, remaining answers after it, the answer that it gives, what comes next.
TURNS = (
    ("사과는 빨갛고", "배", "사과", "과일"),
    ("배는 노랗고", "모든 질문 해결 완료", "배", "면접 종료"),
    ("모르겠는데", "사과, 배", "답변 실패", "과일"),
    ("과일이 무엇인지", "사과, 배", "용어 질문", "과일"),
)
ENDS = ("요", "답니다", "거든요", "네요", "군요", "잖아요", "더라고요", "습니다", "죠", "는데요")
TESTED = 2


def study_folder(folder: Path) -> Path:
    """Write the table and both lists: 32 turns for training, 8 for the test."""
    with (folder / "all_train_and_test_data.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(HEAD)
        for number, end in enumerate(ENDS):
            split = "valid/test" if number < TESTED else "train"
            table.writerows(
                ("", split, "", f"{reply} {end}", left, "과일", "네", satisfied, after)
                for reply, left, satisfied, after in TURNS
            )
    (folder / "candidates_answer_type.txt").write_text("\n".join(ANSWERS), encoding="utf-8")
    (folder / "candidates_next_question.txt").write_text("\n".join(NEXTS), encoding="utf-8")
    return folder
