"""The faults of a site that misbehaves, and the words that ask for them.

A specification is a list of `NAME[:ARG][@WHERE][=HOW]` with commas between:

- WHERE: `essays`, `lists` or `robots`; without it, the first place of the fault in `KINDS`.
- HOW: a share of the addresses (`0.1`: about a tenth), and after it, or alone, how many requests
  of each such address go wrong before it is well again (`x2`, `0.1x2`); or `after:30`: from the
  30th request for WHERE on, for good. Without it: every request.

Which addresses a share takes is decided by seed, fault and address alone: a second attempt at an
address, and a second run with the same seed, meet the same choice. (The faults of the invented
essays, which the invented expert marks, are another matter: `content/faults.toml`.)
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple, get_args

from crawler.replica.server import Place

WIDTH: Final = 99  # columns of the help text
ESSAYS: Final[tuple[Place, ...]] = ("essays",)
LISTS: Final[tuple[Place, ...]] = ("lists",)
PAGES: Final[tuple[Place, ...]] = ("essays", "lists")
ANYWHERE: Final[tuple[Place, ...]] = ("essays", "lists", "robots")

#: The classes that `renamed` can rename, by place: each stands in a page of the replica.
CLASSES: Final[Mapping[Place, tuple[str, ...]]] = {
    "essays": (
        *("advice", "adviceTotal", "bad", "cell", "company-header-branding-body", "detailView"),
        *("good", "grade", "linkWrite", "name", "num", "qnaLists", "selfTopBx", "specLists"),
        *("sup", "tit", "tx", "txSpllChk", "txViewNum", "viewTitWrap"),
    ),
    "lists": (
        *("advice", "assay", "career", "field", "grade", "itemCheck", "linkArray", "now"),
        *("selfLists", "stTopWrap", "starList", "titTx", "tplPagination", "txViewNum"),
    ),
}


class Kind(NamedTuple):
    """What can be asked of a fault.

    Args:
        does: What the site does, in words.
        places: Where it can; the first is the default.
        argument: The pattern that its argument, or else `default`, must match.
        shown: The argument in the words of a help text.
        default: The argument if none is given.
        alters: Whether it goes together with others. Of those that do not, because they put
            something else in the answer's place or break it off, only one acts on a request.

    """

    does: str
    places: tuple[Place, ...] = ANYWHERE
    argument: str = ""
    shown: str = ""
    default: str = ""
    alters: bool = False


KINDS: Final[Mapping[str, Kind]] = {
    "too-many": Kind("429 with Retry-After in seconds (1)", ANYWHERE, r"\d+", "[:SECONDS]", "1"),
    "unavailable": Kind("503; with SECONDS, Retry-After as a date", ANYWHERE, r"\d*", "[:SECONDS]"),
    "slow": Kind(
        "the answer comes late (2)",
        *(ANYWHERE, r"\d+(\.\d+)?", "[:SECONDS]", "2"),
        alters=True,
    ),
    "hung": Kind("no answer; with body, half of one", ANYWHERE, "(body)?", "[:body]"),
    "cut": Kind("the connection closes within the body"),
    "truncated": Kind("200, whose HTML ends within the questions or entries", PAGES),
    "alert": Kind("the page opens an alert and a confirm", PAGES, alters=True),
    "layer": Kind("a log-in layer covers the page, which is there", PAGES, alters=True),
    "login": Kind(
        "a log-in page instead; with redirect, 302 to it", ANYWHERE, "(redirect)?", "[:redirect]"
    ),
    "captcha": Kind("a page that asks for 보안문자 instead"),
    "blocked": Kind("a page that says 비정상적인 접근 instead"),
    "forbidden": Kind("403"),
    "renamed": Kind("a class has another name", PAGES, r"[\w-]+", ":CLASS", alters=True),
    "shift": Kind(
        "after every N-th request (1) a new essay stands on top",
        *(LISTS, r"[1-9]\d*", "[:N]", "1"),
        alters=True,
    ),
    "duplicates": Kind("a list page repeats entries, and the last page's", LISTS, alters=True),
    "gone": Kind("a listed essay's page says that it is missing", ESSAYS),
    "stranger": Kind("the page of another essay", ESSAYS),
}

_ITEM = re.compile(
    r"(?P<name>[a-z-]+)(?::(?P<argument>[\w.-]+))?(?:@(?P<place>\w+))?(?:=(?P<how>\S+))?"
)
_HOW = re.compile(
    r"after:(?P<after>\d{1,9})|(?P<share>\d*\.\d+|\d+)?(?:x(?P<times>\d{1,9}))?", re.ASCII
)


class FaultSpecError(ValueError):
    """A specification that asks for what there is not; the message lists what there is."""


@dataclass(frozen=True)
class Fault:
    """A way in which the site misbehaves, and when.

    Args:
        name: Its name in `KINDS`.
        place: The kind of address that it hits.
        argument: What `KINDS` says that it takes.
        share: Which share of the addresses it hits.
        times: How many requests of each such address go wrong; `None`: all.
        after: The request for its place with which it begins, from 1.

    """

    name: str
    place: Place
    argument: str = ""
    share: float = 1.0
    times: int | None = None
    after: int = 1

    def chooses(self, address: str, seed: int) -> bool:
        """Whether the address is of the share that is hit."""
        key = f"{seed} {self.name}:{self.argument} {address}"
        chance = int.from_bytes(sha256(key.encode()).digest()[:8], "big") / 2**64
        return chance < self.share


def parse_faults(text: str) -> tuple[Fault, ...]:
    """Read a specification.

    Raises:
        FaultSpecError: There is a fault, argument, place or HOW that there is not; all are named.

    """
    faults, problems = [], []
    for item in text.split(","):
        try:
            faults.append(_parse_fault(item.strip()))
        except FaultSpecError as error:
            problems.append(f"{item.strip()!r}: {error}")
    if problems:
        raise FaultSpecError("; ".join(problems) + f"\n{known_faults()}")
    return tuple(faults)


def known_faults() -> str:
    """List the faults with what they take, for a help text."""
    lines = [
        f"  {name + kind.shown:<24} {kind.does}; {', '.join(kind.places)}"
        for name, kind in KINDS.items()
    ]
    classes = [
        textwrap.fill(
            f"{place}: {', '.join(names)}",
            WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_on_hyphens=False,
        )
        for place, names in CLASSES.items()
    ]
    return "\n".join(
        [
            "faults: NAME[:ARG][@WHERE][=HOW], several with commas between",
            *lines,
            "HOW: 0.1 (a tenth of the addresses), x2 (the first two requests of each), 0.1x2, or",
            "after:30 (from the 30th request on); WHERE: the first place named, if not given",
            "CLASS:",
            *classes,
        ]
    )


def _parse_fault(item: str) -> Fault:
    found = _ITEM.fullmatch(item)
    if found is None:
        raise FaultSpecError("not NAME[:ARG][@WHERE][=HOW]")
    name = found["name"]
    kind = KINDS.get(name)
    if kind is None:
        raise FaultSpecError(f"there is no fault {name}")
    place = _parse_place(found["place"], name, kind)
    argument = _parse_argument(found["argument"], name, kind, place)
    share, times, after = _parse_how(found["how"])
    return Fault(name, place, argument, share, times, after)


def _parse_place(text: str | None, name: str, kind: Kind) -> Place:
    place = next((place for place in get_args(Place) if place == text), None)
    if text is not None and place not in kind.places:
        raise FaultSpecError(f"{name} has these places: {', '.join(kind.places)}")
    return kind.places[0] if place is None else place


def _parse_argument(text: str | None, name: str, kind: Kind, place: Place) -> str:
    argument = kind.default if text is None else text
    if re.fullmatch(kind.argument, argument, re.ASCII) is None:
        raise FaultSpecError(f"write {name}{kind.shown}")
    if name == "renamed" and argument not in CLASSES[place]:
        raise FaultSpecError(f"no page of {place} has the class {argument}")
    return argument


def _parse_how(text: str | None) -> tuple[float, int | None, int]:
    """Return share, times and the first request that goes wrong."""
    found = _HOW.fullmatch(text or "1")
    if found is None:
        raise FaultSpecError(f"{text} is not how often: 0.1, x2, 0.1x2 or after:30")
    share = float(found["share"] or 1)
    times = int(found["times"]) if found["times"] else None
    after = int(found["after"] or 1)
    if not 0 < share <= 1 or times == 0 or after == 0:
        raise FaultSpecError(f"{text}: a share is above 0 and at most 1, a count at least 1")
    return share, times, after
