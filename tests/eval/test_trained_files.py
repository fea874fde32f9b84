"""A training whose files are cut or gone is one error, before anything of it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from axolotl_configs.run_yaml import RunError
from eval.answers.trained_files import damages, refuse_damaged


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Write the files of an adapter."""
    for name in ("adapter_config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    path = tmp_path / "adapter_model.safetensors"
    save_file({"a": np.zeros(100, np.float32)}, path)
    return path


def half(path: Path) -> None:
    """Cut a file in half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_a_whole_training_is_taken(weights: Path) -> None:
    """Of an adapter and of a whole model; a tokenizer may be in a file of another name."""
    refuse_damaged(weights, "r")
    assert list(damages(weights)) == []
    model = weights.rename(weights.with_name("model.safetensors"))
    (weights.parent / "config.json").write_text("{}", encoding="utf-8")
    (weights.parent / "tokenizer.json").rename(weights.parent / "tokenizer.model")
    refuse_damaged(model, "r")
    assert list(damages(model)) == []


@pytest.mark.parametrize(
    ("name", "harm", "said"),
    [
        ("tokenizer.json", Path.unlink, "tokenizer.json is missing"),
        ("tokenizer.json", half, "tokenizer.json is not whole"),
        ("tokenizer_config.json", Path.unlink, "tokenizer_config.json is missing"),
        ("adapter_config.json", half, "adapter_config.json is not whole"),
        ("adapter_model.safetensors", half, "adapter_model.safetensors is not whole"),
    ],
)
def test_damage_is_named(weights: Path, name: str, harm: Callable[[Path], None], said: str) -> None:
    """The message names the folder, the file and the cure."""
    harm(weights.parent / name)
    with pytest.raises(RunError) as error:
        refuse_damaged(weights, "r")
    assert str(error.value).startswith(f"{weights.parent} cannot be asked: {said}")
    assert str(error.value).endswith("make train RUN=r FRESH=1")


def test_all_damages_are_told_at_once(weights: Path) -> None:
    """Who mends one need not run again to hear of the next."""
    (weights.parent / "tokenizer.json").unlink()
    half(weights)
    told = r"tokenizer\.json is missing; adapter_model\.safetensors is"
    with pytest.raises(RunError, match=told):
        refuse_damaged(weights, "r")
