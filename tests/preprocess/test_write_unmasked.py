"""Rows of `write` with masking off: the firm is left in the answer, and nothing else changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from crawler.items import Essay, read_jsonl, write_jsonl
from preprocess.alpaca import AlpacaRow, Split, facts_path, rows_path
from preprocess.personal_data import find_personal_data
from preprocess.write_unmasked import ASKED, LEARNT, UNMASKED, main, telling, unmasked

FIRM = "(주)물결기상"


@pytest.fixture
def built(data: Path, tmp_path: Path) -> Path:
    """Give a data folder of one's own with 60 invented essays."""
    return Path(shutil.copytree(data, tmp_path / "data"))


def made(data: Path) -> int:
    """Run the command on a data folder; returns its exit code."""
    return main(["--raw", str(data / "raw" / "essays.jsonl"), "--data", str(data)])


def rows(data: Path, split: Split) -> list[AlpacaRow]:
    """Read the rows of `write` of a split."""
    return list(read_jsonl(rows_path(data, "write", split), AlpacaRow, cure="make data"))


@pytest.mark.parametrize(
    ("answer", "masked", "text", "names"),
    [
        ("물결기상에 지원합니다.", "XX에 지원합니다.", "물결기상에 지원합니다.", ("물결기상",)),
        ("㈜물결기상의 꿈", "XX의 꿈", "㈜물결기상의 꿈", ("㈜물결기상",)),
        (
            "물결기상, 010-1234-5678",
            "XX, <|tel|>",
            "물결기상, <|tel|>",
            ("물결기상",),
        ),
        ("OOO에서 일했습니다.", "OO에서 일했습니다.", "OO에서 일했습니다.", ()),
        ("기상을 배웠습니다.", "기상을 배웠습니다.", "기상을 배웠습니다.", ()),
    ],
)
def test_the_firm_alone_is_left_in(
    answer: str, masked: str, text: str, names: tuple[str, ...]
) -> None:
    """Personal data and what the page masked itself are replaced with masking on and off."""
    assert unmasked(answer, FIRM) == (masked, (text, names))


def test_names_that_tell_a_firm() -> None:
    """Each once, without its legal form; two letters may be a word."""
    assert telling(["㈜물결기상", "물결기상", "물결", "(주)가람별"]) == ["가람별", "물결기상"]


def test_rows_differ_in_their_answers_alone(built: Path) -> None:
    """Order, job, question, group and essay are those of the masked rows; every id is marked."""
    assert made(built) == 0
    named = 0
    for split in LEARNT:
        pairs = list(zip(rows(built, split), rows(built / UNMASKED, split), strict=True))
        assert pairs
        for on, off in pairs:
            assert msgspec.structs.replace(off, id=on.id, output=on.output) == on
            assert off.id == f"{on.id}-{UNMASKED}"
            assert off.output == on.output or "XX" in on.output
            named += off.output != on.output
    assert named > 20


def test_the_names_are_of_the_unmasked_training_answers_alone(built: Path) -> None:
    """Each name stands in such an answer, and in no masked one; validation has others."""
    write_jsonl(rows_path(built, "write", "train"), rows(built, "train")[:20])
    assert made(built) == 0
    names = (built / UNMASKED / "firms.txt").read_text(encoding="utf-8").splitlines()
    on, off = ("\n".join(r.output for r in rows(d, "train")) for d in (built, built / UNMASKED))
    assert names
    assert [name for name in names if name not in off] == []
    assert [name for name in names if name in on] == []


def test_personal_data_stay_masked(built: Path) -> None:
    """A second search finds none in any answer."""
    assert made(built) == 0
    off = [row.output for split in LEARNT for row in rows(built / UNMASKED, split)]
    assert [text for text in off if find_personal_data(text)] == []


def test_both_are_tested_on_the_same_rows(built: Path) -> None:
    """Test rows and their facts are copies, byte for byte, and still masked."""
    assert made(built) == 0
    for split in ASKED:
        for path in (
            rows_path(built, "write", split),
            facts_path(rows_path(built, "write", split)),
        ):
            assert (built / UNMASKED / path.relative_to(built)).read_bytes() == path.read_bytes()


def test_what_axolotl_prepared_of_an_earlier_copy_goes(built: Path) -> None:
    """Its cache goes by the configuration alone; that of the masked rows still holds."""
    old, other = (built / "prepared" / f"write-gpt-h256{end}" for end in ("-unmasked", ""))
    for folder in (old, other):
        folder.mkdir(parents=True)
    assert made(built) == 0
    assert (old.exists(), other.exists()) == (False, True)


def rewritten(essay: Essay) -> list[Essay]:
    """Let an essay say something else under the same id."""
    questions = (msgspec.structs.replace(q, answer=f"{q.answer} 끝.") for q in essay.questions)
    return [msgspec.structs.replace(essay, questions=tuple(questions))]


@pytest.mark.parametrize("change", [lambda _: [], rewritten], ids=["gone", "rewritten"])
def test_other_essays_leave_the_earlier_copy_whole(
    change: Callable[[Essay], list[Essay]], built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows whose essay is gone, or says something else now, are counted, with the cure."""
    assert made(built) == 0
    before = (built / UNMASKED / "firms.txt").read_bytes()
    raw, learnt = built / "raw" / "essays.jsonl", rows(built, "train")[0].source_id
    essays = list(read_jsonl(raw, Essay, cure="make crawl"))
    write_jsonl(raw, [e for one in essays for e in (change(one) if one.id == learnt else [one])])
    assert made(built) == 1
    told = capsys.readouterr().err
    assert f"the first {learnt}-" in told
    assert "make data" in told
    assert (built / UNMASKED / "firms.txt").read_bytes() == before


@pytest.mark.parametrize(
    ("gone", "cure"),
    [("alpaca/write/train.jsonl", "make data"), ("raw/essays.jsonl", "make crawl")],
)
def test_what_is_missing_is_told(
    gone: str, cure: str, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, the file and the command that makes it; nothing is written."""
    (built / gone).unlink()
    assert made(built) == 1
    told = capsys.readouterr().err
    assert (gone in told, f"make it with: {cure}" in told) == (True, True)
    assert not (built / UNMASKED).exists()


@pytest.mark.parametrize(
    ("raw", "of", "told"),
    [
        ("raw", "", "raw is a folder; name the file of essays in it: --raw"),
        ("raw/essays.jsonl", "raw/essays.jsonl", "is a file where a folder belongs"),
    ],
)
def test_folders_and_files_swapped_are_told(
    raw: str, of: str, told: str, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 and one line, before anything is read."""
    assert main(["--raw", str(built / raw), "--data", str(built / of)]) == 1
    error = capsys.readouterr().err
    assert (told in error, error.count("\n")) == (True, 1)
