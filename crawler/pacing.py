"""One pace for every request to a site, whichever way it is fetched.

Scrapy's own delay and its AutoThrottle do not reach a request that a middleware answers, as the
browser's does; so this middleware stands right before whatever fetches, and after the retries, and
does both. The pace follows AutoThrottle's rule: the delay goes half way to the time that the last
answer took (https://docs.scrapy.org/en/latest/topics/autothrottle.html), is never under the
crawl's own, and a refusal never shortens it. `Retry-After` holds everything back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

OK = 200
BUSY = (429, 503)
LONGEST_DELAY = 60.0  # seconds: AutoThrottle's default
LONGEST_PAUSE = 600.0  # seconds that we wait for a site without asking its operator
UNSTATED_TURNS = 10  # how many turns we wait where a busy site does not say how long
ASKED = "asked_at"  # when a request left; whoever lets it wait after its turn notes it again
PAUSES, PAUSED_SECONDS = "pacing/pauses", "pacing/paused_seconds"


class Pace:
    """When the next request may leave: a turn for each, `delay` seconds apart.

    Args:
        delay: The shortest time between two requests, in seconds; 0: no pace at all.
        clock: Gives the time in seconds.

    """

    def __init__(self, delay: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.shortest = delay
        self.delay = delay
        self._clock = clock
        self._next = 0.0
        self._held = 0.0

    def take_turn(self) -> float:
        """Take the next turn: the time, by the clock, at which a request may leave."""
        turn = max(self._clock(), self._next)
        self._next = turn + self.delay
        return turn

    async def wait_for_turn(self) -> None:
        """Wait for a turn; whoever waits when the site asks for a pause queues up again."""
        turn = self.take_turn()
        while (left := turn - self._clock()) > 0:
            await asyncio.sleep(left)
            if turn < self._held:
                turn = self.take_turn()

    def note_answer(self, latency: float, *, good: bool) -> None:
        """Go half way to the time that an answer took; a bad answer never quickens the pace."""
        if not self.shortest:
            return
        wanted = max(latency, (self.delay + latency) / 2)
        wanted = min(max(wanted, self.shortest), LONGEST_DELAY)
        self.delay = wanted if good else max(wanted, self.delay)

    def note_asked(self, when: float) -> None:
        """Count the next turn from when the site was asked: a browser may first have to start."""
        self._next = max(self._next, when + self.delay)

    def hold(self, seconds: float) -> None:
        """Let no request leave for so many seconds."""
        self._held = max(self._held, self._clock() + seconds)
        self._next = max(self._next, self._held)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds, or a date.

    Returns:
        Seconds from `now`, not below 0; `None` where there is none or it cannot be read.

    """
    text = (value or "").strip()
    if text.isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


class AskedAwayError(IgnoreRequest):
    """The site asks us to stay away for longer than we wait unasked."""


class PacingMiddleware:
    """Gives each request its turn, and keeps the crawl on its site.

    Args:
        site: Scheme and host; a request for another host is dropped.
        delay: The shortest time between two requests, in seconds.
        note: Told the seconds of each pause that the site asked for.

    """

    def __init__(
        self, site: str, delay: float, note: Callable[[float], object] = lambda _: None
    ) -> None:
        self._place = urlsplit(site).netloc.lower()
        self._note = note
        self.pace = Pace(delay)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware from `CRAWL_SITE` and `CRAWL_DELAY` (seconds)."""
        settings, stats = crawler.settings, crawler.stats
        assert stats is not None

        def note(seconds: float) -> None:
            stats.inc_value(PAUSES)
            stats.inc_value(PAUSED_SECONDS, int(seconds))

        return cls(settings["CRAWL_SITE"], settings.getfloat("CRAWL_DELAY"), note)

    async def process_request(self, request: Request) -> None:
        """Wait for the request's turn.

        Raises:
            IgnoreRequest: The request leaves the site.

        """
        if urlsplit(request.url).netloc.lower() != self._place:
            raise IgnoreRequest(f"{request.url} is not on {self._place}")
        await self.pace.wait_for_turn()
        request.meta[ASKED] = time.monotonic()

    def process_response(self, request: Request, response: Response) -> Response:
        """Let the pace follow an answer, and hold it back where the site asks for that.

        Raises:
            AskedAwayError: It asks for longer than `LONGEST_PAUSE`.

        """
        asked = self._note_asked(request)
        if asked is not None:
            self.pace.note_answer(time.monotonic() - asked, good=response.status == OK)
        if response.status in BUSY:
            self._pause(request, response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002
        """Let the next turn, which may be a retry's, come a delay after what failed was asked."""
        self._note_asked(request)

    def _note_asked(self, request: Request) -> float | None:
        asked: float | None = request.meta.get(ASKED)
        if asked is not None:
            self.pace.note_asked(asked)
        return asked

    def _pause(self, request: Request, response: Response) -> None:
        value = response.headers.get("Retry-After")
        stated = retry_after(value.decode("latin-1") if value else None, datetime.now(UTC))
        seconds = stated if stated is not None else self.pace.delay * UNSTATED_TURNS
        if seconds > LONGEST_PAUSE:
            raise AskedAwayError(
                f"{request.url}: status {response.status} asks us to stay away for {seconds:.0f} s"
            )
        self._note(seconds)
        self.pace.hold(seconds)
