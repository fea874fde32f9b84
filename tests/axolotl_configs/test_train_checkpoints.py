"""Whole and half-written checkpoints, made by torch and safetensors and then cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from axolotl_configs.checkpoints import checkpoints, damage, move_damaged_aside


def write_checkpoint(output_dir: Path, step: int) -> Path:
    """Write a checkpoint as the trainer does, with tensors of a few numbers."""
    import torch  # noqa: PLC0415 - takes seconds
    from safetensors.torch import save_file  # noqa: PLC0415 - the same

    folder = output_dir / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    save_file({"a": torch.ones(8), "b": torch.zeros(3)}, folder / "adapter_model.safetensors")
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth"):
        torch.save({"state": torch.ones(8)}, folder / name)
    state = json.dumps({"global_step": step, "max_steps": 9})
    (folder / "trainer_state.json").write_text(state)
    return folder


def test_a_whole_checkpoint_is_left_alone(tmp_path: Path) -> None:
    """Nothing is found, and nothing is moved; the newest comes first, by number."""
    written = [write_checkpoint(tmp_path, step) for step in (3, 12)]
    assert [damage(path) for path in written] == [None, None]
    assert list(move_damaged_aside(tmp_path)) == []
    assert [path.name for path in checkpoints(tmp_path)] == ["checkpoint-12", "checkpoint-3"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("adapter_model.safetensors", "adapter_model.safetensors is cut"),
        ("optimizer.pt", "optimizer.pt is cut"),
        ("rng_state.pth", "rng_state.pth is cut"),
        ("trainer_state.json", "trainer_state.json, which is written last, is missing or cut"),
    ],
)
@pytest.mark.parametrize("kept", [0, 5, -1])
def test_a_cut_file_is_found(name: str, why: str, kept: int, tmp_path: Path) -> None:
    """A file that ends early, wherever, makes the checkpoint half written."""
    path = write_checkpoint(tmp_path, 3) / name
    path.write_bytes(path.read_bytes()[:kept])
    assert damage(path.parent) == why


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("adapter_model.safetensors", "there are no weights"),
        ("optimizer.pt", "optimizer.pt is missing"),
        ("trainer_state.json", "trainer_state.json, which is written last, is missing or cut"),
    ],
)
def test_a_missing_file_is_found(name: str, why: str, tmp_path: Path) -> None:
    """A kill between two files leaves the first ones whole and the last ones out."""
    path = write_checkpoint(tmp_path, 3) / name
    path.unlink()
    assert damage(path.parent) == why


def test_half_written_ones_are_moved_where_the_trainer_does_not_look(tmp_path: Path) -> None:
    """The whole one before is the newest then; a folder of an earlier attempt is replaced."""
    write_checkpoint(tmp_path, 3)
    (write_checkpoint(tmp_path, 6) / "trainer_state.json").unlink()
    (tmp_path / "half-written-6" / "old").mkdir(parents=True)
    (line,) = move_damaged_aside(tmp_path)
    assert "checkpoint-6 is half written" in line
    assert [path.name for path in checkpoints(tmp_path)] == ["checkpoint-3"]
    assert not (tmp_path / "half-written-6" / "old").exists()
    assert (tmp_path / "half-written-6" / "optimizer.pt").is_file()
