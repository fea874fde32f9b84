"""A cut page's new request: how many retries it has, and what it does not carry along."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError

from crawler.browser import BrowserRequest
from crawler.pacing import AskedAwayError
from crawler.retries import ask_again, attempts, refusal, told

URL = "https://site.test/starter/PassAssay/View/1"
MOST = 2


def retried(request: Request) -> Request:
    """Have Scrapy retry a request once, as its middleware does."""
    request.meta["retry_times"] = request.meta.get("retry_times", 0) + 1
    return request


def test_retries_are_shared() -> None:
    """Whoever retries, Scrapy or we, a page is asked for no more than three times."""
    for by_scrapy in range(MOST + 1):
        request: Request | None = Request(URL)
        asked = 1
        for _ in range(by_scrapy):
            assert request is not None
            request, asked = retried(request), asked + 1
        while request is not None:
            assert attempts(request, MOST) == asked
            request, asked = ask_again(request, MOST), asked + 1
        assert asked == MOST + 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError("no  route\nto host."), f"{URL}: no route to host (attempt 2)"),
        (OSError(f"{URL} took too long"), f"{URL} took too long (attempt 2)"),
        (ResponseDataLossError(), f"{URL}: the answer was cut off (attempt 2)"),
        (TimeoutError(), f"{URL}: TimeoutError (attempt 2)"),
    ],
)
def test_failure_in_words(error: Exception, said: str) -> None:
    """A failure is one line with the address once, what is known of the error, and the attempts."""
    assert told(retried(Request(URL)), error, MOST) == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AskedAwayError("stay away"), "stay away"),
        (IgnoreRequest("Forbidden by robots.txt"), f"{URL}: robots.txt does not allow our visit"),
        (IgnoreRequest("is not on the site"), None),
        (OSError("robots.txt"), None),
    ],
)
def test_refusal_among_failures(error: Exception, said: str | None) -> None:
    """Only a site that asks us away, by pause or by robots.txt, refuses us."""
    assert refusal(Request(URL), error) == said


def test_new_request() -> None:
    """It is of the same kind and for the same callback, behind the others, without the old meta."""
    old = BrowserRequest(
        url=URL,
        wait_time=3,
        cb_kwargs={"number": "1"},
        meta={"download_latency": 0.1, "retry_times": 1, "asked_at": 7.0},
        priority=5,
    )
    new = ask_again(old, MOST)
    assert isinstance(new, BrowserRequest)
    assert (new.url, new.wait_time, new.cb_kwargs) == (URL, 3, {"number": "1"})
    assert (new.priority, new.dont_filter) == (4, True)
    assert new.meta == {"max_retry_times": 0}
