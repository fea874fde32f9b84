"""One headless Chromium with its driver, made for Selenium 4: started, used, and surely ended."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path
from subprocess import Popen
from typing import NamedTuple

from scrapy_selenium import SeleniumRequest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.support.ui import WebDriverWait
from urllib3.exceptions import HTTPError

from crawler.hosts import host_of
from crawler.installed import browser_packages, find_browser_program, find_driver_program
from crawler.outcomes import CrawlFailedError
from crawler.processes import VARIABLE, Marks, end_browser, identify, kill_session

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--blink-settings=imagesEnabled=false",
)
FIRST_VISIT_COOKIE = {"name": "psFirstPopup", "value": "y"}
# When a page was begun tells it from every other; one script, so that all is of one page.
BEGUN_SCRIPT = "return performance.timeOrigin;"
PAGE_SCRIPT = """
const [entry] = performance.getEntriesByType("navigation");
const root = document.documentElement;
return [performance.timeOrigin, location.href, entry ? entry.responseStatus : 0,
        root ? root.outerHTML : ""];
"""
# The driver answers one dialog; a page with several would stop it. So none comes up at all.
NO_DIALOGS_SCRIPT = """
window.alert = window.print = () => undefined;
window.confirm = () => false;
window.prompt = window.open = () => null;
"""
DRIVER_HOST = "localhost"
FOLDER_PREFIX = "jasoseo-chromium-"
SOCKET_PATH = 103  # bytes that every system grants to the path of a socket
SOCKET_NAME = len("/org.chromium.Chromium.XXXXXX/SingletonSocket")
ANSWER_MARGIN = 10  # seconds that a driver may take to say that a page timed out

# What a crashed, hung or vanished browser raises, and nothing else.
BROWSER_ERRORS = (WebDriverException, HTTPError, ConnectionError)


class BrowserPaths(NamedTuple):
    """Where the browser and its driver are."""

    browser: str
    driver: str


class BrowsedPage(NamedTuple):
    """A page's source, which holds closed answers too, unlike its visible text."""

    url: str
    status: int
    text: str


def find_browser() -> BrowserPaths:
    """Find Chromium or Chrome, and its driver.

    Raises:
        CrawlFailedError: One of them is missing.

    """
    browser, driver = find_browser_program(), find_driver_program()
    if browser and driver:
        return BrowserPaths(browser, driver)
    missing = " and ".join(
        name for name, found in (("Chromium", browser), ("chromedriver", driver)) if not found
    )
    raise CrawlFailedError(
        f"{missing} not found; install it (Debian, Ubuntu: apt install "
        f"{' '.join(browser_packages())}), or go without a browser: --browser never, or "
        "BROWSER=never with make"
    )


def _bypass_proxy() -> None:
    """Let no proxy of the environment stand between Selenium and the driver on this machine."""
    hosts = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if DRIVER_HOST not in hosts.split(","):
        os.environ["no_proxy"] = ",".join(filter(None, (hosts, DRIVER_HOST)))


def _environment(marks: Marks) -> dict[str, str]:
    """Name the browser's folder to its processes, and have temporary files and dumps put there.

    A system limits the length of the path of a socket, and Chromium, which makes one among the
    temporary files, does not start if it is longer. So in a long path they stay where they were.
    """
    own = {VARIABLE: marks.folder, "BREAKPAD_DUMP_LOCATION": marks.folder}
    if len(os.fsencode(marks.folder)) + SOCKET_NAME <= SOCKET_PATH:
        own["TMPDIR"] = marks.folder
    return {**os.environ, **own}


class Chromium:
    """A browser. Serves one request at a time, and only its own site.

    It runs from `start` to `kill`; `marks` tells its processes. All that it writes, dumps of
    crashes included, is in a folder of its own, which goes with it.
    """

    def __init__(self, paths: BrowserPaths, site: str, user_agent: str, timeout: float) -> None:
        self._site = site
        self._timeout = timeout
        name = f"{FOLDER_PREFIX}{secrets.token_hex(6)}"
        self.marks = Marks(str(Path(tempfile.gettempdir(), name)))
        self._options = Options()
        self._options.binary_location = paths.browser
        self._options.page_load_strategy = "eager"
        self._options.unhandled_prompt_behavior = "dismiss"
        for flag in (*FLAGS, *self._own_flags(user_agent)):
            self._options.add_argument(flag)
        _bypass_proxy()
        # A session of its own: whatever the browser starts can be found and ended.
        self._service = Service(
            paths.driver, env=_environment(self.marks), popen_kw={"start_new_session": True}
        )
        self._driver: WebDriver | None = None
        self._ended = False

    def start(self) -> None:
        """Start the driver and the browser; `marks` then tells of the driver too.

        Raises:
            WebDriverException, HTTPError, ConnectionError: See `BROWSER_ERRORS`.

        """
        Path(self.marks.folder).mkdir(mode=0o700)
        started = False
        try:
            self._driver = WebDriver(options=self._options, service=self._service)
            self._prepare(self._driver)
            started = True
        finally:
            self._note_driver()
            if self._ended or not started:
                self.kill()

    def _note_driver(self) -> None:
        """Learn who the driver is, which can be asked as long as nobody has reaped it."""
        process = self._process()
        if process is not None and process.returncode is None:
            self.marks = self.marks._replace(driver=identify(process.pid))

    def _process(self) -> Popen[bytes] | None:
        return getattr(self._service, "process", None)  # none before it starts

    def _own_flags(self, user_agent: str) -> tuple[str, ...]:
        """No host but the site's is ever resolved."""
        return (
            f"--user-agent={user_agent}",
            f"--user-data-dir={self.marks.folder}",
            f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host_of(self._site)}",
        )

    def _prepare(self, driver: WebDriver) -> None:
        """Set timeouts, keep downloads and dialogs away, and have the cookie of a second visit.

        A layer covers the first one. No icon is asked for: it would come outside the pace.
        """
        driver.set_page_load_timeout(self._timeout)
        executor = driver.command_executor
        assert isinstance(executor, RemoteConnection)
        executor.client_config.timeout = int(self._timeout + ANSWER_MARGIN)
        cookie = {**FIRST_VISIT_COOKIE, "url": self._site}
        driver.execute_cdp_cmd("Network.setCookie", cookie)
        driver.execute_cdp_cmd("Network.enable", {})
        driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*.ico", "*/favicon*"]})
        driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "deny"})
        script = {"source": NO_DIALOGS_SCRIPT}
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)

    def visit(self, request: SeleniumRequest) -> BrowsedPage:
        """Fetch a page as the request asks: `wait_until`, `script` and `screenshot` included.

        Raises:
            WebDriverException, HTTPError, ConnectionError: See `BROWSER_ERRORS`.

        """
        driver = self._driver
        assert driver is not None
        before = driver.execute_script(BEGUN_SCRIPT)
        driver.get(request.url)
        if request.wait_until:
            WebDriverWait(driver, request.wait_time or 0).until(request.wait_until)
        if request.screenshot:
            request.meta["screenshot"] = driver.get_screenshot_as_png()
        if request.script:
            driver.execute_script(request.script)
        begun, url, status, text = driver.execute_script(PAGE_SCRIPT)
        if begun == before:
            raise WebDriverException("the page before stayed: nothing was loaded")
        return BrowsedPage(url, int(status) or 200, text)

    def kill(self) -> bool:
        """End the browser, its driver and whatever they started, without asking.

        From another thread it ends a visit, too, or a start.

        Returns:
            Whether nothing is left of them.

        """
        self._ended = True
        self._note_driver()
        process = self._process()
        if process is not None and process.returncode is None:
            kill_session(process.pid)
        left = end_browser(self.marks)
        if process is not None and not left:
            process.kill()
            process.wait()
        shutil.rmtree(self.marks.folder, ignore_errors=True)
        return not left and not Path(self.marks.folder).exists()
