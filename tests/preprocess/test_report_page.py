"""The data report: its figures, the page in a real browser, the datasheet, and what is absent."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

import matplotlib as mpl
import msgspec
import pytest
from selenium.webdriver import Chrome

from crawler.items import Advice, Essay
from crawler.replica.essays import generate_essays
from preprocess.alpaca import AnyTask, Split
from preprocess.data import Data
from preprocess.datasheet import MEANINGS, Eda
from preprocess.eda import Measured, eda
from preprocess.firms import APPLIED_TO, MASKED, OTHER, RELATED
from preprocess.leaks import Leak, LeakReport
from preprocess.lengths import RunLengths
from preprocess.measure_masking import PARTS, MaskingRow
from preprocess.measure_sentences import BoundaryAgreement, PassageCover, SplitterAgreement
from preprocess.personal_kinds import KINDS
from preprocess.plots import LETTERS, WIDTH, draw, find_font
from preprocess.report import BuildReport, SplitCounts
from preprocess.report_page import PAGE, SHEET, read_words, render, write_pages
from preprocess.steps import Tally
from tests.chrome import chromium, open_page
from tests.preprocess.essays import essay, question

FIGURES = (
    "answers",
    "jobs",
    "firm types",
    "years",
    "grades",
    "points",
    "grade lengths",
    "similarity",
)
EVIL = "<script>document.title='깨짐'</script> | **굵게** & 그 밖에"
WIDE = (
    BoundaryAgreement(90, 4, 10, 0.957, 0.9, 0.928),
    BoundaryAgreement(0, 0, 0, None, None, None),
)
MEASURED = Measured(
    masking=(
        MaskingRow("held", "phone", 12, 11, 0.75, 0.818, 0.917, 1.0),
        MaskingRow("held", "all", 12, 11, 0.75, 0.818, 0.917, 1.0),
        MaskingRow("tuned", "all", 0, 0, None, None, None, None),
    ),
    splitter=SplitterAgreement(7, 6, 6 / 7, *WIDE),
    passages=(PassageCover("fast", 20, 19, 0.95, 0.985),),
    leaks=LeakReport(
        words=8,
        limit=0.7,
        by="item",
        train_items=50,
        test_items=9,
        short_items=1,
        mean=0.211,
        most=0.812,
        nearest_mean=0.103,
        nearest_most=0.734,
        looked_at=9,
        leaks=(Leak("81-2", 0.812, "33-1", 0.734),),
    ),
    lengths=(
        RunLengths("advice-far", "somebody/far-away", 2048, 70, unmeasured="not on this machine"),
        RunLengths("advice-near", "data/near", 512, 70, 301, 640, ("81-2", "90-1")),
    ),
    firm_leaks=0,
    permission="한바다, 2026년 1월 2일, 연구용",
)


def built(essays: Mapping[Split, Sequence[Essay]]) -> Data:
    """Make the data of a build that holds these essays and nothing else."""
    held = {split: list(of) for split, of in essays.items()}
    return Data(rows={}, texts={}, essays=held, tally=Tally())


@pytest.fixture(scope="module")
def report(data: Path) -> BuildReport:
    """Give the report of a small build."""
    return msgspec.json.decode((data / "report" / "report.json").read_bytes(), type=BuildReport)


@pytest.fixture(scope="module")
def replica() -> Data:
    """Give invented essays in four splits, with an advice that means harm and odd job names."""
    essays = list(generate_essays(seed=5, count=80))
    advice = (
        Advice(polarity="bad", number=1, text=EVIL),
        Advice(polarity="bad", number=2, text=EVIL),
    )
    asked = (question(advice=advice),)
    essays[:6] = [essay(id=str(i), position=f"🛠 {EVIL}", questions=asked) for i in range(1, 7)]
    splits: dict[Split, list[Essay]] = {"train": essays[:50], "validation": essays[50:60]}
    return built(splits | {"test": essays[60:75], "test-firms": essays[75:]})


@pytest.fixture(scope="module")
def found(replica: Data) -> Eda:
    """Count the invented essays."""
    return eda(replica)


@pytest.fixture(scope="module")
def font() -> Path:
    """Give a Korean font; a machine without one fails here, and is told so."""
    path = find_font()
    assert path, "no Korean font is installed; install one with: apt install fonts-nanum"
    return path


@pytest.fixture(scope="module")
def page(report: BuildReport, found: Eda, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pages of the invented essays, with everything measured."""
    folder = tmp_path_factory.mktemp("report")
    write_pages(folder, msgspec.structs.replace(report, eda=found), MEASURED)
    return folder / "index.html"


def html(report: BuildReport, found: Eda, measured: Measured, plots: object = None) -> str:
    """Render the page."""
    facts = {"report": report, "eda": found, "measured": measured, "plots": plots}
    return render(PAGE, facts, read_words())


def sheet(report: BuildReport, found: Eda, measured: Measured) -> str:
    """Render the datasheet."""
    return render(SHEET, {"report": report, "eda": found, "measured": measured}, {})


# ---- fonts and figures --------------------------------------------------------------------------


def own_fonts() -> list[Path]:
    """List the fonts that matplotlib brings along; none of them is for Korean."""
    return sorted((Path(mpl.get_data_path()) / "fonts" / "ttf").glob("*.ttf"))


def test_a_machine_without_a_korean_font_has_none(tmp_path: Path) -> None:
    """Fonts for other scripts or with a box for everything, and what is no font, are not taken."""
    broken = tmp_path / "NanumGothic.ttf"
    broken.write_bytes(b"no font at all")
    assert {"DejaVuSans.ttf", "LastResortHE-Regular.ttf"} <= {path.name for path in own_fonts()}
    assert find_font([*own_fonts(), broken]) is None
    assert find_font([]) is None


def test_a_korean_font_is_found_among_others(font: Path) -> None:
    """Of fonts in any order the one for Korean is chosen."""
    assert find_font([*own_fonts(), font]) == font


def test_all_figures_are_drawn_with_letters_that_the_font_has(found: Eda, font: Path) -> None:
    """A glyph that is missing is an error, and none is, odd job names included."""
    plots = draw(found, font, read_words()["split"])
    assert tuple(plots) == FIGURES
    for plot in plots.values():
        head, _, body = plot.uri.partition(",")
        assert head == "data:image/svg+xml;base64"
        drawing = b64decode(body).decode()
        assert drawing.rstrip().endswith("</svg>")
        assert "<text" not in drawing  # outlines, which need no font where they are looked at
        assert any("가" <= letter <= "힣" for letter in plot.alt)


def test_boxes_instead_of_letters_are_an_error(found: Eda) -> None:
    """The check above can fail: with a font that lacks Korean, drawing stops."""
    dejavu = next(path for path in own_fonts() if path.name == "DejaVuSans.ttf")
    with pytest.raises(UserWarning, match=r"Glyph \d+ .* missing from font"):
        draw(found, dejavu, read_words()["split"])


def test_the_same_data_gives_the_same_drawings(found: Eda, font: Path) -> None:
    """Nothing of the time or of chance is in a figure."""
    words = read_words()["split"]
    assert draw(found, font, words) == draw(found, font, words)


def test_a_figure_without_anything_in_it_is_left_out(font: Path) -> None:
    """One essay without grade, year, job, lists and advice has its answer's length alone."""
    facts = {"position": None, "year": None, "grade": None}
    one = essay(questions=(question(passages=(), advice=()),), **facts)
    plots = draw(eda(built({"train": [one]})), font, read_words()["split"])
    assert list(plots) == ["answers"]
    assert draw(eda(built({"train": []})), font, read_words()["split"]) == {}


# ---- what stands on the page --------------------------------------------------------------------


def test_what_was_not_measured_is_told_and_never_0(report: BuildReport, found: Eda) -> None:
    """What other steps measure is "not measured" at each of its places, on both."""
    assert html(report, found, Measured()).count("재지 않음") == 6
    assert sheet(report, found, Measured()).lower().count("not measured") == 6
    assert "행 안에 0곳" not in html(report, found, Measured())


def test_what_was_measured_is_told(report: BuildReport, found: Eda) -> None:
    """Numbers of other steps stand on both; a measured 0 is 0, a run without tokenizer is not."""
    text = html(report, found, MEASURED)
    assert "행 안에 0곳" in text
    for told in ("75.0%", "81.8%", "91.7%", "0.957", "0.928", "95.0%", "73.4%", "81-2", "한바다"):
        assert told in text, told
    assert text.count("재지 않음: 이 컴퓨터에 토크나이저가 없음") == 1
    told_sheet = sheet(report, found, MEASURED)
    for told in ("| held | phone | 12 | 75.0% | 81.8% | 91.7% |", "rows: 0.", "한바다", "73.4%"):
        assert told in told_sheet, told
    assert "| advice-near | data/near | 512 | 70 | 301 | 640 | 81-2, 90-1 |" in told_sheet
    assert "| advice-far | somebody/far-away | 2,048 | 70 | not measured |" in told_sheet


def test_every_reason_and_count_of_the_build_is_on_both(report: BuildReport, found: Eda) -> None:
    """Nothing that was dropped or masked is left untold, and Korean readers find Korean words."""
    dropped = {"essay: no answers": 3, "point: advice number doubled": 41, "write: brand new": 5}
    told = msgspec.structs.replace(report, dropped=dropped, masked={"phone": 77, "name": 1234})
    text, told_sheet = html(told, found, Measured()), sheet(told, found, Measured())
    for words in ("답변이 없음", "조언 번호가 겹침", "brand new", "전화번호", "1,234"):
        assert words in text, words
    for line in ("| essay | no answers | 3 |", "| write | brand new | 5 |", "| phone | 77 |"):
        assert line in told_sheet, line


def test_keys_of_the_records_have_korean_words(report: BuildReport, found: Eda) -> None:
    """Splits, tasks, kinds, parts, counts and reasons are not left in English."""
    words = read_words()
    assert set(words["split"]) == set(get_args(Split))
    assert set(words["task"]) == set(get_args(AnyTask))
    firms = {edit.kind for edit in (APPLIED_TO, RELATED, OTHER, MASKED)}
    assert set(words["masked"]) >= {*KINDS, *report.masked, *firms, "all"}
    assert set(words["part"]) == set(words["part_note"]) == set(PARTS)
    assert set(words["count"]) == set(MEANINGS)
    assert set(words["distribution"]) == set(found.distributions)
    assert set(words["text"]) == set(found.lengths)
    assert report.dropped
    for reason in report.dropped:
        step, _, why = reason.partition(": ")
        assert step in words["unit"]
        assert why in words["reason"]


def test_the_stratified_check_names_the_widest_difference(report: BuildReport) -> None:
    """Job, grade and polarity are compared, with shares, sizes and the difference in points."""
    train = [essay(id=str(i), position="용접", grade=2.0) for i in (1, 2, 3)]
    test = [essay(id="4", position="항해", grade=2.0), essay(id="5", position="용접", grade=2.0)]
    counted = eda(built({"train": train, "validation": [], "test": test}))
    line = "| job | 용접 | train 100.0% of 3 | test 50.0% of 2 | 50.0 points |"
    told_sheet = sheet(report, counted, Measured())
    assert line in told_sheet
    assert "| grade | the same shares everywhere | | | |" in told_sheet
    text = html(report, counted, Measured())
    assert "50.0%p" in text
    assert text.count("모든 갈래에서 비율이 같습니다.") == 4


def test_texts_of_the_data_are_text(report: BuildReport, found: Eda) -> None:
    """Markup in an advice, a job or a permission is shown as it is, and ends no table cell."""
    harm = msgspec.structs.replace(MEASURED, permission=EVIL)
    for text in (html(report, found, harm), sheet(report, found, harm)):
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
    job_lines = [line for line in sheet(report, found, harm).split("\n") if "🛠" in line]
    assert job_lines
    assert all(line.replace("\\|", "").count("|") == 6 for line in job_lines)


def test_where_a_permission_would_be_stated_is_told(report: BuildReport, found: Eda) -> None:
    """The crawl's manifest bears the name of its file of essays."""
    silent = msgspec.structs.replace(MEASURED, permission=None)
    name = f"{report.raw_file.removesuffix('.jsonl')}.manifest.json"
    for text in (html(report, found, silent), sheet(report, found, silent)):
        assert name in text
    for text in (html(report, found, MEASURED), sheet(report, found, MEASURED)):
        assert name not in text
        assert "한바다, 2026년 1월 2일, 연구용" in text


def test_a_page_without_a_font_has_tables_and_a_cure(report: BuildReport, found: Eda) -> None:
    """No figure, no box: every table, and the package to install."""
    text, full = html(report, found, MEASURED), html(report, found, MEASURED, plots={})
    assert "fonts-nanum" in text
    assert "fonts-nanum" not in full
    assert "<img" not in text
    assert text.count("<table") == full.count("<table") > 15


def test_empty_parts_are_told_in_words(report: BuildReport) -> None:
    """Without grades, years, jobs and advice the page says so instead of an empty figure."""
    facts = {"position": None, "year": None, "grade": None}
    one = essay(questions=(question(passages=(), advice=()),), **facts)
    text = html(report, eda(built({"train": [one]})), Measured(), plots={})
    for words in (
        "직무가 적힌 자기소개서가 없어",
        "연도가 적힌 자기소개서가 없어",
        "평점이 적힌 자기소개서가 없어",
        "견줄 갈래가 둘이 되지 않습니다.",
        "조언이 하나도 없습니다.",
        "이 자료에는 연도가 적혀 있지 않습니다.",
    ):
        assert words in text, words


def test_answers_without_advice_are_called_so(report: BuildReport) -> None:
    """Where no answer has advice, the page does not speak of rows of advice."""
    bare = {split: of_rows(of, advice=0, write=7) for split, of in report.splits.items()}
    text = html(msgspec.structs.replace(report, splits=bare), report.eda, Measured())
    assert "조언이 하나도 없어 조언 행은 없고" in text
    assert "학습 7행" in text
    assert "조언 행은 없고" not in html(report, report.eda, Measured())


def of_rows(of: SplitCounts, **counts: int) -> SplitCounts:
    """Give a split other numbers of rows."""
    return msgspec.structs.replace(of, rows=of.rows | counts)


def test_invented_essays_are_called_invented(report: BuildReport) -> None:
    """A page of the replica's essays says that they are invented; another page does not."""
    for url, told in (("http://127.0.0.1:8000/x", True), ("https://www.jobkorea.co.kr/x", False)):
        counted = eda(built({"train": [essay(url=url)]}))
        assert ("지어낸 자기소개서로 만든 자료" in html(report, counted, Measured())) is told
        assert ("are invented" in sheet(report, counted, Measured())) is told


def test_writing_twice_gives_the_same_bytes(
    report: BuildReport, replica: Data, page: Path, tmp_path: Path
) -> None:
    """Both files are written, and counting again changes nothing."""
    write_pages(tmp_path, msgspec.structs.replace(report, eda=eda(replica)), MEASURED)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["DATASHEET.md", "index.html"]
    for name in ("DATASHEET.md", "index.html"):
        assert (tmp_path / name).read_bytes() == (page.parent / name).read_bytes()


# ---- in a browser -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """Start Chromium once for all tests here."""
    with chromium() as chrome:
        yield chrome


@pytest.fixture(params=[360, 1280])
def opened(request: pytest.FixtureRequest, browser: Chrome, page: Path) -> Chrome:
    """Open the page at the width of a small phone and of a desk."""
    return open_page(browser, page, width=request.param)


def test_nothing_sticks_out(opened: Chrome) -> None:
    """The page is as wide as the window; wide tables scroll in themselves."""
    wide = opened.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_figures_are_shown_and_legible(opened: Chrome) -> None:
    """Each figure is there, with letters at least ten pixels high."""
    widths = opened.execute_script(
        "return [...document.images].map(i => i.complete && i.naturalWidth ? i.width : 0)"
    )
    assert len(widths) == len(FIGURES)
    for width in widths:
        assert width / (72 * WIDTH) * LETTERS >= 10


def test_nothing_is_fetched_and_no_script_runs(opened: Chrome) -> None:
    """The page is one file, and an advice with a script in it does nothing."""
    names = opened.execute_script(
        "return performance.getEntriesByType('resource').map(e => e.name)"
    )
    assert all(name.startswith("data:") for name in names)
    assert opened.title == "자기소개서 자료 보고서"


def test_the_table_of_contents_leads_to_every_section(opened: Chrome) -> None:
    """Each entry has its section, in order, and no section is left out."""
    leads, sections = opened.execute_script(
        "return [[...document.querySelectorAll('nav a')].map(a => a.hash.slice(1)),"
        " [...document.querySelectorAll('main > section')].map(s => s.id)]"
    )
    assert leads == sections
    assert len(sections) == 8
