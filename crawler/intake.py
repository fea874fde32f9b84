"""What becomes of the pages that a crawl gets: kept, read, held against what is known, counted."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from tqdm import tqdm

from crawler.items import Essay
from crawler.markup import parse_tree
from crawler.outcomes import CrawlFailedError
from crawler.page_store import Fetched, PageStore, StoredPage
from crawler.pages import PageError, parse_essay, written_number
from crawler.tally import Tally
from crawler.vocabulary import unknown_in
from crawler.walks import Walks

FAILURES_IN_A_ROW = 5
UNREADABLE_IN_A_ROW = 20  # the site has changed: no need to ask it for every page
GO_ON = "what was saved is kept, and the same command goes on from there"


class Intake:
    """The desk where pages arrive.

    Args:
        tally: Counts what happens.
        pages: Where pages are kept.
        walks: The walked lists, which know each essay's address, lists and grade.

    """

    def __init__(self, tally: Tally, pages: PageStore, walks: Walks) -> None:
        self.tally = tally
        self.walks = walks
        self._pages = pages
        self._failures = 0
        self._bar = tqdm(unit="essay", disable=True)

    def begin(self, planned: int) -> None:
        """Show progress over so many essays, if anyone watches."""
        self.tally.planned = planned
        self._bar = tqdm(total=planned, unit="essay", disable=None)

    def end(self) -> None:
        """Show no more progress."""
        self._bar.close()

    def show(self, **counts: int) -> None:
        """Show counts beside the progress, those that are not 0."""
        shown = {name: count for name, count in counts.items() if count}
        if shown:
            self._bar.set_postfix(shown, refresh=False)

    def keep_page(self, number: str, url: str, text: str, *, at: str) -> None:
        """Keep a page, also one that only a better parser will read; `at` is when it came."""
        fetched = Fetched(at, tuple(self.walks.types[number]))
        self._pages.save(StoredPage(number, url, fetched, text))

    def read_kept_page(self, number: str) -> Essay | None:
        """Take in an essay off a page that an earlier crawl kept, if there is one to be read.

        Raises:
            CrawlFailedError: See `take_in`.
            RecordError: The kept page is damaged.

        """
        page = self._pages.load(number)
        if page is None:
            return None
        try:
            essay = parse_essay(page.text, page.url, crawled_at=page.fetched.at)
        except PageError:
            return None  # ask for it again
        self.tally.from_kept_pages += 1
        return self.take_in(essay, number, page.text)

    def take_in(self, essay: Essay, number: str, text: str) -> Essay | None:
        """Count an essay, and hold its page against what is known of such pages.

        Returns:
            The essay with its address and lists; `None` if another one came in its place.

        Raises:
            CrawlFailedError: So many failed in a row that the crawl is to end.

        """
        url = self.walks.urls[number]
        root = parse_tree(text, url)
        came = written_number(root) or essay.id
        if number != came or number != essay.id:
            self.unreadable(f"{url}: essay {came} came in its place")
            return None
        self._failures = 0
        self.tally.saved += 1
        self._bar.update()
        types = tuple(self.walks.types[number])
        essay = msgspec.structs.replace(essay, url=url, company_types=types)
        self.tally.coverage.add(essay, listed_grade=self.walks.grades[number])
        self.tally.vocabulary.add(unknown_in(root), url)
        return essay

    def gone(self, number: str) -> None:
        """Count an essay that a list shows and the site has no more."""
        self.tally.gone.append(self.walks.urls[number])
        self._bar.update()

    def unreadable(self, reason: str) -> None:
        """Count a page that gives no essay.

        Raises:
            CrawlFailedError: It is one of many in a row: the site has changed.

        """
        self._fail(self.tally.unreadable, reason, UNREADABLE_IN_A_ROW)

    def unfetched(self, reason: str) -> None:
        """Count an essay that could not be fetched.

        Raises:
            CrawlFailedError: It is one of several in a row: the site is down.

        """
        self._fail(self.tally.unfetched, f"{reason}; try again later", FAILURES_IN_A_ROW)

    def _fail(self, heap: list[str], reason: str, most: int) -> None:
        heap.append(reason)
        self._bar.update()
        self._failures += 1
        if self._failures >= most:
            raise CrawlFailedError(f"{self._failures} failures in a row: {reason}; {GO_ON}")


def now() -> str:
    """Return the time in UTC, to the second, as records have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
