"""The study's table and lists, on small files of the same form."""

from __future__ import annotations

from pathlib import Path

import pytest

from interview.study import StudyTurn, read_candidates, read_study
from preprocess.alpaca import RecordError
from tests.real_data import real_data

HEAD = (
    ",data_type,input_data_wo_rag_augment,user_input,current_remaining_user_answer,"
    "current_question,output_data,output_answered,output_next_question\n"
)
ROWS = """\
0,train,면접 시작,,,,안녕하세요!,,면접 시작 인사
1,train,x,사람을 흉내 냅니다,"머신러닝, 딥러닝",정의,"네, 그럼 머신러닝은요?",인공지능,정의
2,valid/test,x,겹겹이 쌓은 것,모든 질문 해결 완료,정의,,딥러닝,마지막 할 말
"""


def written(folder: Path, text: str) -> Path:
    """Write a file."""
    path = folder / "study.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_turns_are_read(tmp_path: Path) -> None:
    """A row is a turn; greetings are left out, and an empty list has its own words."""
    turns = read_study(written(tmp_path, HEAD + ROWS))
    assert turns == (
        StudyTurn(
            topic="정의",
            remaining=("머신러닝", "딥러닝"),
            reply="사람을 흉내 냅니다",
            satisfied="인공지능",
            next_topic="정의",
            split="train",
            spoken="네, 그럼 머신러닝은요?",
            line=3,
        ),
        StudyTurn(
            topic="정의",
            remaining=(),
            reply="겹겹이 쌓은 것",
            satisfied="딥러닝",
            next_topic="마지막 할 말",
            split="test",
            spoken="",
            line=4,
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1,train", "1,trian", "line 3, column data_type: 'trian' is not train or valid/test"),
        (",인공지능,", ",신공지능,", "line 3, column output_answered: '신공지능' is no candidate"),
        ("마지막 할 말", "끝", "line 4, column output_next_question: '끝' is no candidate"),
        ("겹겹이 쌓은 것", " ", "line 4, column user_input: the cell is empty"),
        (",딥러닝,마지막", ",딥러닝,덤,마지막", "line 4: 10 cells where the header has 9"),
        ("user_input", "user_output", "line 1: column user_input is missing"),
        (ROWS[ROWS.index("1,") :], "", "has no turns"),
    ],
)
def test_a_bad_cell_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    """File, line and column of what is wrong are told."""
    path = written(tmp_path, (HEAD + ROWS).replace(old, new, 1))
    with pytest.raises(RecordError, match=rf"study.csv.*{told}"):
        read_study(path, ["인공지능", "딥러닝"], ["정의", "마지막 할 말"])


def test_candidates_are_lines(tmp_path: Path) -> None:
    """Each line that is not empty is a name."""
    assert read_candidates(written(tmp_path, "가 나\r\n\n다\n")) == ("가 나", "다")


@pytest.mark.parametrize(("text", "told"), [("", "no cand"), ("가\n나\n가\n", "line 3: 가 is th")])
def test_bad_candidates_are_named(tmp_path: Path, text: str, told: str) -> None:
    """An empty list, or a name that comes twice, is an error."""
    with pytest.raises(RecordError, match=told):
        read_candidates(written(tmp_path, text))


def test_missing_files_are_named(tmp_path: Path) -> None:
    """Without its files there is no study."""
    for read in (read_study, read_candidates):
        with pytest.raises(RecordError, match="none is missing"):
            read(tmp_path / "none")


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    """A folder, a file in the place of the study's folder, another encoding: each with its cure."""
    path = tmp_path / "study.csv"
    path.write_bytes(HEAD.encode() + ROWS.encode("cp949"))
    for read in (read_study, read_candidates):
        with pytest.raises(RecordError, match="is a folder; name a file in it"):
            read(tmp_path)
        with pytest.raises(RecordError, match=r"study.csv is no folder; name the folder of turns"):
            read(path / "turns.csv")
        with pytest.raises(RecordError, match=r"study.csv, line 2: not UTF-8; save .*iconv"):
            read(path)


def test_the_study_loads() -> None:
    """The study's own table has 480 training and 80 test turns, and its labels are candidates."""
    folder = real_data() / "interview"
    turns = read_study(
        folder / "all_train_and_test_data.csv",
        read_candidates(folder / "candidates_answer_type.txt"),
        read_candidates(folder / "candidates_next_question.txt"),
    )
    assert [sum(turn.split == s for turn in turns) for s in ("train", "test")] == [480, 80]
