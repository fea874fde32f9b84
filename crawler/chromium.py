"""One headless Chromium with its driver, made for Selenium 4: started, used, and surely ended."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
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
from crawler.processes import kill_session

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
STATUS_SCRIPT = """
const [entry] = performance.getEntriesByType("navigation");
return entry ? entry.responseStatus : 0;
"""
DRIVER_HOST = "localhost"
ANSWER_MARGIN = 30  # seconds that a driver may take to say that a page timed out

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


class Chromium:
    """A running browser. Serves one request at a time, and only its own site.

    Raises:
        WebDriverException: It does not start.

    """

    def __init__(self, paths: BrowserPaths, site: str, user_agent: str, timeout: float) -> None:
        self._site = site
        self._profile = tempfile.mkdtemp(prefix="jasoseo-chromium-")
        options = Options()
        options.binary_location = paths.browser
        options.page_load_strategy = "eager"
        options.unhandled_prompt_behavior = "accept"
        _bypass_proxy()
        for flag in (*FLAGS, *self._own_flags(user_agent)):
            options.add_argument(flag)
        # A session of its own: whatever the browser starts can be found and ended.
        self._service = Service(paths.driver, popen_kw={"start_new_session": True})
        self._driver: WebDriver | None = None
        try:
            self._driver = WebDriver(options=options, service=self._service)
            self._prepare(self._driver, timeout)
        except BROWSER_ERRORS:
            self.kill()
            raise

    def _own_flags(self, user_agent: str) -> tuple[str, ...]:
        """No host but the site's is ever resolved."""
        return (
            f"--user-agent={user_agent}",
            f"--user-data-dir={self._profile}",
            f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host_of(self._site)}",
        )

    def _prepare(self, driver: WebDriver, timeout: float) -> None:
        """Set the timeouts, and the cookie of a second visit: a layer covers the first."""
        driver.set_page_load_timeout(timeout)
        executor = driver.command_executor
        assert isinstance(executor, RemoteConnection)
        executor.client_config.timeout = int(timeout + ANSWER_MARGIN)
        cookie = {**FIRST_VISIT_COOKIE, "url": self._site}
        driver.execute_cdp_cmd("Network.setCookie", cookie)

    def visit(self, request: SeleniumRequest) -> BrowsedPage:
        """Fetch a page as the request asks: `wait_until`, `script` and `screenshot` included.

        Raises:
            WebDriverException, HTTPError, ConnectionError: See `BROWSER_ERRORS`.

        """
        driver = self._driver
        assert driver is not None
        driver.get(request.url)
        if request.wait_until:
            WebDriverWait(driver, request.wait_time or 0).until(request.wait_until)
        if request.screenshot:
            request.meta["screenshot"] = driver.get_screenshot_as_png()
        if request.script:
            driver.execute_script(request.script)
        status = int(driver.execute_script(STATUS_SCRIPT) or 0)
        return BrowsedPage(driver.current_url, status or 200, driver.page_source)

    def quit(self) -> None:
        """End the browser, its driver, and whatever they started."""
        if self._driver is not None:
            with suppress(*BROWSER_ERRORS):
                self._driver.quit()
        self.kill()

    def kill(self) -> None:
        """End them all without asking, as a browser that hangs must be."""
        process = getattr(self._service, "process", None)  # none if it never started
        if process is not None:
            kill_session(process.pid)
            process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)
