"""Each essay is prepared alone, on all cores, and a stopped build goes on where it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.items import Advice, RecordError, encode_line, write_jsonl
from crawler.replica.essays import generate_essays
from preprocess.prepare import CHUNK, clear_work, fingerprint, prepare, prepare_file
from tests.preprocess.essays import essay, passage, question

ANSWER = "저는 김하늘 교수님께 배웠습니다. 온샘물산에 지원합니다. 010-2345-6789로 연락 주십시오."


def test_masking_moves_the_passages() -> None:
    """Firm, person and number are replaced, and the passage still holds its sentence."""
    asked = question(
        answer=ANSWER,
        passages=(passage("bad", 1, "온샘물산에 지원합니다.", ANSWER),),
        advice=(Advice("bad", 1, "온샘물산을 고른 까닭이 없습니다."),),
    )
    prepared = prepare(essay(company="(주)온샘물산", questions=(asked,)))
    [masked] = prepared.essay.questions
    [one] = masked.passages
    assert masked.answer[one.start : one.end] == "XX에 지원합니다."
    assert masked.advice[0].text == "XX을 고른 까닭이 없습니다."
    assert "2345" not in masked.answer
    assert "김하늘" not in masked.answer
    assert prepared.masked["firm applied to"] == 2
    assert [masked.answer[s.start : s.end][:2] for s in prepared.sentences[0]][1] == "XX"


def test_parts(tmp_path: Path) -> None:
    """The order is the file's on one core and on two; a part that is there is not made again."""
    raw, work = tmp_path / "essays.jsonl", tmp_path / "work"
    essays = generate_essays(seed=3, count=CHUNK + 30)
    write_jsonl(raw, essays)
    expected = list(map(prepare, essays))
    assert list(prepare_file(raw, work, workers=2)) == expected
    parts = sorted((work / fingerprint(raw)).iterdir())
    assert len(parts) == 2
    parts[1].unlink()
    made = parts[0].stat().st_mtime_ns
    assert list(prepare_file(raw, work, workers=1)) == expected
    assert parts[0].stat().st_mtime_ns == made
    clear_work(work)
    assert not work.exists()


def test_another_file_is_not_taken_for_the_first(tmp_path: Path) -> None:
    """Parts belong to the content of one file."""
    raw, work = tmp_path / "essays.jsonl", tmp_path / "work"
    write_jsonl(raw, [essay(id="1")])
    assert [one.essay.id for one in prepare_file(raw, work, workers=1)] == ["1"]
    write_jsonl(raw, [essay(id="2")])
    assert [one.essay.id for one in prepare_file(raw, work, workers=1)] == ["2"]


def test_line_that_is_no_essay(tmp_path: Path) -> None:
    """A broken line is an error that names it, before anything is written."""
    raw = tmp_path / "essays.jsonl"
    raw.write_bytes(encode_line(essay()) + b"{\n")
    with pytest.raises(RecordError, match="line 2"):
        list(prepare_file(raw, tmp_path / "work"))
    assert not (tmp_path / "work").exists()
