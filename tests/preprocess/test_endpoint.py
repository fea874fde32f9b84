"""Asking a real server on this machine, with bounded patience, and the settings that allow it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from crawler.items import RecordError
from preprocess.endpoint import (
    Endpoint,
    EndpointError,
    LateError,
    RejectedError,
    Reply,
    Sampling,
    TemporaryError,
    ask,
    ask_counted,
    endpoint_from,
)
from preprocess.rewrites_cache import Cache
from tests.preprocess.chat_server import KEY, Site, completion, endpoint, hang, serving


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve a good answer."""
    with serving("answer") as held:
        yield held


def test_retries_are_bounded_and_wait_longer_each_time(site: Site) -> None:
    """After the last try the failure is an error with the address and the status."""
    site.replies = [(503, b"")]
    waited: list[float] = []
    with pytest.raises(TemporaryError, match=r"/v1/chat/completions answered 503; ask again later"):
        ask(endpoint(site, pause=2.0), "prompt", sleep=waited.append)
    assert waited == [2.0, 4.0]
    assert len(site.asked) == 3


@pytest.mark.parametrize(
    ("asked", "waited"), [("7", 7.0), ("3600", 60.0), ("1", 2.0), ("Fri, 20 Nov 2026", 2.0)]
)
def test_an_endpoint_is_left_alone_as_long_as_it_asks(
    site: Site, asked: str, waited: float
) -> None:
    """Seconds in `Retry-After` are waited for, up to a minute; a date is not read."""
    good = site.replies[0]

    def busy(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(429)
        handler.send_header("Retry-After", asked)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.replies = [busy, good]
    pauses: list[float] = []
    assert ask(endpoint(site, pause=2.0), "prompt", sleep=pauses.append) == "answer"
    assert pauses == [waited]


def test_an_answer_that_trickles_on_is_given_up(site: Site) -> None:
    """The time is for the whole answer, not for each piece of it."""
    site.replies = [hang(20)]
    with pytest.raises(LateError, match=r"no whole answer within 0\.3 s \(TimeoutError\)"):
        ask(endpoint(site, timeout=0.3, tries=1), "prompt")


def test_where_nobody_listens_the_connection_is_refused() -> None:
    """That is said at once, and not that time ran out."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        with pytest.raises(TemporaryError, match="refused the connection") as caught:
            ask(Endpoint(url, "m", KEY, tries=1), "prompt")
    assert not isinstance(caught.value, LateError)
    assert " within " not in str(caught.value)


def test_a_cut_answer_is_a_passing_failure(site: Site) -> None:
    """A connection that ends before its time is asked again."""
    good = site.replies[0]

    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"choices"')

    site.replies = [cut, good]
    assert ask(endpoint(site), "prompt") == "answer"
    site.replies = [cut]
    with pytest.raises(TemporaryError, match="gave no whole answer"):
        ask(replace(endpoint(site), tries=1), "prompt")


def test_sampling_is_sent_as_it_is_set_and_else_left_to_the_endpoint(site: Site) -> None:
    """Only what is set stands in the request, a temperature of 0 too."""
    message = {"model": "invented-model", "messages": [{"role": "user", "content": "prompt"}]}
    ask_counted(endpoint(site), "prompt", Sampling(temperature=0.0, max_tokens=7, seed=3))
    ask_counted(endpoint(site), "prompt", Sampling())
    path = {"path": "/v1/chat/completions"}
    drawn = {"temperature": 0.0, "max_tokens": 7, "seed": 3}
    assert site.asked == [message | drawn | path, message | path]


@pytest.mark.parametrize(
    ("choice", "usage", "expected"),
    [
        (
            {"message": {"content": "네"}, "finish_reason": "length"},
            {"prompt_tokens": 12, "completion_tokens": 1, "total_tokens": 13},
            Reply("네", "length", 12, 1),
        ),
        ({"message": {"content": ""}}, None, Reply("", None, None, None)),
        (
            {"message": {"content": None, "refusal": "못 합니다."}, "finish_reason": "stop"},
            {"prompt_tokens": 12, "completion_tokens": 4},
            Reply("", "refusal", 12, 4),
        ),
    ],
)
def test_a_reply_tells_its_end_and_its_cost(
    site: Site, choice: object, usage: object, expected: Reply
) -> None:
    """Tokens are the endpoint's own count or none; an empty answer and a refusal are replies."""
    site.replies = [(200, json.dumps({"choices": [choice], "usage": usage}).encode())]
    assert ask_counted(endpoint(site), "prompt", Sampling()) == expected
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_question_that_is_turned_down_is_told_from_an_endpoint_that_refuses(
    site: Site, status: int
) -> None:
    """The next question may be taken; a wrong address or key goes for all of them."""
    site.replies = [(status, b"")]
    with pytest.raises(RejectedError, match=f"answered {status}; correct OPENAI_MODEL"):
        ask(endpoint(site), "prompt")
    site.replies = [(404, b"")]
    with pytest.raises(EndpointError, match="answered 404") as caught:
        ask(endpoint(site), "prompt")
    assert not isinstance(caught.value, RejectedError)
    assert len(site.asked) == 2


def test_an_empty_text_is_asked_for_again(site: Site) -> None:
    """Who asks for a text alone gets one, or an error."""
    site.replies = [(200, completion("")), site.replies[0]]
    assert ask(endpoint(site), "prompt") == "answer"
    site.replies = [(200, completion(""))]
    with pytest.raises(TemporaryError, match="gave an empty answer"):
        ask(endpoint(site), "prompt")


def test_a_spoilt_cache_is_an_error_with_its_cure(tmp_path: Path) -> None:
    """A whole line that is no kept answer is not passed over."""
    path = tmp_path / "kept.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(RecordError, match=r"kept\.jsonl, line 1: .*rm "):
        Cache(path)


def test_nothing_is_asked_unless_a_model_is_named() -> None:
    """A key or an address alone, as other tools need them, sends no essay anywhere."""
    assert endpoint_from({}) is None
    assert endpoint_from({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "https://x.test/v1"}) is None
    full = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "https://x.test/v1/", "OPENAI_MODEL": "m"}
    assert endpoint_from(full) == Endpoint("https://x.test/v1", "m", KEY)


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"OPENAI_MODEL": "m"}, "OPENAI_BASE_URL and OPENAI_API_KEY not; set it"),
        ({"OPENAI_MODEL": "m", "OPENAI_BASE_URL": "https://x.test"}, "OPENAI_API_KEY not"),
        (
            {"OPENAI_MODEL": "m", "OPENAI_BASE_URL": "file:///x", "OPENAI_API_KEY": KEY},
            "OPENAI_BASE_URL is not a web address",
        ),
        (
            {"OPENAI_MODEL": "m", "OPENAI_BASE_URL": f"https://a:{KEY}@x", "OPENAI_API_KEY": KEY},
            "OPENAI_BASE_URL holds more than an address",
        ),
        (
            {"OPENAI_MODEL": "m", "OPENAI_BASE_URL": f"https://x?k={KEY}", "OPENAI_API_KEY": KEY},
            "OPENAI_BASE_URL holds more than an address",
        ),
        (
            {"OPENAI_MODEL": "m", "OPENAI_BASE_URL": "https://x", "OPENAI_API_KEY": f"{KEY}\n"},
            "OPENAI_API_KEY is empty or holds characters",
        ),
    ],
)
def test_half_a_configuration_is_an_error(environment: dict[str, str], reason: str) -> None:
    """The message names what is missing or wrong, and never the key."""
    with pytest.raises(EndpointError, match=reason) as caught:
        endpoint_from(environment)
    assert KEY not in str(caught.value)


def test_the_key_is_not_in_the_endpoints_text() -> None:
    """Printing an endpoint does not give the key away."""
    assert KEY not in repr(Endpoint("https://x.test/v1", "m", KEY))
