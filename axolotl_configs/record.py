"""What a run was trained with: its YAML, versions, machine, commit, and fingerprints of its data.

    runs/<run>/record/config.yml    the YAML as it was
    runs/<run>/record/record.json   the rest; see `RunRecord`

Written before the first step. A training goes on from its checkpoints only while settings, data and
base model are those of the record.
"""

from __future__ import annotations

import hashlib
import platform
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec
import yaml

from axolotl_configs.machine import version_of
from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import RunError
from preprocess.alpaca import Record, rows_cure, write_whole

PACKAGES = (
    "axolotl",
    "torch",
    "transformers",
    "peft",
    "trl",
    "accelerate",
    "bitsandbytes",
    "datasets",
    "tokenizers",
    "flash-attn",
    "liger-kernel",
    "deepspeed",
    "triton",
    "wandb",
)
#: Of a base in a folder: what decides which numbers come out of it.
_BASE_FILES = ("*.json", "*.safetensors", "*.model")


class Commit(Record, frozen=True):
    """The repository's commit, and whether files differed from it."""

    name: str
    dirty: bool


class RunRecord(Record, frozen=True):
    """All that a training started from.

    `data` and `base_files` map paths to SHA-256 sums in hexadecimals; a base of the hub has no
    files here, and is known by `base_model` and the revision in the YAML. `commit` is None outside
    a repository.
    """

    run: str
    made: datetime
    base_model: str
    base_files: dict[str, str]
    data: dict[str, str]
    versions: dict[str, str]
    python: str
    platform: str
    cards: str
    commit: Commit | None


class Trained(Protocol):
    """What leaves a record: a run, as any room reads it."""

    @property
    def output_dir(self) -> Path:
        """The run's folder, `runs/<run>`."""


def folder_of(run: Trained) -> Path:
    """Name the folder of a run's record."""
    return run.output_dir / "record"


def make_record(run: NamedRun, *, cards: str, now: datetime | None = None) -> RunRecord:
    """Look at everything that a training of the run starts from.

    Args:
        run: The run, whose paths are relative to the working folder.
        cards: The names of the machine's cards.
        now: The time to be recorded; this moment's where it is None.

    Raises:
        RunError: A data file is missing.

    """
    base = Path(run.base_model)
    inside = sorted(path for glob in _BASE_FILES for path in base.glob(glob))
    return RunRecord(
        run=run.name,
        made=now or datetime.now(UTC),
        base_model=run.base_model,
        base_files=dict(map(_known_by, inside)),
        data=dict(map(_known_by, run.data_files)),
        versions={name: version_of(name) for name in PACKAGES},
        python=platform.python_version(),
        platform=platform.platform(),
        cards=cards,
        commit=_commit(run.config.parent),
    )


def sha256_of(path: Path) -> str:
    """Compute a file's SHA-256 as hexadecimals."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _known_by(path: Path) -> tuple[str, str]:
    try:
        return str(path), sha256_of(path)
    except FileNotFoundError:
        raise RunError(f"{path} is missing; make it with: {rows_cure(path)}") from None


def _commit(folder: Path) -> Commit | None:
    if (name := _git(folder, "rev-parse", "HEAD")) is None:
        return None
    return Commit(name, dirty=bool(_git(folder, "status", "--porcelain")))


def _git(folder: Path, *words: str) -> str | None:
    """Ask git; None where there is no git, or no repository."""
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - fixed words
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def write_record(run: NamedRun, record: RunRecord) -> None:
    """Write the record beside a copy of the run's YAML; `record.json` last, and whole."""
    folder = folder_of(run)
    write_whole(folder / "config.yml", [run.config.read_bytes()])
    told = msgspec.json.format(msgspec.json.encode(record), indent=1)
    write_whole(folder / "record.json", [told, b"\n"])


def read_record(run: Trained) -> RunRecord | None:
    """Read the record of an earlier training, or None where there is none.

    Raises:
        RunError: The file is no such record.

    """
    path = folder_of(run) / "record.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise RunError(f"{path}: {error}; train anew with --fresh") from None


def changes(run: NamedRun, before: RunRecord, now: RunRecord) -> list[str]:
    """Name what decides a training's numbers and is not as it was: settings, data, base model.

    Raises:
        RunError: The record's copy of the YAML is missing or broken.

    """
    return [
        *_settings_changed(run),
        *_files_changed(before.data, now.data),
        *_files_changed(before.base_files, now.base_files),
    ]


def other_versions(before: RunRecord, now: RunRecord) -> list[str]:
    """Name packages whose version is not as it was; the numbers may differ in their last digits."""
    was = before.versions
    return [
        f"{name} {was.get(name)} → {v}" for name, v in now.versions.items() if was.get(name) != v
    ]


def _settings_changed(run: NamedRun) -> Iterator[str]:
    """Compare values, not bytes: a comment trains nothing."""
    path = folder_of(run) / "config.yml"
    try:
        kept: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RunError(f"{path} cannot be read ({error}); train anew with --fresh") from None
    for key in sorted({*kept, *run.settings}):
        old, new = kept.get(key), run.settings.get(key)
        if old != new and isinstance(old or new, str | int | float):
            yield f"{key} ({old} → {new})"
        elif old != new:
            yield key


def _files_changed(before: dict[str, str], now: dict[str, str]) -> Iterator[str]:
    yield from (path for path in sorted({*before, *now}) if before.get(path) != now.get(path))
