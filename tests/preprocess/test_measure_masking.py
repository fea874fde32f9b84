"""How well personal data is found on the labelled sentences, and how that is measured."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from preprocess.measure_masking import (
    PARTS,
    Case,
    CasesError,
    MaskingRow,
    faults,
    main,
    masking_table,
    read_cases,
)
from preprocess.personal_data import KINDS
from preprocess.sentences import Span

CASE_LIST = read_cases()
NUMBERS = ("phone", "resident number", "account", "passport", "licence", "business number")
SURE = (*NUMBERS, "e-mail")


@pytest.fixture(scope="module")
def table() -> tuple[MaskingRow, ...]:
    """Measure once."""
    return masking_table(CASE_LIST)


def test_the_labelled_set_is_large_enough() -> None:
    """At least 400 sentences by hand, 160 of them unmarked, and a third held."""
    written = [case for case in CASE_LIST if case.part != "filled"]
    assert len(written) >= 400
    assert sum(not case.spans for case in written) >= 160
    assert 0.28 < sum(case.part == "held" for case in written) / len(written) < 0.39
    assert {kind for case in written for _, kind in case.spans} == set(KINDS)


@pytest.mark.parametrize("kind", SURE)
def test_numbers_and_e_mails_are_found(table: tuple[MaskingRow, ...], kind: str) -> None:
    """Recall of at least 0.99, and as much precision, over all parts."""
    rows = [row for row in table if row.kind == kind]
    true, found = sum(row.true for row in rows), sum(row.found for row in rows)
    touched = sum((row.overlap_recall or 0) * row.true for row in rows)
    right = sum((row.overlap_precision or 0) * row.found for row in rows)
    assert true > 0
    assert touched / true >= 0.99
    assert right / found >= 0.99


@pytest.mark.parametrize("part", ["tuned", "held"])
def test_names_are_found(table: tuple[MaskingRow, ...], part: str) -> None:
    """Recall of at least 0.90 at a precision of at least 0.95, exactly at both ends."""
    (row,) = [row for row in table if (row.part, row.kind) == (part, "name")]
    assert row.exact_recall is not None
    assert row.exact_precision is not None
    assert row.exact_recall >= 0.90
    assert row.exact_precision >= 0.95


def test_table_of_a_known_case() -> None:
    """Shares are counted span by span, and a kind without any is left out."""
    text = "연락처 010-1234-5678, 이상한 이름 가나다라"
    case = Case(text, ((Span(4, 15), "phone"), (Span(24, 28), "name")), "tuned", "x")
    phone, name, every = masking_table([case])
    assert phone == MaskingRow("tuned", "phone", 1, 1, 0.0, 0.0, 1.0, 1.0)
    assert name == MaskingRow("tuned", "name", 1, 0, 0.0, None, 0.0, None)
    assert every == MaskingRow("tuned", "all", 2, 1, 0.0, 0.0, 0.5, 1.0)
    assert len(list(faults([case], "tuned"))) == 1
    assert list(faults([case], "held")) == []


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints a line for each part and kind."""
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"\d+ tuned, \d+ held, \d+ filled sentences, \d+ unmarked", lines[0])
    assert {line.split()[0] for line in lines[2:]} == set(PARTS)
    assert sum(" all " in line for line in lines) == len(PARTS)


FILLED = '[[filled]]\nkind = "phone"\nframes = ["{slot}"]\nforms = ["1"]\n'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[written]\na = ["{nickname:x}"]\n[negatives]\n', "'nickname'"),
        ('[written]\na = ["{name:x"]\n[negatives]\n', "close or remove the bracket"),
        ('[written]\n[negatives]\na = ["{name:x}"]\n', "negatives.a has a mark"),
        ('[written]\na = ["x"]\n[negatives]\nb = ["x"]\n', "twice the same sentence: 'x'"),
        ("[written]\n[negatives]\n[more]\n", "unknown field"),
        ("written = ", "mend the file"),
    ],
)
def test_faulty_cases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, expected: str
) -> None:
    """A faulty file of sentences is an error that says what is wrong."""
    path = tmp_path / "cases.toml"
    path.write_text(f"{content}{FILLED if 'more' not in content else ''}", encoding="utf-8")
    with pytest.raises(CasesError, match=re.escape(expected)):
        read_cases(path)
    assert main(["--cases", str(path)]) == 1
    assert expected in capsys.readouterr().err


def test_missing_cases(tmp_path: Path) -> None:
    """A missing file names itself and the cure."""
    with pytest.raises(CasesError, match=r"none\.toml is missing; .*git restore"):
        read_cases(tmp_path / "none.toml")
