"""On what a benchmark ran: stated with every result."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("lxml", "msgspec", "scrapy", "selenium", "beautifulsoup4")


def machine(packages: Sequence[str] = PACKAGES) -> dict[str, str | int]:
    """Return processor, cores, system and versions; packages that are not here are left out."""
    versions: dict[str, str | int] = {}
    for package in packages:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    found: dict[str, str | int] = {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "system": platform.system(),
        "python": platform.python_version(),
    }
    return found | versions


def _processor() -> str:
    """Return the processor's name, from /proc where there is one."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
