"""The rating page over HTTP, for this machine's own browser alone.

It listens on 127.0.0.1. A page of another site that the rater has open can send requests there,
so a request must name this address as its host (a name that another site points here does not
help it), and a post must bring the token that only this server's own pages hold.
"""

from __future__ import annotations

import re
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from eval.rating.desk import Desk, Reply

MOST_BYTES = 20_000
#: Seconds that a connection may stay silent.
PATIENCE = 30
LENGTH = re.compile(r"[0-9]{1,12}")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Going back shows what is in force, not what a browser kept.
    "Cache-Control": "no-store",
}

OTHER_HOST = (
    "This page answers to the address that the command printed, and to no other. Through a tunnel, "
    "keep the same port on both sides."
)


class RatingServer(ThreadingHTTPServer):
    """Listens on a port of 127.0.0.1; 0 is a free one. Whoever opens it serves, and closes.

    Raises:
        OSError: The port is taken or not allowed.

    """

    def __init__(self, desk: Desk, port: int) -> None:
        super().__init__(("127.0.0.1", port), RatingHandler)
        self.desk = desk

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over a browser that went away in the middle; all else is shown as ever."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class RatingHandler(BaseHTTPRequestHandler):
    """Takes requests apart, refuses those that come from elsewhere, and sends replies."""

    server: RatingServer
    timeout = PATIENCE

    def do_GET(self) -> None:
        """Show a page or a file."""
        if self._is_ours():
            self._send(self.server.desk.get(self.path))

    def do_POST(self) -> None:
        """Save a rating."""
        if not self._is_ours():
            return
        length = self.headers.get("Content-Length", "")
        if not LENGTH.fullmatch(length):
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "A form states its length.")
        elif int(length) > MOST_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is longer than any form here.")
        else:
            text = self.rfile.read(int(length)).decode("utf-8", "replace")
            fields = {name: values[-1] for name, values in parse_qs(text).items()}
            self._send(self.server.desk.post(self.path, fields))

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
        """Keep the terminal for what a rater needs."""

    def _is_ours(self) -> bool:
        port = self.server.server_port
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        origin = self.headers.get("Origin")
        if self.headers.get("Host") in hosts and (
            origin is None or origin.removeprefix("http://") in hosts
        ):
            return True
        self._refuse(HTTPStatus.FORBIDDEN, OTHER_HOST)
        return False

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self._send(Reply(status, reason + "\n", "text/plain"))

    def _send(self, reply: Reply) -> None:
        body = reply.body.encode()
        self.send_response(reply.status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        if reply.location is not None:
            self.send_header("Location", reply.location)
        self.send_header("Content-Type", f"{reply.kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
