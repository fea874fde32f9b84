"""What a run reads and goes on from: files there, rows readable and short, checkpoints whole.

A row's length is what Axolotl will count: prompt, answer and end token, in the base's own tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from axolotl_configs.base_model import file_of
from axolotl_configs.checkpoints import checkpoints, damage, step_of
from axolotl_configs.findings import Finding
from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import base_cure
from preprocess.alpaca import (
    AlpacaRow,
    AnyRow,
    Record,
    RecordError,
    Wrapper,
    read_jsonl,
    read_wrapper,
    rows_cure,
)

BATCH = 256  # rows that are tokenized at once


class TextLine(msgspec.Struct, frozen=True):
    """A line of a run on plain text; its other fields are not read."""

    text: str


class Lengths(Record, frozen=True):
    """How many rows there are, and the longest of them in tokens."""

    rows: int
    longest: int
    id: str


def files(run: NamedRun) -> Iterator[Finding]:
    """Read every data file of the run through, record by record."""
    for path in run.data_files:
        kind = AnyRow if _wrapper(run) else TextLine
        try:
            count = sum(1 for _ in read_jsonl(path, kind, cure=rows_cure(path)))
        except (RecordError, OSError) as error:
            yield Finding("data", "fault", *_parted(str(error), path))
            continue
        if count:
            yield Finding("data", "ok", f"{path}: {count} rows")
        else:
            cure = f"make it again, from more: {rows_cure(path)}"
            yield Finding("data", "fault", f"{path} has no rows", cure)


def _parted(error: str, path: Path) -> tuple[str, str]:
    """Part an error's text into what was found and its cure."""
    said, _, cure = error.partition("; ")
    return said, cure or rows_cure(path)


def lengths(run: NamedRun) -> Iterator[Finding]:
    """Measure the longest row, where the base's tokenizer is on this machine.

    Files that `files` found faults with are left out.
    """
    wrapper = _wrapper(run)
    if wrapper is None:
        return  # plain text is continued in the next row
    tokenizer = file_of(run, "tokenizer.json")
    if tokenizer is None:
        said = f"not measured: the tokenizer of {run.base_model} is not here"
        cure = f"measured after: {base_cure(run.base_model)}"
        yield Finding("lengths", "warning", said, cure)
        return
    try:
        json.loads(tokenizer.read_bytes())
    except ValueError as error:
        cure = f"bring it again: {base_cure(run.base_model)}"
        yield Finding("lengths", "fault", f"{tokenizer} is broken ({error})", cure)
        return
    limit = int(run.settings["sequence_len"])
    for path in run.data_files:
        try:
            rows = list(read_jsonl(path, AnyRow, cure=rows_cure(path)))
        except (RecordError, OSError):
            continue
        if rows:
            yield _length(path, measure(rows, wrapper, _tokenizer(run)), limit)


def _length(path: Path, found: Lengths, limit: int) -> Finding:
    said = f"{path}: the longest of {found.rows} rows has {found.longest} tokens of {limit}"
    if found.longest <= limit:
        return Finding("lengths", "ok", said)
    cure = (
        "raise sequence_len as far as the base has positions, or take the row out and `make data`"
    )
    return Finding("lengths", "fault", f"{said} (row {found.id})", cure)


def measure(rows: Sequence[AlpacaRow], wrapper: Wrapper, tokenizer: Any) -> Lengths:
    """Count tokens of prompt, answer and end token; there must be a row."""
    longest = (0, "")
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        texts = [wrapper.prompt(row) + row.output for row in batch]
        ids = tokenizer(texts)["input_ids"]  # with what it puts in front, as at training
        found = ((len(one) + 1, row.id) for one, row in zip(ids, batch, strict=True))
        longest = max(longest, *found)
    return Lengths(len(rows), *longest)


def _tokenizer(run: NamedRun) -> Any:
    from transformers import AutoTokenizer  # noqa: PLC0415 - takes seconds

    revision = run.settings.get("revision_of_model") or "main"
    return AutoTokenizer.from_pretrained(
        run.base_model, revision=revision, local_files_only=True, trust_remote_code=False
    )


def _wrapper(run: NamedRun) -> Wrapper | None:
    try:
        return read_wrapper(run.settings)
    except ValueError:
        return None


def earlier(run: NamedRun) -> Iterator[Finding]:
    """Look at what an earlier training of the run left."""
    found = checkpoints(run.output_dir)
    broken = [path for path in found if damage(path)]
    for path in broken:
        said = f"{path} is half written ({damage(path)})"
        yield Finding("checkpoints", "warning", said, "`make train` moves it aside by itself")
    if whole := [path for path in found if path not in broken]:
        yield Finding("checkpoints", "ok", f"goes on from step {step_of(whole[0])}")
