"""A chat endpoint on this machine, for tests: it answers well, badly, late or never, as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from preprocess.endpoint import Endpoint

KEY = "sk-invented-0123456789"

Reply = tuple[int, bytes] | Callable[[BaseHTTPRequestHandler], None]


def completion(text: str, tokens: tuple[int, int] | None = None) -> bytes:
    """Write a chat completion as the API does, with tokens read and written where they count."""
    message = {"role": "assistant", "content": text}
    whole: dict[str, object] = {"id": "x", "choices": [{"index": 0, "message": message}]}
    if tokens:
        whole["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return json.dumps(whole).encode()


@dataclass
class Site:
    """A server that gives its replies in turn, the last one for ever, and what it was asked.

    With `answering`, replies are made of the prompts instead, and a character counts as a token.
    """

    url: str
    replies: list[Reply]
    answering: Callable[[str], str] | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    @property
    def prompts(self) -> list[str]:
        """List what was asked, in order."""
        return [str(asked["messages"][0]["content"]) for asked in self.asked]

    def next_reply(self) -> Reply:
        """Take the next reply."""
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def serving(answer: str) -> Iterator[Site]:
    """Serve on a free port of this machine, a completion with this answer unless told otherwise."""
    held = Site("", [(200, completion(answer))])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            asked = json.loads(self.rfile.read(size))
            held.asked.append(asked | {"path": self.path})
            held.keys.append(self.headers["Authorization"])
            reply: Reply
            if held.answering:
                prompt = asked["messages"][0]["content"]
                text = held.answering(prompt)
                reply = 200, completion(text, (len(prompt), len(text)))
            else:
                reply = held.next_reply()
            if callable(reply):
                reply(self)
                return
            status, body = reply
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", f"{held.url}/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield held
    server.shutdown()
    thread.join()
    server.server_close()


def endpoint(site: Site, **changes: float) -> Endpoint:
    """Describe the site, with little patience."""
    return Endpoint(site.url, "invented-model", KEY, **({"pause": 0.0, "timeout": 5.0} | changes))  # type: ignore[arg-type]


def hang(seconds: float) -> Callable[[BaseHTTPRequestHandler], None]:
    """Make a reply that begins and then trickles on, a space at a time."""

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.02)
        except OSError:
            return

    return trickle
