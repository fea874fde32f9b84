"""Make the virtual environment and find the browser; the Makefile calls this, with any Python 3.

    python3 bootstrap.py environment    # .venv with the packages of constraints.txt
    python3 bootstrap.py browser        # Chromium and its driver, installed with apt where allowed

Standard library only: nothing is installed yet when this runs.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from crawler.installed import browser_packages, find_browser_program, find_driver_program

OLDEST, NEWEST = (3, 11), (3, 13)
VENV = Path(".venv")
FONTS = Path("/usr/share/fonts")


class SetupError(RuntimeError):
    """Something is missing that this script may not install; the message says what would."""


def python_problem(version: tuple[int, int], *, has_venv: bool) -> str | None:
    """Say why the packages cannot be installed with a Python, and the cure; None if they can."""
    found = ".".join(map(str, version))
    if not OLDEST <= version <= NEWEST:
        return (
            f"Python {found} is not supported, 3.11 to 3.13 are; name another one with: "
            "make PYTHON=python3.11 …"
        )
    if not has_venv:
        return (
            f"Python {found} cannot make virtual environments; on Debian or Ubuntu: "
            f"sudo apt-get install python3-venv (or python{found}-venv)"
        )
    return None


def make_environment() -> None:
    """Create `.venv` and install the tested set of packages into it.

    Torch comes first, with what its build for this machine needs. The others are installed as
    `constraints.txt` lists them: Axolotl asks for a release of zstandard that Python 3.13 cannot
    have, on which pip would give up.

    Raises:
        SetupError: This Python is not supported, or cannot make environments.

    """
    has_venv = importlib.util.find_spec("ensurepip") is not None
    problem = python_problem(sys.version_info[:2], has_venv=has_venv)
    if problem:
        raise SetupError(problem)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", "constraints.txt", "torch"], check=True)
    subprocess.run([*pip, "--no-deps", "--requirement", "constraints.txt"], check=True)
    subprocess.run([*pip, "--no-deps", "--editable", "."], check=True)
    (VENV / "ready").touch()


def missing_packages() -> list[str]:
    """Name the packages for what the demo wants to show and is not on this machine."""
    packages = browser_packages()
    missing = []
    if find_browser_program() is None:
        missing.append(packages.browser)
    if find_driver_program() is None:
        missing.append(packages.driver)
    if not any(FONTS.rglob("Nanum*")) and not any(FONTS.rglob("*CJK*")):
        missing.append("fonts-nanum")
    return missing


def apt() -> list[str] | None:
    """Give the start of an apt-get command that this user may run, or None."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = ["sudo", "--non-interactive"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], check=False).returncode == 0:
        return [*sudo, "apt-get"]
    return None


def provide_browser() -> None:
    """Find Chromium, its driver and a Korean font, or install them.

    Raises:
        SetupError: Something is missing and apt cannot be used or fails.

    """
    missing = missing_packages()
    command = apt() if missing else None
    if command is not None:
        quiet = [*command, "-qq", "-o", "Dpkg::Use-Pty=0"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        print(f"installing {' '.join(missing)} with apt", file=sys.stderr)
        for step in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
            subprocess.run([*quiet, *step], env=environment, check=False, stdout=sys.stderr)
        missing = missing_packages()
    if missing:
        raise SetupError(
            f"missing on this machine: {', '.join(missing)}; on Debian or Ubuntu: "
            f"sudo apt-get install {' '.join(missing)}. The demo runs without a browser as "
            "BROWSER=never make demo (list pages then come by plain HTTP)"
        )


def main(arguments: list[str]) -> int:
    """Run one of the two steps; returns the exit code."""
    steps = {"environment": make_environment, "browser": provide_browser}
    if len(arguments) != 1 or arguments[0] not in steps:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        steps[arguments[0]]()
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(
            f"error: {' '.join(error.cmd[:6])} … ended with {error.returncode}; its own words "
            "stand above",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
