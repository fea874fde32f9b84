"""Tiny models of both families."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from axolotl_configs.smoke_bases import Family, write_base
from tests.axolotl_configs.merge_runs import train_neox
from tests.conftest import made_once


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
