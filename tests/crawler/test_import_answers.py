"""Answers copied off pages become essays, cleaned of the site's marks and counters."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from crawler.import_answers import (
    CopiedAnswer,
    LeftOutError,
    import_answers,
    main,
    take_marks_off,
)
from crawler.items import Essay, Question, encode_line, read_jsonl
from tests.crawler.invented import make_essay
from tests.real_data import real_data

RAW = (
    "\n창고에서\t석 달 동안 물건의 자리를 기록했습니다.아쉬운점 1  그래서 출고 시간을 "
    "줄였습니다. 좋은점 14년간 이어 온 습관입니다.\n\n\n 감사합니다. 글자수 79자1,130Byte\n"
)
TEXT = (
    "창고에서 석 달 동안 물건의 자리를 기록했습니다. 그래서 출고 시간을 줄였습니다. "
    "4년간 이어 온 습관입니다.\n\n감사합니다."
)


def line(**changes: object) -> str:
    """Write a line of an invented file; `changes` replace fields."""
    fields = {"company": "(주)물결기상", "score": "3", "question": " 지원\t동기", "answer_raw": RAW}
    return json.dumps(fields | changes, ensure_ascii=False) + "\n"


def run(tmp_path: Path, *lines: str) -> tuple[int, list[Essay]]:
    """Import lines; return the exit code and what is in the essays' file then."""
    (tmp_path / "answers.jsonl").write_text("".join(lines), encoding="utf-8")
    out = tmp_path / "out" / "essays.jsonl"
    code = main([str(tmp_path / "answers.jsonl"), "--out", str(out)])
    return code, list(read_jsonl(out, Essay, cure="-")) if out.exists() else []


def test_an_answer_becomes_an_essay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Marks and counters come off, blanks are put in order; what no line says is absent."""
    code, (essay,) = run(tmp_path, line())
    assert code == 0
    assert essay == Essay(
        id=essay.id,
        url=None,
        source="import",
        crawled_at=None,
        company="(주)물결기상",
        company_types=(),
        position=None,
        year=None,
        half=None,
        career=None,
        specs=(),
        views=None,
        grade=3.0,
        overall_advice=None,
        questions=(Question(1, "지원 동기", TEXT, 79, 1130, (), ()),),
    )
    assert capsys.readouterr().out == (
        "1 answers read, 1 essays made, 0 left out; 2 marks taken off, in "
        f"{tmp_path / 'out' / 'essays.jsonl'}\n"
    )


@pytest.mark.parametrize(
    ("raw", "expected", "marks"),
    [
        ("했습니다.아쉬운점 1  다음", "했습니다.  다음", 1),
        # A number of the text is glued to the mark's.
        ("했습니다. 아쉬운점 14차 산업혁명", "했습니다. 4차 산업혁명", 1),
        ("가.아쉬운점 1 나.아쉬운점 22016년", "가. 나.2016년", 2),
        ("가.아쉬운점 11번째", "가.1번째", 1),
        ("가.아쉬운점 12가지", "가.2가지", 1),
        # Each polarity counts for itself; the tenth has two digits.
        ("가.좋은점 1 나.아쉬운점 13개", "가. 나.3개", 2),
        ("".join(f"가.좋은점 {i} " for i in range(1, 12)), "가. " * 11, 11),
        # The page gave a number twice, or left one out.
        ("가.좋은점 1 나.좋은점 1 다.좋은점 5", "가. 나. 다.", 3),
        ("가.아쉬운점 1아쉬운점 2", "가.", 2),
        # The applicant's own words.
        ("회사의 좋은점 2가지와 아쉬운점 3 가지, 좋은점", None, 0),
    ],
)
def test_marks_come_off(raw: str, expected: str | None, marks: int) -> None:
    """Marks count up, so a number glued behind one is told from it; `None` is the same text."""
    assert take_marks_off(raw) == (raw if expected is None else expected, marks)


def test_a_mark_that_cannot_be_told_is_no_guess() -> None:
    """Several digits that do not begin with the next number may be cut anywhere."""
    with pytest.raises(LeftOutError, match="cannot be told from the text"):
        take_marks_off("가.아쉬운점 1 나.아쉬운점 57년")


def test_what_is_left_out_is_named_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line that becomes no essay has its number and reason, and the others are written."""
    lines = [
        line(),
        line(score="5"),  # the same text
        line(answer_raw="카운터가 없는 답입니다."),
        line(answer_raw="좋은점 1 글자수 0자0Byte"),
        line(answer_raw="앞부분만 남은 답입니다. 글자수 1,200자2,100Byte"),
        line(answer_raw="가.아쉬운점 57년 글자수 9자12Byte"),
        line(answer_raw="생산기술\n 글자수 6자10Byte"),
    ]
    code, essays = run(tmp_path, *lines)
    assert code == 0
    assert [essay.questions[0].answer for essay in essays] == [TEXT, "생산기술"]
    captured = capsys.readouterr()
    source = tmp_path / "answers.jsonl"
    assert captured.err.splitlines() == [
        f"{source}, line 2: doubled",
        f"{source}, line 3: without counters (글자수 … Byte) at its end",
        f"{source}, line 4: without answer or question",
        f"{source}, line 5: cut: much shorter than its counters state",
        f"{source}, line 6: with a mark whose number cannot be told from the text",
    ]
    assert captured.out.startswith("7 answers read, 2 essays made, 5 left out (1 cut: ")


def test_an_id_is_of_the_text(tmp_path: Path) -> None:
    """Other lines before it, or another order, leave the id of an essay as it is."""
    other = line(company="(주)두물머리")
    _, one_way = run(tmp_path, line(), other)
    _, other_way = run(tmp_path, other, line())
    assert [essay.id for essay in one_way] == [essay.id for essay in reversed(other_way)]
    assert len({essay.id for essay in one_way}) == 2


def test_a_score_of_0_is_none(tmp_path: Path) -> None:
    """The page shows 0 where nobody graded."""
    _, essays = run(tmp_path, line(score="0"), line(score="4.5", question="성격"))
    assert [essay.grade for essay in essays] == [None, 4.5]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (line(score=3), "line 2: Expected `str`, got `int` - at `$.score`"),
        (line(score="6"), "line 2: Expected `str` matching regex"),
        (line(company=None), "line 2: Expected `str`, got `null` - at `$.company`"),
        (line(advice="x"), "line 2: Object contains unknown field `advice`"),
        ('{"company": "가"}\n', "line 2: Object missing required field `score`"),
        ("no json\n", "line 2: JSON is malformed"),
    ],
)
def test_a_line_of_another_form_stops_the_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: str, expected: str
) -> None:
    """One error names line and field, and the essays of an earlier import stay."""
    _, before = run(tmp_path, line())
    assert run(tmp_path, line(question="성격"), bad) == (1, before)
    (message,) = capsys.readouterr().err.splitlines()
    assert expected in message


def test_nothing_to_import(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty file, and one without a usable line, are errors and leave no file."""
    assert run(tmp_path) == (1, [])
    assert capsys.readouterr().err.endswith("answers.jsonl holds no usable answer of 0\n")
    assert run(tmp_path, line(answer_raw="답")) == (1, [])
    assert capsys.readouterr().err.endswith("answers.jsonl holds no usable answer of 1\n")


def test_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file is named; essays of a live crawl are not written over."""
    out = tmp_path / "essays.jsonl"
    assert main([str(tmp_path / "none.jsonl"), "--out", str(out)]) == 2
    assert "none.jsonl is no file" in capsys.readouterr().err
    essay = msgspec.structs.replace(make_essay(50_001), url="https://site.test/View/50001")
    crawled = encode_line(essay)
    out.write_bytes(crawled)
    (tmp_path / "answers.jsonl").write_text(line(), encoding="utf-8")
    assert main([str(tmp_path / "answers.jsonl"), "--out", str(out)]) == 2
    assert "holds essays crawled from site.test" in capsys.readouterr().err
    assert out.read_bytes() == crawled


def test_the_real_file() -> None:
    """Nearly every real answer becomes an essay, and of marks and counters nothing is left."""
    path = real_data() / "jobkorea" / "answers_2021.jsonl"
    imported = import_answers(read_jsonl(path, CopiedAnswer, cure="-"))
    assert (imported.read, len(imported.essays)) == (2758, 2748)
    assert imported.reasons == {"doubled": 4, "cut: much shorter than its counters state": 6}
    left = re.compile(r"(?:좋은|아쉬운) ?점 ?\d|글자수|Byte|[ \t]{2}")
    texts = [essay.questions[0].answer for essay in imported.essays.values()]
    assert [text for text in texts if left.search(text)] == []
