"""The replica over HTTP, on this machine's loopback address alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from crawler.items import Essay
from crawler.replica import site
from crawler.replica.catalogue import Catalogue, read_filters
from crawler.replica.site_lists import PAGE_SIZE, ListView, company_list_body, list_body

HOST = "127.0.0.1"
ROBOTS_PATH = "/robots.txt"
HANG_POLL = 0.05  # seconds between two looks at whether the server ends

Place = Literal["essays", "lists", "robots"]

_VIEW = re.compile(r"/starter/passassay/view/(\d+)/?", re.IGNORECASE)
_LIST = re.compile(r"/starter/passassay/?", re.IGNORECASE)
_COMPANY_VIEW = re.compile(r"/company/(\d+)/passassay/view/(\d+)/?", re.IGNORECASE)
_COMPANY_LIST = re.compile(r"/company/(\d+)/passassay/?", re.IGNORECASE)


class Reply(NamedTuple):
    """What the server answers, and how.

    `delay` is the seconds before the answer. `sent` is the share of the body that is sent: after
    less than all of it the connection is closed, though the header has promised the rest. `hang`
    leaves the connection open instead until the client gives up: before anything was sent, or
    within the body, after `sent` of it.
    """

    status: int
    text: str
    kind: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    sent: float = 1.0
    hang: Literal["before", "within"] | None = None


def place_of(target: str) -> Place | None:
    """Return what kind of address a path with its query is; `None`: none of the three."""
    path = urlsplit(target).path
    if path == ROBOTS_PATH:
        return "robots"
    if _VIEW.fullmatch(path) or _COMPANY_VIEW.fullmatch(path):
        return "essays"
    return "lists" if _LIST.fullmatch(path) or _COMPANY_LIST.fullmatch(path) else None


class ReplicaSite:
    """The replica's addresses. Subclass it to make a site that misbehaves."""

    def __init__(self, essays: Sequence[Essay], *, robots: str = site.ROBOTS) -> None:
        self.catalogue = Catalogue(essays)
        self.robots = robots

    def reply(self, target: str, headers: Mapping[str, str]) -> Reply:
        """Answer a request for a path with its query."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        first_visit = site.FIRST_VISIT_COOKIE not in headers.get("Cookie", "")
        if parts.path == ROBOTS_PATH:
            return Reply(200, self.robots, kind="text/plain")
        if found := _VIEW.fullmatch(parts.path):
            return self._essay(found.group(1), first_visit=first_visit)
        if _LIST.fullmatch(parts.path):
            return self._list(query, first_visit=first_visit)
        if found := _COMPANY_VIEW.fullmatch(parts.path):
            return self._company_essay(*found.groups(), first_visit=first_visit)
        if found := _COMPANY_LIST.fullmatch(parts.path):
            return self._company_list(found.group(1), query, first_visit=first_visit)
        return Reply(404, site.outer_page("없는 페이지", "<p>404</p>", first_visit=False))

    def _essay(self, number: str, *, first_visit: bool) -> Reply:
        essay = self.catalogue.by_id.get(number)
        if essay is None:
            return Reply(200, site.missing_page())
        neighbours = [other for other in self.catalogue.essays if other is not essay]
        body = site.essay_body(essay, neighbours[: site.NEIGHBOURS])
        return Reply(200, site.outer_page("합격자소서", body, first_visit=first_visit))

    def _company_essay(self, company_id: str, number: str, *, first_visit: bool) -> Reply:
        essay = self.catalogue.by_id.get(number)
        if essay is None or self.catalogue.company_ids[essay.company or ""] != company_id:
            return Reply(200, site.missing_page())
        body = site.company_body(essay)
        return Reply(200, site.outer_page("합격자소서", body, first_visit=first_visit))

    def _list(self, query: Mapping[str, str], *, first_visit: bool) -> Reply:
        filters = read_filters(query)
        view = self._view(self.catalogue.find(filters), filters.page, query)
        body = list_body(view)
        return Reply(200, site.outer_page("합격자소서", body, first_visit=first_visit))

    def _company_list(
        self, company_id: str, query: Mapping[str, str], *, first_visit: bool
    ) -> Reply:
        essays = self.catalogue.of_company(company_id)
        view = self._view(essays, read_filters(query).page, query)
        body = company_list_body(company_id, view)
        return Reply(200, site.outer_page("합격자소서", body, first_visit=first_visit))

    def _view(self, essays: Sequence[Essay], page: int, query: Mapping[str, str]) -> ListView:
        first = (page - 1) * PAGE_SIZE
        shown = essays[first : first + PAGE_SIZE]
        return ListView(shown, len(essays), page, query, self.catalogue.panel())


@contextmanager
def start_replica(essays: Sequence[Essay], port: int = 0) -> Iterator[str]:
    """Serve the essays while the context lasts, and yield the site's address.

    Args:
        essays: What the site holds.
        port: The port; 0 takes a free one.

    Raises:
        OSError: The port is taken.

    """
    with serve(ReplicaSite(essays), port) as address:
        yield address


@contextmanager
def serve(replica: ReplicaSite, port: int = 0, *, log: bool = False) -> Iterator[str]:
    """Serve a site while the context lasts, and yield its address.

    Raises:
        OSError: The port is taken.

    """
    server = _Server(replica, port, log=log)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    """Serves a site; `stopping` is set when answers that are held back are to end."""

    daemon_threads = True

    def __init__(self, replica: ReplicaSite, port: int, *, log: bool) -> None:
        self.replica = replica
        self.log = log
        self.stopping = Event()
        super().__init__((HOST, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET from the replica; one connection serves many requests."""

    protocol_version = "HTTP/1.1"
    server_version = "replica"
    # Header and body are two writes: the second is not to wait until the first is acknowledged.
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer one request; after half an answer the connection serves no other."""
        reply = self.server.replica.reply(self.path, dict(self.headers.items()))
        try:
            whole = not self.server.stopping.wait(reply.delay) and self._answer(reply)
        except ConnectionError:  # the client gave up, as clients of a slow or hung site do
            whole = False
        self.close_connection = self.close_connection or not whole

    def _answer(self, reply: Reply) -> bool:
        """Send what the reply says; return whether that was the whole of it."""
        if reply.hang == "before":
            self._hang()
            return False
        body = reply.text.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", f"{reply.kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        part = body[: int(len(body) * reply.sent)]
        self.wfile.write(part)
        if reply.hang == "within":
            self._hang()
        return reply.hang is None and len(part) == len(body)

    def _hang(self) -> None:
        """Hold the connection until the client gives up or the server ends."""
        self.connection.settimeout(HANG_POLL)
        while not self.server.stopping.is_set():
            with suppress(TimeoutError):
                if not self.connection.recv(1):
                    return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - theirs
        """Log to stderr if that was asked for."""
        if self.server.log:
            sys.stderr.write(f"{format % args}\n")
