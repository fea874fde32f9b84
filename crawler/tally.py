"""What a crawl found, counted while it runs: the summary, the verdict and the manifest."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import version

import msgspec

from crawler.coverage import Coverage
from crawler.list_page import ENTRIES
from crawler.outcomes import CrawlError, CrawlFailedError
from crawler.plan import CrawlPlan
from crawler.vocabulary import Vocabulary

PACKAGES = ("scrapy", "scrapy-selenium", "selenium", "lxml", "msgspec")
SHOWN = 3


@dataclass
class ListCount:
    """One list: how many essays it states, how many were found in it, and whether to its end."""

    name: str
    stated: int | None = None
    found: int = 0
    pages: int = 0
    whole: bool = False

    def __str__(self) -> str:
        """Say both numbers."""
        return f"{self.name} {self.found} of {'?' if self.stated is None else self.stated} stated"


@dataclass
class Tally:
    """The counts of one crawl. `gone`, `unreadable` and `unfetched` say each what happened.

    `through_browser` counts the essays that plain HTTP did not give, `from_kept_pages` those read
    off pages of an earlier crawl, `gained_types` the known ones found in a further list.
    `objections` is what robots.txt says against AI training.
    """

    lists: list[ListCount] = field(default_factory=list)
    known: int = 0
    planned: int = 0
    saved: int = 0
    through_browser: int = 0
    from_kept_pages: int = 0
    gained_types: int = 0
    retries: int = 0
    pauses: int = 0
    paused_seconds: int = 0
    objections: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    unfetched: list[str] = field(default_factory=list)
    ended: bool = False  # the spider came to an end of its own, whichever
    coverage: Coverage = field(default_factory=Coverage)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    error: CrawlError | None = None

    def stop(self, error: CrawlError) -> CrawlError:
        """Keep the first reason to stop."""
        self.error = self.error or error
        return self.error

    def verdict(self, site: str) -> CrawlError | None:
        """Return what keeps the crawl from being done, if anything does."""
        if self.error is not None:
            return self.error
        short = self._shortfalls()
        bad = [*self.unreadable, *self.unfetched]
        if bad:
            told = [f"{len(bad)} essays could not be had:", *bad[:SHOWN]]
            if short:
                told += ["and the site is not as it was:", *short]
            return CrawlFailedError("\n  ".join(told))
        empty = [each for each in self.lists if each.stated and not each.found]
        if empty:
            return CrawlFailedError(
                f"{site} has changed: {empty[0]}; its pages show no entry ({ENTRIES}) with a link "
                "to an essay; compare one with the selectors in crawler/list_page.py"
            )
        if self.planned and not self.saved:
            gone = f", for example {self.gone[0]}" if self.gone else ""
            return CrawlFailedError(f"{site}: none of {self.planned} listed essays is there{gone}")
        if short:
            return CrawlFailedError(
                f"{site} is not as it was; what was saved is kept:\n  " + "\n  ".join(short)
            )
        return None

    def _shortfalls(self) -> list[str]:
        """Hold the fields of the saved essays, and the walked lists, against what is expected."""
        return [str(each) for each in (*self.coverage.shortfalls(), *self.yields().shortfalls())]

    def yields(self) -> Coverage:
        """Count what was had of what was planned, and found of what was stated."""
        found = Coverage()
        lacking = (*self.unreadable, *self.unfetched)[-SHOWN:]
        found.add_saved(
            saved=self.saved, planned=self.planned, gone=len(self.gone), lacking=lacking
        )
        for each in self.lists:
            if each.whole:
                found.add_list(each.name, found=each.found, stated=each.stated)
        return found

    def summary(self, plan: CrawlPlan, seconds: float) -> str:
        """Say in one line what came of the crawl."""
        lists = "; ".join(map(str, self.lists)) or "no list"
        bad = len(self.unreadable) + len(self.unfetched)
        return (
            f"{self.saved} essays saved to {plan.out}, {self.known} known before, "
            f"{len(self.gone)} gone, {bad} failed; lists: {lists}; {seconds:.1f} s"
        )


def manifest(plan: CrawlPlan, tally: Tally, *, essays: int, started: str, ended: str) -> bytes:
    """Write down one crawl: what was asked, with which permission and versions, and the counts."""
    error = tally.verdict(plan.site)
    settings = asdict(plan) | {"out": plan.out.name}
    counts = asdict(tally) | {"essays_in_file": essays}
    for other in ("error", "ended", "coverage", "vocabulary"):
        counts.pop(other)
    shares = {
        name: share
        for part in (tally.coverage, tally.yields())
        for name, share in part.record().items()
        if share.pages
    }
    record = {
        "site": settings.pop("site"),
        "permission": settings.pop("permission"),
        "started": started,
        "ended": ended,
        "outcome": "done" if error is None else str(error),
        "exit_code": 0 if error is None else error.exit_code,
        "settings": settings,
        "counts": counts,
        "coverage": shares,
        "unknown_words": tally.vocabulary.record(),
        "versions": {"python": platform.python_version()} | {p: version(p) for p in PACKAGES},
    }
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"
