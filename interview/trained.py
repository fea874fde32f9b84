"""A trained Sentence-BERT on disk: its weights, and the record of how they came about."""

from __future__ import annotations

from pathlib import Path

import msgspec

from interview.records import Training
from preprocess.alpaca import RecordError

RECORD = "training.json"
WEIGHTS = "model"


def write(path: Path, record: msgspec.Struct) -> None:
    """Write a record as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")
    partial.replace(path)


def read_training(folder: Path) -> Training:
    """Read how a folder's weights came about.

    Raises:
        RecordError: The folder holds no finished training, or its record is none.

    """
    path = folder / RECORD
    try:
        return msgspec.json.decode(path.read_bytes(), type=Training)
    except FileNotFoundError:
        raise RecordError(f"{path} is missing; make it with: make interview-train") from None
    except msgspec.DecodeError as error:
        raise RecordError(f"{path}: {error}; train again with --fresh") from None
