"""A replica with faults to ask, and its answers as any client sees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.pages import parse_list
from crawler.replica.faults import FaultySite, parse_faults
from crawler.replica.server import ReplicaSite, serve
from tests.crawler.invented import make_essays

PATIENCE = 20.0  # seconds: long enough for whatever is to come
IMPATIENCE = 0.3  # seconds: too short for what is not to come
COOKIE = {"Cookie": "psFirstPopup=y"}
LIST = "/starter/PassAssay"
NOW = 1_700_000_000.2  # 14 November 2023, 22:13:20 UTC, and a little


class Answer(NamedTuple):
    """What a client got."""

    status: int
    headers: dict[str, str]
    text: str


def ask(site: str, target: str, timeout: float = PATIENCE) -> Answer:
    """Ask on a connection of its own; no redirect is followed and no status is an error."""
    connection = HTTPConnection(urlsplit(site).netloc, timeout=timeout)
    try:
        connection.request("GET", target, headers=COOKIE)
        reply = connection.getresponse()
        return Answer(reply.status, dict(reply.headers.items()), reply.read().decode())
    finally:
        connection.close()


def view(number: int | str) -> str:
    """Return the address of an essay's page."""
    return f"{LIST}/View/{number}"


def page(number: int) -> str:
    """Return the address of a page of the list of everything."""
    return f"{LIST}?Page={number}"


@contextmanager
def faulty(spec: str, count: int = 3, seed: int = 7) -> Iterator[tuple[str, FaultySite]]:
    """Serve essays 50000, 50977, and so on, with faults, and yield the address and the site."""
    faults = parse_faults(spec)
    site = FaultySite(make_essays(count), faults=faults, seed=seed, clock=lambda: NOW)
    with serve(site) as address:
        yield address, site


def plain(target: str, count: int = 3) -> str:
    """Return what a replica without faults answers."""
    return ReplicaSite(make_essays(count)).reply(target, COOKIE).text


def listed(text: str, target: str = LIST) -> list[int]:
    """Return the numbers in a page of the list, in its order."""
    return [int(entry.id) for entry in parse_list(text, target).entries]
