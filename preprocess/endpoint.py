"""Asking an OpenAI-compatible endpoint.

Nothing is sent anywhere unless a model is named in `OPENAI_MODEL`; then `OPENAI_BASE_URL` and
`OPENAI_API_KEY` are needed too. The key goes into the request's header and nowhere else.
"""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from crawler.items import NotNegative

MODEL, BASE_URL, KEY = "OPENAI_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY"
#: Answers after which the same question may be asked again.
TEMPORARY: Final = frozenset({408, 429, 500, 502, 503, 504})
#: Answers that say something of the question, or of the model's name.
REJECTED: Final = frozenset({400, 413, 422})
MOST_BYTES: Final = 4_000_000
#: Seconds that an endpoint may ask for (`Retry-After`); after more, the command is to be run again.
LONGEST_WAIT: Final = 60
#: Local servers take any word for a key; shorter ones are no secret, and may stand in an answer.
SHORTEST_SECRET: Final = 8

T = TypeVar("T")


class EndpointError(RuntimeError):
    """The endpoint cannot be asked, or has not answered; the message says where and the cure."""


class TemporaryError(EndpointError):
    """The endpoint has not answered this time, and may another time.

    `wait` are the seconds that it asks to be left alone, 0 where it does not say.
    """

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class LateError(TemporaryError):
    """The endpoint has not answered in the time that it was given."""


class RejectedError(EndpointError):
    """The endpoint will not take this one question, as when it is too long; others it may."""


@dataclass(frozen=True)
class Endpoint:
    """Where to ask, whom, and with what patience.

    Attributes:
        url: Of the API, such as `https://api.openai.com/v1`.
        model: The model's name there.
        key: The secret; it is left out of the record's text.
        timeout: Seconds for one whole answer.
        tries: How often one question is asked at most.
        pause: Seconds before the second try, doubled for each further one.

    """

    url: str
    model: str
    key: str = field(repr=False)
    timeout: float = 120.0
    tries: int = 3
    pause: float = 2.0

    def __post_init__(self) -> None:
        """Refuse what cannot be asked, without naming the key."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise EndpointError(
                f"{BASE_URL} is not a web address; it begins with http:// or https://, like "
                "http://127.0.0.1:8000/v1"
            )
        if parts.username is not None or parts.query or parts.fragment:
            raise EndpointError(  # the address stands in messages, a secret in it would too
                f"{BASE_URL} holds more than an address; set it like https://host/v1, and the "
                f"secret in {KEY}"
            )
        if not self.key.isascii() or not self.key.isprintable() or " " in self.key or not self.key:
            raise EndpointError(f"{KEY} is empty or holds characters no key has; set it again")


@dataclass(frozen=True)
class Sampling:
    """How an answer is drawn; what is `None` is not sent, so the endpoint's own rule holds.

    Attributes:
        temperature: 0 takes the likeliest token each time.
        max_tokens: After so many tokens the answer is cut.
        seed: Of the drawing, where the endpoint heeds one.

    """

    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Reply:
    """What a model answered, and what it cost.

    Attributes:
        text: The answer, which may be empty.
        finish: Why it ended, as the endpoint says (`stop`, `length`, `content_filter`), or
            `refusal` where it says in the API's own field that it will not answer.
        prompt_tokens: Tokens read; `None` where the endpoint does not count.
        completion_tokens: Tokens written; `None` where the endpoint does not count.

    """

    text: str
    finish: str | None
    prompt_tokens: int | None
    completion_tokens: int | None


class _Message(msgspec.Struct):
    content: str | None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: NotNegative | None = None
    completion_tokens: NotNegative | None = None


class _Completion(msgspec.Struct):
    choices: Annotated[list[_Choice], msgspec.Meta(min_length=1)]
    usage: _Usage | None = None

    def reply(self) -> Reply:
        """Take the first choice and the usage."""
        choice, usage = self.choices[0], self.usage or _Usage()
        finish = "refusal" if choice.message.refusal else choice.finish_reason
        text = choice.message.content or ""
        return Reply(text, finish, usage.prompt_tokens, usage.completion_tokens)


def endpoint_from(environment: Mapping[str, str]) -> Endpoint | None:
    """Read the endpoint from environment variables; `None` where no model is named.

    Raises:
        EndpointError: A model is named, and address or key are missing or unusable.

    """
    if not environment.get(MODEL):
        return None
    missing = [name for name in (BASE_URL, KEY) if not environment.get(name)]
    if missing:
        raise EndpointError(
            f"{MODEL} is set, {' and '.join(missing)} not; set it, or unset {MODEL}"
        )
    return Endpoint(environment[BASE_URL].rstrip("/"), environment[MODEL], environment[KEY])


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to another host, so it is an error."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


def ask(endpoint: Endpoint, prompt: str, *, sleep: Callable[[float], None] = time.sleep) -> str:
    """Ask the model for a text, again after a pause where the endpoint fails for the moment.

    A pause is as long as the endpoint asks for, up to a minute, or else doubled each time. An
    empty answer counts as such a failure.

    Raises:
        TemporaryError: Every try failed in a way that may pass.
        RejectedError: The endpoint will not take this question.
        EndpointError: The endpoint refuses, or repeats the key.

    """

    def once() -> str:
        text = _ask_once(endpoint, prompt, Sampling()).text
        if not text:
            raise TemporaryError(f"{endpoint.url} gave an empty answer; correct {MODEL}")
        return text

    return _patiently(endpoint, once, sleep)


def ask_counted(
    endpoint: Endpoint,
    prompt: str,
    sampling: Sampling,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Reply:
    """Ask as `ask` does, and say what it cost; an empty answer is an answer here.

    Raises:
        TemporaryError: Every try failed in a way that may pass.
        RejectedError: The endpoint will not take this question.
        EndpointError: The endpoint refuses, or repeats the key.

    """
    return _patiently(endpoint, lambda: _ask_once(endpoint, prompt, sampling), sleep)


def _patiently(endpoint: Endpoint, once: Callable[[], T], sleep: Callable[[float], None]) -> T:
    """Do something up to as many times as the endpoint's patience says."""
    for number in range(1, endpoint.tries):
        try:
            return once()
        except TemporaryError as error:
            sleep(max(endpoint.pause * 2 ** (number - 1), error.wait))
    return once()


def _ask_once(endpoint: Endpoint, prompt: str, sampling: Sampling) -> Reply:
    url = f"{endpoint.url}/chat/completions"
    body: dict[str, object] = {
        "model": endpoint.model,
        "messages": [{"role": "user", "content": prompt}],
    }
    body |= {key: value for key, value in asdict(sampling).items() if value is not None}
    request = urllib.request.Request(  # noqa: S310 - http and https only, see Endpoint
        url,
        data=msgspec.json.encode(body),
        headers={"Authorization": f"Bearer {endpoint.key}", "Content-Type": "application/json"},
    )
    deadline = time.monotonic() + endpoint.timeout
    try:
        with urllib.request.build_opener(_NoRedirect).open(
            request, timeout=endpoint.timeout
        ) as got:
            raw = _read(got, deadline)
        reply = msgspec.json.decode(raw, type=_Completion).reply()
    except urllib.error.HTTPError as error:
        error.close()
        raise _refusal(url, error.code, error.headers.get("Retry-After", "")) from None
    except (OSError, HTTPException) as error:
        raise _unanswered(url, endpoint.timeout, error) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise TemporaryError(
            f"{url} answered with something else than a chat completion; correct {BASE_URL}"
        ) from None
    if len(endpoint.key) >= SHORTEST_SECRET and endpoint.key in reply.text:
        raise EndpointError(f"{url} repeats the key, which may not be kept; do not use it")
    return reply


def _read(response: HTTPResponse, deadline: float) -> bytes:
    """Read an answer that neither trickles on beyond the deadline nor grows without end."""
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read1(65_536):
        chunks.append(chunk)
        size += len(chunk)
        if time.monotonic() > deadline or size > MOST_BYTES:
            raise TimeoutError
    if response.length:  # read1 is silent on a connection that is cut
        raise IncompleteRead(b"", response.length)
    return b"".join(chunks)


def _unanswered(url: str, timeout: float, error: Exception) -> TemporaryError:
    """Say why no whole answer came: too late, nobody there, or the connection failed."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    name = type(cause).__name__
    if isinstance(cause, TimeoutError):
        return LateError(
            f"{url} gave no whole answer within {timeout:g} s ({name}); allow it more time, see "
            f"that it runs, or correct {BASE_URL}"
        )
    told = "refused the connection" if name == "ConnectionRefusedError" else "gave no whole answer"
    return TemporaryError(f"{url} {told} ({name}); see that it runs, or correct {BASE_URL}")


def _refusal(url: str, status: int, retry_after: str) -> EndpointError:
    if status in TEMPORARY:
        wait = int(retry_after) if re.fullmatch(r"\d{1,4}", retry_after) else 0
        return TemporaryError(f"{url} answered {status}; ask again later", min(wait, LONGEST_WAIT))
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return EndpointError(f"{url} answered {status}; correct {KEY}")
    if status in REJECTED:
        return RejectedError(f"{url} answered {status}; correct {MODEL}, or ask for less")
    return EndpointError(f"{url} answered {status}; correct {BASE_URL} or {MODEL}")
