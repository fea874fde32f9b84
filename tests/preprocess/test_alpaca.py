"""Located advice as text, written and read back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preprocess.alpaca import (
    Point,
    Unreadable,
    number_sentences,
    read_points,
    read_sentences,
    rows_cure,
    write_points,
)

ADVICE = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
POINTS = st.builds(
    Point,
    polarity=st.sampled_from(["good", "bad"]),
    sentences=st.sets(st.integers(1, 12), min_size=1).map(lambda s: tuple(sorted(s))),
    text=ADVICE,
)


def test_points_are_written_in_the_form_of_the_design() -> None:
    """Points stand in the order of first sentences, numbered by polarity, ranges joined."""
    points = [
        Point("bad", (4, 6), "둘째 약점"),
        Point("good", (3,), "구체적인 수치"),
        Point("bad", (1, 2), "누구나 쓸 수 있는"),
    ]
    assert write_points(points) == (
        "아쉬운점 1 [1-2] 누구나 쓸 수 있는\n좋은점 1 [3] 구체적인 수치\n아쉬운점 2 [4,6] 둘째 약점"
    )


@given(st.lists(POINTS, min_size=1, max_size=5))
def test_what_is_written_is_read_back(points: list[Point]) -> None:
    """Reading gives the points that were written, in the written order."""
    read = read_points(write_points(points), 12)
    assert read == tuple(sorted(points, key=lambda p: (p.sentences, p.polarity)))


@pytest.mark.parametrize(
    "text",
    [
        "아쉬운점 1 [2-3] 근거가 없습니다.",
        "  아쉬운점1[2-3]근거가 없습니다.\n",
        "아쉬운점 １ ［２～３］ 근거가 없습니다.",
        "아쉬운 점 1. [2 ~ 3]: 근거가 없습니다.",
        "아쉬운점 (2–3) 근거가 없습니다.",
        "아쉬운점 1 [2, 3] 근거가\n없습니다.",
        "아쉬운점 7 [3、2] 근거가 없습니다.",
    ],
)
def test_what_a_model_garbles_is_still_read(text: str) -> None:
    """Spaces, full-width digits, other dashes and brackets, and advice over lines are accepted."""
    assert read_points(text, 5) == (Point("bad", (2, 3), "근거가 없습니다."),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("저는 성실합니다.", "no located point"),
        ("아쉬운점 1 근거가 없습니다.", "no located point"),
        ("아쉬운점 1 [6] 근거가 없습니다.", "sentence number out of range"),
        ("아쉬운점 1 [0] 근거가 없습니다.", "sentence number out of range"),
        ("아쉬운점 1 [3-2] 근거가 없습니다.", "sentence range backwards"),
        ("아쉬운점 1 [] 근거가 없습니다.", "sentence numbers not readable"),
        ("아쉬운점 1 [1-2-3] 근거가 없습니다.", "sentence numbers not readable"),
        ("아쉬운점 1 [11111111111] 근거가 없습니다.", "sentence numbers not readable"),
        ("좋은점 1 [1] 좋습니다.\n아쉬운점 1 [2]", "a point without advice"),
    ],
)
def test_what_cannot_be_read_has_its_reason(text: str, reason: str) -> None:
    """An unreadable answer is a value with a reason, not an exception and not empty advice."""
    assert read_points(text, 5) == Unreadable(reason)


@given(st.text(max_size=200), st.integers(1, 20))
def test_reading_never_fails(text: str, count: int) -> None:
    """Whatever a model writes is points within the essay, or a reason."""
    read = read_points(text, count)
    if not isinstance(read, Unreadable):
        assert read
        assert all(1 <= n <= count for point in read for n in point.sentences)


def test_sentences_are_numbered_and_read_back() -> None:
    """The input of the task holds question and sentences, one a line."""
    text = number_sentences("지원  동기를\n써 주세요.", ["[1] 첫째.", "둘째\n문장."])
    assert text == "문항: 지원 동기를 써 주세요.\n[1] [1] 첫째.\n[2] 둘째 문장."
    assert read_sentences(text) == ("지원 동기를 써 주세요.", ("[1] 첫째.", "둘째 문장."))


@pytest.mark.parametrize(
    ("text", "line"), [("[1] 첫째.", "line 1"), ("문항: 질문\n[1] 첫째.\n[3] 셋째.", "line 3")]
)
def test_a_text_that_is_no_input_names_its_line(text: str, line: str) -> None:
    """Reading another text as the task's input is an error that says where."""
    with pytest.raises(ValueError, match=line):
        read_sentences(text)


@pytest.mark.parametrize(
    ("folder", "maker"),
    [
        ("data/alpaca/advice", "make data"),
        ("qa/data/alpaca/write", "make data"),
        ("data/alpaca/interview", "make interview-rows"),
        ("data/alpaca/qa", "python -m preprocess.qa --raw FILE.csv"),
        ("data/unmasked/alpaca/write", "python -m preprocess.write_unmasked"),
    ],
)
def test_the_command_that_makes_rows(folder: str, maker: str) -> None:
    """A file that is missing is made by the command of its task, whatever lies above the data."""
    assert rows_cure(Path(folder) / "train.jsonl") == maker
