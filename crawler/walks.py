"""The walk through the lists, page by page, and the essays found on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.pages import PAGE_SIZE, ListEntry, ListPage
from crawler.tally import ListCount

EVERYTHING = "all"


@dataclass
class Walk:
    """One list: its name and code (`None`: the list of everything), and how far the walk is."""

    count: ListCount
    code: str | None
    page: int = 1
    ids: set[str] = field(default_factory=set)
    new: int = 0


class Walks:
    """Lists walked one after the other, each until its end.

    The end is an empty page, one with nothing new (a site that shows its last page for any higher
    number), or a short one; a short page before the stated total is reached is not the end, since
    an entry may be unreadable or gone while the list is walked.

    An essay found in several lists is kept once, with the names of them all. `grades` are those
    that the lists show.

    Args:
        codes: The lists by name; empty: the one list of everything.
        known: Numbers of essays that need not be fetched.
        limit: Leave each list after so many new essays.

    """

    def __init__(self, codes: Mapping[str, str], known: frozenset[str], limit: int | None) -> None:
        named = [Walk(ListCount(name), code) for name, code in codes.items()]
        self._ahead = deque(named or [Walk(ListCount(EVERYTHING), None)])
        self._known = known
        self._limit = limit
        self.counts = [walk.count for walk in self._ahead]
        self.urls: dict[str, str] = {}
        self.types: dict[str, list[str]] = {}
        self.grades: dict[str, float | None] = {}

    def current(self) -> Walk | None:
        """Return the list whose next page is wanted; `None` when all are walked."""
        return self._ahead[0] if self._ahead else None

    def note(self, page: ListPage) -> None:
        """Note the page that was wanted, and go on."""
        walk = self._ahead[0]
        before = len(walk.ids)
        for entry in page.entries:
            if entry.id not in walk.ids:
                self._note_entry(walk, entry)
        if walk.count.stated is None:  # what comes on top while we walk is for the next crawl
            walk.count.stated = page.total
        walk.count.found = len(walk.ids)
        walk.count.pages += 1
        walk.page += 1
        enough = self._limit is not None and walk.new >= self._limit
        complete = walk.count.stated is None or len(walk.ids) >= walk.count.stated
        short = len(page.entries) < PAGE_SIZE and complete
        if short or len(walk.ids) == before or enough:
            walk.count.whole = short or len(walk.ids) == before
            self._ahead.popleft()

    def _note_entry(self, walk: Walk, entry: ListEntry) -> None:
        walk.ids.add(entry.id)
        walk.new += entry.id not in self._known
        self.urls.setdefault(entry.id, entry.url)
        self.grades[entry.id] = entry.grade
        types = self.types.setdefault(entry.id, [])
        if walk.code is not None:
            types.append(walk.count.name)

    def wanted(self) -> list[str]:
        """Return the numbers to fetch; under a limit the newest, whose lists are then complete."""
        new = [number for number in self.urls if number not in self._known]
        if self._limit is None:
            return new
        return sorted(new, key=int, reverse=True)[: self._limit]
