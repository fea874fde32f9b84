"""Checkpoints of a run that was stopped: which are whole, and the others moved aside.

The trainer writes a checkpoint file by file under its final name, so that a kill leaves a folder
that looks like the newest checkpoint and cannot be resumed from. `trainer_state.json` comes last.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

#: The trainer's own names for checkpoints begin otherwise, so it never takes one of these up.
ASIDE = "half-written-"
_NAME = re.compile(r"checkpoint-(\d+)")


def checkpoints(output_dir: Path) -> list[Path]:
    """Find the checkpoint folders of a run, the newest first."""
    found = [path for path in output_dir.glob("checkpoint-*") if _NAME.fullmatch(path.name)]
    return sorted(filter(Path.is_dir, found), key=step_of, reverse=True)


def step_of(checkpoint: Path) -> int:
    """Tell after how many steps a checkpoint was written."""
    return int(checkpoint.name.rpartition("-")[2])


def damage(checkpoint: Path) -> str | None:
    """Say what keeps a checkpoint from being resumed from, or None where it is whole.

    Files are not read through: a file of torch is a ZIP archive whose directory stands at its end,
    and a safetensors file begins with the length that it must have.
    """
    return next(_damage(checkpoint), None)


def _damage(checkpoint: Path) -> Iterator[str]:
    if not _names_its_step(checkpoint):
        yield "trainer_state.json, which is written last, is missing or cut"
    weights = sorted(checkpoint.glob("*.safetensors"))
    sharded = [path for path in checkpoint.iterdir() if path.is_dir()]
    if not weights and not sharded:
        yield "there are no weights"
    yield from (f"{path.name} is cut" for path in weights if not _whole_safetensors(path))
    saved = sorted([*checkpoint.glob("*.pt"), *checkpoint.glob("*.pth")])
    if not sharded and not any(path.name == "optimizer.pt" for path in saved):
        yield "optimizer.pt is missing"
    yield from (f"{path.name} is cut" for path in saved if not zipfile.is_zipfile(path))


def _names_its_step(checkpoint: Path) -> bool:
    try:
        state = json.loads((checkpoint / "trainer_state.json").read_bytes())
    except (OSError, ValueError):
        return False
    return bool(state.get("global_step") == step_of(checkpoint))


def _whole_safetensors(path: Path) -> bool:
    """Whether a file has the length that its header states (safetensors' format description)."""
    with path.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        if size > path.stat().st_size:
            return False
        try:
            header = json.loads(stream.read(size))
        except ValueError:
            return False
    ends = [one["data_offsets"][1] for name, one in header.items() if name != "__metadata__"]
    return path.stat().st_size == 8 + size + max(ends, default=0)


def move_damaged_aside(output_dir: Path) -> Iterator[str]:
    """Rename checkpoints that cannot be resumed from, and yield a line for each.

    An older folder of the same new name is replaced.
    """
    for path in checkpoints(output_dir):
        if why := damage(path):
            aside = path.with_name(f"{ASIDE}{step_of(path)}")
            shutil.rmtree(aside, ignore_errors=True)
            path.rename(aside)
            yield f"{path} is half written ({why}); moved aside to {aside.name}, yours to delete"
