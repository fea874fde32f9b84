"""What a crawl found, counted while it runs: the summary, the verdict and the manifest."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import version

import msgspec

from crawler.outcomes import CrawlError, CrawlFailedError
from crawler.plan import CrawlPlan

PACKAGES = ("scrapy", "scrapy-selenium", "selenium", "lxml", "msgspec")
SHOWN = 3


@dataclass
class ListCount:
    """One list: how many essays it states, and how many were found in it."""

    name: str
    stated: int | None = None
    found: int = 0
    pages: int = 0

    def __str__(self) -> str:
        """Say both numbers."""
        return f"{self.name} {self.found} of {'?' if self.stated is None else self.stated} stated"


@dataclass
class Tally:
    """The counts of one crawl. `gone`, `unreadable` and `unfetched` say each what happened."""

    lists: list[ListCount] = field(default_factory=list)
    known: int = 0
    planned: int = 0
    saved: int = 0
    through_browser: int = 0
    gone: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    unfetched: list[str] = field(default_factory=list)
    error: CrawlError | None = None

    def stop(self, error: CrawlError) -> CrawlError:
        """Keep the first reason to stop."""
        self.error = self.error or error
        return self.error

    def verdict(self, site: str) -> CrawlError | None:
        """Return what keeps the crawl from being done, if anything does."""
        if self.error is not None:
            return self.error
        bad = [*self.unreadable, *self.unfetched]
        if bad:
            return CrawlFailedError(
                f"{len(bad)} essays could not be had:\n  " + "\n  ".join(bad[:SHOWN])
            )
        empty = [each for each in self.lists if each.stated and not each.found]
        if empty:
            return CrawlFailedError(
                f"{site}: {empty[0]}: its pages show no entry that can be read; "
                "mend the selectors in crawler/list_page.py"
            )
        if self.planned and not self.saved:
            gone = f", for example {self.gone[0]}" if self.gone else ""
            return CrawlFailedError(f"{site}: none of {self.planned} listed essays is there{gone}")
        return None

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
    counts.pop("error")
    record = {
        "site": settings.pop("site"),
        "permission": settings.pop("permission"),
        "started": started,
        "ended": ended,
        "outcome": "done" if error is None else str(error),
        "exit_code": 0 if error is None else error.exit_code,
        "settings": settings,
        "counts": counts,
        "versions": {"python": platform.python_version()} | {p: version(p) for p in PACKAGES},
    }
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"
