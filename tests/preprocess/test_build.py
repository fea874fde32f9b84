"""The data step as a command: files, splits, report, and what bad input does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from crawler.items import Essay, read_jsonl, write_jsonl
from crawler.replica.essays import generate_essays
from preprocess.alone import alone
from preprocess.alpaca import (
    SPLITS,
    AlpacaRow,
    AnyTask,
    Split,
    read_points,
    read_sentences,
    rows_path,
)
from preprocess.build import main
from preprocess.grouping import LEAST_TELLING
from preprocess.report import BuildReport
from preprocess.steps import TextRow
from preprocess.write_unmasked import UNMASKED
from tests.real_data import real_data

#: As the fixture `data` was built, but in this process: two more would each load Kiwi.
SHARES = (
    *("--validation", "0.2", "--test", "0.2"),
    *("--unseen-firms", "0.1", "--most-shared", "1", "--workers", "1"),
)
#: What stands where Axolotl keeps what it prepared from the rows of an earlier build.
STALE = Path("prepared", "some-run", "old.arrow")


def rows(data: Path, task: str, split: str) -> list[AlpacaRow]:
    """Read one file of rows."""
    path = data / "alpaca" / task / f"{split}.jsonl"
    return list(read_jsonl(path, AlpacaRow, cure="make data"))


def test_every_row_reads_back_as_located_advice(data: Path) -> None:
    """Inputs are numbered sentences, outputs points within them, in all splits."""
    for split in SPLITS:
        found = rows(data, "advice", split)
        assert found
        for row in found:
            _, sentences = read_sentences(row.input)
            assert isinstance(read_points(row.output, len(sentences)), tuple)


def test_no_group_stands_in_two_splits(data: Path) -> None:
    """Near-duplicates share a split, in rows of every task and in the plain text."""
    where: dict[str, set[str]] = {}
    for split in SPLITS:
        for task in ("advice", "advice-anchored"):
            for row in rows(data, task, split):
                where.setdefault(row.group, set()).add(split)
    for split in ("train", "validation"):
        path = data / "text" / f"{split}.jsonl"
        for text in read_jsonl(path, TextRow, cure="make data"):
            where.setdefault(text.group, set()).add(split)
    assert len(where) > 30
    assert all(len(splits) == 1 for splits in where.values())


def test_unseen_firms(data: Path) -> None:
    """The firms of the second test split stand in no other split."""
    report = json.loads((data / "report" / "report.json").read_text(encoding="utf-8"))
    assert report["splits"]["test-firms"]["essays"] > 0
    firms = {e.id: e.company for e in read_jsonl(data / "raw" / "essays.jsonl", Essay, cure="")}
    held = {firms[row.source_id] for row in rows(data, "write", "test-firms")}
    others = {firms[row.source_id] for split in SPLITS for row in rows(data, "write", split)}
    assert held
    assert not held & others


def test_both_tasks_have_the_same_rows(data: Path) -> None:
    """The anchored task differs in form, not in which questions it holds."""
    for split in SPLITS:
        ids = [[row.id for row in rows(data, t, split)] for t in ("advice", "advice-anchored")]
        assert ids[0] == ids[1]


def test_the_report_accounts_for_every_question(data: Path) -> None:
    """Rows and dropped questions add up to the questions of the kept essays."""
    report = json.loads((data / "report" / "report.json").read_text(encoding="utf-8"))
    essays = list(read_jsonl(data / "raw" / "essays.jsonl", Essay, cure="make crawl"))
    kept = sum(split["rows"]["advice"] for split in report["splits"].values())
    dropped = sum(n for reason, n in report["dropped"].items() if reason.startswith("question:"))
    assert kept + dropped == sum(len(essay.questions) for essay in essays)
    assert set(report) == set(BuildReport.__struct_fields__)
    assert "| train |" in (data / "report" / "report.md").read_text(encoding="utf-8")


def test_two_builds_are_the_same_bytes(data: Path, tmp_path: Path) -> None:
    """The same essays give the same files, on one core as on several."""
    raw = str(data / "raw" / "essays.jsonl")
    assert main(["--raw", raw, "--out", str(tmp_path), *SHARES]) == 0
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert {path.parts[1] for path in files if path.parts[0] == "alpaca"} == set(get_args(AnyTask))
    assert len(files) >= 15
    assert all((tmp_path / f).read_bytes() == (data / f).read_bytes() for f in files)


@pytest.fixture(scope="module")
def turned(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data of the same essays in another order, built over a prepared run."""
    out = tmp_path_factory.mktemp("turned")
    lines = (data / "raw" / "essays.jsonl").read_text(encoding="utf-8").splitlines()
    raw = out / "turned.jsonl"
    raw.write_text("\n".join(reversed(lines)), encoding="utf-8")
    (out / STALE).parent.mkdir(parents=True)
    (out / STALE).write_bytes(b"old")
    (out / UNMASKED).mkdir()
    assert main(["--raw", str(raw), "--out", str(out), *SHARES]) == 0
    return out


def test_the_order_of_the_crawl_makes_no_difference(data: Path, turned: Path) -> None:
    """Essays in another order give the same rows, so trainings and baselines are the same."""
    for task in ("advice", "advice-anchored"):
        for split in SPLITS:
            assert rows(turned, task, split) == rows(data, task, split)


def test_new_rows_drop_what_was_made_of_old_ones(turned: Path) -> None:
    """Axolotl's cache goes by the configuration alone; unmasked copies were of other rows."""
    assert not (turned / STALE).exists()
    assert not (turned / UNMASKED).exists()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda lines: [*lines[:2], lines[2][: len(lines[2]) // 2]], "line 3"),
        (lambda lines: [lines[0].replace('"year":20', '"year":"x20', 1)], "line 1"),
        (lambda lines: [lines[0].replace('"year":', '"yaer":', 1)], "yaer"),
        (lambda lines: lines[:1], "too few"),
        (lambda _: [], "essays.jsonl is empty; "),
        (lambda lines: [lines[0], "", lines[1]], "line 2: the line is blank; delete it"),
        (lambda lines: ["\ufeff" + lines[0]], "line 1: begins with a byte order mark; save the"),
    ],
)
def test_bad_input_leaves_the_earlier_data_whole(
    damage: object, message: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One clear error, exit code 1, and the rows of the last good build untouched."""
    out = tmp_path / "data"
    kept = rows_path(out, "advice", "train")
    kept.parent.mkdir(parents=True)
    kept.write_text("kept")
    lines = (data / "raw" / "essays.jsonl").read_text(encoding="utf-8").splitlines()
    raw = tmp_path / "essays.jsonl"
    raw.write_text("\n".join(damage(lines)), encoding="utf-8")  # type: ignore[operator]
    assert main(["--raw", str(raw), "--out", str(out)]) == 1
    assert message in capsys.readouterr().err
    assert kept.read_text() == "kept"


def test_a_missing_file_names_the_command_that_makes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without essays the error says how to get some."""
    assert main(["--raw", str(tmp_path / "none.jsonl"), "--out", str(tmp_path)]) == 1
    assert "none.jsonl is missing; make it with: make crawl" in capsys.readouterr().err


def test_the_real_essays_become_rows(tmp_path: Path) -> None:
    """All 91 real questions become rows but the one with a mark left in its text."""
    raw = real_data() / "jobkorea" / "essays.jsonl"
    assert main(["--raw", str(raw), "--out", str(tmp_path)]) == 0
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert sum(split["rows"]["advice"] for split in report["splits"].values()) == 90
    dropped = report["dropped"]
    assert {k: n for k, n in dropped.items() if k.startswith(("essay", "question", "point"))} == {
        "question: a mark of the site left in the answer": 1
    }
    assert report["masked"]["firm applied to"] > 100


def test_test_answers_in_training_stop_the_build(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A test answer of which one training answer holds too much is an error that names both."""
    raw = str(data / "raw" / "essays.jsonl")
    assert main(["--raw", raw, "--out", str(tmp_path), *SHARES, "--most-shared", "0.1"]) == 1
    assert "stand in one training item" in capsys.readouterr().err
    assert not (tmp_path / "alpaca").exists()


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Essay], Path]:
    """Give essays of which two hold an endless answer and one another's, and their data."""
    out = tmp_path_factory.mktemp("odd")
    essays = list(generate_essays(seed=4, count=60))
    first, *others = essays[3].questions
    endless = msgspec.structs.replace(first, answer="바다를 봅니다. " * 12_500, passages=())
    essays[3] = msgspec.structs.replace(essays[3], questions=(endless, *others))
    essays[4] = msgspec.structs.replace(essays[4], questions=(endless,))
    long = next(q for q in essays[0].questions if len(q.answer) > LEAST_TELLING)
    borrowed = (*essays[30].questions[1:], long)
    essays[30] = msgspec.structs.replace(essays[30], questions=borrowed)
    write_jsonl(out / "essays.jsonl", essays)
    assert main(["--raw", str(out / "essays.jsonl"), "--out", str(out), *SHARES]) == 0
    return essays, out


def test_what_no_applicant_writes_is_dropped_and_counted(odd: tuple[list[Essay], Path]) -> None:
    """An answer of 100,000 characters goes, with its essay if nothing else is in it."""
    essays, out = odd
    report = json.loads((out / "report" / "report.json").read_text(encoding="utf-8"))
    reason = "question: answer longer than 20,000 characters"
    assert report["dropped_ids"][reason] == [f"{essays[3].id}-{essays[3].questions[0].number}"]
    assert report["dropped_ids"]["essay: no answers"] == [essays[4].id]


def test_one_answer_sent_again_joins_two_essays(odd: tuple[list[Essay], Path]) -> None:
    """Essays that share one long answer among others share a group."""
    essays, out = odd
    groups = {
        row.source_id: row.group for split in get_args(Split) for row in rows(out, "write", split)
    }
    assert groups[essays[0].id] == groups[essays[30].id]


def test_all_essays_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One essay under sixty ids is one essay, too few to part."""
    essay = generate_essays(seed=4, count=1)[0]
    raw = tmp_path / "essays.jsonl"
    write_jsonl(raw, [msgspec.structs.replace(essay, id=str(i)) for i in range(1, 61)])
    assert main(["--raw", str(raw), "--out", str(tmp_path), "--workers", "1"]) == 1
    told = capsys.readouterr().err
    assert "1 groups of essays" in told
    assert told.endswith("bring more essays\n")


def test_larger_shares_are_advised_where_they_can_help(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some dozens of essays of which no hundredth was drawn for a test can be parted otherwise."""
    raw = str(data / "raw" / "essays.jsonl")
    small = ["--validation", "0.001", "--test", "0.001", "--workers", "1"]
    assert main(["--raw", raw, "--out", str(tmp_path), *small]) == 1
    told = capsys.readouterr().err
    assert told.endswith("bring more essays or give larger shares: --validation 0.2 --test 0.2\n")


def test_two_builds_into_one_folder(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second is refused in one line and touches nothing; the first's end frees the folder."""
    raw = str(data / "raw" / "essays.jsonl")
    part = tmp_path / "parts" / "of-the-first.jsonl"
    part.parent.mkdir()
    part.touch()
    with alone(tmp_path):
        assert main(["--raw", raw, "--out", str(tmp_path), *SHARES]) == 1
        assert part.exists()
    told = capsys.readouterr().err
    assert told.startswith(f"error: {tmp_path} is being built by another process; wait for it")
    with alone(tmp_path):
        pass  # is free again


def test_files_in_the_wrong_place_are_named_with_a_cure(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder given as the essays, and a file given as the data folder: one line each."""
    raw = data / "raw" / "essays.jsonl"
    out = tmp_path / "out"
    assert main(["--raw", str(raw.parent), "--out", str(out)]) == 1
    told = capsys.readouterr().err
    assert told == f"error: {raw.parent} is a folder; name the file of essays in it: --raw\n"
    shutil.rmtree(out)
    out.write_text("mine")
    assert main(["--raw", str(raw), "--out", str(out)]) == 1
    assert f"error: {out} is a file where a folder belongs; " in capsys.readouterr().err
    assert out.read_text() == "mine"


STOCK = "글자수를 채우세요."


def with_stock_phrase(essay: Essay) -> Essay:
    """Let the expert say one phrase of all that is criticised."""
    asked = tuple(
        msgspec.structs.replace(
            one,
            advice=tuple(
                msgspec.structs.replace(said, text=STOCK) if said.polarity == "bad" else said
                for said in one.advice
            ),
        )
        for one in essay.questions
    )
    return msgspec.structs.replace(essay, questions=asked)


def test_advice_said_too_often_leaves_training(data: Path, tmp_path: Path) -> None:
    """Rows of located advice go, in training alone; the report tells which text and how many."""
    essays = read_jsonl(data / "raw" / "essays.jsonl", Essay, cure="")
    raw = tmp_path / "essays.jsonl"
    write_jsonl(raw, map(with_stock_phrase, essays))
    assert main(["--raw", str(raw), "--out", str(tmp_path), *SHARES]) == 0
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    gone = set(report["dropped_ids"]["question: advice that is said too often"])
    assert report["repeated_cap"] == 5
    assert [(one["text"], one["dropped"]) for one in report["repeated"]] == [(STOCK, len(gone))]
    for task in ("advice", "advice-anchored", "locate"):
        left = rows(tmp_path, task, "train")
        assert {row.id for row in left} == {row.id for row in rows(data, task, "train")} - gone
        assert len(rows(tmp_path, task, "test")) == len(rows(data, task, "test"))
    said = sum(row.output.count(STOCK) for row in rows(tmp_path, "advice", "train"))
    assert said in (5, 6)  # the last row may say it twice
    assert sum(row.output.count(STOCK) for row in rows(tmp_path, "advice", "test")) > 6
    assert rows(tmp_path, "write", "train") == rows(data, "write", "train")
