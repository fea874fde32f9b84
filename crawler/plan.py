"""What is to be crawled, and the addresses that follow from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from crawler.outcomes import CrawlFailedError, WrongUsageError

BrowserUse = Literal["always", "lists", "never"]
LIVE_SITE = "https://www.jobkorea.co.kr"
REPLICA = "replica"  # the word for it on a command line
REPLICA_SITE = "http://127.0.0.1"  # any port: the replica's, wherever it runs
LIST_PATH = "/starter/PassAssay"
ALL_TYPES = "all"
DEFAULT_TYPES = ("대기업", "중견기업", "외국계", "매출1000대기업")  # the original study's
KINDS = {"Co": "--types", "Part": "--fields"}


@dataclass(frozen=True)
class CrawlPlan:
    """One crawl.

    Args:
        site: Scheme and host, with no path.
        types: Names of the lists (기업형태) to walk; empty: the one list of everything.
        fields: Names of fields (직무); empty: all.
        analysed: Only essays with an expert's analysis.
        limit: At most so many new essays; `None`: all.
        browser: What goes through a browser: everything, the lists, or nothing.
        permission: Who allowed the crawl, when and for what; a live site needs it.
        out: The file that the essays are appended to.
        fresh: Start the file over (only on this machine's own addresses).
        timeout: Seconds that an answer, or a page in a browser, may take.
        drivers: How many browsers there may be.

    """

    site: str
    types: tuple[str, ...]
    fields: tuple[str, ...]
    analysed: bool
    limit: int | None
    browser: BrowserUse
    permission: str | None
    out: Path
    fresh: bool
    timeout: float = 30.0
    drivers: int = 2


def robots_url(plan: CrawlPlan) -> str:
    """Return the address of the site's robots.txt."""
    return f"{plan.site}/robots.txt"


def list_url(
    plan: CrawlPlan, page: int, *, type_code: str | None = None, field_codes: Iterable[str] = ()
) -> str:
    """Return the address of a page of a list, newest first."""
    query = {
        "schCType": type_code or "",
        "schPart": ",".join(field_codes),
        "Pass_An_Stat": int(plan.analysed),
        "isFilterChecked": 1,
        "OrderBy": 0,
        "Page": page,
    }
    return f"{plan.site}{LIST_PATH}?{urlencode(query)}"


def pick_codes(
    panel: Mapping[str, Mapping[str, str]], kind: str, names: Iterable[str], url: str
) -> dict[str, str]:
    """Return the codes of names, read off a list page's own filter panel.

    Raises:
        WrongUsageError: The panel has no such name; the message lists those it has.
        CrawlFailedError: The page has no panel of this kind.

    """
    wanted = [unicodedata.normalize("NFC", name) for name in names]
    known = panel.get(kind, {})
    if wanted and not known:
        raise CrawlFailedError(
            f"{url}: there is no filter panel (li.itemCheck[data-type={kind}]), so {KINDS[kind]} "
            "has no codes; mend the selectors in crawler/list_page.py, or leave the filter out"
        )
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise WrongUsageError(
            f"{KINDS[kind]}: the site has no {', '.join(unknown)}; it has: {', '.join(known)}"
        )
    return {name: known[name] for name in wanted}
