"""The browser seam: scrapy-selenium's request and middleware, made to work with Selenium 4.

What differs from scrapy-selenium 0.0.7: drivers start the way Selenium 4 wants it; a pool, where
a driver serves one request at a time, so that no request gets another's page; calls run off the
reactor's thread; a crashed or hung browser is replaced, and its page is left to Scrapy's retries
(`RETRY_EXCEPTIONS`); every process is gone at the end, also when the crawl is killed
(`crawler.guard`). The pace is `crawler.pacing`'s, which stands before this middleware and after the
retries; it is told when a page was really asked for, since a browser may first have to start.
"""

from __future__ import annotations

import asyncio
import atexit
import time
from collections.abc import Callable
from queue import LifoQueue
from threading import Lock
from typing import ClassVar, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import HtmlResponse
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy_selenium import SeleniumMiddleware, SeleniumRequest
from twisted.internet.threads import deferToThread

from crawler.chromium import BROWSER_ERRORS, BrowsedPage, Chromium, find_browser
from crawler.guard import Guard
from crawler.pacing import ASKED
from crawler.processes import adopt_orphans, children, reap_orphans

STOP_POLL = 0.5  # seconds between two looks at whether the crawl is to stop


class BrowserError(Exception):
    """A page that a browser could not fetch; another one may."""


class StoppedError(IgnoreRequest):
    """A page that was not fetched because the crawl was told to stop; no news for Scrapy's log."""


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

    One that fails is ended, and another started in its place for the next request.

    Args:
        make: Makes a browser, not started yet.
        size: How many browsers there may be.

    """

    def __init__(self, make: Callable[[], Chromium], size: int) -> None:
        self._make = make
        self._idle: LifoQueue[Chromium | None] = LifoQueue()  # the last used first
        self._running: set[Chromium] = set()
        self._lock = Lock()
        self._closed = False
        adopt_orphans()
        self._not_ours = children()
        self._guard = Guard()
        for _ in range(size):
            self._idle.put(None)
        atexit.register(self.close)

    def fetch(self, request: SeleniumRequest) -> BrowsedPage:
        """Fetch a page; blocks, so it is called off the reactor's thread.

        Raises:
            BrowserError: The browser failed.
            StoppedError: The browsers were closed before the page came.

        """
        try:
            return self._fetch(request)
        except BROWSER_ERRORS as error:
            if self._closed:
                raise StoppedError(f"{request.url}: the crawl was stopped") from None
            raise BrowserError(f"{request.url}: the browser failed: {_reason(error)}") from None

    def _fetch(self, request: SeleniumRequest) -> BrowsedPage:
        """Fetch in an idle browser, and put it back; in its place nothing if it failed."""
        chromium = self._idle.get()
        kept = None
        try:
            chromium = chromium or self._make()
            if chromium not in self._running:
                self._begin(chromium)
            request.meta[ASKED] = time.monotonic()
            page = chromium.visit(request)
            kept = None if self._closed else chromium
        finally:
            if kept is None and chromium is not None:
                self._end(chromium)
            self._idle.put(kept)
        return page

    def _begin(self, chromium: Chromium) -> None:
        """Start a browser that can be ended, by `close` and by the guard, before it runs."""
        with self._lock:
            if self._closed:
                raise ConnectionAbortedError("the crawl was stopped")
            self._running.add(chromium)
        self._guard.add(chromium.marks)
        chromium.start()
        self._guard.add(chromium.marks)

    def _end(self, chromium: Chromium) -> None:
        with self._lock:
            ended = chromium not in self._running
            self._running.discard(chromium)
        if not ended and chromium.kill():
            self._guard.remove(chromium.marks)

    def close(self) -> None:
        """End every browser, also those at work, and what they left behind."""
        with self._lock:
            running = () if self._closed else tuple(self._running)
            self._closed = True
        for chromium in running:
            self._end(chromium)
        self._guard.close()
        reap_orphans(self._not_ours)
        atexit.unregister(self.close)


def _reason(error: Exception) -> str:
    """Name an error in one line; Selenium's texts go on with a stack trace."""
    text = getattr(error, "msg", None) or str(error)
    return f"{type(error).__name__}: {text.partition(chr(10))[0]}"


def _before_shutdown(act: Callable[[], None]) -> None:
    """Act before the reactor ends: a second Ctrl-C ends it at once, but it waits for threads."""
    from twisted.internet import reactor  # noqa: PLC0415 - its import chooses it, too early above

    # Twisted's stub is one argument off.
    reactor.addSystemEventTrigger("before", "shutdown", act)  # type: ignore[arg-type]


class BrowserMiddleware(SeleniumMiddleware):  # type: ignore[misc]  # scrapy-selenium has no types
    """Answers a `SeleniumRequest` with the page's source after the browser has loaded it."""

    def __init__(self, pool: DriverPool, size: int, running: Callable[[], bool]) -> None:
        self._pool = pool
        self._turns = asyncio.Semaphore(size)
        self._running = running

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
        pool = DriverPool(lambda: Chromium(paths, site, agent, timeout), size)
        middleware = cls(pool, size, lambda: bool(crawler.crawling))
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        _before_shutdown(pool.close)
        return middleware

    async def process_request(self, request: Request) -> HtmlResponse | None:
        """Fetch a browser's request off the reactor's thread; leave every other to Scrapy.

        Raises:
            BrowserError: The browser failed.
            StoppedError: The crawl was told to stop before the page came.

        """
        if not isinstance(request, SeleniumRequest):
            return None
        async with self._turns:
            page = await self._fetch(request)
        body = page.text.encode("utf-8", errors="replace")
        return HtmlResponse(
            page.url, status=page.status, body=body, encoding="utf-8", request=request
        )

    async def _fetch(self, request: SeleniumRequest) -> BrowsedPage:
        """Fetch, unless the crawl is told to stop: Scrapy would wait for a page that hangs."""
        fetching = maybe_deferred_to_future(deferToThread(self._pool.fetch, request))
        page = asyncio.ensure_future(fetching)
        while not (await asyncio.wait({page}, timeout=STOP_POLL))[0]:
            if not self._running():
                self._pool.close()
        return page.result()

    def spider_closed(self) -> None:
        """End the browsers with the crawl."""
        self._pool.close()
