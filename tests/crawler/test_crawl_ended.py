"""No process and no file of a browser survives the crawl, however it ends, in real Chromium."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.replica.server import ReplicaSite, Reply, serve
from tests.crawler.commands import PATIENCE
from tests.crawler.forks import Fork, started
from tests.crawler.invented import make_essays
from tests.crawler.leftovers import eventually, nothing_left, running

HELD = "Page=2"  # the list page that the site never answers


class Holding(ReplicaSite):
    """A replica that never answers for one list page, and says when it was asked."""

    def __init__(self) -> None:
        super().__init__(make_essays(45))
        self.asked = threading.Semaphore(0)
        self.over = threading.Event()

    def reply(self, target: str, headers: Mapping[str, str]) -> Reply:
        """Hold the page until the test is over."""
        if HELD in target:
            self.asked.release()
            self.over.wait(PATIENCE)
        return super().reply(target, headers)


@contextmanager
def crawling(folder: Path) -> Iterator[tuple[Fork, Holding]]:
    """Crawl a site that holds a page, with a folder for temporary files."""
    replica = Holding()
    with tempfile.TemporaryDirectory() as out, serve(replica) as site:
        command = ["-m", "crawler.crawl", "--site", site, "--types", "all"]
        command += ["--out", f"{out}/essays.jsonl"]
        with started(*command, environment={"TMPDIR": str(folder)}) as crawl:
            try:
                yield crawl, replica
            finally:
                replica.over.set()


@pytest.mark.parametrize(
    ("numbers", "end"),
    [
        ([signal.SIGKILL], os.kill),
        ([signal.SIGKILL], os.killpg),
        ([signal.SIGTERM], os.kill),
        ([signal.SIGINT, signal.SIGINT], os.killpg),
    ],
)
def test_crawl_that_is_ended(
    folder: Path, numbers: list[signal.Signals], end: Callable[[int, int], None]
) -> None:
    """A signal to the crawl, or two to its group, end it at work on a page that hangs.

    Its browsers go with it, and the page is not asked for again.
    """
    with crawling(folder) as (crawl, replica):
        assert replica.asked.acquire(timeout=PATIENCE)
        assert "--type=renderer" in " ".join(running(folder))
        for number in numbers:
            end(crawl.pid, number)
            time.sleep(0.1)  # two signals at once are one
        crawl.wait()
        assert nothing_left(folder)
        assert not replica.asked.acquire(blocking=False)


def test_crawl_that_is_interrupted(folder: Path) -> None:
    """Ctrl-C is told in one line, which takes the page at work for no failure of the site."""
    with crawling(folder) as (crawl, replica):
        assert replica.asked.acquire(timeout=PATIENCE)
        os.kill(crawl.pid, signal.SIGINT)
        done = crawl.wait()
    [line] = done.stderr.splitlines()
    assert line.startswith("error: stopped early (shutdown); what was saved is kept")
    assert done.returncode == 1


def test_crawl_that_is_killed_as_a_browser_starts(folder: Path) -> None:
    """A browser that was only just starting when the crawl was killed is ended too."""
    with crawling(folder) as (crawl, _):
        assert eventually(lambda: "chromedriver" in " ".join(running(folder)))
        os.kill(crawl.pid, signal.SIGKILL)
        assert crawl.wait().returncode == -signal.SIGKILL
        assert nothing_left(folder)
