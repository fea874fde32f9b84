"""The browser seam: scrapy-selenium's request and middleware, made to work with Selenium 4.

What differs from scrapy-selenium 0.0.7: drivers start the way Selenium 4 wants it; a pool, where
a driver serves one request at a time, so that no request gets another's page; calls run off the
reactor's thread; a crashed or hung browser is replaced and its page tried again; every process is
gone at the end. The pace is `crawler.politeness`'s, which stands before this middleware.
"""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock
from typing import ClassVar, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy_selenium import SeleniumMiddleware, SeleniumRequest
from twisted.internet.threads import deferToThread

from crawler.chromium import BROWSER_ERRORS, BrowsedPage, Chromium, find_browser
from crawler.processes import adopt_orphans, children, end_children

ATTEMPTS = 3


class BrowserError(Exception):
    """A page that no browser could fetch."""


class BrowserRequest(SeleniumRequest):  # type: ignore[misc]  # scrapy-selenium has no types
    """A request for the browser that keeps what it asks for when Scrapy copies it for a retry."""

    attributes: ClassVar[tuple[str, ...]] = (
        *Request.attributes,
        "wait_time",
        "wait_until",
        "screenshot",
        "script",
    )


class DriverPool:
    """Browsers, started when first needed, each lent to one request at a time.

    Args:
        start: Starts a browser.
        size: How many browsers there may be.

    """

    def __init__(self, start: Callable[[], Chromium], size: int) -> None:
        self._start = start
        self._idle: SimpleQueue[Chromium | None] = SimpleQueue()
        self._running: set[Chromium] = set()
        self._lock = Lock()
        self._closed = False
        adopt_orphans()
        self._not_ours = children()
        for _ in range(size):
            self._idle.put(None)
        atexit.register(self.close)

    def fetch(self, request: SeleniumRequest) -> BrowsedPage:
        """Fetch a page; blocks, so it is called off the reactor's thread.

        Raises:
            BrowserError: Every attempt failed, each in a browser of its own.

        """
        failure: BaseException | None = None
        for _ in range(ATTEMPTS):
            if self._closed:
                break
            try:
                return self._attempt(request)
            except BROWSER_ERRORS as error:
                failure = error
        reason = str(failure).splitlines()[0] if failure else "the browser is closed"
        raise BrowserError(f"{request.url}: {ATTEMPTS} attempts in the browser failed: {reason}")

    def _attempt(self, request: SeleniumRequest) -> BrowsedPage:
        """Fetch in an idle browser, and put it back; in its place nothing if it failed."""
        chromium = self._idle.get()
        kept = None
        try:
            chromium = chromium or self._begin()
            page = chromium.visit(request)
            kept = None if self._closed else chromium
        finally:
            if kept is None and chromium is not None:
                self._end(chromium, chromium.kill)
            self._idle.put(kept)
        return page

    def _begin(self) -> Chromium:
        chromium = self._start()
        with self._lock:
            self._running.add(chromium)
        return chromium

    def _end(self, chromium: Chromium, how: Callable[[], None]) -> None:
        with self._lock:
            ended = chromium not in self._running
            self._running.discard(chromium)
        if not ended:
            how()

    def close(self) -> None:
        """End every browser, also those at work, and what they left behind."""
        if self._closed:
            return
        self._closed = True
        for chromium in tuple(self._running):
            self._end(chromium, chromium.quit)
        end_children(children() - self._not_ours)
        atexit.unregister(self.close)


class BrowserMiddleware(SeleniumMiddleware):  # type: ignore[misc]  # scrapy-selenium has no types
    """Answers a `SeleniumRequest` with the page's source after the browser has loaded it."""

    def __init__(self, pool: DriverPool, size: int) -> None:
        self._pool = pool
        self._turns = asyncio.Semaphore(size)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware from `CRAWL_BROWSER`, `CRAWL_SITE` and `BROWSER_*`.

        Raises:
            NotConfigured: The crawl goes without a browser.
            CrawlFailedError: There is no browser on this machine.

        """
        settings = crawler.settings
        if settings["CRAWL_BROWSER"] == "never":
            raise NotConfigured
        paths = find_browser()
        site, agent = settings["CRAWL_SITE"], settings["USER_AGENT"]
        timeout = settings.getfloat("BROWSER_PAGE_TIMEOUT")
        size = settings.getint("BROWSER_POOL_SIZE")
        middleware = cls(DriverPool(lambda: Chromium(paths, site, agent, timeout), size), size)
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    async def process_request(self, request: Request) -> HtmlResponse | None:
        """Fetch a browser's request off the reactor's thread; leave every other to Scrapy.

        Raises:
            BrowserError: The page could not be fetched.

        """
        if not isinstance(request, SeleniumRequest):
            return None
        async with self._turns:
            page = await maybe_deferred_to_future(deferToThread(self._pool.fetch, request))
        body = page.text.encode("utf-8", errors="replace")
        return HtmlResponse(
            page.url, status=page.status, body=body, encoding="utf-8", request=request
        )

    def spider_closed(self) -> None:
        """End the browsers with the crawl."""
        self._pool.close()
