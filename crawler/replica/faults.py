"""A replica that misbehaves on purpose: `python -m crawler.replica --faults cut=0.2x1`.

In a test: `serve(FaultySite(essays, faults=parse_faults("cut=0.2x1"), seed=7))`. The faults and
the words for them are in `crawler.replica.faults_spec`.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from crawler.items import Essay
from crawler.replica import site
from crawler.replica.catalogue import Catalogue, read_filters
from crawler.replica.faults_pages import EFFECTS, LOGIN_PATH, duplicates, login_page, unavailable
from crawler.replica.faults_spec import KINDS, Fault, FaultSpecError, parse_faults
from crawler.replica.server import Place, ReplicaSite, Reply, place_of

__all__ = ["Fault", "FaultSpecError", "FaultySite", "parse_faults"]

SEED = 7

_NUMBER = re.compile(r"/View/(\d+)", re.IGNORECASE)


class FaultySite(ReplicaSite):
    """A replica with faults. Safe to ask from several threads at once.

    Where several faults choose one request, those that alter a page act together; of those that
    put something in its place or break it off, only the first in the given order, and a fault
    that does not act has not used up one of its times.

    `asked` counts the requests by target, and `met` the faults that acted by name, so that a test
    can tell that they did.

    Args:
        essays: What the site holds.
        faults: How it misbehaves.
        seed: Decides which addresses a share of them is.
        robots: The site's robots.txt.
        clock: Tells the time, in seconds of the epoch, for dates in headers.

    """

    def __init__(
        self,
        essays: Sequence[Essay],
        *,
        faults: Sequence[Fault],
        seed: int = SEED,
        robots: str = site.ROBOTS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(essays, robots=robots)
        self.faults = tuple(faults)
        self.seed = seed
        self.asked: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        self._clock = clock
        self._lock = Lock()
        self._requests: Counter[Place] = Counter()
        self._turns: Counter[tuple[Fault, str]] = Counter()
        self._walked: Counter[Fault] = Counter()

    def chosen(self, target: str) -> tuple[Fault, ...]:
        """Return the faults that hit an address, on whichever of its requests."""
        place, address = place_of(target), _address(target)
        return tuple(
            fault
            for fault in self.faults
            if fault.place == place and fault.chooses(address, self.seed)
        )

    def reply(self, target: str, headers: Mapping[str, str]) -> Reply:
        """Answer a request, or spoil the answer."""
        if urlsplit(target).path.lower() == LOGIN_PATH:
            reply = Reply(200, login_page())
        else:
            reply = super().reply(target, headers)
        for fault in self._acting(target):
            reply = self._spoil(fault, reply, target, headers)
        return reply

    def _acting(self, target: str) -> list[Fault]:
        """Return the faults that act on this request, those that replace the page first."""
        place, chosen = place_of(target), self.chosen(target)
        with self._lock:
            self.asked[target] += 1
            if place is not None:
                self._requests[place] += 1
            due = [fault for fault in chosen if self._is_due(fault, target)]
            acting = [fault for fault in due if not KINDS[fault.name].alters][:1]
            acting += [fault for fault in due if KINDS[fault.name].alters]
            for fault in acting:
                self._turns[fault, _address(target)] += 1
                self.met[fault.name] += 1
        return acting

    def _is_due(self, fault: Fault, target: str) -> bool:
        turns = self._turns[fault, _address(target)]
        in_turn = fault.times is None or turns < fault.times
        return in_turn and self._requests[fault.place] >= fault.after

    def _spoil(self, fault: Fault, reply: Reply, target: str, headers: Mapping[str, str]) -> Reply:
        match fault.name:
            case "unavailable":
                return unavailable(reply, fault.argument, now=self._clock())
            case "stranger":
                return super().reply(self._other_essay(target), headers)
            case "duplicates":
                earlier = _page_before(target)
                return duplicates(reply, super().reply(earlier, headers) if earlier else None)
            case "shift":
                self._put_on_top(fault, reply)
                return reply
            case name:
                return EFFECTS[name](reply, fault.argument)

    def _other_essay(self, target: str) -> str:
        """Return the address, in the same layout, of the essay after the one asked for.

        On a site of one essay or none that is the address asked for.
        """
        found = _NUMBER.search(target)
        essays = self.catalogue.essays
        if found is None or not essays:
            return target
        place = next((i for i, essay in enumerate(essays) if essay.id == found.group(1)), -1)
        other = essays[(place + 1) % len(essays)]
        if target.lower().startswith("/company/"):
            company = self.catalogue.company_ids[other.company or ""]
            return f"/company/{company}/PassAssay/View/{other.id}"
        return f"{site.LIST_PATH}/View/{other.id}"

    def _put_on_top(self, fault: Fault, shown: Reply) -> None:
        """After every N-th list put a new essay on top of it: a copy of the first one shown."""
        found = _NUMBER.search(shown.text)
        with self._lock:
            self._walked[fault] += 1
            if found is None or self._walked[fault] % int(fault.argument):
                return
            essays = self.catalogue.essays
            original = self.catalogue.by_id[found.group(1)]
            new = msgspec.structs.replace(original, id=str(int(essays[0].id) + 1))
            self.catalogue = Catalogue([new, *essays])


def _address(target: str) -> str:
    """Return what two requests for one thing share: an essay's query says nothing."""
    parts = urlsplit(target)
    query = sorted(parse_qsl(parts.query)) if place_of(target) == "lists" else []
    return f"{parts.path.lower().rstrip('/')}?{urlencode(query)}"


def _page_before(target: str) -> str | None:
    """Return the address of the page before this one of a list; the first has none."""
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query))
    page = read_filters(query).page
    return f"{parts.path}?{urlencode({**query, 'Page': page - 1})}" if page > 1 else None
