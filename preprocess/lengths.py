"""How long rows are in a run's tokens: measured before training, with the run's own tokenizer.

A row that is longer than the run's `sequence_len` is named, never cut. A YAML that cannot be used
is no reason to lose a build: its run is not measured, and says so.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from preprocess.alpaca import AlpacaRow, Record
from preprocess.spool import Records
from preprocess.wrapper import read_wrapper

CONFIGS = Path("axolotl_configs")
BATCH = 256  # rows that are tokenized at once
UNREADABLE = "its YAML cannot be read"
UNUSABLE = "its YAML lacks a key or holds a wrong value"


class RunLengths(Record, frozen=True):
    """The lengths of a run's rows in tokens of its tokenizer, prompt, answer and end token.

    `too_long` are the ids of rows longer than `limit`. Where the tokenizer is not on this machine,
    or the run's YAML cannot be used, `unmeasured` says so, and the numbers are absent.
    """

    run: str
    tokenizer: str
    limit: int
    rows: int = 0
    median: int | None = None
    most: int | None = None
    too_long: tuple[str, ...] = ()
    unmeasured: str | None = None


def measure(
    configs: Path, data: Path, rows_of: Mapping[Path, Records[AlpacaRow]]
) -> tuple[RunLengths, ...]:
    """Measure the rows of each run whose training file is among those that were built.

    Args:
        configs: The folder of the runs' YAMLs.
        data: The data folder, as the YAMLs call it.
        rows_of: The rows by file.

    """
    measured = []
    for path in sorted(configs.rglob("*.yml")):
        try:
            settings = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError):  # deleted, no UTF-8, half saved
            measured.append(RunLengths(path.stem, "", 0, unmeasured=UNREADABLE))
            continue
        try:
            rows = [rows_of.get(_below(file, data), ()) for file in _files(settings)]
            if any(map(len, rows)):
                measured.append(_measure(path.stem, settings, rows))
        except (AttributeError, KeyError, TypeError, ValueError):  # a list for a mapping, no number
            measured.append(RunLengths(path.stem, "", 0, unmeasured=UNUSABLE))
    return tuple(measured)


def _files(settings: Mapping[str, Any]) -> list[str]:
    entries = [*(settings.get("datasets") or []), *(settings.get("test_datasets") or [])]
    return [str(entry.get("path")) for entry in entries]


def _below(file: str, data: Path) -> Path:
    """Return a file of the YAML's `data/` in the folder where the data really is."""
    parts = Path(file).parts
    return data.joinpath(*parts[1:]) if parts[:1] == ("data",) else Path(file)


def _measure(
    run: str, settings: Mapping[str, Any], files: Sequence[Records[AlpacaRow]]
) -> RunLengths:
    name, limit = str(settings["base_model"]), int(settings["sequence_len"])
    size = sum(map(len, files))
    if not _is_here(name):
        return RunLengths(run, name, limit, size, unmeasured="not on this machine")
    tokenizer = _tokenizer(name)
    wrapper = read_wrapper(settings)
    rows = chain.from_iterable(files)
    counts = array("I")
    too_long: list[str] = []
    while batch := list(islice(rows, BATCH)):
        texts = [wrapper.prompt(row) + row.output for row in batch]
        ids = tokenizer(texts, add_special_tokens=False)["input_ids"]
        found = [len(one) + 1 for one in ids]  # the end token
        counts.extend(found)
        too_long += [row.id for row, count in zip(batch, found, strict=True) if count > limit]
    return RunLengths(
        run=run,
        tokenizer=name,
        limit=limit,
        rows=size,
        median=int(np.sort(counts)[size // 2]),
        most=max(counts),
        too_long=tuple(too_long),
    )


def _is_here(name: str) -> bool:
    """Whether a tokenizer is in a folder of this name, or in the hub's cache."""
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - where it is installed

    if Path(name).is_dir():
        return (Path(name) / "tokenizer.json").is_file()
    return isinstance(try_to_load_from_cache(name, "tokenizer.json"), str)


def _tokenizer(name: str) -> Any:
    from transformers import AutoTokenizer  # noqa: PLC0415 - takes seconds to import

    return AutoTokenizer.from_pretrained(name, local_files_only=True, trust_remote_code=False)
