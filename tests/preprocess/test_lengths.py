"""Rows are measured in the tokens of the runs that train on them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from preprocess.alpaca import AlpacaRow, read_jsonl, rows_path
from preprocess.lengths import UNREADABLE, UNUSABLE, RunLengths, measure

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


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda _: b"a: [", UNREADABLE),
        (lambda text: text.decode().encode("utf-16"), UNREADABLE),
        (lambda text: text.replace(b"2048", b"long"), UNUSABLE),
        (lambda text: text.replace(b"base_model", b"base"), UNUSABLE),
        (lambda _: b"- a", UNUSABLE),
    ],
)
def test_a_yaml_that_cannot_be_used_keeps_no_build_from_its_end(
    damage: object, why: str, data: Path, tmp_path: Path
) -> None:
    """The run is not measured and says why; the others are looked at as ever."""
    path = rows_path(data, "advice", "train")
    rows = list(read_jsonl(path, AlpacaRow, cure="make data"))
    for name in ("a-run", "broken", "c-run"):
        write_run(tmp_path, name, "nobody/no-such-model", 2048)
    broken = tmp_path / "broken.yml"
    broken.write_bytes(damage(broken.read_bytes()))  # type: ignore[operator]
    found = measure(tmp_path, data, {path: rows})
    assert [(one.run, one.unmeasured) for one in found] == [
        ("a-run", "not on this machine"),
        ("broken", why),
        ("c-run", "not on this machine"),
    ]


def test_a_yaml_that_is_gone_is_not_measured(data: Path, tmp_path: Path) -> None:
    """A link to nothing stands for a file that was deleted while the build worked."""
    (tmp_path / "gone.yml").symlink_to(tmp_path / "nothing")
    [found] = measure(tmp_path, data, {rows_path(data, "advice", "train"): []})
    assert found == RunLengths("gone", "", 0, unmeasured=UNREADABLE)
