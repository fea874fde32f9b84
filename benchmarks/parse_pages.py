"""Time the page parser against a BeautifulSoup scraper: `python -m benchmarks.parse_pages`.

Both read the same pages of the replica into `Essay`, as they are and grown to the size of a whole
page of a large site by menus and scripts around them; before anything is timed, every record of
the two must be equal. They take turns, and the seconds are those of this process on one core, so
that other work on the machine matters little. The table goes to stdout, the same and the machine
to `benchmarks/results/parse_pages.json`. BeautifulSoup is part of the `dev` extra.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from bs4 import BeautifulSoup
from tqdm import tqdm

from benchmarks.machine import machine
from benchmarks.soup_scraper import scrape_essay
from crawler.items import Essay
from crawler.pages import parse_essay
from crawler.replica.essays import generate_essays
from crawler.replica.server import ReplicaSite

RESULT: Final = Path(__file__).parent / "results" / "parse_pages.json"
SITE: Final = "https://site.test"
LARGE: Final = (150_000, 250_000)  # bytes
OURS, SOUP, TREE = "crawler", "BeautifulSoup", "BeautifulSoup, tree alone"


class Page(NamedTuple):
    """A page's text and address."""

    text: str
    url: str


class Timing(NamedTuple):
    """Pages a second: the median of the repetitions, the slowest and the fastest."""

    median: float
    lowest: float
    highest: float


def replica_pages(essays: int) -> list[Page]:
    """Return the pages of invented essays in both layouts."""
    replica = ReplicaSite(generate_essays(seed=7, count=essays))
    pages = []
    for essay in replica.catalogue.essays:
        firm = replica.catalogue.company_ids[essay.company or ""]
        for path in ("/starter", f"/company/{firm}"):
            at = f"{path}/PassAssay/View/{essay.id}"
            pages.append(Page(replica.reply(at, {}).text, SITE + at))
    return pages


def grow(page: Page, rng: random.Random) -> Page:
    """Put menus and scripts around a page's body until it is as large as a large site's.

    They come to some 72 bytes an element; pages of the site that were saved have 68 and 90.
    """
    wanted = rng.randrange(*LARGE) - len(page.text.encode())
    before, after = _outer_markup(rng, wanted * 2 // 3), _outer_markup(rng, wanted // 3)
    text = page.text.replace("<body>", f"<body>{before}", 1).replace("</body>", f"{after}</body>")
    return page._replace(text=text)


def _outer_markup(rng: random.Random, size: int) -> str:
    blocks: list[str] = []
    written = 0
    while written < size:
        block = rng.choice((_menu, _script))(rng)
        blocks.append(block)
        written += len(block.encode())
    return "".join(blocks)


def _menu(rng: random.Random) -> str:
    items = "".join(
        f'<li class="gnbItem depth{rng.randrange(4)}"><a class="lnk gtmLink" title="채용정보 {n}" '
        f'href="/theme/{rng.randrange(9999)}?rPageCode=MC&amp;stext={n}" data-code="{n}">'
        f'<span class="tx">메뉴 항목 {n}</span><em class="num">{n}</em></a></li>\n'
        for n in range(rng.randrange(8, 40))
    )
    return f'<div class="gnbWrap navArea"><h2 class="skip">메뉴</h2><ul>{items}</ul></div>'


def _script(rng: random.Random) -> str:
    pairs = ",".join(f'"k{n}":{rng.randrange(10**6)}' for n in range(rng.randrange(20, 300)))
    return (
        f"<script>var config={{{pairs}}};if(a<b){{document.write('<div>'+a+'</div>');}}</script>\n"
    )


def read(page: Page) -> Essay:
    """Read a page with the project's parser."""
    return parse_essay(page.text, page.url, crawled_at=None)


def scrape(page: Page) -> Essay:
    """Read a page with BeautifulSoup."""
    return scrape_essay(page.text, page.url)


def build_tree(page: Page) -> BeautifulSoup:
    """Parse a page with BeautifulSoup and read nothing off it: what no scraper can do without."""
    return BeautifulSoup(page.text, "html.parser")


READERS: Final[dict[str, Callable[[Page], object]]] = {
    OURS: read,
    SOUP: scrape,
    TREE: build_tree,
}


def require_equal(pages: Sequence[Page]) -> None:
    """Check that both read the same off every page.

    Raises:
        ValueError: They do not; page and field are named.

    """
    for page in tqdm(pages, desc="compare", unit="page", disable=None):
        ours, theirs = read(page), scrape(page)
        for field in Essay.__struct_fields__:
            if getattr(ours, field) != getattr(theirs, field):
                raise ValueError(f"{page.url}, {field}: the two differ; mend soup_scraper.py")


def measure(pages: Sequence[Page], repetitions: int, label: str) -> dict[str, list[float]]:
    """Return each reader's pages a second, by repetition; the readers take turns."""
    rates: dict[str, list[float]] = {name: [] for name in READERS}
    for _ in tqdm(range(repetitions), desc=label, unit="turn", disable=None):
        for name, reader in READERS.items():
            begun = time.process_time()
            for page in pages:
                reader(page)
            rates[name].append(len(pages) / (time.process_time() - begun))
    return rates


def summarise(rates: Sequence[float]) -> Timing:
    """Return median and spread."""
    return Timing(statistics.median(rates), min(rates), max(rates))


def compare(name: str, pages: Sequence[Page], repetitions: int) -> dict[str, Any]:
    """Check and time one set of pages."""
    require_equal(pages)
    rates = measure(pages, repetitions, name)
    faster = [ours / theirs for ours, theirs in zip(rates[OURS], rates[SOUP], strict=True)]
    return {
        "pages": name,
        "count": len(pages),
        "mean_bytes": round(statistics.mean(len(page.text.encode()) for page in pages)),
        "repetitions": repetitions,
        "pages_per_second": {who: summarise(found)._asdict() for who, found in rates.items()},
        "times_as_fast": summarise(faster)._asdict(),
    }


def table(results: Sequence[dict[str, Any]]) -> str:
    """Write the results as a table: pages a second, median and spread."""
    lines = [f"{'pages':<14}{'bytes':>8}  {'reader':<26}{'pages/s':>9}  {'spread':<16}"]
    for result in results:
        for who, found in result["pages_per_second"].items():
            spread = f"{found['lowest']:.0f} to {found['highest']:.0f}"
            size = f"{result['pages']:<14}{result['mean_bytes']:>8}"
            lines.append(f"{size}  {who:<26}{found['median']:>9.0f}  {spread:<16}".rstrip())
        ratio = result["times_as_fast"]
        spread = f"{ratio['lowest']:.1f} to {ratio['highest']:.1f}"
        lines.append(f"{'':<24}{OURS} / {SOUP:<16}{ratio['median']:>9.1f}  {spread}\n")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Time both and write the result."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parse_pages", description=__doc__)
    parser.add_argument("--essays", type=int, default=120, help="two pages each")
    parser.add_argument("--large", type=int, default=24, help="how many of the pages are grown too")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--out", type=Path, default=RESULT)
    options = parser.parse_args(arguments)
    pages = replica_pages(options.essays)
    rng = random.Random(7)  # noqa: S311 - no cryptography
    large = [grow(page, rng) for page in pages[: options.large]]
    results = [
        compare("as they are", pages, options.repetitions),
        compare("grown", large, options.repetitions),
    ]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    told = {"machine": machine(), "clock": "processor seconds, one core", "results": results}
    options.out.write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
    print(table(results))
    print(f"written to {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
