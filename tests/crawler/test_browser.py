"""The pool of browsers with the real Chromium, and with pages and processes that fail it."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from crawler import chromium as chromium_module
from crawler.browser import BrowserError, BrowserRequest, DriverPool
from crawler.chromium import BrowsedPage, Chromium, find_browser
from crawler.replica.server import Reply, serve
from tests.crawler.commands import PATIENCE
from tests.crawler.few_pages import Pages, html
from tests.crawler.leftovers import eventually, running


class Browsing:
    """A pool of one real browser on a site, with a folder for all that it may write."""

    def __init__(self, site: str, folder: Path, timeout: float) -> None:
        self.site = site
        self.folder = folder
        self.timeout = timeout
        self.browsers: list[Chromium] = []
        self.pool = DriverPool(self._make, 1)

    def _make(self) -> Chromium:
        made = Chromium(find_browser(), self.site, "jasoseo-research/test", self.timeout)
        self.browsers.append(made)
        return made

    def fetch(self, path: str) -> BrowsedPage:
        """Fetch a page of the site."""
        return self.pool.fetch(BrowserRequest(url=f"{self.site}{path}"))

    def fetch_again(self, path: str) -> BrowsedPage:
        """Fetch a page that fails at first."""
        with pytest.raises(BrowserError):
            self.fetch(path)
        return self.fetch(path)

    def signal(self, number: signal.Signals, kind: str) -> None:
        """Send a signal to the last browser's driver, or to processes of a kind that it has."""
        last = self.browsers[-1]
        numbers = [last._service.process.pid] if kind == "driver" else processes(last, kind)
        assert numbers
        for process in numbers:
            os.kill(process, number)


def processes(chromium: Chromium, kind: str) -> list[int]:
    """Return a browser's processes of a kind; the browser itself is the one without a kind."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (path / "cmdline").read_text(encoding="utf-8", errors="replace")
            of_kind = f"--type={kind}" in command if kind else "--type=" not in command
            if f"--user-data-dir={chromium.marks.folder}" in command and of_kind:
                found.append(int(path.name))
    return found


@contextmanager
def browsing(
    pages: Mapping[str, Callable[[int], Reply]], *, timeout: float = 30, within: str = ""
) -> Iterator[Browsing]:
    """Browse a site. Afterwards nothing is left of the browsers, in the home folder neither."""
    with tempfile.TemporaryDirectory(prefix="j-") as name, pytest.MonkeyPatch.context() as patch:
        folder, home = Path(name, "t", within), Path(name, "home")
        folder.mkdir(parents=True)
        home.mkdir()
        patch.setattr(tempfile, "tempdir", str(folder))
        patch.setenv("TMPDIR", str(folder))
        patch.setenv("HOME", str(home))
        with serve(Pages(pages)) as site:
            opened = Browsing(site, folder, timeout)
            try:
                yield opened
            finally:
                opened.pool.close()
        assert eventually(lambda: not running(folder))
        assert not list(folder.glob("jasoseo-*"))
        assert not [path for path in home.rglob("*") if path.suffix in {".dmp", ".zip"}]


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """Give an event that pages wait for which never come; it happens at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


def test_page_that_hangs_once(held: threading.Event) -> None:
    """A page that does not come in time is an error that says so; another browser may get it."""

    def page(times: int) -> Reply:
        if not times:
            held.wait(PATIENCE)
        return html("<p>왔습니다</p>")

    with browsing({"/page": page}, timeout=4) as site:
        with pytest.raises(BrowserError, match=f"^{site.site}/page: .*TimeoutException: timeout"):
            site.fetch("/page")
        assert "왔습니다" in site.fetch("/page").text
        assert len(site.browsers) == 2


def test_driver_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that answers nothing at all is replaced."""
    monkeypatch.setattr(chromium_module, "ANSWER_MARGIN", 1)
    with browsing({"/page": lambda times: html(f"<p>{times}</p>")}, timeout=4) as site:
        site.fetch("/page")
        site.signal(signal.SIGSTOP, "driver")
        assert "<p>1</p>" in site.fetch_again("/page").text
        assert len(site.browsers) == 2


def test_process_killed_within_a_page(held: threading.Event) -> None:
    """Whichever process dies, the rest of its browser is ended and another takes its place."""
    kinds = {"/driver": "driver", "/browser": "", "/renderer": "renderer"}

    def killing(kind: str) -> Callable[[int], Reply]:
        def page(times: int) -> Reply:
            if not times:
                site.signal(signal.SIGKILL, kind)
                held.wait(PATIENCE)
            return html("<p>왔습니다</p>")

        return page

    pages = {path: killing(kind) for path, kind in kinds.items()}
    with browsing({"/first": lambda _: html(""), **pages}) as site:
        site.fetch("/first")
        for path in kinds:
            fetched = site.fetch_again(path)
            assert (fetched.url, "왔습니다" in fetched.text) == (f"{site.site}{path}", True)
            ended, last = site.browsers[-2:]
            assert running(ended.marks.folder) == []
            assert not Path(ended.marks.folder).exists()
            assert processes(last, "renderer")
        assert len(site.browsers) == len(kinds) + 1


def test_page_before_is_never_taken_for_the_next() -> None:
    """When loading stops without an error, the page that is still there is not the answer."""

    def page(times: int) -> Reply:
        if not times:
            site.signal(signal.SIGKILL, "utility")
        return html("<p>다음</p>")

    with browsing({"/first": lambda _: html("<p>처음</p>"), "/page": page}) as site:
        site.fetch("/first")
        fetched = site.fetch_again("/page")
        assert (fetched.url, "다음" in fetched.text) == (f"{site.site}/page", True)


@pytest.mark.parametrize("reply", [Reply(204, ""), Reply(200, "PK", kind="application/zip")])
def test_answer_that_is_no_page(reply: Reply) -> None:
    """Nothing, or a download, is an error, and no download reaches the disk."""
    with browsing({"/first": lambda _: html("처음"), "/page": lambda _: reply}) as site:
        site.fetch("/first")
        with pytest.raises(BrowserError, match="nothing was loaded"):
            site.fetch("/page")


def test_crash_leaves_no_dump() -> None:
    """A tab that crashes is an error, and the dump of its memory goes with the browser."""
    with browsing({}) as site, pytest.raises(BrowserError, match="tab crashed"):
        site.pool.fetch(BrowserRequest(url="chrome://crash"))


DIALOGS = """
<script>
  alert(1); alert(2);
  document.write(`<p>${confirm("갈까요?")}, ${prompt("이름은?", "무명")}</p>`);
  setInterval(() => alert(3), 1);
  addEventListener("beforeunload", (event) => { event.preventDefault(); event.returnValue = 1; });
  addEventListener("load", () => { print(); open("/next"); });
</script>
<button>이 창을 떠날 때 묻게 합니다</button>
"""


def test_no_icon_is_asked_for() -> None:
    """What a browser fetches by itself, once a site, would come outside the crawl's pace."""
    asked: list[int] = []

    def icon(earlier: int) -> Reply:
        asked.append(earlier)
        return html("")

    named = '<link rel="icon" href="/images/favicon.png">'
    pages = {"/favicon.ico": icon, "/images/favicon.png": icon, "/page": lambda _: html(named)}
    with browsing({**pages, "/next": lambda _: html("<p>다음</p>")}) as site:
        site.fetch("/page")
        assert "다음" in site.fetch("/next").text
    assert asked == []


def test_dialogs() -> None:
    """No dialog stops a page, or the next one: each is answered with no; no window opens."""
    pages = {"/page": lambda _: html(DIALOGS), "/next": lambda _: html("<p>다음</p>")}
    with browsing(pages) as site:
        assert "<p>false, null</p>" in site.fetch("/page").text
        driver = site.browsers[0]._driver
        assert driver is not None
        driver.find_element("tag name", "button").click()
        assert "다음" in site.fetch("/next").text
        assert len(driver.window_handles) == 1
        assert len(site.browsers) == 1


def test_temporary_files_in_a_long_path() -> None:
    """Chromium starts where its socket would have too long a path for the system."""
    with browsing({"/page": lambda _: html("<p>왔습니다</p>")}, within="x" * 30) as site:
        assert "왔습니다" in site.fetch("/page").text
