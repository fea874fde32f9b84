"""Asking an OpenAI-compatible endpoint, and keeping what it answered.

Nothing is sent anywhere unless a model is named in `OPENAI_MODEL`; then `OPENAI_BASE_URL` and
`OPENAI_API_KEY` are needed too. The key goes into the request's header and nowhere else.
"""

from __future__ import annotations

import hashlib
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Annotated, Any, Final, Protocol
from urllib.parse import urlsplit

import msgspec

from crawler.items import Record, Text, encode_line, read_jsonl

MODEL, BASE_URL, KEY = "OPENAI_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY"
#: Answers after which the same question may be asked again.
TEMPORARY: Final = frozenset({408, 429, 500, 502, 503, 504})
MOST_BYTES: Final = 4_000_000
#: Local servers take any word for a key; shorter ones are no secret, and may stand in an answer.
SHORTEST_SECRET: Final = 8


class EndpointError(RuntimeError):
    """The endpoint cannot be asked, or has not answered; the message says where and the cure."""


class TemporaryError(EndpointError):
    """The endpoint has not answered this time, and may another time."""


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
            raise EndpointError(f"{BASE_URL} is not a web address; set it like https://host/v1")
        if not self.key.isascii() or not self.key.isprintable() or " " in self.key or not self.key:
            raise EndpointError(f"{KEY} is empty or holds characters no key has; set it again")


class _Message(msgspec.Struct):
    content: Text


class _Choice(msgspec.Struct):
    message: _Message


class _Completion(msgspec.Struct):
    choices: Annotated[list[_Choice], msgspec.Meta(min_length=1)]


class CachedAnswer(Record, frozen=True):
    """What a model answered to a prompt (`prompt_hash`: SHA-256 of the prompt, in hex)."""

    model: Text
    prompt_hash: Text
    prompt: Text
    output: Text


class Asker(Protocol):
    """Whatever answers a prompt with a text, or raises an `EndpointError`."""

    def __call__(self, prompt: str) -> str:
        """Answer a prompt."""


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
    """Ask the model, again after a pause where the endpoint fails for the moment.

    Raises:
        TemporaryError: Every try failed in a way that may pass.
        EndpointError: The endpoint refuses, or repeats the key.

    """
    for number in range(1, endpoint.tries):
        try:
            return _ask_once(endpoint, prompt)
        except TemporaryError:
            sleep(endpoint.pause * 2 ** (number - 1))
    return _ask_once(endpoint, prompt)


def _ask_once(endpoint: Endpoint, prompt: str) -> str:
    url = f"{endpoint.url}/chat/completions"
    body = {"model": endpoint.model, "messages": [{"role": "user", "content": prompt}]}
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
        output = msgspec.json.decode(raw, type=_Completion).choices[0].message.content
    except urllib.error.HTTPError as error:
        error.close()
        raise _refusal(url, error.code) from None
    except (OSError, HTTPException) as error:
        raise TemporaryError(
            f"{url} gave no whole answer within {endpoint.timeout:g} s ({type(error).__name__}); "
            f"see that it runs, or correct {BASE_URL}"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise TemporaryError(
            f"{url} answered with something else than a chat completion; correct {BASE_URL}"
        ) from None
    if len(endpoint.key) >= SHORTEST_SECRET and endpoint.key in output:
        raise EndpointError(f"{url} repeats the key, which may not be kept; do not use it")
    return output


def _read(response: HTTPResponse, deadline: float) -> bytes:
    """Read an answer that neither trickles on beyond the deadline nor grows without end."""
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read1(65_536):
        chunks.append(chunk)
        size += len(chunk)
        if time.monotonic() > deadline or size > MOST_BYTES:
            raise TimeoutError
    return b"".join(chunks)


def _refusal(url: str, status: int) -> EndpointError:
    if status in TEMPORARY:
        return TemporaryError(f"{url} answered {status}; ask again later")
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return EndpointError(f"{url} answered {status}; correct {KEY}")
    return EndpointError(f"{url} answered {status}; correct {BASE_URL} or {MODEL}")


class Cache:
    """Answers kept in a JSON lines file; a run that was killed loses none but the one under way.

    Raises:
        RecordError: A line of the file is not a kept answer.

    """

    def __init__(self, path: Path) -> None:
        """Read the file if there is one, and cut off a last line that was not written whole."""
        self._path = path
        self._held: dict[tuple[str, str], str] = {}
        if path.exists():
            whole = path.read_bytes().rpartition(b"\n")
            if whole[2]:
                path.write_bytes(whole[0] + whole[1])
            for one in read_jsonl(path, CachedAnswer, cure=f"rm {path}"):
                self._held[one.model, one.prompt_hash] = one.output

    def answer(self, model: str, prompt: str, asker: Asker) -> str:
        """Return the kept answer of a model to a prompt, or ask, and keep what comes.

        Raises:
            EndpointError: What the asker raises; nothing is kept then.

        """
        digest = hashlib.sha256(prompt.encode()).hexdigest()
        held = self._held.get((model, digest))
        if held is not None:
            return held
        output = asker(prompt)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as stream:
            stream.write(encode_line(CachedAnswer(model, digest, prompt, output)))
        self._held[model, digest] = output
        return output
