"""A crawl that is killed at any moment loses nothing and doubles nothing."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from crawler.items import Essay, encode_line, read_jsonl
from crawler.plan import DEFAULT_TYPES
from crawler.replica.faults import FaultySite, parse_faults
from crawler.replica.server import serve
from tests.crawler.commands import read_crawled, run_module
from tests.crawler.forks import started
from tests.crawler.invented import as_crawled, make_essays

KILLS = 20
COUNT = 300
MOST_PAGES = 40  # that a crawl fetches before it is killed, so that ten do not finish the work
PATIENCE = 60.0  # seconds for those pages, on a machine that is busy


def options(site: str, out: Path) -> list[str]:
    """Return the command's options."""
    return ["--site", site, "--browser", "never", "--out", str(out)]


def kill_after(pages: int, delay: float, replica: FaultySite, out: Path, site: str) -> bool:
    """Start a crawl, kill it some seconds after so many new pages; say whether it was alive."""
    end, until = time.monotonic() + PATIENCE, len(replica.asked) + pages
    with started("-m", "crawler.crawl", *options(site, out)) as crawl:
        while crawl.alive() and len(replica.asked) < until and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(delay)
        with suppress(ProcessLookupError):
            os.kill(crawl.pid, signal.SIGKILL)
        return crawl.wait().returncode == -signal.SIGKILL


@pytest.mark.parametrize("faults", ["slow:0.3", "slow:0.3,shift"], ids=["still", "shifting"])
def test_twenty_kills(tmp_path: Path, faults: str) -> None:
    """After 20 kills at random moments, every essay is there once, as in an undisturbed crawl.

    Also where the site's list goes on shifting meanwhile.
    """
    rng = random.Random(20)  # noqa: S311 - not cryptography
    out, essays = tmp_path / "essays.jsonl", make_essays(COUNT)
    replica = FaultySite(essays, faults=parse_faults(faults), seed=7)
    sizes, killed = [], 0
    with serve(replica) as site:
        for _ in range(KILLS // 2):
            moment = rng.randrange(MOST_PAGES), rng.uniform(0, 0.1)
            killed += kill_after(*moment, replica, out, site)
            sizes.append(out.stat().st_size if out.exists() else 0)
        done = run_module("crawler.crawl", *options(site, out))
        assert done.returncode == 0, done.stderr
        expected = as_crawled(essays, site, DEFAULT_TYPES)
        found = read_crawled(out)
    assert {number: found[number] for number in expected} == expected
    assert killed == KILLS // 2
    assert len(set(sizes)) > 2  # the kills fell in the middle of the work, too


def test_page_kept_and_essay_lost(tmp_path: Path) -> None:
    """A kill between page and essay: the next run reads the kept page and asks no more for it."""
    out, essays = tmp_path / "essays.jsonl", make_essays(30)
    replica = FaultySite(essays, faults=(), seed=7)
    with serve(replica) as site:
        assert run_module("crawler.crawl", *options(site, out)).returncode == 0
        whole = read_crawled(out)
        records = list(read_jsonl(out, Essay, cure="the test"))
        lost = records.pop(11)
        out.write_bytes(b"".join(map(encode_line, records)) + encode_line(lost)[:200])
        replica.asked.clear()
        assert run_module("crawler.crawl", *options(site, out)).returncode == 0
        assert read_crawled(out) == whole
    assert not [target for target in replica.asked if "/View/" in target]
