"""The page in a real browser: it fits, it draws, its letters are there, nothing of it runs away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from eval.records import Prediction
from eval.report import main
from eval.score import main as score
from preprocess.alpaca import read_jsonl, write_jsonl
from tests.chrome import chromium, open_page
from tests.eval.rows import RUN, write_run

EVIL = "아쉬운점 1 [3] <script>document.title='깨짐'</script>" + "가" * 3000


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Score a run, one answer long and with a script in it, and write its page."""
    root = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        run = write_run(root)
        path = run.predictions_dir / "tuned.jsonl"
        first, *rest = read_jsonl(path, Prediction, cure="")
        evil = Prediction(first.id, first.source_id, first.task, "tuned", "", EVIL, "length")
        write_jsonl(path, [evil, *rest])
        assert score(["--run", RUN, "--resamples", "1000"]) == 0
        assert main(["--run", RUN, "--out", "page", "--notice", "지어낸 글입니다."]) == 0
    return root / "page" / "index.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """Start Chromium once for all tests here."""
    with chromium() as chrome:
        yield chrome


@pytest.fixture(params=[390, 1280])
def opened(request: pytest.FixtureRequest, browser: Chrome, page: Path) -> Chrome:
    """Open the page at the width of a phone and of a desk."""
    return open_page(browser, page, width=request.param)


def test_nothing_sticks_out(opened: Chrome) -> None:
    """The page is as wide as the window, with every fold open."""
    opened.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = opened.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_plots_are_drawn(opened: Chrome) -> None:
    """Each row of both plots has its dot inside a track of some width."""
    plots = opened.execute_script(
        "return [...document.querySelectorAll('.forest')].map(f => "
        "[...f.querySelectorAll('.forest-row:not(.axis)')].map(r => {"
        "const t = r.querySelector('.track').getBoundingClientRect(),"
        " d = r.querySelector('.dot').getBoundingClientRect(),"
        " i = r.querySelector('.interval').getBoundingClientRect();"
        "return [t.width, i.width, (d.left + d.right) / 2 - t.left]}))"
    )
    assert [len(rows) for rows in plots] == [7, 6]
    for track, interval, dot in (row for rows in plots for row in rows):
        assert track > 200
        assert interval > 0
        assert -1 <= dot <= track + 1


def test_numbers_of_an_axis_stay_on_one_line(opened: Chrome) -> None:
    """The number at the right end has no room to its right, and is not broken for that."""
    # Up to 0.6, so that the last number has a point at which it could break.
    heights = opened.execute_script(
        "return [...document.querySelectorAll('.axis span')].map(s => {"
        "s.textContent = '0.60'; return s.getBoundingClientRect().height})"
    )
    assert len(heights) > 8
    assert len(set(heights)) == 1


def test_korean_letters_have_glyphs(opened: Chrome) -> None:
    """Two Korean letters look different; a font without them draws the same box twice."""
    drawn = opened.execute_script(
        "return ['값', '률', '\\u{10fffe}'].map(letter => {"
        "const c = document.createElement('canvas'), x = c.getContext('2d');"
        "x.font = '40px ' + getComputedStyle(document.body).fontFamily;"
        "x.fillText(letter, 10, 60); return c.toDataURL()})"
    )
    assert len(set(drawn)) == 3


def test_script_in_an_output_does_not_run(opened: Chrome) -> None:
    """What a model wrote is shown as it is and does nothing."""
    assert opened.title == f"{RUN} – 자기소개서 조언 평가"
    texts = [p.text for p in opened.find_elements(By.CSS_SELECTOR, ".point p")]
    assert any("<script>document.title" in text for text in texts)


def test_pointing_at_advice_lights_its_sentences(opened: Chrome) -> None:
    """Advice and the sentences it speaks of are linked both ways."""
    advice = opened.find_element(By.CSS_SELECTOR, ".example .point.bad")
    opened.execute_script("arguments[0].scrollIntoView({block: 'center'})", advice)
    ActionChains(opened).move_to_element(advice).perform()
    lit = opened.find_elements(By.CSS_SELECTOR, ".sentence.lit")
    chips = opened.find_elements(By.CSS_SELECTOR, f'a.chip[href="#{advice.get_attribute("id")}"]')
    assert len(lit) == len(chips) > 0
    targets = opened.find_elements(By.CSS_SELECTOR, "a.chip")
    assert all(
        opened.find_elements(By.ID, str(t.get_dom_attribute("href")).removeprefix("#"))
        for t in targets
    )
