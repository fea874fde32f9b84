"""A page that a browser fails to get is asked for again, in its turn, in the real Chromium."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from subprocess import CompletedProcess

from crawler.items import Essay
from crawler.replica.server import ReplicaSite, Reply, serve
from tests.crawler.commands import read_crawled, read_manifest
from tests.crawler.forks import run_module, run_python
from tests.crawler.invented import as_crawled, make_essays
from tests.crawler.misbehaving import LIST, Misbehaving

NOTHING = Reply(204, "")  # no browser takes this for a page
DELAY = 4.0  # seconds: longer than a browser takes to start


class Timed(Misbehaving):
    """A site that notes when it was asked for a page of the list."""

    def __init__(self, essays: list[Essay], replies: Mapping[str, list[Reply]]) -> None:
        super().__init__(essays, replies)
        self.times: list[float] = []

    def reply(self, target: str, headers: Mapping[str, str]) -> Reply:
        """Note the time."""
        if LIST in target:
            self.times.append(time.monotonic())
        return super().reply(target, headers)


CRAWL = """
import sys
from pathlib import Path
from crawler.crawl import crawl
from crawler.output import open_essays
from crawler.plan import CrawlPlan
from crawler.tally import Tally

site, out, delay = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
plan = CrawlPlan(
    site=site, types=(), fields=(), analysed=False, limit=None, browser="lists",
    permission=None, out=out, fresh=False,
)
tally = Tally()
with open_essays(out, site, fresh=False) as essays:
    crawl(plan, essays, tally, overrides={"CRAWL_DELAY": delay})
print(tally.saved, tally.retries, tally.verdict(site))
"""


def crawl(site: str, out: Path) -> CompletedProcess[str]:
    """Crawl everything of a site, its lists through a browser."""
    options = ("--site", site, "--types", "all", "--timeout", "4", "--out", out)
    return run_module("crawler.crawl", *options)


def counts(out: Path) -> dict[str, object]:
    """Return the counts of a crawl's manifest."""
    found: dict[str, object] = read_manifest(out)["counts"]
    return found


def test_retry_waits_for_its_turn(tmp_path: Path) -> None:
    """A page that a browser failed to get waits for its turn, as the page after a start does."""
    essays = make_essays(1)
    page = ReplicaSite(essays).reply("/starter/PassAssay", {})
    replica = Timed(essays, {LIST: [page, NOTHING, page]})
    with serve(replica) as site:
        done = run_python("-c", CRAWL, site, str(tmp_path / "essays.jsonl"), str(DELAY))
    assert (done.stdout, done.stderr) == ("1 1 None\n", "")
    gaps = [later - earlier for earlier, later in pairwise(replica.times)]
    assert len(gaps) == 2
    assert min(gaps) >= DELAY - 0.5


def test_page_that_one_browser_gets(tmp_path: Path) -> None:
    """A list page that hangs is given up, and a new browser gets it; nobody hears of it."""
    out, essays = tmp_path / "essays.jsonl", make_essays(3)
    page = ReplicaSite(essays).reply("/starter/PassAssay", {})
    hung = page._replace(hang="before")
    replica = Misbehaving(essays, {LIST: [page, hung, page]})
    with serve(replica) as site:
        done = crawl(site, out)
        assert (done.returncode, done.stderr) == (0, "")
        assert read_crawled(out) == as_crawled(essays, site, ())
    assert counts(out)["retries"] == 1


def test_page_that_no_browser_gets(tmp_path: Path) -> None:
    """A page is asked for three times in all; then one error says what went wrong."""
    out, essays = tmp_path / "essays.jsonl", make_essays(3)
    replica = Misbehaving(essays, {LIST: [NOTHING]})
    with serve(replica) as site:
        done = crawl(site, out)
    assert (done.returncode, done.stdout) == (1, "")
    [said] = done.stderr.splitlines()
    assert said.startswith(f"error: {site}{LIST}")
    assert "nothing was loaded" in said
    assert "attempt 3" in said
    assert sum(count for target, count in replica.asked.items() if LIST in target) == 3
