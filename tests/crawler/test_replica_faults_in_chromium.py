"""Faulty pages in a real headless Chromium. Without one these tests fail: install it."""

from __future__ import annotations

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver

from crawler.browser import BrowserRequest, DriverPool
from crawler.chromium import Chromium, find_browser
from crawler.items import Essay
from crawler.outcomes import CrawlFailedError
from crawler.pages import parse_essay
from crawler.replica.faults import FaultySite, parse_faults
from crawler.replica.server import serve
from tests.crawler.faulty import PATIENCE, view
from tests.crawler.invented import as_crawled, make_essays

AGENT = "jasoseo-research/test"


@pytest.fixture
def essays() -> list[Essay]:
    """Return an essay; fail, and say what to install, where there is no browser."""
    try:
        find_browser()
    except CrawlFailedError as error:
        pytest.fail(str(error), pytrace=False)
    return make_essays(1)


@pytest.mark.parametrize("name", ["alert", "layer"])
def test_page_in_chromium(name: str, essays: list[Essay]) -> None:
    """Neither dialogs nor a layer stop it: the essay is read from the source."""

    def ready(driver: WebDriver) -> bool:
        dialogs = "return document.readyState === 'complete' && window.answered !== undefined"
        covered = "return document.elementFromPoint(9, 9).closest('.loginLy') !== null"
        return bool(driver.execute_script(dialogs if name == "alert" else covered))

    with serve(FaultySite(essays, faults=parse_faults(name))) as site:
        pool = DriverPool(lambda: Chromium(find_browser(), site, AGENT, PATIENCE), 1)
        try:
            url = f"{site}{view(50_000)}"
            page = pool.fetch(BrowserRequest(url=url, wait_until=ready, wait_time=PATIENCE))
        finally:
            pool.close()
        essay = parse_essay(page.text, url, crawled_at=None)
        assert {essay.id: essay} == as_crawled(essays, site, ())
    assert page.status == 200
