"""The page's tables in a real browser: they fit a phone, or show that they go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from selenium.webdriver import Chrome
from selenium.webdriver.remote.webelement import WebElement

from eval.judging.people import QUADRATIC
from eval.pages.page import Frame, make_page
from eval.pages.results import Beside, read_scored
from eval.rating.records import Agreement
from eval.records import Estimate, Unscored
from eval.report import render
from eval.score import main as score
from tests.chrome import chromium, open_page
from tests.eval.report_rows import write_many
from tests.eval.rows import RUN
from tests.eval.test_report_parts import judge_result, kobest_result, people_result

#: The rightmost pixels of paper with nothing on it.
PAPER = (253, 252, 250)
#: What stands right below the headings that hold a word.
BELOW = (
    "return [...document.querySelectorAll('h2, h3')]"
    ".filter(h => h.textContent.includes(arguments[0])).map(h => h.nextElementSibling)"
)
#: The words of a table's heads that stand on more than one line.
BROKEN = """
const broken = [];
for (const head of document.querySelectorAll('thead th')) {
  const node = head.firstChild;
  for (const word of node.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
    const range = document.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    if (range.getClientRects().length !== 1) broken.push(word[0]);
  }
}
return broken;
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a page that tells of judge, people and KoBEST, with the longest labels there are."""
    people = msgspec.structs.replace(
        people_result(),
        with_judge=(
            Agreement("actionable", QUADRATIC, 3, Estimate(-0.25, -0.5, 0.1)),
            Agreement("valid", QUADRATIC, 0, Unscored("no item was rated twice")),
        ),
    )
    root = tmp_path_factory.mktemp("tables")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        run = write_many(root)
        assert score(["--run", RUN, "--resamples", "1000", "--encoder", "none"]) == 0
        beside = Beside(RUN, f"RUN={RUN}", None, judge_result(), people, kobest_result())
        told = replace(read_scored(run), beside=(beside,))
    path = root / "index.html"
    path.write_text(render(make_page(told, Frame(RUN, "", ()))), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """Start Chromium once for all tests here."""
    with chromium() as chrome:
        yield chrome


@pytest.fixture
def phone(browser: Chrome, page: Path) -> Chrome:
    """Open the page at the width of a phone, every fold open."""
    opened = open_page(browser, page, width=390)
    opened.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    return opened


def edge(table: WebElement) -> tuple[int, ...]:
    """Tell the middle colour of a line just within a table's right edge."""
    pixels = np.asarray(Image.open(BytesIO(table.screenshot_as_png)).convert("RGB"))
    return tuple(int(channel) for channel in np.median(pixels[:, -3], axis=0))


def test_agreement_is_in_view_on_a_phone(phone: Chrome) -> None:
    """Both tables of agreement show their values without being moved, reasons and all."""
    tables = phone.execute_script(BELOW, "일치도")
    assert len(tables) == 2
    for table in tables:
        wide = "return arguments[0].scrollWidth - arguments[0].clientWidth"
        assert phone.execute_script(wide, table) == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_heads_break_between_words(browser: Chrome, page: Path, width: int) -> None:
    """No head of any table is broken by letters, whatever stands below it."""
    opened = open_page(browser, page, width=width)
    opened.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    heads = opened.execute_script("return document.querySelectorAll('thead th').length")
    assert heads > 60
    assert opened.execute_script(BROKEN) == []


def test_a_table_that_goes_on_shows_it(phone: Chrome) -> None:
    """The first table is shadowed where it is cut off, and no more once it is moved to its end."""
    (table,) = phone.execute_script(BELOW, "전체 결과")
    assert max(edge(table)) < min(PAPER) - 20
    phone.execute_script("arguments[0].scrollLeft = 9999", table)
    assert edge(table) == PAPER


def test_a_table_that_fits_has_no_shadow(phone: Chrome) -> None:
    """What is all in view looks as if it were."""
    for table in phone.execute_script(BELOW, "일치도"):
        assert edge(table) == PAPER
