"""Manners: who we say we are, when we may start, how fast we go, and when we stop."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawler.hosts import is_loopback
from crawler.outcomes import RefusedError

AGENT = "jasoseo-research"
AGENT_VERSION = "0.1"
CONTACT_VARIABLE = "JASOSEO_CONTACT"
LIVE_DELAY = 1.0  # seconds between two requests to one host
LOOPBACK_DELAY = 0.0

UNAUTHORISED, FORBIDDEN, TOO_MANY, LEGAL = 401, 403, 429, 451
REFUSING_STATUSES = {
    UNAUTHORISED: "it asks to log in",
    FORBIDDEN: "it forbids the visit",
    TOO_MANY: "it says that we ask too often",
    LEGAL: "it is closed for legal reasons",
}


def user_agent() -> str:
    """Name the project, and the operator's contact where the environment gives it."""
    contact = os.environ.get(CONTACT_VARIABLE, "").strip()
    about = f"; contact: {contact}" if contact else ""
    return f"{AGENT}/{AGENT_VERSION} (research on Korean cover letters, project jasoseo{about})"


def delay_for(site: str) -> float:
    """Return the seconds between two requests to a site."""
    return LOOPBACK_DELAY if is_loopback(site) else LIVE_DELAY


def require_permission(site: str, permission: str | None) -> None:
    """Let a live site be crawled only by someone who states a permission.

    Raises:
        RefusedError: There is none.

    """
    if is_loopback(site) or (permission or "").strip():
        return
    raise RefusedError(
        f"{site} is a live site, and its terms forbid copying without consent; nothing was "
        'fetched. Get its owner\'s consent and state it: --permission "who, when, for what"; '
        "to try the crawler without one: --site replica"
    )


def refusal_by_status(status: int) -> str | None:
    """Return what a status that refuses the visit says, if it is one."""
    words = REFUSING_STATUSES.get(status)
    return f"the site refuses the visit: status {status}, {words}" if words else None


class PacingMiddleware:
    """One pace for every request to the site, whichever way it is fetched.

    Scrapy's own delay does not reach a request that a middleware answers, as the browser's does;
    so this one stands before both. It also keeps the crawl on its site: a request for another
    host is dropped.
    """

    def __init__(self, site: str, delay: float) -> None:
        self._place = urlsplit(site).netloc.lower()
        self._delay = delay
        self._next = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware from `CRAWL_SITE` and `CRAWL_DELAY` (seconds)."""
        settings = crawler.settings
        return cls(settings["CRAWL_SITE"], settings.getfloat("CRAWL_DELAY"))

    async def process_request(self, request: Request) -> None:
        """Wait for the request's turn.

        Raises:
            IgnoreRequest: The request leaves the site.

        """
        if urlsplit(request.url).netloc.lower() != self._place:
            raise IgnoreRequest(f"{request.url} is not on {self._place}")
        now = time.monotonic()
        turn = max(now, self._next)
        self._next = turn + self._delay
        if turn > now:
            await asyncio.sleep(turn - now)
