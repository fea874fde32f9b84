"""Read the kept pages again with today's parser, without asking the site: `make reparse`.

    python -m crawler.reparse --site https://www.jobkorea.co.kr --out data/raw/essays.jsonl

The pages are those beside FILE, as a crawl of the site keeps them.
Essays of FILE whose page is not kept stay as they are; lists in which an essay was found are
joined with those it had. FILE is written anew, whole.

Exit codes: 0 done; 1 a kept page could not be read (the others are still written), or there was
none; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from tqdm import tqdm

from crawler.arguments import site_address
from crawler.items import Essay, RecordError, read_jsonl, write_jsonl
from crawler.output import CURE, mend_last_line, page_store
from crawler.page_store import PageStore
from crawler.pages import PageError, parse_essay
from crawler.plan import LIVE_SITE, REPLICA, REPLICA_SITE

RAW = Path("data/raw/essays.jsonl")


class Reparsed(NamedTuple):
    """What came of it: the essays of the file, how many of them differ, and what was not read."""

    essays: list[Essay]
    read: int
    changed: int
    broken: list[str]


def reparse(known: Sequence[Essay], pages: PageStore, *, progress: bool = False) -> Reparsed:
    """Read every kept page; known essays keep their place, new ones come behind."""
    essays = {essay.id: essay for essay in known}
    read, changed, broken = 0, 0, []
    total = len(pages.numbers())
    for number in tqdm(pages, total=total, unit="page", disable=None if progress else True):
        before = essays.get(number)
        try:
            page = pages.load(number)
            assert page is not None
            essay = parse_essay(page.text, page.url, crawled_at=page.fetched.at)
        except (PageError, RecordError) as error:
            broken.append(str(error))
            continue
        types = dict.fromkeys((*(before.company_types if before else ()), *page.fetched.types))
        url = before.url if before else page.url
        essay = msgspec.structs.replace(essay, company_types=tuple(types), url=url)
        read += 1
        changed += essay != before
        essays[number] = essay
    return Reparsed(list(essays.values()), read, changed, broken)


def main(arguments: Sequence[str] | None = None) -> int:
    """Reparse a folder of pages; the exit code is told by the module's docstring."""
    options = _parser().parse_args(arguments)
    out: Path = options.out
    pages = page_store(out, REPLICA_SITE if options.site == REPLICA else options.site)
    if not pages.numbers():
        print(
            f"error: no kept page (*.html.gz) in {pages.folder}; make some with: {CURE}",
            file=sys.stderr,
        )
        return 1
    try:
        mend_last_line(out)
        known = list(read_jsonl(out, Essay, cure=CURE)) if out.exists() else []
        result = reparse(known, pages, progress=True)
        if result.changed:
            write_jsonl(out, result.essays)
    except (RecordError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for line in result.broken:
        print(line, file=sys.stderr)
    print(
        f"{result.read} pages read, {result.changed} essays new or changed, "
        f"{len(result.broken)} broken; {len(result.essays)} essays in {out}"
    )
    return 1 if result.broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crawler.reparse",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--site",
        type=site_address,
        default=LIVE_SITE,
        help=f"whose pages (%(default)s), or {REPLICA}",
    )
    add("--out", metavar="FILE", type=Path, default=RAW, help="(%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
