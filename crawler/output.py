"""The file of essays: appended to line by line, so that a kill at any moment loses nothing.

On opening, a line that a kill cut in half is cut off, and the essays that are there are known.
A file holds the essays of one site: the demo can neither mix with a real crawl nor overwrite it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from crawler.hosts import host_of, is_loopback
from crawler.items import Essay, encode_line, read_jsonl, write_jsonl
from crawler.outcomes import WrongUsageError
from crawler.page_store import PageStore

LINE_START = b'{"id":'
REPLICA = "the replica"
IMPORTED = "imported pages"
PAGES = "pages"
OWN_PAGES = "localhost"  # a name that no site elsewhere can have
CURE = "python -m crawler.crawl"


class EssayFile:
    """An open file of essays.

    `known` are the numbers of the essays that were there, `warning` says what was mended, and
    `count` is the number of essays in the file. `types` are the lists in which this crawl found
    an essay, by its number: a known essay found in a further list gets that too at the end, and
    `gained` counts such.
    """

    def __init__(self, path: Path, *, fresh: bool, known: frozenset[str], warning: str) -> None:
        self.path = path
        self.known = known
        self.warning = warning
        self.count = len(known)
        self.types: Mapping[str, Sequence[str]] = {}
        self.gained = 0
        self._fresh = fresh
        self._written = path.with_name(path.name + ".partial") if fresh else path
        self._stream: BinaryIO | None = None  # opened with the first essay: no empty file

    def append(self, essay: Essay) -> None:
        """Write one essay; when this returns, it is on the disk."""
        if self._stream is None:
            self._written.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._written.open("wb" if self._fresh else "ab")
        self._stream.write(encode_line(essay))
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self.count += 1

    def close(self, *, done: bool) -> None:
        """Close the file; a fresh one takes its name only if the crawl is done.

        Where only the times of the crawl differ, the old file stays as it is, so that nothing that
        was made from it looks out of date.
        """
        written = self._stream is not None
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        if done and not self._fresh and self.types and self.path.exists():
            self.gained = add_types(self.path, self.types)
            self.types = {}
        elif done and self._fresh and written:
            if self.path.exists() and _timeless(self.path) == _timeless(self._written):
                self._written.unlink()
            else:
                self._written.replace(self.path)


def page_store(out: Path, site: str) -> PageStore:
    """Return where a site's pages are kept: in a folder of its own beside the essays.

    Sites on this machine share one, whatever their address: a fresh crawl empties it.
    """
    return PageStore(out.parent / PAGES / (OWN_PAGES if is_loopback(site) else host_of(site)))


@contextmanager
def open_essays(path: Path, site: str, *, fresh: bool) -> Iterator[EssayFile]:
    """Open the file for the essays of a site; it is closed after the context.

    What a site on this machine gave is taken for the replica's, invented and quickly made again: a
    fresh crawl of one, and a live crawl, take its place. Nothing else is ever taken away.

    Raises:
        WrongUsageError: It holds another site's essays, or a live crawl is to be fresh.
        RecordError: A line of it is no essay.

    """
    if fresh and not is_loopback(site):
        raise WrongUsageError(
            f"--fresh is for the replica and other sites on this machine: {site} is asked for "
            "nothing twice; leave it out, and only what is missing is fetched"
        )
    warning = mend_last_line(path)
    if path.exists() and not is_loopback(site) and _places(path) == {REPLICA}:
        path.unlink()
        warning = f"{path}: the replica's essays are taken away, {site} is crawled in their place"
    known = frozenset(_known_essays(path, site)) if path.exists() else frozenset()
    essays = EssayFile(path, fresh=fresh, known=frozenset() if fresh else known, warning=warning)
    try:
        yield essays
    finally:
        essays.close(done=False)


def add_types(path: Path, types: Mapping[str, Sequence[str]]) -> int:
    """Add the lists in which known essays were found this time; return how many essays gained one.

    Args:
        path: The essays' file; written anew, whole, only if something was gained.
        types: Names of lists by an essay's number.

    """
    gained = 0

    def essays() -> Iterator[Essay]:
        nonlocal gained
        for essay in read_jsonl(path, Essay, cure=CURE):
            found, before = types.get(essay.id, ()), essay.company_types
            new = set(found) - set(before)
            gained += bool(new)
            named = tuple(dict.fromkeys((*found, *before)))  # in the order of this crawl's lists
            yield msgspec.structs.replace(essay, company_types=named) if new else essay

    changed = list(essays())
    if gained:
        write_jsonl(path, changed)
    return gained


def mend_last_line(path: Path) -> str:
    """Cut off a last line that was written in part, and say so; a whole one gets its line end."""
    if not path.exists():
        return ""
    body = path.read_bytes()
    kept = body.rfind(b"\n") + 1
    tail = body[kept:]
    if not tail.startswith(LINE_START[: len(tail)]) or not tail:
        return ""  # not a line of ours: reading the file will name it
    whole = _is_essay(tail)
    with path.open("r+b") as stream:
        stream.truncate(kept)
        stream.seek(kept)
        stream.write(tail + b"\n" if whole else b"")
        stream.flush()
        os.fsync(stream.fileno())
    return "" if whole else f"{path}: the last line was written in part and is cut off"


def _is_essay(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=Essay)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _known_essays(path: Path, site: str) -> Iterator[str]:
    place = _place(site)
    for essay in read_jsonl(path, Essay, cure=CURE):
        held = _place(essay.url)
        if held != place:
            raise WrongUsageError(
                f"{path} holds essays of {held}, and this crawl is of {place}; "
                "move it away, or choose another file with --out"
            )
        yield essay.id


def _places(path: Path) -> set[str]:
    return {_place(essay.url) for essay in read_jsonl(path, Essay, cure=CURE)}


def _timeless(path: Path) -> list[Essay]:
    return [
        msgspec.structs.replace(essay, crawled_at=None)
        for essay in sorted(read_jsonl(path, Essay, cure=CURE), key=lambda essay: essay.id)
    ]


def _place(url: str | None) -> str:
    if url is None:
        return IMPORTED
    return REPLICA if is_loopback(url) else host_of(url)
