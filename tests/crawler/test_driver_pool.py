"""The pool of browsers, with browsers that do as they are told."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest
from selenium.common.exceptions import WebDriverException

from crawler.browser import BrowserError, BrowserRequest, DriverPool, StoppedError
from crawler.chromium import BrowsedPage, Chromium, find_browser
from crawler.outcomes import CrawlFailedError
from crawler.processes import Marks

URL = "http://127.0.0.1:1/starter/PassAssay"


class FakeChromium:
    """A browser that fails as often as it is told to, and notices two requests at once."""

    started: list[FakeChromium]
    failures = 0

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ended = 0
        self.marks = Marks(f"/nowhere/{id(self)}")

    def start(self) -> None:
        """Count the start."""
        type(self).started.append(self)

    def visit(self, request: BrowserRequest) -> BrowsedPage:
        """Answer with the request's own address."""
        assert self.lock.acquire(blocking=False), "two requests on one driver"
        time.sleep(0.005)
        self.lock.release()
        if type(self).failures > 0:
            type(self).failures -= 1
            raise WebDriverException("tab crashed")
        return BrowsedPage(request.url, 200, request.url)

    def kill(self) -> bool:
        """Count the end."""
        self.ended += 1
        return True


@pytest.fixture
def fakes() -> type[FakeChromium]:
    """Return a class of fakes of its own."""

    class Fake(FakeChromium):
        """Fakes of one test."""

        started: list[FakeChromium] = []  # noqa: RUF012 - shared on purpose

    return Fake


def make_pool(fakes: type[FakeChromium], size: int) -> DriverPool:
    """Make a pool of fakes."""
    return DriverPool(lambda: cast("Chromium", fakes()), size)


def test_each_request_gets_its_own_page(fakes: type[FakeChromium]) -> None:
    """Many requests over two browsers: never two on one, and nobody gets another's page."""
    pool = make_pool(fakes, 2)
    urls = [f"{URL}?Page={number}" for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(lambda url: pool.fetch(BrowserRequest(url=url)), urls))
    assert [page.text for page in pages] == urls
    assert len(fakes.started) == 2
    pool.close()
    assert [fake.ended for fake in fakes.started] == [1, 1]


def test_browsers_start_when_needed(fakes: type[FakeChromium]) -> None:
    """A pool that nobody asks starts nothing."""
    make_pool(fakes, 3).close()
    assert fakes.started == []


def test_one_browser_is_enough_for_one_page_at_a_time(fakes: type[FakeChromium]) -> None:
    """A second browser is not started as long as the first is idle."""
    pool = make_pool(fakes, 2)
    for number in range(3):
        pool.fetch(BrowserRequest(url=f"{URL}?Page={number}"))
    pool.close()
    assert len(fakes.started) == 1


def test_crashed_browser_is_replaced(fakes: type[FakeChromium]) -> None:
    """A crash is an error with the address, the browser is ended, and a new one takes its place."""
    fakes.failures = 1
    pool = make_pool(fakes, 1)
    with pytest.raises(BrowserError, match=f"{URL}: the browser failed: .*tab crashed"):
        pool.fetch(BrowserRequest(url=URL))
    assert [fake.ended for fake in fakes.started] == [1]
    assert pool.fetch(BrowserRequest(url=URL)).url == URL
    pool.close()
    assert [fake.ended for fake in fakes.started] == [1, 1]


def test_a_page_is_tried_once(fakes: type[FakeChromium]) -> None:
    """The pool itself asks for nothing again: only who keeps the pace may."""
    fakes.failures = 2
    pool = make_pool(fakes, 2)
    for _ in range(2):
        with pytest.raises(BrowserError, match="tab crashed"):
            pool.fetch(BrowserRequest(url=URL))
    assert fakes.failures == 0
    pool.close()


def test_closed_pool(fakes: type[FakeChromium]) -> None:
    """Where the crawl was stopped, a page that does not come is no failure of the browser's."""
    pool = make_pool(fakes, 1)
    pool.close()
    with pytest.raises(StoppedError, match="stopped"):
        pool.fetch(BrowserRequest(url=URL))
    assert fakes.started == []


def test_request_keeps_its_wishes_when_copied() -> None:
    """Scrapy copies a request for a retry: the browser's part goes along."""
    request = BrowserRequest(url=URL, wait_time=3, script="return 1", dont_filter=True)
    copy = request.replace(url=f"{URL}?Page=2")
    assert isinstance(copy, BrowserRequest)
    assert (copy.wait_time, copy.script, copy.dont_filter) == (3, "return 1", True)


def test_no_browser_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a browser, the error names the packages and the way round."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CrawlFailedError, match="chromium chromium-driver") as caught:
        find_browser()
    assert "BROWSER=never" in str(caught.value)
