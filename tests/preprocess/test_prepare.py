"""Each essay is prepared alone, on all cores, and a stopped build goes on where it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.items import Advice, RecordError, encode_line, write_jsonl
from crawler.replica.essays import generate_essays
from preprocess.cores import Cores
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


def test_the_job_is_masked_too() -> None:
    """A firm's name in the job applied for would stand in the instruction of every row."""
    prepared = prepare(essay(company="(주)온샘물산", position="온샘물산 영업"))
    assert prepared.essay.position == "XX 영업"


def test_what_names_the_firm_after_masking_goes() -> None:
    """A nickname said twice in a row is not masked whole: question and overall advice go."""
    plain, named = question(), question(number=2, answer="삼전삼전 노래를 불렀습니다.", passages=())
    said = "삼전삼전 하지 마세요."
    prepared = prepare(essay(company="삼성전자", questions=(plain, named), overall_advice=said))
    assert [one.number for one in prepared.essay.questions] == [1]
    assert prepared.leaking == (2,)
    assert prepared.essay.overall_advice is None
    assert prepared.overall_leaks
    kept = prepare(essay(company="(주)온샘물산", overall_advice="온샘물산을 더 알아보세요."))
    assert (kept.essay.overall_advice, kept.overall_leaks) == ("XX을 더 알아보세요.", False)


def test_parts(tmp_path: Path) -> None:
    """The order is the file's on one core and on two; a part that is there is not made again."""
    raw, work = tmp_path / "essays.jsonl", tmp_path / "work"
    essays = generate_essays(seed=3, count=CHUNK + 30)
    write_jsonl(raw, essays)
    expected = list(map(prepare, essays))
    with Cores(2) as cores:
        assert list(prepare_file(raw, work, in_order=cores.map)) == expected
    parts = sorted((work / fingerprint(raw)).iterdir())
    assert len(parts) == 2
    parts[1].unlink()
    made = parts[0].stat().st_mtime_ns
    assert list(prepare_file(raw, work)) == expected
    assert parts[0].stat().st_mtime_ns == made
    clear_work(work)
    assert not work.exists()


def test_another_file_is_not_taken_for_the_first(tmp_path: Path) -> None:
    """Parts belong to the content of one file."""
    raw, work = tmp_path / "essays.jsonl", tmp_path / "work"
    write_jsonl(raw, [essay(id="1")])
    assert [one.essay.id for one in prepare_file(raw, work)] == ["1"]
    write_jsonl(raw, [essay(id="2")])
    assert [one.essay.id for one in prepare_file(raw, work)] == ["2"]


def test_line_that_is_no_essay(tmp_path: Path) -> None:
    """A broken line is an error that names it; nothing is made of the lines around it."""
    raw = tmp_path / "essays.jsonl"
    lines = [encode_line(essay(id=str(i))) for i in range(CHUNK + 1)]
    raw.write_bytes(b"".join([*lines, b"{\n"]))
    with pytest.raises(RecordError, match=f"line {CHUNK + 2}: "):
        prepare_file(raw, tmp_path / "work")
    assert [path.name for path in (tmp_path / "work").rglob("*.jsonl")] == ["part-00000.jsonl"]


def test_half_written_last_line(tmp_path: Path) -> None:
    """What a killed crawl leaves is called so, and the crawl is named, which mends it."""
    raw = tmp_path / "essays.jsonl"
    raw.write_bytes(encode_line(essay()) + encode_line(essay(id="2"))[:50])
    message = (
        r"line 2 \(the last, half written\): .*; mend or delete the line, or go on with .*crawl"
    )
    with pytest.raises(RecordError, match=message):
        prepare_file(raw, tmp_path / "work")


@pytest.mark.parametrize("coding", ["cp949", "utf-16"])
def test_a_file_that_an_editor_saved_otherwise(coding: str, tmp_path: Path) -> None:
    """Korean in another coding than UTF-8 is called so, and is no half written line."""
    raw = tmp_path / "essays.jsonl"
    raw.write_bytes(encode_line(essay()).decode().encode(coding))
    with pytest.raises(RecordError, match=r"line 1 is not UTF-8; save the file as UTF-8 \(iconv"):
        prepare_file(raw, tmp_path / "work")


def test_a_part_that_was_damaged_is_named(tmp_path: Path) -> None:
    """Whoever cuts a part in two is told which to delete; without it the build makes it anew."""
    raw, work = tmp_path / "essays.jsonl", tmp_path / "work"
    write_jsonl(raw, [essay()])
    [whole] = prepare_file(raw, work)
    part = next(work.rglob("*.jsonl"))
    part.write_bytes(part.read_bytes()[:40])
    with pytest.raises(RecordError, match=rf"{part.name} is damaged: .*; delete it and run"):
        list(prepare_file(raw, work))
    part.unlink()
    assert list(prepare_file(raw, work)) == [whole]
