"""The browser seam inside Scrapy: off the reactor's thread, and nothing left at the end."""

from __future__ import annotations

import signal
import tempfile
import threading
from pathlib import Path

import pytest

from crawler.replica.server import Reply, serve
from tests.crawler.commands import PATIENCE
from tests.crawler.few_pages import Pages, html
from tests.crawler.forks import run_python
from tests.crawler.leftovers import nothing_left

SPIDER = """
import os, sys
from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from crawler.browser import BrowserRequest

class Visits(Spider):
    name = "visits"

    async def start(self):
        for path in sys.argv[3:]:
            kind = Request if path == "plain" else BrowserRequest
            yield kind(url=f"{sys.argv[1]}/{path}")

    def parse(self, response):
        print(response.css("p::text").get(), flush=True)
        exec(sys.argv[2])

process = CrawlerProcess({
    "CRAWL_BROWSER": "always", "CRAWL_SITE": sys.argv[1], "LOG_LEVEL": "ERROR",
    "BROWSER_POOL_SIZE": 2, "BROWSER_PAGE_TIMEOUT": 100,
    "DOWNLOADER_MIDDLEWARES": {"crawler.browser.BrowserMiddleware": 800},
})
process.crawl(Visits)
process.start()
"""


def test_two_pages_at_a_time_off_the_reactor() -> None:
    """Two pages in browsers and one over HTTP are under way together: none comes before all."""
    together = threading.Barrier(3)

    def page(_: int) -> Reply:
        try:
            together.wait(PATIENCE / 4)
        except threading.BrokenBarrierError:
            return html("<p>alone</p>")
        return html("<p>together</p>")

    with serve(Pages({"/one": page, "/two": page, "/plain": page})) as site:
        done = run_python("-c", SPIDER, site, "pass", "one", "two", "plain")
    assert (done.stdout.split(), done.stderr) == (["together"] * 3, "")


@pytest.mark.parametrize(
    ("end", "code"),
    [("raise RuntimeError('unforeseen')", 0), ("os._exit(7)", 7), ("os.abort()", -signal.SIGABRT)],
)
def test_error_in_the_spider(end: str, code: int) -> None:
    """Whatever goes wrong in the spider, no process and no file is left of the browsers."""
    pages = Pages({"/page": lambda _: html("<p>page</p>")})
    with tempfile.TemporaryDirectory(prefix="j-") as name, serve(pages) as site:
        environment = {"TMPDIR": name}
        done = run_python("-c", SPIDER, site, end, "page", environment=environment)
        assert (done.returncode, done.stdout) == (code, "page\n")
        assert nothing_left(Path(name))
