"""The pace: turns, pauses, and the speed of the site's answers."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.pacing import (
    ASKED,
    LONGEST_DELAY,
    AskedAwayError,
    Pace,
    PacingMiddleware,
    retry_after,
)

LIVE = "https://site.test"
NOW = datetime(2026, 11, 20, 3, 0, 0, tzinfo=UTC)


def test_turns() -> None:
    """Turns are a delay apart, and one that was not used is not made up for."""
    time_now = 10.0
    pace = Pace(2.0, clock=lambda: time_now)
    assert [pace.take_turn() for _ in range(3)] == [10.0, 12.0, 14.0]
    time_now = 30.0
    assert [pace.take_turn() for _ in range(2)] == [30.0, 32.0]


@pytest.mark.parametrize(("asked", "expected"), [(11.5, 13.5), (9.0, 12.0)])
def test_turn_after_a_late_request(asked: float, expected: float) -> None:
    """A request that left after its turn puts the next one off; one in time does not."""
    pace = Pace(2.0, clock=lambda: 10.0)
    pace.take_turn()
    pace.note_asked(asked)
    assert [pace.take_turn() for _ in range(2)] == [expected, expected + 2.0]


def test_late_requests_are_noted_however_they_end() -> None:
    """An answer, and a failure just as well, tell when the site was really asked."""
    for failed in (False, True):
        pacing, request = PacingMiddleware(LIVE, delay=5.0), Request(LIVE)
        asyncio.run(pacing.process_request(request))
        late = request.meta[ASKED] = time.monotonic() + 3.0  # what a browser that starts would note
        if failed:
            pacing.process_exception(request, OSError())
        else:
            pacing.process_response(request, Response(LIVE))
        assert pacing.pace.take_turn() == late + 5.0


def test_pause_holds_everything() -> None:
    """After a pause was asked for, turns begin behind it; a shorter one does not shorten it."""
    pace = Pace(1.0, clock=lambda: 100.0)
    pace.hold(30)
    pace.hold(5)
    assert [pace.take_turn() for _ in range(2)] == [130.0, 131.0]


@pytest.mark.parametrize(
    ("latency", "good", "expected"),
    [
        (0.1, True, 2.05),  # half way down from 4
        (0.1, False, 4.0),  # a refusal comes fast, and never quickens
        (10.0, True, 10.0),  # at least the time of an answer
        (10.0, False, 10.0),
        (1000.0, True, LONGEST_DELAY),
    ],
)
def test_pace_follows_the_answers(latency: float, expected: float, *, good: bool) -> None:
    """The delay goes half way to the time of an answer, within its bounds."""
    pace = Pace(1.0)
    pace.delay = 4.0
    pace.note_answer(latency, good=good)
    assert pace.delay == expected


def test_bounds_of_the_pace() -> None:
    """The delay never falls under the crawl's own; without one there is no pace."""
    pace, free = Pace(1.0), Pace(0.0)
    for _ in range(10):
        pace.note_answer(0.01, good=True)
        free.note_answer(5.0, good=True)
    assert (pace.delay, free.delay) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Fri, 20 Nov 2026 03:01:30 GMT", 90.0),
        ("Fri, 20 Nov 2026 02:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, expected: float | None) -> None:
    """Seconds and dates are read; anything else is as if it were not there."""
    assert retry_after(value, NOW) == expected


def test_pace_over_concurrent_requests() -> None:
    """Requests that come at once leave one after the other, a delay apart."""

    async def leave() -> list[float]:
        pacing = PacingMiddleware(LIVE, delay=0.05)
        times: list[float] = []

        async def one(number: int) -> None:
            await pacing.process_request(Request(f"{LIVE}/{number}"))
            times.append(time.monotonic())

        await asyncio.gather(*(one(number) for number in range(4)))
        return times

    gaps = [later - earlier for earlier, later in pairwise(asyncio.run(leave()))]
    assert min(gaps) > 0.04


def test_pause_reaches_those_who_wait_already() -> None:
    """A request that waits for its turn when a pause is asked for queues up again, behind it."""

    async def leave() -> float:
        pacing = PacingMiddleware(LIVE, delay=0.05)
        await pacing.process_request(Request(f"{LIVE}/1"))
        waiting = asyncio.create_task(pacing.process_request(Request(f"{LIVE}/2")))
        await asyncio.sleep(0)
        start = time.monotonic()
        pacing.pace.hold(0.3)
        await waiting
        return time.monotonic() - start

    assert asyncio.run(leave()) >= 0.29


@pytest.mark.parametrize(
    ("status", "header", "expected"),
    [(429, "7", [7.0]), (503, "7", [7.0]), (503, None, [10.0]), (500, "7", []), (200, "7", [])],
)
def test_pauses_are_noted(status: int, header: str | None, expected: list[float]) -> None:
    """Only 429 and 503 ask for a pause: of the stated length, or of ten turns."""
    noted: list[float] = []
    pacing = PacingMiddleware(LIVE, delay=1.0, note=noted.append)
    headers = {"Retry-After": header} if header else {}
    response = Response(LIVE, status=status, headers=headers)
    assert pacing.process_response(Request(LIVE), response) is response
    assert noted == expected


def test_long_pause_is_not_waited_for() -> None:
    """A site that asks us away for longer than ten minutes is left, without another request."""
    pacing = PacingMiddleware(LIVE, delay=1.0)
    response = Response(LIVE, status=503, headers={"Retry-After": "601"})
    with pytest.raises(AskedAwayError, match="601 s"):
        pacing.process_response(Request(LIVE), response)


def test_other_hosts_are_never_asked() -> None:
    """A request that leaves the site is dropped, another port included."""
    pacing = PacingMiddleware("http://127.0.0.1:8017", delay=0)
    for url in ("http://127.0.0.1:8018/", "https://cdn.site.test/x", "http://127.0.0.1/"):
        with pytest.raises(IgnoreRequest):
            asyncio.run(pacing.process_request(Request(url)))
    asyncio.run(pacing.process_request(Request("http://127.0.0.1:8017/starter")))
