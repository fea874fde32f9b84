"""A page that came cut, or not at all: asked for again within one bound, and told in one line.

The bound is Scrapy's own (`RETRY_TIMES`), which retries what does not come.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.pacing import AskedAwayError

MADE = "retry_times"  # Scrapy's note: how many retries it has made of this request
MOST = "max_retry_times"  # Scrapy's wish of a request: how many it may make
WORDS = {"ResponseDataLossError": "the answer was cut off"}  # of errors that bring none


def ask_again(request: Request, most: int) -> Request | None:
    """Return a new request for the page of an old one.

    Scrapy's `get_retry_request` would copy the old one's meta, and with it what Scrapy notes there
    of one answer alone: https://docs.scrapy.org/en/latest/topics/request-response.html. So the new
    request is told only how many retries are left, which it shares with those of Scrapy itself.

    Args:
        request: The one that brought the cut page.
        most: How many retries a page has, where the request does not say so.

    Returns:
        The new request, to be sent after those that wait; `None` if no retry is left.

    """
    left = _granted(request, most) - _made(request)
    if left < 1:
        return None
    return request.replace(meta={MOST: left - 1}, dont_filter=True, priority=request.priority - 1)


def attempts(request: Request, most: int) -> int:
    """Return how often the page of a request has been asked for, by new requests and by retries."""
    return most - _granted(request, most) + _made(request) + 1


def told(request: Request, error: BaseException | None, most: int) -> str:
    """Say in one line why a page did not come: its address, the error and the attempts."""
    said = " ".join(str(error).split()).rstrip(".")
    name = type(error).__name__
    said = said or WORDS.get(name, name)
    where = "" if said.startswith(request.url) else f"{request.url}: "
    return f"{where}{said} (attempt {attempts(request, most)})"


def refusal(request: Request, error: BaseException | None) -> str | None:
    """Say why a page did not come, if that is because the site does not want us there."""
    if isinstance(error, AskedAwayError):
        return str(error)
    if isinstance(error, IgnoreRequest) and "robots.txt" in str(error):
        return f"{request.url}: robots.txt does not allow our visit"
    return None


def _granted(request: Request, most: int) -> int:
    return int(request.meta.get(MOST, most))


def _made(request: Request) -> int:
    return int(request.meta.get(MADE, 0))
