"""Tiny models of both families, and the list of which config check saw how many files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from axolotl_configs.smoke_bases import Family, write_base
from tests.axolotl_configs.configs_files import CONFIGS
from tests.axolotl_configs.merge_runs import train_neox
from tests.conftest import made_once

STEMS = {path.stem for path in CONFIGS}


@pytest.fixture(scope="session")
def bases(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Family, Path]:
    """Give a tiny model with weights and tokenizer for each family."""

    def make(root: Path) -> None:
        for family in get_args(Family):
            write_base(family, tiny_model, root / family)

    root = made_once(tmp_path_factory, "bases", make)
    return {family: root / family for family in get_args(Family)}


@pytest.fixture(scope="session")
def trained_neox(data: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a QLoRA run that Axolotl trained, for all workers."""
    return made_once(tmp_path_factory, "neox", lambda root: train_neox(root, data, tiny_model))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each check of one run's YAML with the number of files that passed it."""
    stats = terminalreporter.stats
    asked, held = (
        Counter(name for kind in kinds for r in stats.get(kind, ()) if (name := _check(r.nodeid)))
        for kinds in (("passed", "failed"), ("passed",))
    )
    if asked:
        terminalreporter.section(f"checks of {len(CONFIGS)} configs")
    for check, files in sorted(asked.items()):
        terminalreporter.write_line(f"{held[check]:3} of {files:2} files  {check}")


def _check(node: str) -> str | None:
    """Give the name of a test that was given a YAML by its stem, as the reports of workers tell."""
    place, _, parameters = node.partition("[")
    is_check = "axolotl_configs/test_config_" in place
    return place.rpartition("::")[2] if is_check and parameters[:-1] in STEMS else None
