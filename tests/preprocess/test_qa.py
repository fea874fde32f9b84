"""The command of `qa`: rows and a page from a file of questions, counted by the right names."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from preprocess.alpaca import SPLITS, read_jsonl, rows_path
from preprocess.qa import main
from preprocess.qa_csv import read_asked
from preprocess.qa_eda import QaReport, count_texts
from preprocess.qa_likeness import answer_likeness
from preprocess.qa_records import QaRow, dice, grams
from tests.real_data import real_data


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data folder made of the project's own questions, with caches of two runs before."""
    folder = tmp_path_factory.mktemp("qa") / "data"
    for run in ("qa-smoke", "smoke-base"):
        (folder / "prepared" / run).mkdir(parents=True)
    assert main(["--out", str(folder)]) == 0
    return folder


def report_of(out: Path) -> QaReport:
    """Read what was counted."""
    return msgspec.json.decode((out / "report-qa" / "report.json").read_bytes(), type=QaReport)


def test_the_command_writes_what_the_report_counts(out: Path) -> None:
    """Each split's rows are those that the report tells, by how they were made."""
    report = report_of(out)
    for split in SPLITS:
        rows = list(read_jsonl(rows_path(out, "qa", split), QaRow, cure="python -m preprocess.qa"))
        assert rows
        assert len(rows) == sum(report.splits[split].made.values())
        assert len({row.group for row in rows}) == report.splits[split].groups


def test_the_page_has_its_figures_and_says_that_it_is_invented(out: Path) -> None:
    """Three drawings, the totals with their commas, and the notice; nothing is fetched."""
    page = (out / "report-qa" / "index.html").read_text(encoding="utf-8")
    totals = report_of(out).totals["both"]
    assert page.count("data:image/svg+xml;base64,") == 3
    assert f"{totals['characters']:,}자" in page
    assert "지어낸 도서관 안내" in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_text_of_a_file_is_escaped_on_the_page(tmp_path: Path) -> None:
    """A category that is markup is shown as it is written, and nothing is called invented."""
    lines = ["question,answer,category"]
    lines += [f"{chr(0xAC00 + 99 * n) * 9}?,{chr(0xAC00 + 98 * n)},<b>갈래</b>" for n in range(20)]
    raw = tmp_path / "<i>.csv"
    raw.write_text("\n".join(lines), encoding="utf-8")
    shares = ["--validation", "0.3", "--test", "0.3"]
    assert main(["--raw", str(raw), "--out", str(tmp_path / "data"), *shares]) == 0
    page = (tmp_path / "data" / "report-qa" / "index.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;갈래&lt;/b&gt;" in page
    assert "&lt;i&gt;.csv" in page
    assert "<b>갈래" not in page
    assert "지어낸" not in page


def test_a_broken_file_leaves_the_data_whole(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error is one line with its place, the exit code 1, and the earlier rows stay."""
    before = rows_path(out, "qa", "train").read_bytes()
    raw = tmp_path / "qa.csv"
    raw.write_text('질문,답변\n"왜?,나\n', encoding="utf-8")
    assert main(["--raw", str(raw), "--out", str(out)]) == 1
    assert "line 2, column 1" in capsys.readouterr().err
    assert rows_path(out, "qa", "train").read_bytes() == before


@pytest.mark.parametrize(
    ("raw", "out", "told"),
    [
        ("folder", "data", "folder is a folder; name the CSV of questions in it: --raw"),
        ("one.csv", "one.csv", "one.csv is a file where a folder belongs"),
        ("one.csv", "one.csv/data", "one.csv is a file where a folder belongs"),
        ("one.csv", "data", "one.csv: no rows for validation, test: 1 group of questions is too"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    raw: str, out: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder in place of a file, a file in place of a folder, too few questions."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "one.csv").write_text("질문,답변\n왜 쉬어?,청소합니다.\n", encoding="utf-8")
    assert main(["--raw", str(tmp_path / raw), "--out", str(tmp_path / out)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {tmp_path}/{told}")
    assert error.count("\n") == 1


def test_a_file_in_the_way_of_the_rows_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the system says of the folder of rows is told with a cure."""
    (tmp_path / "alpaca").touch()
    assert main(["--out", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert ("is a file where a folder belongs; " in error, error.count("\n")) == (True, 1)


@pytest.mark.parametrize("share", ["nan", "1", "-0.1", "viel"])
def test_what_is_no_share_is_wrong_usage(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The option is named, and nothing is read."""
    with pytest.raises(SystemExit, match="2"):
        main(["--test", share])
    assert "argument --test" in capsys.readouterr().err


def test_what_is_left_out_of_a_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line that says the same again, and a cell with a letter nobody sees, are counted."""
    lines = [f"{chr(0xAC00 + 99 * n) * 9}?,{chr(0xAC00 + 98 * n)}" for n in range(20)]
    raw = tmp_path / "qa.csv"
    raw.write_text("\n".join(["질문,답변", *lines, f"\u200b{lines[0]}"]), encoding="utf-8")
    shares = ["--validation", "0.3", "--test", "0.3"]
    assert main(["--raw", str(raw), "--out", str(tmp_path / "data"), *shares]) == 0
    told = "(lines without a new answer: 1, cells cleared of letters nobody sees: 1)"
    assert told in capsys.readouterr().out
    report = report_of(tmp_path / "data")
    assert (report.rows, report.repeated, report.unseen) == (20, 1, 1)
    page = (tmp_path / "data" / "report-qa" / "index.html").read_text(encoding="utf-8")
    assert "칸 1개에서 보이지 않는 글자를" in page
    assert "새 답변이 없는 줄 1개는" in page


def test_what_axolotl_prepared_of_earlier_rows_goes(out: Path) -> None:
    """The caches of runs of `qa` are deleted, those of other runs stay."""
    assert [path.name for path in (out / "prepared").iterdir()] == ["smoke-base"]


def test_counts_have_the_right_names() -> None:
    """Letters alone, Latin and digits are no syllables; a mark is no sentence of its own."""
    (counts,) = count_texts(["ㅋㅋ A4 용지 3.5장! 있어요?"])
    assert counts == {
        "characters": 19,
        "syllables": 6,
        "words": 5,
        "sentences": 2,
        "marks": 3,
        "bytes": 35,
    }


def test_likeness_of_all_pairs_is_that_of_each() -> None:
    """Means over pairs of one row and of two are those of `dice`, pair by pair."""
    rows = [["가나다라마바사", "가나다라 마바", "가가가가가"], ["가나다 라마바사아자"], ["나", ""]]
    found = answer_likeness(rows)
    within = [dice(grams(a), grams(b)) for row in rows for a, b in combinations(row, 2)]
    between = [
        dice(grams(a), grams(b)) for one, other in combinations(rows, 2) for a in one for b in other
    ]
    for told, expected in ((found.within, within), (found.between, between)):
        assert told.pairs == len(expected) == sum(told.bins)
        assert told.mean == pytest.approx(sum(expected) / len(expected))


def test_the_contests_figures() -> None:
    """The published counts of the contest's file come out: rows, sizes, likeness of answers."""
    asked = read_asked(real_data() / "qa" / "train.csv")
    assert len(asked) == 644
    counts = count_texts(text for row in asked for text in (*row.questions, *row.answers))
    totals = {name: sum(one[name] for one in counts) for name in counts[0]}
    assert (totals["characters"], totals["words"]) == (595_724, 140_118)
    assert (totals["syllables"], totals["marks"]) == (433_793, 11_501)
    likeness = answer_likeness([row.answers for row in asked[::4]])
    assert likeness.within.mean == pytest.approx(0.36, abs=0.01)
    assert likeness.between.mean == pytest.approx(0.05, abs=0.01)
