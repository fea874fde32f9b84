"""Which browser and driver are on this machine, and what the packages are called that bring them.

Standard library only: `bootstrap.py` asks before anything is installed.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

BROWSER_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
DRIVER_NAMES = ("chromedriver", "chromium.chromedriver", "chromium-driver")
OS_RELEASE = Path("/etc/os-release")


class Packages(NamedTuple):
    """Names of the distribution's packages."""

    browser: str
    driver: str


def find_browser_program() -> str | None:
    """Find Chromium or Chrome on the path."""
    return next(filter(None, map(shutil.which, BROWSER_NAMES)), None)


def find_driver_program() -> str | None:
    """Find the driver on the path."""
    return next(filter(None, map(shutil.which, DRIVER_NAMES)), None)


def browser_packages(os_release: Path = OS_RELEASE) -> Packages:
    """Name the packages: Ubuntu calls them otherwise than Debian."""
    lines = os_release.read_text(encoding="utf-8").splitlines() if os_release.exists() else []
    if "ID=ubuntu" in lines:
        return Packages("chromium-browser", "chromium-chromedriver")
    return Packages("chromium", "chromium-driver")
