"""The spider of 합격자소서: robots.txt, then the lists, then the essays that are new.

Lists come before essays, so that an essay found in several lists carries them all when it is
written. A page that is kept from an earlier crawl is not asked for again. Started by
`python -m crawler.crawl`, which checks permission, browser and output.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, ParamSpec, Self, TypeVar

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from crawler.browser import BrowserRequest, StoppedError
from crawler.intake import GO_ON, Intake, now
from crawler.items import Essay, RecordError
from crawler.outcomes import CrawlError, CrawlFailedError, RefusedError
from crawler.output import EssayFile
from crawler.pacing import PAUSED_SECONDS, PAUSES
from crawler.page_store import PageStore
from crawler.pages import (
    ListPage,
    MissingEssayError,
    PageError,
    RefusedPageError,
    TruncatedPageError,
    parse_essay,
    parse_list,
)
from crawler.plan import CrawlPlan, list_url, pick_codes, robots_url
from crawler.politeness import refusal_by_status, robots_refusal
from crawler.retries import ask_again, refusal, told
from crawler.robots import ai_objections
from crawler.tally import Tally
from crawler.walks import Walks

FIRST_ERROR = 400
GONE = (404, 410)
RETRIES = "retry/count"  # Scrapy's own count
P = ParamSpec("P")
T = TypeVar("T")


class PassAssaySpider(Spider):
    """Crawls one plan and counts into one tally."""

    name = "passassay"

    def __init__(
        self,
        plan: CrawlPlan | None = None,
        tally: Tally | None = None,
        essays: EssayFile | None = None,
        pages: PageStore | None = None,
    ) -> None:
        super().__init__()
        if plan is None or tally is None or essays is None or pages is None:
            raise CrawlFailedError(
                "this spider needs a plan; start it with python -m crawler.crawl"
            )
        self.plan = plan
        self.tally = tally
        self.essays = essays
        self.walks = Walks({}, essays.known, plan.limit)
        self.intake = Intake(tally, pages, self.walks)
        self.field_codes: tuple[str, ...] = ()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider, and have it told of errors that nobody foresaw."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_surprise, signals.spider_error)
        crawler.signals.connect(spider.on_surprise, signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Begin with robots.txt: Scrapy obeys its paths, we read what else it says."""
        yield Request(
            robots_url(self.plan),
            callback=self.parse_robots,
            errback=self.on_failure,
            meta={"dont_obey_robotstxt": True},
        )

    def parse_robots(self, response: Response) -> Iterator[Request]:
        """Note objections to AI training, and go on to the filter panel of all essays."""
        refusal = robots_refusal(response.status)
        if refusal:
            raise self._stop(RefusedError(f"{response.url}: {refusal}; {GO_ON}"))
        if response.status < FIRST_ERROR:
            self.tally.objections.extend(ai_objections(_text(response)))
        yield self._list_request(list_url(self.plan, 1), self.parse_panel)

    def parse_panel(self, response: Response) -> Iterator[Essay | Request]:
        """Turn the names of types and fields into codes, and start the first list."""
        page = self._read_list(response)
        if isinstance(page, Request):
            yield page
            return
        panel, plan = page.codes, self.plan
        try:
            types = pick_codes(panel, "Co", plan.types, response.url)
            fields = pick_codes(panel, "Part", plan.fields, response.url)
        except CrawlError as error:
            raise self._stop(error) from None
        self.field_codes = tuple(fields.values())
        self.walks = self.intake.walks = Walks(types, self.essays.known, plan.limit)
        self.tally.lists = self.walks.counts
        yield from self._next_requests()

    def parse_list_page(self, response: Response) -> Iterator[Essay | Request]:
        """Note the essays of a list page, and go on to the next page, list or essay."""
        page = self._read_list(response)
        if isinstance(page, Request):
            yield page
            return
        self.walks.note(page)
        yield from self._next_requests()

    def _next_requests(self) -> Iterator[Essay | Request]:
        walk = self.walks.current()
        if walk is None:
            yield from self._essay_requests()
        else:
            url = list_url(self.plan, walk.page, type_code=walk.code, field_codes=self.field_codes)
            yield self._list_request(url, self.parse_list_page)

    def _essay_requests(self) -> Iterator[Essay | Request]:
        """Read the new essays whose pages are kept, and ask for the others."""
        new = self.walks.wanted()
        self.tally.known = len(self.walks.urls.keys() & self.essays.known)
        self.intake.begin(len(new))
        for number in new:
            essay = self._taking_in(self.intake.read_kept_page, number)
            if essay is None:
                yield self._essay_request(number, in_browser=self.plan.browser == "always")
            else:
                yield essay

    def parse_essay_page(
        self, response: Response, number: str, *, in_browser: bool
    ) -> Iterator[Essay | Request]:
        """Read an essay; one that is not in the HTML is tried in the browser."""
        self._check_welcome(response)
        self._show_refusals()
        if response.status in GONE:
            self.intake.gone(number)
        elif response.status >= FIRST_ERROR:
            reason = f"{response.url}: status {response.status}"
            self._taking_in(self.intake.unfetched, reason)
        else:
            yield from self._read_essay(response, number, in_browser=in_browser)

    def _read_essay(
        self, response: Response, number: str, *, in_browser: bool
    ) -> Iterator[Essay | Request]:
        text, came = _text(response), now()
        try:
            essay = parse_essay(text, response.url, crawled_at=came)
        except RefusedPageError as error:
            raise self._stop(RefusedError(f"{error}; {GO_ON}")) from None
        except MissingEssayError:
            self.intake.gone(number)
        except PageError as error:
            yield from self._try_again(response, error, number, in_browser=in_browser)
        else:
            taken = self._taking_in(self.intake.take_in, essay, number, text)
            if taken is not None:
                self.intake.keep_page(number, response.url, text, at=came)
                yield taken

    def _try_again(
        self, response: Response, error: PageError, number: str, *, in_browser: bool
    ) -> Iterator[Request]:
        """Fetch a cut page again, then any page in the browser; one that stays unread is kept."""
        again = self._again(response, error)
        if again is not None:
            yield again
        elif in_browser or self.plan.browser == "never":
            self.intake.keep_page(number, response.url, _text(response), at=now())
            self._taking_in(self.intake.unreadable, str(error))
        else:
            self.tally.through_browser += 1
            yield self._essay_request(number, in_browser=True)

    def _again(self, response: Response, error: PageError) -> Request | None:
        """Return the request to be sent again, while a cut page has retries left."""
        if not isinstance(error, TruncatedPageError) or response.request is None:
            return None
        again = ask_again(response.request, self._most_retries())
        if again is not None and self.crawler.stats is not None:
            self.crawler.stats.inc_value(RETRIES)
        return again

    def on_failure(self, failure: Failure) -> Iterator[Request]:
        """Take note of a request that brought no page at all.

        A generator of nothing: an errback that raises has Scrapy log the failure with a traceback,
        and a generator raises only later.
        """
        if isinstance(failure.value, StoppedError):
            return  # whoever stopped the crawl has told why
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        refused = refusal(request, failure.value)
        if refused is not None:
            raise self._stop(RefusedError(f"{refused}; {GO_ON}"))
        reason = told(request, failure.value, self._most_retries())
        if "number" not in request.cb_kwargs:
            raise self._stop(CrawlFailedError(f"{reason}; is the site up? {GO_ON}"))
        self._taking_in(self.intake.unfetched, reason)
        yield from ()

    def on_surprise(self, failure: Failure) -> None:
        """Let an error that nobody foresaw fail the crawl; Scrapy has logged it."""
        self.tally.stop(CrawlFailedError(f"unforeseen: {failure.getErrorMessage()}; {GO_ON}"))

    def closed(self, reason: str) -> None:
        """Take note of what was counted elsewhere, and of an end that came early."""
        self.intake.end()
        self.tally.ended = True
        self.essays.types = self.walks.types
        self.tally.retries = self._stat(RETRIES)
        self.tally.pauses = self._stat(PAUSES)
        self.tally.paused_seconds = self._stat(PAUSED_SECONDS)
        if reason != "finished":
            self.tally.stop(CrawlFailedError(f"stopped early ({reason}); {GO_ON}"))

    def _read_list(self, response: Response) -> ListPage | Request:
        """Read a list page; one that was cut gives the request for it again."""
        self._check_welcome(response)
        try:
            return parse_list(_text(response), response.url)
        except RefusedPageError as error:
            raise self._stop(RefusedError(f"{error}; {GO_ON}")) from None
        except PageError as error:
            again = self._again(response, error)
            if again is not None:
                return again
            status = f"{response.url}: status {response.status}; is the site up?"
            reason = status if response.status >= FIRST_ERROR else f"{error};"
            raise self._stop(CrawlFailedError(f"{reason} {GO_ON}")) from None

    def _check_welcome(self, response: Response) -> None:
        refusal = refusal_by_status(response.status)
        if refusal:
            raise self._stop(RefusedError(f"{response.url}: {refusal}; {GO_ON}"))

    def _stop(self, error: CrawlError) -> CloseSpider:
        self.tally.stop(error)
        return CloseSpider(type(error).__name__)

    def _taking_in(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Take a step of the intake, and stop the crawl where it says that this is the end."""
        try:
            return step(*args, **kwargs)
        except (CrawlFailedError, RecordError) as error:
            failed = error if isinstance(error, CrawlFailedError) else CrawlFailedError(str(error))
            raise self._stop(failed) from None

    def _show_refusals(self) -> None:
        self.intake.show(refusals=self._stat(PAUSES), retries=self._stat(RETRIES))

    def _stat(self, name: str) -> int:
        stats = self.crawler.stats
        assert stats is not None
        return int(stats.get_value(name, 0))

    def _most_retries(self) -> int:
        return self.settings.getint("RETRY_TIMES")

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
