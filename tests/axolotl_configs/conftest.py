"""Tiny models of both families, and the list of which config check saw how many files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from axolotl_configs.smoke_bases import Family, write_base
from tests.axolotl_configs.configs_files import CONFIGS

#: The check behind each test that was given a run's YAML.
CHECKS = pytest.StashKey[dict[str, str]]()


@pytest.fixture(scope="session")
def bases(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Family, Path]:
    """Give a tiny model with weights and tokenizer for each family."""
    root = tmp_path_factory.mktemp("bases")
    folders: dict[Family, Path] = {family: root / family for family in get_args(Family)}
    for family, folder in folders.items():
        write_base(family, tiny_model, folder)
    return folders


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note which of the tests that will run are a check of one run's YAML."""
    session.config.stash[CHECKS] = {
        item.nodeid: item.originalname
        for item in session.items
        if isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and item.callspec.params.get("path") in CONFIGS
    }


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each check of configs with the number of files that passed it."""
    checks = terminalreporter.config.stash.get(CHECKS, {})
    passed = {report.nodeid for report in terminalreporter.stats.get("passed", ())}
    if checks:
        terminalreporter.section(f"checks of {len(CONFIGS)} configs")
    asked = Counter(checks.values())
    held = Counter(check for node, check in checks.items() if node in passed)
    for check, files in sorted(asked.items()):
        terminalreporter.write_line(f"{held[check]:3} of {files:2} files  {check}")
