"""The spider of 합격자소서: walks the lists first, then fetches the essays that are new.

Lists come before essays, so that an essay found in several lists carries them all when it is
written. Started by `python -m crawler.crawl`, which checks permission, browser and output.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Self

import msgspec
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response, TextResponse
from tqdm import tqdm
from twisted.python.failure import Failure

from crawler.browser import BrowserRequest
from crawler.items import Essay
from crawler.outcomes import CrawlError, CrawlFailedError, RefusedError
from crawler.output import EssayFile
from crawler.pages import (
    ListPage,
    MissingEssayError,
    PageError,
    RefusedPageError,
    parse_essay,
    parse_list,
)
from crawler.plan import CrawlPlan, list_url, pick_codes
from crawler.politeness import refusal_by_status
from crawler.tally import Tally
from crawler.walks import Walks

FIRST_ERROR = 400
GONE = (404, 410)
FAILURES_IN_A_ROW = 5
GO_ON = "what was saved is kept, and the same command goes on from there"


class PassAssaySpider(Spider):
    """Crawls one plan and counts into one tally."""

    name = "passassay"

    def __init__(
        self,
        plan: CrawlPlan | None = None,
        tally: Tally | None = None,
        essays: EssayFile | None = None,
    ) -> None:
        super().__init__()
        if plan is None or tally is None or essays is None:
            raise CrawlFailedError(
                "this spider needs a plan; start it with python -m crawler.crawl"
            )
        self.plan = plan
        self.tally = tally
        self.essays = essays
        self.walks = Walks({}, essays.known, plan.limit)
        self.field_codes: tuple[str, ...] = ()
        self.failures = 0
        self.bar = tqdm(unit="essay", disable=True)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider, and have it told of errors that nobody foresaw."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_surprise, signals.spider_error)
        crawler.signals.connect(spider.on_surprise, signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Begin with the filter panel of the list of everything."""
        yield self._list_request(list_url(self.plan, 1), self.parse_panel)

    def parse_panel(self, response: Response) -> Iterator[Request]:
        """Turn the names of types and fields into codes, and start the first list."""
        panel = self._read_list(response).codes
        plan = self.plan
        try:
            types = pick_codes(panel, "Co", plan.types, response.url)
            fields = pick_codes(panel, "Part", plan.fields, response.url)
        except CrawlError as error:
            raise self._stop(error) from None
        self.field_codes = tuple(fields.values())
        self.walks = Walks(types, self.essays.known, plan.limit)
        self.tally.lists = self.walks.counts
        yield from self._next_requests()

    def parse_list_page(self, response: Response) -> Iterator[Request]:
        """Note the essays of a list page, and go on to the next page, list or essay."""
        self.walks.note(self._read_list(response))
        yield from self._next_requests()

    def _next_requests(self) -> Iterator[Request]:
        walk = self.walks.current()
        if walk is None:
            yield from self._essay_requests()
        else:
            url = list_url(self.plan, walk.page, type_code=walk.code, field_codes=self.field_codes)
            yield self._list_request(url, self.parse_list_page)

    def _essay_requests(self) -> Iterator[Request]:
        """Ask for the essays that are new."""
        new = self.walks.wanted()
        self.tally.known = len(self.walks.urls.keys() & self.essays.known)
        self.tally.planned = len(new)
        self.bar = tqdm(total=len(new), unit="essay", disable=None)
        for number in new:
            yield self._essay_request(number, in_browser=self.plan.browser == "always")

    def parse_essay_page(
        self, response: Response, number: str, *, in_browser: bool
    ) -> Iterator[Essay | Request]:
        """Read an essay; one that is not in the HTML is tried in the browser."""
        self._check_welcome(response)
        self.failures = 0
        if response.status in GONE:
            self._finish(self.tally.gone, self.walks.urls[number])
        elif response.status >= FIRST_ERROR:
            self._fail(f"{response.url}: status {response.status}; try again later")
        else:
            yield from self._read_essay(response, number, in_browser=in_browser)

    def _read_essay(
        self, response: Response, number: str, *, in_browser: bool
    ) -> Iterator[Essay | Request]:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            essay = parse_essay(_text(response), response.url, crawled_at=now)
        except RefusedPageError as error:
            raise self._stop(RefusedError(f"{error}; {GO_ON}")) from None
        except MissingEssayError:
            self._finish(self.tally.gone, self.walks.urls[number])
        except PageError as error:
            if in_browser or self.plan.browser == "never":
                self._finish(self.tally.unreadable, str(error))
            else:
                self.tally.through_browser += 1
                yield self._essay_request(number, in_browser=True)
        else:
            yield from self._keep(essay, number)

    def _keep(self, essay: Essay, number: str) -> Iterator[Essay]:
        url = self.walks.urls[number]
        if essay.id != number:
            self._finish(self.tally.unreadable, f"{url}: essay {essay.id} came in its place")
            return
        self.tally.saved += 1
        self.bar.update()
        types = tuple(self.walks.types[number])
        yield msgspec.structs.replace(essay, url=url, company_types=types)

    def on_failure(self, failure: Failure) -> None:
        """Take note of a request that brought no page at all."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        reason = f"{request.url}: {failure.getErrorMessage()}"
        if isinstance(failure.value, IgnoreRequest) and "robots.txt" in failure.getErrorMessage():
            raise self._stop(
                RefusedError(f"{request.url}: robots.txt does not allow our visit; {GO_ON}")
            )
        if "number" not in request.cb_kwargs:
            raise self._stop(CrawlFailedError(f"{reason}; is the site up? {GO_ON}"))
        self._fail(f"{reason}; try again later")

    def on_surprise(self, failure: Failure) -> None:
        """Let an error that nobody foresaw fail the crawl; Scrapy has logged it."""
        self.tally.stop(CrawlFailedError(f"unforeseen: {failure.getErrorMessage()}; {GO_ON}"))

    def closed(self, reason: str) -> None:
        """Take note of an end that came early."""
        self.bar.close()
        if reason != "finished":
            self.tally.stop(CrawlFailedError(f"stopped early ({reason}); {GO_ON}"))

    def _read_list(self, response: Response) -> ListPage:
        self._check_welcome(response)
        try:
            return parse_list(_text(response), response.url)
        except RefusedPageError as error:
            raise self._stop(RefusedError(f"{error}; {GO_ON}")) from None
        except PageError as error:
            raise self._stop(CrawlFailedError(f"{error}; {GO_ON}")) from None

    def _check_welcome(self, response: Response) -> None:
        refusal = refusal_by_status(response.status)
        if refusal:
            raise self._stop(RefusedError(f"{response.url}: {refusal}; {GO_ON}"))

    def _stop(self, error: CrawlError) -> CloseSpider:
        self.tally.stop(error)
        return CloseSpider(type(error).__name__)

    def _fail(self, reason: str) -> None:
        self._finish(self.tally.unfetched, reason)
        self.failures += 1
        if self.failures >= FAILURES_IN_A_ROW:
            raise self._stop(
                CrawlFailedError(f"{self.failures} failures in a row: {reason}; {GO_ON}")
            )

    def _finish(self, heap: list[str], reason: str) -> None:
        heap.append(reason)
        self.bar.update()

    def _list_request(self, url: str, callback: Callable[..., Any]) -> Request:
        kind = Request if self.plan.browser == "never" else BrowserRequest
        return kind(url=url, callback=callback, errback=self.on_failure, dont_filter=True)

    def _essay_request(self, number: str, *, in_browser: bool) -> Request:
        kind = BrowserRequest if in_browser else Request
        return kind(
            url=self.walks.urls[number],
            callback=self.parse_essay_page,
            errback=self.on_failure,
            cb_kwargs={"number": number, "in_browser": in_browser},
            dont_filter=True,
        )


def _text(response: Response) -> str:
    return response.text if isinstance(response, TextResponse) else ""
