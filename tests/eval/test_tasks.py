"""Items read, and the anchored study's lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.tasks import read_anchored, read_items, write_anchored
from preprocess.alpaca import Point, RecordError, Unreadable, write_jsonl
from tests.eval.rows import GOOD, SENTENCES, item, point, row


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
        read_items(path, "advice", cure="make data")
