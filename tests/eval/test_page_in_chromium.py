"""The page in a real browser: it fits, draws, filters, and nothing of it runs away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from eval.report import main
from eval.score import main as score
from tests.chrome import chromium, open_page
from tests.eval.report_rows import write_many
from tests.eval.rows import RUN

#: Sets a field of the browser of items, as a reader does.
SET = (
    "const f = document.querySelector('.filters')[arguments[0]]; f.value = arguments[1];"
    "f.dispatchEvent(new Event('input', {bubbles: true}))"
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Score a run, one answer long and with script in it, and write its page."""
    root = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        write_many(root)
        assert score(["--run", RUN, "--resamples", "1000", "--encoder", "none"]) == 0
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


@pytest.fixture
def desk(browser: Chrome, page: Path) -> Chrome:
    """Open the page at the width of a desk."""
    return open_page(browser, page, width=1280)


def found(browser: Chrome, count: int) -> list[str]:
    """Wait until so many items are found; return what is shown of them, ids first."""
    line = f"24개 가운데 {count}개"
    WebDriverWait(browser, 10).until(
        lambda c: c.find_element(By.CSS_SELECTOR, "#browser .found").text == line
    )
    return [a.text for a in browser.find_elements(By.CSS_SELECTOR, "#browser .example")]


def test_nothing_sticks_out(opened: Chrome) -> None:
    """The page is as wide as the window, with every fold open."""
    opened.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = opened.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_plots_are_drawn(opened: Chrome) -> None:
    """Each row of the plots has its dot inside a track of some width."""
    plots = opened.execute_script(
        "return [...document.querySelectorAll('.forest')].map(f => "
        "[...f.querySelectorAll('.forest-row:not(.axis)')].map(r => {"
        "const t = r.querySelector('.track').getBoundingClientRect(),"
        " d = r.querySelector('.dot').getBoundingClientRect(),"
        " i = r.querySelector('.interval').getBoundingClientRect();"
        "return [t.width, i.width, (d.left + d.right) / 2 - t.left]}))"
    )
    # Six systems, five differences, two jobs, two kinds of question.
    assert [len(rows) for rows in plots] == [6, 5, 2, 2]
    for track, interval, dot in (row for rows in plots for row in rows):
        assert track > 200
        assert interval > 0
        assert -1 <= dot <= track + 1


def test_bars_are_as_long_as_their_counts(opened: Chrome) -> None:
    """A bar's three pieces stand to each other as the numbers beside them."""
    bars = opened.execute_script(
        "return [...document.querySelectorAll('.bar-row')].map(r => "
        "[[...r.querySelectorAll('i')].map(i => i.getBoundingClientRect().width),"
        " r.querySelector('.bar-value').lastChild.textContent.split(' · ').map(Number)])"
    )
    assert len(bars) == 10
    assert sum(sum(counts) for _, counts in bars) > 24
    scale = max(sum(widths) for widths, _ in bars) / max(sum(counts) for _, counts in bars)
    for widths, counts in bars:
        assert widths == pytest.approx([scale * count for count in counts], abs=0.5)


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


def test_script_in_an_output_does_not_run(desk: Chrome) -> None:
    """What a model wrote is shown as it is and does nothing, in the cases and in the browser."""
    for part in (".example .point p", "#browser .point p"):
        texts = [p.text for p in desk.find_elements(By.CSS_SELECTOR, part)]
        assert any("</script><!--<script><img src=x" in text for text in texts)
    assert not desk.find_elements(By.TAG_NAME, "img")
    assert desk.title == f"{RUN} – 자기소개서 조언 평가"


def test_the_page_asks_for_nothing(desk: Chrome) -> None:
    """One file is all of the page: nothing is loaded, on opening or on looking through items."""
    desk.execute_script(SET, "text", "보람이 드러납니다")
    found(desk, 8)
    assert desk.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_items_are_found_by_text_system_job_and_score(desk: Chrome) -> None:
    """Each filter leaves the items that it names, and all of them."""
    assert len(found(desk, 24)) == 10
    desk.execute_script(SET, "text", "지원자 7-2입니다")
    assert [text.split()[0] for text in found(desk, 1)] == ["7-2"]
    desk.execute_script(SET, "text", "")
    desk.execute_script(SET, "job", "회계")
    assert all("· 회계" in text.split("\n")[0] for text in found(desk, 12))
    desk.execute_script(SET, "job", "")
    desk.execute_script(SET, "least", "1")
    assert all(" 1.000 " in text.split("\n")[0] for text in found(desk, 7))
    desk.execute_script(SET, "system", "1")
    assert found(desk, 0) == []
    desk.execute_script(SET, "least", "")
    assert all("읽을 수 없는 출력: 조언 형식이 없음" in text for text in found(desk, 24))


def test_items_are_ordered_and_paged(desk: Chrome) -> None:
    """The best stand first where that is asked, ten a page, and the last page ends."""
    desk.execute_script(SET, "order", "best")
    WebDriverWait(desk, 10).until(
        lambda c: " 1.000 " in c.find_element(By.CSS_SELECTOR, "#browser .example h3").text
    )
    back, on = desk.find_elements(By.CSS_SELECTOR, ".pages button")
    assert not back.is_enabled()
    for _ in range(2):
        on.click()
    assert not on.is_enabled()
    shown = desk.find_elements(By.CSS_SELECTOR, "#browser .example h3")
    assert len(shown) == 4
    assert " 0.000 " in shown[-1].text


def test_pointing_at_advice_lights_its_sentences(opened: Chrome) -> None:
    """Advice and the sentences it speaks of are linked both ways, in the browser too."""
    for within in ("", "#browser "):
        advice = opened.find_element(By.CSS_SELECTOR, f"{within}.example .point.bad")
        opened.execute_script("arguments[0].scrollIntoView({block: 'center'})", advice)
        ActionChains(opened).move_to_element(advice).perform()
        lit = opened.find_elements(By.CSS_SELECTOR, ".sentence.lit")
        key = advice.get_attribute("id")
        chips = opened.find_elements(By.CSS_SELECTOR, f'a.chip[href="#{key}"]')
        assert len(lit) == len(chips) > 0
    targets = opened.find_elements(By.CSS_SELECTOR, "a.chip")
    assert all(
        opened.find_elements(By.ID, str(t.get_dom_attribute("href")).removeprefix("#"))
        for t in targets
    )
