"""W&B's own files of a run on this disk: what their records say, and which run made them.

A `.wandb` file is a log in LevelDB's format (blocks of 32 KiB, records whole or in parts, each
with a checksum) that starts with the bytes `:W&B`; each record is one protobuf message of
`wandb.proto.wandb_internal_pb2`. The wandb package writes it and no longer reads it in Python.
LevelDB's format: https://github.com/google/leveldb/blob/main/doc/log_format.md
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import RunError

BLOCK: Final = 32 * 1024
_FILE_HEAD: Final = 7
_RECORD_HEAD: Final = 7
_FULL, _LAST = 1, 4


@dataclass(frozen=True)
class TrackedRun:
    """A run of W&B that a training made: its id, its last step, and its folder on this disk."""

    id: str
    entity: str
    project: str
    last_step: int
    folder: Path


def records(path: Path) -> Iterator[Any]:
    """Yield the records of a `.wandb` file, up to where its writer was stopped.

    Raises:
        RunError: It is no such file, or a record's checksum is wrong.

    """
    wire: Any = import_module("wandb.proto.wandb_internal_pb2")
    for message in _messages(path):
        record = wire.Record()
        record.ParseFromString(message)
        yield record


def _messages(path: Path) -> Iterator[bytes]:
    """Yield the records' bytes, parts joined."""
    content = path.read_bytes()
    if content[:4] != b":W&B":
        raise RunError(f"{path} is no file of W&B; delete its folder")
    at, parts = _FILE_HEAD, b""
    while at + _RECORD_HEAD <= len(content):
        left = BLOCK - at % BLOCK
        if left < _RECORD_HEAD:  # too little for a record: zeros up to the next block
            at += left
            continue
        checksum, length, kind = _head(content, at)
        body = content[at + _RECORD_HEAD : at + _RECORD_HEAD + length]
        if len(body) < length or kind == 0:  # the writer was stopped here
            return
        if zlib.crc32(bytes([kind]) + body) != checksum:
            raise RunError(f"{path}: the record at byte {at} is damaged; delete its folder")
        parts += body
        if kind in (_FULL, _LAST):
            yield parts
            parts = b""
        at += _RECORD_HEAD + length


def _head(content: bytes, at: int) -> tuple[int, int, int]:
    """Read a record's head: checksum, length, kind."""
    return (
        int.from_bytes(content[at : at + 4], "little"),
        int.from_bytes(content[at + 4 : at + 6], "little"),
        content[at + 6],
    )


def tracked_run(run: NamedRun) -> TrackedRun:
    """Find the run of W&B that the newest training of a run made.

    Looked for where wandb writes: `wandb/` of the run's folder, of `WANDB_DIR` and of the working
    folder.

    Raises:
        RunError: None is there.

    """
    homes = [run.output_dir, Path(os.environ.get("WANDB_DIR") or "."), Path()]
    folders = {
        path.resolve(): path
        for home in homes
        for pattern in ("run-*", "offline-run-*")
        for path in (home / "wandb").glob(pattern)
    }
    newest_first = sorted(folders.values(), key=lambda p: p.name.split("run-")[-1], reverse=True)
    for folder in newest_first:
        for path in folder.glob("run-*.wandb"):
            told = list(records(path))
            found = next((record.run for record in told if record.HasField("run")), None)
            if found is not None and _made_by(found, run):
                steps = [r.history.step.num for r in told if r.HasField("history")]
                last = max(steps, default=0)
                return TrackedRun(found.run_id, found.entity, found.project, last, folder)
    raise RunError(
        f"no run of W&B on this disk is {run.name}'s; train it with wandb_project and wandb_name "
        f"in {run.config}: make train RUN={run.name}"
    )


def _made_by(found: Any, run: NamedRun) -> bool:
    wanted = run.settings.get("wandb_project"), run.settings.get("wandb_name")
    return (found.project, found.display_name) == wanted
