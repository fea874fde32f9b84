"""Items read, and the anchored study's lines."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from eval.tasks import read_anchored, read_answer, read_items, write_anchored
from preprocess.alpaca import Point, RecordError, Task, Unreadable, write_jsonl
from preprocess.outputs import ReviseRow
from tests.eval.rows import GOOD, SENTENCES, item, point, row
from tests.eval.task_rows import QUESTIONS, items_of, overall_item, revise_item, write_item


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("좋은점 1 수치가 있습니다.", [point("good", 1, text="수치가 있습니다.")]),
        ("아쉬운 점 2: 막연합니다.", [point("bad", 2, text="막연합니다.")]),
        (" 아쉬운점2. 막연\n\n합니다.", [point("bad", 2, text="막연 합니다.")]),
        ("아쉬운점 1 30개는 많습니다.", [point("bad", 1, text="30개는 많습니다.")]),
        ("좋은점 １ 가\n아쉬운점 1 나", [point("good", 1, text="가"), point("bad", 1, text="나")]),
    ],
)
def test_anchored_lines_are_read(text: str, expected: list[Point]) -> None:
    """Polarity and number are the anchor; spacing and punctuation may vary."""
    assert read_anchored(text) == tuple(expected)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("저는 성실합니다.", "no anchored point"),
        ("좋은점 수치가 있습니다.", "no anchored point"),
        ("좋은점 1\n아쉬운점 1 나", "a point without advice"),
        ("좋은점 0 가", "anchor number out of range"),
    ],
)
def test_unreadable_anchored_text_has_its_reason(text: str, reason: str) -> None:
    """What is no such text is told, not guessed."""
    assert read_anchored(text) == Unreadable(reason)


def test_anchored_points_are_written_as_they_are_read() -> None:
    """Writing and reading are inverses."""
    points = (point("good", 1), point("bad", 3))
    assert read_anchored(write_anchored(points)) == points


def test_item_holds_sentences_and_expert_points() -> None:
    """A row of advice is taken apart."""
    made = item(GOOD)
    assert made.question == "지원 동기를 적어 주세요."
    assert made.sentences == ("지원자 1-1입니다.", *SENTENCES[1:])
    assert made.points == (GOOD,)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "is empty"),
        ([row("1", "1", [GOOD]), row("1", "1", [GOOD])], "id 1 stands there twice"),
        ([row("1", "1", [point("bad", 9)])], "id 1: the expert's advice cannot be read"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, rows: list[object], told: str) -> None:
    """A test file that cannot be scored is an error with file, id and cure."""
    path = tmp_path / "test.jsonl"
    write_jsonl(path, rows)  # type: ignore[arg-type]
    with pytest.raises(RecordError, match=rf"test.jsonl.*{told}.*make data"):
        read_items(path, "advice")


def test_items_of_other_tasks() -> None:
    """They have no points; `write` has its question, and `revise` its defects in the row."""
    graded, draft, letter = overall_item(2.0), revise_item(), write_item()
    assert (graded.question, graded.sentences, graded.points) == ("", (), ())
    assert isinstance(draft.row, ReviseRow)
    assert len(draft.row.defects) == 4
    assert (letter.question, letter.points) == (QUESTIONS[0], ())


@pytest.mark.parametrize(
    ("task", "changes", "told"),
    [
        ("overall", {"output": "좋은 글입니다."}, "the expert's output cannot be read (no grade)"),
        ("revise", {"output": "고쳤습니다."}, "does not begin with [첨삭]"),
        ("revise", {"input": "짧다"}, "the defect at 0 has no place in the draft"),
        ("write", {"input": "지원 동기"}, "line 1 does not start with '문항: '"),
        ("write", {"input": "문항: 동기\n[1] 가"}, "the input is more than a question"),
    ],
)
def test_rows_of_other_forms_are_named(
    tmp_path: Path, task: Task, changes: dict[str, str], told: str
) -> None:
    """A test file that cannot be scored is an error with file, id and cure."""
    path = tmp_path / "test.jsonl"
    row = items_of(task, range(1, 2))[0].row
    write_jsonl(path, [msgspec.structs.replace(row, **changes)])
    with pytest.raises(RecordError, match=rf"test.jsonl, id {row.id}: .*make data") as caught:
        read_items(path, task)
    assert told in str(caught.value)


def test_rows_of_revise_name_their_defects(tmp_path: Path) -> None:
    """A row without them is of another task; file, line and field are told."""
    path = tmp_path / "test.jsonl"
    write_jsonl(path, [write_item().row])
    with pytest.raises(RecordError, match=r"test.jsonl, line 1: .*defects"):
        read_items(path, "revise")


@pytest.mark.parametrize(
    ("output", "task", "expected"),
    [
        ("평점: 3.5\n총평: 좋습니다.", "overall", ()),
        ("평점: 7\n총평: 좋습니다.", "overall", Unreadable("grade out of range")),
        ("[첨삭] 고친 글", "revise", ()),
        ("고친 글", "revise", Unreadable("does not begin with [첨삭]")),
        ("답", "write", ()),
        (" ", "write", Unreadable("empty")),
    ],
)
def test_outputs_without_points(output: str, task: Task, expected: object) -> None:
    """Of a task without points an output has none, or cannot be read."""
    assert read_answer(output, task, 0) == expected
