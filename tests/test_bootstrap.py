"""Set-up: what is missing is named with its cure."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bootstrap
from crawler.installed import browser_packages
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("version", "has_venv", "told"),
    [
        ((3, 11), True, None),
        ((3, 12), True, None),
        ((3, 13), True, None),
        ((3, 10), True, "3.11 to 3.13 are; name another one with: make PYTHON="),
        ((3, 14), True, "3.11 to 3.13 are; name another one with: make PYTHON="),
        ((3, 11), False, "apt-get install python3-venv"),
    ],
)
def test_an_unfit_python_is_named_with_the_cure(
    version: tuple[int, int], told: str | None, *, has_venv: bool
) -> None:
    """3.11 to 3.13 are taken; others, and one without `ensurepip`, are refused with a way out."""
    problem = bootstrap.python_problem(version, has_venv=has_venv)
    assert (problem is None) == (told is None)
    assert told is None or told in str(problem)


def test_a_missing_browser_names_packages_and_the_way_round(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without Chromium, and without apt, one error says what to install and how to go on."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bootstrap, "FONTS", tmp_path)
    assert bootstrap.missing_packages() == ["chromium", "chromium-driver", "fonts-nanum"]
    with pytest.raises(bootstrap.SetupError, match=r"chromium chromium-driver.*BROWSER=never"):
        bootstrap.provide_browser()


def test_a_wrong_step_is_wrong_usage() -> None:
    """Called without a step, the script explains itself and ends with 2."""
    done = subprocess.run(
        [sys.executable, "bootstrap.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "python3 bootstrap.py environment" in done.stderr


@pytest.mark.parametrize(
    ("release", "packages"),
    [
        ("ID=debian\n", ("chromium", "chromium-driver")),
        ("NAME=x\nID=ubuntu\n", ("chromium-browser", "chromium-chromedriver")),
    ],
)
def test_packages_have_the_distribution_s_names(
    release: str, packages: tuple[str, str], tmp_path: Path
) -> None:
    """Ubuntu calls Chromium and its driver otherwise than Debian."""
    path = tmp_path / "os-release"
    path.write_text(release, encoding="utf-8")
    assert browser_packages(path) == packages


def lines() -> Iterator[Requirement]:
    """Read what `constraints.txt` says for this Python."""
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if text := line.partition("#")[0].strip():
            found = Requirement(text)
            if found.marker is None or found.marker.evaluate():
                yield found


def wanted(of: Requirement) -> Iterator[Requirement]:
    """Give what a package itself asks for here, with its extras."""
    for text in requires(of.name) or ():
        found = Requirement(text)
        if found.marker is None or any(
            found.marker.evaluate({"extra": extra}) for extra in ("", *of.extras)
        ):
            yield found


def test_the_listed_packages_need_no_other() -> None:
    """They are installed as listed: what one of them asks for is there, in a release that it takes.

    Torch is left out, whose build and its needs are the machine's; so is the one release that
    Axolotl asks for and that Python 3.13 cannot have.
    """
    listed = {canonicalize_name(one.name): next(iter(one.specifier)).version for one in lines()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"]] + [
        text for name, texts in extras.items() if name != "cuda" for text in texts
    ]
    waiting, seen = [Requirement(text) for text in asked], set()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if str(one) in seen or name in {"torch", "setuptools"}:
            continue
        seen.add(str(one))
        assert name in listed, f"{one} is asked for and not listed"
        known = name == "zstandard" and sys.version_info >= (3, 13)
        assert known or one.specifier.contains(listed[name], prereleases=True), one
        waiting += wanted(one)
    assert len(seen) > len(listed)
