"""The peer of the browser benchmark: one driver, called in the reactor's thread.

    python -m benchmarks.blocking_driver --site http://127.0.0.1:8017 --limit 300

crawls as our own command does, but what goes through the browser is fetched the way scrapy-selenium
0.0.7 does it: `driver.get` inside `process_request`, which blocks everything else meanwhile. (The
package itself cannot start on Selenium 4.10 and later.)
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse
from scrapy_selenium import SeleniumMiddleware, SeleniumRequest

from crawler.chromium import Chromium, find_browser
from crawler.crawl import crawl
from crawler.output import open_essays
from crawler.plan import CrawlPlan
from crawler.tally import Tally

NAME = "benchmarks.blocking_driver.BlockingMiddleware"
TIMEOUT = 30.0


class BlockingMiddleware(SeleniumMiddleware):  # type: ignore[misc]  # scrapy-selenium has no types
    """Fetches a browser's request at once, in the reactor's thread."""

    def __init__(self, site: str, agent: str) -> None:
        self._chromium = Chromium(find_browser(), site, agent, TIMEOUT)
        self._chromium.start()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Start the one driver."""
        middleware = cls(crawler.settings["CRAWL_SITE"], crawler.settings["USER_AGENT"])
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    def process_request(self, request: Request) -> HtmlResponse | None:
        """Fetch, and let everything wait."""
        if not isinstance(request, SeleniumRequest):
            return None
        page = self._chromium.visit(request)
        body = page.text.encode("utf-8", errors="replace")
        return HtmlResponse(
            page.url, status=page.status, body=body, encoding="utf-8", request=request
        )

    def spider_closed(self) -> None:
        """End the driver."""
        self._chromium.kill()


def main(arguments: Sequence[str] | None = None) -> int:
    """Crawl with the one driver; exit code 1 if that failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.blocking_driver")
    parser.add_argument("--site", required=True)
    parser.add_argument("--limit", type=int, required=True)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "essays.jsonl"
        plan = CrawlPlan(
            site=options.site,
            types=(),
            fields=(),
            analysed=False,
            limit=options.limit,
            browser="always",
            permission=None,
            out=out,
            fresh=False,
        )
        tally = Tally()
        middlewares = {"crawler.browser.BrowserMiddleware": None, NAME: 800}
        with open_essays(out, plan.site, fresh=False) as essays:
            crawl(plan, essays, tally, overrides={"DOWNLOADER_MIDDLEWARES": middlewares})
    error = tally.verdict(plan.site)
    print(error or f"{tally.saved} essays saved")
    return 0 if error is None else 1


if __name__ == "__main__":
    sys.exit(main())
