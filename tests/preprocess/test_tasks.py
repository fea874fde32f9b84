"""Rows of `overall`, `revise` and `write`, and their outputs written and read back."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Question
from crawler.replica.essays import generate_essays
from preprocess.alpaca import AlpacaRow, Unreadable, encode_line
from preprocess.defects import RECOVERABLE, Draft, restore
from preprocess.steps import Tally
from preprocess.tasks import (
    Overall,
    ReviseRow,
    overall_row,
    read_overall,
    read_revision,
    revise_row,
    rewritten_row,
    write_overall,
    write_revision,
    write_row,
)
from tests.preprocess.essays import ANSWER, essay, question

WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
SAID = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
GRADES = st.integers(1, 50).map(lambda tenths: tenths / 10)
GRADED = essay(grade=4.5, overall_advice="끝까지\n잘 읽히는 글입니다.")


def test_overall_row() -> None:
    """All answers go in, the grade and the overall advice come out, in the form of the task."""
    second = question(number=2, question="입사 후\n계획은?", answer="바다를 재겠습니다.")
    both = msgspec.structs.replace(GRADED, questions=(question(), second))
    assert overall_row(both, "g", Tally()) == AlpacaRow(
        instruction=(
            "데이터분석 직무의 자기소개서입니다. 전체를 읽고 5점 만점의 평점과 총평을 써 주세요."
        ),
        input=(
            f"문항 1: 지원 동기를 써 주세요.\n{ANSWER}\n\n"
            "문항 2: 입사 후 계획은?\n바다를 재겠습니다."
        ),
        output="평점: 4.5\n총평: 끝까지 잘 읽히는 글입니다.",
        id="12345",
        group="g",
        source_id="12345",
    )


@pytest.mark.parametrize(
    "lacking", [{"grade": None}, {"overall_advice": None}, {"overall_advice": " \n"}]
)
def test_an_essay_without_grade_or_overall_advice_is_counted(lacking: dict[str, object]) -> None:
    """Only essays with both make a row; the others are counted under one reason."""
    tally = Tally()
    assert overall_row(msgspec.structs.replace(GRADED, **lacking), "g", tally) is None
    assert tally.ids == {"overall: no grade or no overall advice": ["12345"]}


def test_a_mark_of_the_site_is_no_answer() -> None:
    """An answer that still holds a mark makes no row of any task."""
    marked = question(answer="바다를 좋아합니다.아쉬운점 1")
    tally = Tally()
    held = msgspec.structs.replace(GRADED, questions=(question(), marked))
    assert overall_row(held, "g", tally) is None
    assert revise_row(held, "g", marked, tally) is None
    assert write_row(held, "g", marked, tally) is None
    assert tally.ids == {
        "overall: a mark of the site left in an answer": ["12345"],
        "revise: a mark of the site left in the answer": ["12345-1"],
        "write: a mark of the site left in the answer": ["12345-1"],
    }


def test_revise_row() -> None:
    """A draft goes in and its answer comes out; the defects point into the input."""
    row = revise_row(GRADED, "g", question(), Tally())
    assert row is not None
    assert row.output == f"[첨삭]\n\n{ANSWER}"
    assert (row.id, row.group, row.source_id) == ("12345-1", "g", "12345")
    assert row.instruction.startswith("데이터분석 직무의 자기소개서 초안입니다.")
    assert row.input != ANSWER
    assert len(row.defects) >= 2
    assert restore(Draft(row.input, row.defects)) == ANSWER
    assert revise_row(GRADED, "g", question(), Tally()) == row


def test_figures_can_be_left_in_the_draft() -> None:
    """With the kinds that can be cured from the draft alone, no figure is asked for."""
    figures = question(
        answer="물때표를 30장 그렸습니다. 오류를 20% 줄였습니다. 꾸준히 할 수 있습니다."
    )
    row = revise_row(GRADED, "g", figures, Tally(), kinds=RECOVERABLE)
    assert row is not None
    assert "20% 줄" in row.input
    only = revise_row(GRADED, "g", figures, Tally(), kinds=["figures"])
    assert only is not None
    assert [defect.original for defect in only.defects] == ["20% "]


def test_a_revise_row_is_read_back_from_its_line() -> None:
    """The defects are part of the written row."""
    row = revise_row(GRADED, "g", question(), Tally())
    assert row is not None
    assert msgspec.json.decode(encode_line(row), type=ReviseRow) == row


@pytest.mark.parametrize("grade", [None, 3.5])
def test_only_well_graded_answers_are_what_a_revision_leads_to(grade: float | None) -> None:
    """An essay graded below 4, or not at all, gives no target."""
    tally = Tally()
    low = msgspec.structs.replace(GRADED, grade=grade)
    assert revise_row(low, "g", question(), tally) is None
    assert tally.ids == {"revise: not graded 4 or better": ["12345-1"]}
    assert revise_row(msgspec.structs.replace(GRADED, grade=4.0), "g", question(), tally)


@pytest.mark.parametrize(
    ("answer", "reason"), [("가.", "revise: no place for a defect"), (" ", "revise: empty answer")]
)
def test_an_answer_without_a_draft_is_counted(answer: str, reason: str) -> None:
    """An answer that takes no defect makes no row."""
    tally = Tally()
    assert revise_row(GRADED, "g", question(answer=answer), tally) is None
    assert tally.ids == {reason: ["12345-1"]}


def test_rewritten_row() -> None:
    """A rewrite comes out of the answer as it was, under an id of its own."""
    row = rewritten_row(GRADED, "g", question(), "고친 글입니다.")
    assert (row.input, row.output) == (ANSWER, "[첨삭]\n\n고친 글입니다.")
    assert (row.id, row.source_id, row.defects) == ("12345-1-rewritten", "12345", ())


LONG = f"{ANSWER} {ANSWER}"


def test_write_row() -> None:
    """Job and question go in, the answer comes out; an essay without a job says so."""
    row = write_row(essay(position=None), "g", question(answer=LONG), Tally())
    assert row == AlpacaRow(
        instruction="지원 직무의 자기소개서 문항입니다. 지원자의 처지에서 답을 써 주세요.",
        input="문항: 지원 동기를 써 주세요.",
        output=LONG,
        id="12345-1",
        group="g",
        source_id="12345",
    )


def test_an_answer_of_some_words_is_nothing_to_learn_writing_from() -> None:
    """Answers of under 100 characters make no row of `write` and are counted."""
    tally = Tally()
    for answer in ("생산기술", "적을 경력이 없기 때문에 적지 않았습니다.", "가" * 99):
        assert write_row(GRADED, "g", question(answer=answer), tally) is None
    assert tally.ids == {"write: answer shorter than 100 characters": ["12345-1"] * 3}
    assert write_row(GRADED, "g", question(answer="가" * 100), tally)


def test_an_answer_that_holds_an_error_teaches_no_revision() -> None:
    """What drafts are damaged with must not stand in what they lead to; it is counted."""
    tally = Tally()
    wrong = question(answer=ANSWER.replace("기록했습니다", "기록 했습니다"))
    assert revise_row(GRADED, "g", wrong, tally) is None
    assert tally.ids == {
        "revise: the answer itself holds an error of the kinds taught": ["12345-1"]
    }


def test_rows_of_many_essays_read_back() -> None:
    """What the row makers write, the readers read."""
    tally = Tally()
    made = 0
    for one in generate_essays(seed=5, count=60):
        row = overall_row(one, "g", tally)
        if row is not None:
            read = read_overall(row.output)
            assert isinstance(read, Overall)
            assert (read.grade, read.text) == (one.grade, one.overall_advice)
        made += _check_questions(
            one.questions, [revise_row(one, "g", q, tally) for q in one.questions]
        )
    assert made > 5


def _check_questions(questions: tuple[Question, ...], rows: list[ReviseRow | None]) -> int:
    pairs = [(q, row) for q, row in zip(questions, rows, strict=True) if row is not None]
    for asked, row in pairs:
        assert read_revision(row.output) == asked.answer
    return len(pairs)


@given(GRADES, SAID)
def test_an_overall_that_is_written_is_read_back(grade: float, text: str) -> None:
    """Grade and text come back as they were."""
    assert read_overall(write_overall(Overall(grade, text))) == Overall(grade, text)


@pytest.mark.parametrize(
    "text",
    [
        "평점: 3.5\n총평: 근거가 없습니다.",
        "  평점 : 3.5점 / 5점\n\n총평 :근거가\n없습니다. ",
        "평점：３．５／５ 총평：근거가 없습니다.",
        "**평점**: 3.5\n**총평**: 근거가 없습니다.",
        "총평: 근거가 없습니다.\n평점: 3.5",
    ],
)
def test_an_overall_that_a_model_garbles_is_still_read(text: str) -> None:
    """Other spacing, signs, marks and order are accepted."""
    assert read_overall(text) == Overall(3.5, "근거가 없습니다.")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("총평: 좋은 글입니다.", "no grade"),
        ("평점: 좋음\n총평: 좋은 글입니다.", "no grade"),
        ("평점: 0\n총평: 좋은 글입니다.", "grade out of range"),
        ("평점: 7.5\n총평: 좋은 글입니다.", "grade out of range"),
        ("평점: 3.5\n좋은 글입니다.", "no overall advice"),
        ("평점: 3.5\n총평:  ", "no overall advice"),
        ("총평:\n평점: 3.5", "no overall advice"),
    ],
)
def test_an_overall_that_cannot_be_read_has_its_reason(text: str, reason: str) -> None:
    """An unreadable output is a value with a reason."""
    assert read_overall(text) == Unreadable(reason)


@given(SAID)
def test_a_revision_that_is_written_is_read_back(answer: str) -> None:
    """The rewritten answer comes back as it was."""
    assert read_revision(write_revision(answer)) == answer


@pytest.mark.parametrize(
    "text",
    ["[첨삭]\n고친 글입니다.", " **[첨삭]** 고친 글입니다.\n", "［ 첨삭 ］:\n\n고친 글입니다."],
)
def test_a_revision_that_a_model_garbles_is_still_read(text: str) -> None:
    """Other white space, brackets and marks around the header are accepted."""
    assert read_revision(text) == "고친 글입니다."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" ", "empty"),
        ("고친 글입니다.", "does not begin with [첨삭]"),
        ("글은 이렇습니다. [첨삭] 고친 글입니다.", "does not begin with [첨삭]"),
        ("[첨삭]\n\n ", "nothing behind the header"),
    ],
)
def test_a_revision_that_cannot_be_read_has_its_reason(text: str, reason: str) -> None:
    """An unreadable output is a value with a reason."""
    assert read_revision(text) == Unreadable(reason)


@given(st.text(max_size=120))
def test_reading_never_fails(text: str) -> None:
    """Whatever a model writes is read, or has a reason."""
    overall, revision = read_overall(text), read_revision(text)
    assert isinstance(overall, Unreadable) or 0 < overall.grade <= 5
    assert isinstance(revision, Unreadable) or revision
