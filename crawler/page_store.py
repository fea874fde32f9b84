"""Fetched essay pages, kept compressed: what a better parser needs, without a second visit.

    data/raw/pages/<site>/<essay's number>.html.gz

Each file is the page's text in UTF-8 below two comments, its address in the browsers' own form
(so that `crawler.import_pages` reads such a file too) and what the crawl knew of it. Files are
written to another name first: a kill leaves none in part.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from crawler.items import Record, RecordError, write_whole

SUFFIX = ".html.gz"
CURE = "remove the file; the essay that was read from it stays as it is"

_LEVEL = 6
_HEAD = re.compile(r"<!-- saved from url=\(\d+\)(\S+) -->\n<!-- fetched (\{.*\}) -->\n")
_NAME = re.compile(rf"(\d{{1,9}}){re.escape(SUFFIX)}")


class Fetched(Record, frozen=True):
    """What the crawl knew of a page: when it came (UTC), and in which lists it was found."""

    at: str
    types: tuple[str, ...]


class StoredPage(NamedTuple):
    """A kept page."""

    number: str
    url: str
    fetched: Fetched
    text: str


class PageStore:
    """The kept pages of one site.

    Args:
        folder: Where they are; made with the first page.

    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, number: str) -> Path:
        """Return where an essay's page is kept."""
        return self.folder / f"{number}{SUFFIX}"

    def save(self, page: StoredPage) -> None:
        """Keep a page, in the place of an earlier one of the same essay."""
        known = msgspec.json.encode(page.fetched).decode().replace("--", "-\\u002d")
        url = page.url.replace("--", "-%2d")
        text = (
            f"<!-- saved from url=({len(url):04}){url} -->\n<!-- fetched {known} -->\n{page.text}"
        )
        body = gzip.compress(text.encode("utf-8", errors="replace"), _LEVEL, mtime=0)
        write_whole(self.path(page.number), [body])

    def load(self, number: str) -> StoredPage | None:
        """Return an essay's page, `None` if it is not kept.

        Raises:
            RecordError: The file is damaged.

        """
        path = self.path(number)
        return _read(path, number) if path.exists() else None

    def numbers(self) -> frozenset[str]:
        """Return the numbers of the essays whose pages are kept."""
        found = (_NAME.fullmatch(path.name) for path in self.folder.glob(f"*{SUFFIX}"))
        return frozenset(name.group(1) for name in found if name)

    def __iter__(self) -> Iterator[str]:
        """Yield the numbers of the kept pages, ascending."""
        yield from sorted(self.numbers(), key=int)

    def clear(self) -> None:
        """Forget every page."""
        for number in self.numbers():
            self.path(number).unlink()


def _read(path: Path, number: str) -> StoredPage:
    try:
        text = gzip.decompress(path.read_bytes()).decode()
    except (gzip.BadGzipFile, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise RecordError(f"{path}: it cannot be unpacked ({error}); {CURE}") from None
    head = _HEAD.match(text)
    if head is None:
        raise RecordError(f"{path}: it does not begin with its address; {CURE}")
    try:
        fetched = msgspec.json.decode(head.group(2), type=Fetched)
    except msgspec.DecodeError as error:
        raise RecordError(f"{path}, line 2: {error}; {CURE}") from None
    return StoredPage(number, head.group(1), fetched, text[head.end() :])
