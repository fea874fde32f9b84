"""The crawl through a real headless Chromium. Without one these tests fail: install it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from crawler.browser import BrowserError, BrowserRequest, DriverPool
from crawler.chromium import Chromium, find_browser
from crawler.items import Essay
from crawler.outcomes import CrawlFailedError
from crawler.plan import DEFAULT_TYPES
from crawler.processes import kill_session
from crawler.replica.essays import generate_essays
from crawler.replica.server import ReplicaSite, Reply, serve, start_replica
from tests.crawler.commands import read_crawled, read_manifest
from tests.crawler.forks import run_module
from tests.crawler.invented import as_crawled, make_essays

TIMEOUT = 20  # seconds for a page
ALWAYS = ("--browser", "always", "--drivers", "1")


@pytest.fixture(autouse=True)
def need_a_browser() -> None:
    """Fail, and say what to install, where there is no browser."""
    try:
        find_browser()
    except CrawlFailedError as error:
        pytest.fail(str(error), pytrace=False)


def processes_of(token: str) -> list[str]:
    """Return the command lines of processes that inherited a token in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if token.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def test_demo_crawl(tmp_path: Path) -> None:
    """Lists through Chromium, essays over HTTP: the records are the replica's own essays."""
    out, token = tmp_path / "essays.jsonl", uuid.uuid4().hex
    essays = generate_essays(count=45)
    # A short path: in a long one Chromium's sockets have no room.
    with TemporaryDirectory(prefix="j") as temporary, start_replica(essays) as site:
        environment = {"JASOSEO_CONTACT": token, "TMPDIR": temporary}
        done = run_module("crawler.crawl", "--site", site, "--out", out, environment=environment)
        assert (done.returncode, done.stderr) == (0, "")
        assert read_crawled(out) == as_crawled(essays, site, DEFAULT_TYPES)
        assert list(Path(temporary).iterdir()) == []
    assert processes_of(token) == []


def test_replica_that_the_crawl_starts(tmp_path: Path) -> None:
    """`--site replica` serves the replica itself and ends it; a limit keeps the crawl short."""
    out, token = tmp_path / "essays.jsonl", uuid.uuid4().hex
    done = run_module(
        "crawler.crawl",
        *("--site", "replica", "--types", "외국계", "--limit", "4", "--fresh", "--out", out),
        environment={"JASOSEO_CONTACT": token},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert {essay.company_types for essay in read_crawled(out).values()} == {("외국계",)}
    assert len(read_crawled(out)) == 4
    assert processes_of(token) == []


def test_everything_in_the_browser(tmp_path: Path) -> None:
    """Essays read in the browser are the same, closed answers included."""
    out, essays = tmp_path / "essays.jsonl", make_essays(6)
    with start_replica(essays) as site:
        done = run_module("crawler.crawl", "--site", site, "--out", out, *ALWAYS)
        assert (done.returncode, done.stderr) == (0, "")
        assert read_crawled(out) == as_crawled(essays, site, DEFAULT_TYPES)


class Scripted(ReplicaSite):
    """A replica whose essays are written into the page by a script."""

    def reply(self, target: str, headers: Mapping[str, str]) -> Reply:
        """Wrap an essay's page into a script."""
        reply = super().reply(target, headers)
        if "/View/" not in target:
            return reply
        text = json.dumps(reply.text.split("<body>")[1].split("</body>")[0]).replace("</", "<\\/")
        script = f"document.getElementById('a').innerHTML = {text};"
        return Reply(200, f"<html><body><div id=a></div><script>{script}</script></body></html>")


class Failing(ReplicaSite):
    """A replica that forbids the third page of the list of everything."""

    def reply(self, target: str, headers: Mapping[str, str]) -> Reply:
        """Forbid the visit."""
        if "Page=3" in target:
            return Reply(403, "<p>forbidden</p>")
        return super().reply(target, headers)


def test_essay_that_is_not_in_the_html(tmp_path: Path) -> None:
    """An essay that a script writes is fetched again, in the browser."""
    out, essays = tmp_path / "essays.jsonl", make_essays(3)
    with serve(Scripted(essays)) as site:
        done = run_module("crawler.crawl", "--site", site, "--out", out, "--drivers", "1")
        assert (done.returncode, done.stderr) == (0, "")
        assert read_crawled(out) == as_crawled(essays, site, DEFAULT_TYPES)
    counts = read_manifest(tmp_path / "essays.jsonl")["counts"]
    assert counts["through_browser"] == 3


def test_refusal_seen_by_the_browser(tmp_path: Path) -> None:
    """A status that refuses is seen through the browser too, and no process is left after it."""
    out, token = tmp_path / "essays.jsonl", uuid.uuid4().hex
    with serve(Failing(make_essays(60))) as site:
        done = run_module(
            "crawler.crawl",
            *("--site", site, "--types", "all", "--out", out),
            environment={"JASOSEO_CONTACT": token},
        )
    assert done.returncode == 3
    assert "403" in done.stderr
    assert processes_of(token) == []


@pytest.fixture
def essays() -> list[Essay]:
    """Return three essays."""
    return make_essays(3)


@pytest.fixture
def site(essays: list[Essay]) -> Iterator[str]:
    """Serve them."""
    with start_replica(essays) as address:
        yield address


@pytest.fixture
def browsers(site: str) -> Iterator[list[Chromium]]:
    """Collect the browsers that a test's pool starts."""
    _ = site
    started: list[Chromium] = []
    yield started
    for chromium in started:
        chromium.kill()


def make_pool(site: str, browsers: list[Chromium]) -> DriverPool:
    """Make a pool of one real browser."""

    def start() -> Chromium:
        browsers.append(Chromium(find_browser(), site, "jasoseo-research/test", TIMEOUT))
        return browsers[-1]

    return DriverPool(start, 1)


def test_alert_and_layer_do_not_hang(site: str, browsers: list[Chromium]) -> None:
    """A page with an alert is read, and the first visit's layer never comes."""
    pool = make_pool(site, browsers)
    missing = pool.fetch(BrowserRequest(url=f"{site}/starter/PassAssay/View/11111"))
    assert "정보가 없습니다" in missing.text
    page = pool.fetch(BrowserRequest(url=f"{site}/starter/PassAssay"))
    assert page.status == 200
    assert "firstPopUp" not in page.text
    assert len(browsers) == 1
    pool.close()


def test_killed_browser_is_replaced(site: str, browsers: list[Chromium]) -> None:
    """A browser that dies between two pages fails the next one at once, and is replaced."""
    pool = make_pool(site, browsers)
    url = f"{site}/starter/PassAssay"
    assert pool.fetch(BrowserRequest(url=url)).status == 200
    kill_session(browsers[0]._service.process.pid)
    begun = time.monotonic()
    with pytest.raises(BrowserError):
        pool.fetch(BrowserRequest(url=url))
    assert pool.fetch(BrowserRequest(url=url)).status == 200
    assert time.monotonic() - begun < TIMEOUT
    assert len(browsers) == 2
    pool.close()
