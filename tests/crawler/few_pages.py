"""A site of a few pages, made for one test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from crawler.replica.server import ReplicaSite, Reply


class Pages(ReplicaSite):
    """A site of a few pages, each made anew from how often it was asked for before."""

    def __init__(self, pages: Mapping[str, Callable[[int], Reply]]) -> None:
        super().__init__([])
        self.pages = pages
        self.asked: Counter[str] = Counter()

    def reply(self, target: str, headers: Mapping[str, str]) -> Reply:
        """Make the page."""
        path = urlsplit(target).path
        if path not in self.pages:
            return super().reply(target, headers)
        self.asked[path] += 1
        return self.pages[path](self.asked[path] - 1)


def html(body: str) -> Reply:
    """Answer with a page."""
    return Reply(200, f"<!DOCTYPE html><html><body>{body}</body></html>")
