"""The rating page in a real browser: by keyboard, by mouse, on a phone, and after a kill."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from eval.rating.records import CRITERIA, Marks
from tests.chrome import chromium
from tests.eval.rating import SCRIPT, rating_page, ratings_in, write_rated_run

PLAIN_TITLE = "자기소개서 조언 비교"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """Start Chromium once for all tests here."""
    with chromium() as chrome:
        yield chrome


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve one page for all tests that only look."""
    root = tmp_path_factory.mktemp("run")
    write_rated_run(root)
    with rating_page(root) as (_, address):
        yield address


def size(browser: Chrome, width: int) -> None:
    """Make the window as wide as a desk's or a phone's."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def wait_for(browser: Chrome, path: str) -> None:
    """Wait until the browser has come to a page."""
    WebDriverWait(browser, 10).until(lambda at: at.current_url.endswith(path))
    assert browser.title.endswith(PLAIN_TITLE)


def press(browser: Chrome, *keys: str) -> None:
    """Press keys one after another."""
    ActionChains(browser).send_keys(*keys).perform()


def choose(browser: Chrome, name: str, value: str) -> None:
    """Click on the label of a choice, as a person does."""
    found = browser.find_element(By.CSS_SELECTOR, f'input[name="{name}"][value="{value}"] + span')
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
    found.click()


def click(browser: Chrome, words: str) -> None:
    """Click on a button or a link."""
    found = browser.find_element(By.XPATH, f'//*[self::button or self::a][text()="{words}"]')
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
    found.click()


def chosen(browser: Chrome) -> list[str]:
    """List the values that are chosen, in the order of the page."""
    found = browser.find_elements(By.CSS_SELECTOR, "input:checked")
    return [str(one.get_dom_attribute("value")) for one in found]


def console(browser: Chrome) -> list[str]:
    """Take what the browser has complained of since it was last asked."""
    entries = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in entries]


def test_a_rater_works_is_killed_and_comes_back(browser: Chrome, tmp_path: Path) -> None:
    """One pair by keyboard, one by mouse on a phone, one skipped; killed, it is all there."""
    write_rated_run(tmp_path)
    size(browser, 1280)
    with rating_page(tmp_path, "--rater", "kim") as (process, address):
        browser.get(address)
        wait_for(browser, "/pair/1")
        press(browser, *"1234554321", "2", Keys.ENTER)
        wait_for(browser, "/pair/2")
        size(browser, 390)
        for side, mark in (("first", "2"), ("second", "4")):
            for name in CRITERIA:
                choose(browser, f"{side}-{name}", mark)
        choose(browser, "verdict", "second")
        click(browser, "저장하고 다음")
        wait_for(browser, "/pair/3")
        click(browser, "건너뛰기")
        wait_for(browser, "/pair/4")
        process.send_signal(signal.SIGKILL)
        process.wait()
    with rating_page(tmp_path, "--rater", "kim") as (_, address):
        browser.get(address)
        wait_for(browser, "/pair/4")
        assert "4 / 6" in browser.find_element(By.CSS_SELECTOR, ".progress").text
        click(browser, "이전 쌍")
        wait_for(browser, "/pair/3")
        assert chosen(browser) == []
        click(browser, "이전 쌍")
        wait_for(browser, "/pair/2")
        assert chosen(browser) == ["2"] * 5 + ["4"] * 5 + ["second"]
        press(browser, Keys.ENTER)  # with the focus nowhere
        wait_for(browser, "/pair/4")
        browser.get(f"{address}pair/2")
        choose(browser, "verdict", "tie")
        click(browser, "저장하고 다음")
        wait_for(browser, "/pair/4")
    told = [(r.verdict, r.marks) for r in ratings_in(tmp_path, "kim")]
    twos, fours = Marks(2, 2, 2, 2, 2), Marks(4, 4, 4, 4, 4)
    assert told == [
        ("tie", (Marks(1, 2, 3, 4, 5), Marks(5, 4, 3, 2, 1))),
        ("second", (twos, fours)),
        ("skipped", None),
        ("tie", (twos, fours)),
    ]


def test_arrows_move_and_change(browser: Chrome, address: str) -> None:
    """Up and down go from row to row, left and right change a mark; Enter saves no half form."""
    size(browser, 1280)
    browser.get(address)
    wait_for(browser, "/pair/1")
    right, down, up, left = Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.ARROW_LEFT
    press(browser, right, right, right, down, left, up, left)
    assert chosen(browser) == ["2", "5"]
    press(browser, Keys.ENTER)
    assert browser.find_element(By.CSS_SELECTOR, ".row.current legend").text.startswith("가 ")
    browser.get(address)
    wait_for(browser, "/pair/1")
    assert chosen(browser) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_every_pair_fits_and_runs_nothing(browser: Chrome, address: str, width: int) -> None:
    """No page is wider than its window, no text runs as a script, and the browser is content."""
    size(browser, width)
    console(browser)
    for number in range(1, 7):
        browser.get(f"{address}pair/{number}")
        wait_for(browser, f"/pair/{number}")
        browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
        wide = browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        assert SCRIPT in browser.find_element(By.CSS_SELECTOR, ".question").text
    assert [said for said in console(browser) if "favicon" not in said] == []


def test_pointing_at_advice_lights_its_sentences(browser: Chrome, address: str) -> None:
    """Advice and the sentences that it speaks of are linked; its kind is told without colour."""
    size(browser, 1280)
    browser.get(address)
    advice = browser.find_element(By.CSS_SELECTOR, ".point.bad")
    ActionChains(browser).move_to_element(advice).perform()
    lit = browser.find_elements(By.CSS_SELECTOR, ".sentence.lit")
    key = advice.get_dom_attribute("id")
    chips = browser.find_elements(By.CSS_SELECTOR, f'a.chip[href="#{key}"]')
    assert len(lit) == len(chips) > 0
    assert {chip.text[0] for chip in chips} == {"−"}
    marked = lit[0].find_element(By.CSS_SELECTOR, ".text span")
    assert "dashed" in marked.value_of_css_property("border-bottom-style")
