"""Read saved pages into essays: `python -m crawler.import_pages DIR --out FILE`.

Takes every `*.html`, `*.htm`, `*.xhtml`, `*.mhtml` and `*.mht` under DIR, in capitals or not, also
with `.gz` after it: with or without the outer page, in UTF-8, CP949 or the charset that the page
declares; gzip and MHTML ("web page, single file") are known by their first bytes. Lists and other
pages are named and left out; an essay page that cannot be read is an error, and the good ones are
still written, where FILE is not there yet.

A FILE that is there is replaced whole, and left as it was where a page is broken or there is no
essay. Exit codes: 0 done; 1 an essay page was broken, FILE cannot be written, or there was no essay
at all; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import email
import gzip
import re
import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from tqdm import tqdm

from crawler.hosts import host_of, is_loopback
from crawler.items import Essay, RecordError, read_jsonl, write_jsonl
from crawler.outcomes import WrongUsageError
from crawler.pages import (
    BrokenPageError,
    RefusedPageError,
    WrongPageError,
    decode_page,
    parse_essay,
    stated_url,
)

_NAME = re.compile(r".*\.(?:x?html?|mht(?:ml)?)(?:\.gz)?", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_MHTML = re.compile(
    rb"\s*(?:From|Subject|Date|MIME-Version|Content-Type|Snapshot-[\w-]+): ", re.IGNORECASE
)


@dataclass
class Imported:
    """What came of a folder: essays by number, each from a file; files left out, and why."""

    essays: dict[str, Essay] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def find_pages(folder: Path) -> list[Path]:
    """Return the saved pages under a folder, sorted."""
    return sorted(p for p in folder.rglob("*") if _NAME.fullmatch(p.name) and p.is_file())


def import_pages(paths: Iterable[Path]) -> Imported:
    """Read saved pages; the first of two pages of one essay is kept."""
    imported = Imported()
    for path in paths:
        try:
            essay = import_page(path)
        except (WrongPageError, RefusedPageError) as error:
            imported.skipped.append(f"{path}: {error.reason}")
        except BrokenPageError as error:
            imported.broken.append(str(error))
        else:
            if first := imported.files.get(essay.id):
                imported.skipped.append(f"{path}: essay {essay.id} was read from {first} already")
                continue
            imported.files[essay.id], imported.essays[essay.id] = path, essay
    return imported


def import_page(path: Path) -> Essay:
    """Read one saved page.

    Raises:
        PageError: It is no essay page, or a broken one.

    """
    text = _read_text(path)
    essay = parse_essay(text, str(path), crawled_at=None)
    return msgspec.structs.replace(essay, source="import", url=stated_url(text))


def _read_text(path: Path) -> str:
    try:
        body = path.read_bytes()
        if body.startswith(_GZIP):
            body = gzip.decompress(body)
        return decode_page(_page_of_mhtml(body) if _MHTML.match(body) else body)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BrokenPageError(str(path), f"it cannot be unpacked ({error})") from None
    except UnicodeDecodeError as error:
        raise BrokenPageError(str(path), f"its text is neither UTF-8 nor CP949 ({error})") from None


def _page_of_mhtml(body: bytes) -> bytes:
    """Return the page of an MHTML file, its first HTML part, with its address noted behind it."""
    for part in email.message_from_bytes(body).walk():
        page = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(page, bytes):
            address = str(part.get("Content-Location", ""))
            return page + f"<!-- saved from url=({len(address):04}){address} -->".encode()
    return b""


def refuse_crawled(path: Path) -> None:
    """Refuse a file that holds a live site's essays: fetching them again costs the site.

    Raises:
        WrongUsageError: It does.
        RecordError: The file is there and not one of essays.

    """
    if not path.exists():
        return
    for essay in read_jsonl(path, Essay, cure="another --out"):
        if essay.source != "import" and essay.url and not is_loopback(essay.url):
            raise WrongUsageError(
                f"{path} holds essays crawled from {host_of(essay.url)}, and an import would take "
                "their place; choose another --out, or move the file away"
            )


def main(arguments: Sequence[str] | None = None) -> int:
    """Import a folder; the exit code is told by the module's docstring."""
    options = _parser().parse_args(arguments)
    if not options.folder.is_dir():
        print(f"error: {options.folder} is no folder; name the pages' folder", file=sys.stderr)
        return 2
    paths = find_pages(options.folder)
    if options.out.is_dir():
        print(f"error: {options.out} is a folder; name a file in it with --out", file=sys.stderr)
        return 2
    if not paths:
        print(f"error: no saved page (*.html and the like) under {options.folder}", file=sys.stderr)
        return 1
    try:
        refuse_crawled(options.out)
    except (WrongUsageError, RecordError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    imported = import_pages(tqdm(paths, unit="page", disable=None))
    for line in (*imported.skipped, *imported.broken):
        print(line, file=sys.stderr)
    kept = bool(imported.broken) and options.out.exists()
    try:
        if imported.essays and not kept:
            write_jsonl(options.out, imported.essays.values())
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    written = "no file" if kept or not imported.essays else options.out
    print(
        f"{len(imported.essays)} essays to {written}, {len(imported.skipped)} pages left out, "
        f"{len(imported.broken)} broken"
    )
    if kept:
        print(
            f"error: {options.out} is left as it was; take the broken pages away, or name another "
            "--out",
            file=sys.stderr,
        )
    return 1 if imported.broken or not imported.essays else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crawler.import_pages", description=__doc__)
    parser.add_argument("folder", metavar="DIR", type=Path, help="where the pages are")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="the essays' file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
