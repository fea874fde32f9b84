"""Rows are measured in the tokens of the runs that train on them."""

from __future__ import annotations

from pathlib import Path

import yaml

from preprocess.alpaca import AlpacaRow, read_jsonl, rows_path
from preprocess.lengths import RunLengths, measure

FORMAT = "지시: {instruction}\n글: {input}\n답:"


def write_run(configs: Path, name: str, base: str, limit: int) -> None:
    """Write a run's YAML on the `advice` rows."""
    dataset = {"path": "data/alpaca/advice/train.jsonl", "type": {"format": FORMAT}}
    settings = {"base_model": base, "sequence_len": limit, "datasets": [dataset]}
    configs.mkdir(exist_ok=True)
    (configs / f"{name}.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def test_lengths(data: Path, tiny_model: Path, tmp_path: Path) -> None:
    """Prompt, answer and end token count; rows over the limit are named."""
    from transformers import AutoTokenizer  # noqa: PLC0415 - takes seconds to import

    path = rows_path(data, "advice", "train")
    rows = list(read_jsonl(path, AlpacaRow, cure="make data"))
    tokenizer = AutoTokenizer.from_pretrained(str(tiny_model))
    counts = {}
    for row in rows:
        text = f"지시: {row.instruction}\n글: {row.input}\n답:{row.output}"
        counts[row.id] = len(tokenizer(text)["input_ids"]) + 1
    limit = sorted(counts.values())[-3]
    write_run(tmp_path, "a-run", str(tiny_model), limit)
    [found] = measure(tmp_path, data, {path: rows})
    assert (found.rows, found.most, found.limit) == (len(rows), max(counts.values()), limit)
    assert found.too_long == tuple(row.id for row in rows if counts[row.id] > limit)
    assert 1 <= len(found.too_long) <= 2


def test_tokenizer_that_is_not_here(data: Path, tmp_path: Path) -> None:
    """A run whose tokenizer is not on this machine is not measured, and says so."""
    path = rows_path(data, "advice", "train")
    rows = list(read_jsonl(path, AlpacaRow, cure="make data"))
    write_run(tmp_path, "a-run", "nobody/no-such-model", 2048)
    expected = RunLengths(
        "a-run", "nobody/no-such-model", 2048, len(rows), unmeasured="not on this machine"
    )
    assert measure(tmp_path, data, {path: rows}) == (expected,)


def test_run_on_other_rows(data: Path, tmp_path: Path) -> None:
    """A run that trains on other files is left out."""
    write_run(tmp_path, "a-run", "nobody/no-such-model", 2048)
    assert measure(tmp_path, data, {rows_path(data, "write", "train"): []}) == ()
