"""Data as the doctor reads it: missing, broken and empty files, and the longest row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from axolotl_configs.doctor_data import earlier, files, lengths
from axolotl_configs.named_run import NamedRun
from preprocess.alpaca import AlpacaRow, write_jsonl
from preprocess.qa_records import PLAIN, QaRow

TYPE = {"format": "{instruction}\n{input}\n", "field_output": "output"}


def row(number: int, answer: str) -> AlpacaRow:
    """Give a row with an answer."""
    return AlpacaRow(
        instruction="조언해 주세요.",
        input="문항: 지원 동기\n[1] 배를 만듭니다.",
        output=answer,
        id=f"{number}-1",
        group=str(number),
        source_id=str(number),
    )


def run(path: Path, base: Path | str = "firm/none", **changed: Any) -> NamedRun:
    """Give a run on one file."""
    settings = {
        "base_model": str(base),
        "output_dir": str(path.parent / "run"),
        "sequence_len": 64,
        "datasets": [{"path": str(path), "type": TYPE}],
    }
    return NamedRun("r", Path("r.yml"), settings | changed)


def test_rows_are_counted(tmp_path: Path) -> None:
    """A file of rows is ok, and says how many."""
    path = tmp_path / "train.jsonl"
    write_jsonl(path, [row(1, "좋습니다."), row(2, "좋습니다.")])
    assert [(f.level, f.said) for f in files(run(path))] == [("ok", f"{path}: 2 rows")]


@pytest.mark.parametrize("task", ["revise", "qa"])
def test_rows_that_hold_more_are_counted(task: str, data: Path, tmp_path: Path) -> None:
    """What the rows of some tasks have besides, as drafts their defects, is no fault."""
    path = tmp_path / "train.jsonl"
    if task == "qa":
        plain = msgspec.structs.asdict(row(1, "예."))
        write_jsonl(path, [QaRow(**plain, references=("예.",), category=None, made=PLAIN)])
    else:
        path.write_bytes((data / "alpaca" / task / "train.jsonl").read_bytes().split(b"\n")[0])
    assert [(f.level, f.said) for f in files(run(path))] == [("ok", f"{path}: 1 rows")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is missing"),
        ("", "has no rows"),
        ('{"instruction": "가"}\n', "line 1: Object missing required field `input`"),
        ('{"instruction": "가"', "line 1 (the last, half written)"),
    ],
)
def test_a_file_that_cannot_be_trained_on_is_a_fault(
    content: str | None, said: str, tmp_path: Path
) -> None:
    """Missing, empty, another record, cut: what, where and the cure."""
    path = tmp_path / "train.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    (found,) = files(run(path))
    assert found.level == "fault"
    assert str(path) in found.said
    assert said in found.said
    assert "make data" in found.cure


def test_plain_text_is_read_as_text(tmp_path: Path) -> None:
    """A completion run's lines have a text and need no length: it runs on in the next row."""
    path = tmp_path / "train.jsonl"
    path.write_text('{"text": "글", "id": "1"}\n', encoding="utf-8")
    plain = run(path, datasets=[{"path": str(path), "type": "completion"}])
    assert [found.level for found in files(plain)] == ["ok"]
    assert list(lengths(plain)) == []


def test_the_longest_row_is_named(tiny_model: Path, tmp_path: Path) -> None:
    """In the base's own tokens with the end token, against sequence_len; exactly that fits."""
    from transformers import AutoTokenizer  # noqa: PLC0415 - takes seconds

    path, long = tmp_path / "train.jsonl", row(2, "근거가 없습니다. " * 9)
    write_jsonl(path, [row(1, "짧습니다."), long, row(3, "짧습니다.")])
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    text = f"{long.instruction}\n{long.input}\n{long.output}"
    tokens = len(tokenizer(text)["input_ids"]) + 1
    (fits,) = lengths(run(path, tiny_model, sequence_len=tokens))
    assert fits.level == "ok"
    (found,) = lengths(run(path, tiny_model, sequence_len=tokens - 1))
    assert found.level == "fault"
    assert f"longest of 3 rows has {tokens} tokens of {tokens - 1} (row 2-1)" in found.said


def test_without_the_tokenizer_lengths_wait(tmp_path: Path) -> None:
    """A base that is not here yet is a warning, no guess."""
    path = tmp_path / "train.jsonl"
    write_jsonl(path, [row(1, "짧습니다.")])
    assert [found.level for found in lengths(run(path))] == ["warning"]


def test_a_half_written_tokenizer_is_a_fault(tmp_path: Path) -> None:
    """As a full disk leaves it; the library's own error names no file."""
    write_jsonl(tmp_path / "train.jsonl", [row(1, "좋습니다.")])
    (tmp_path / "tokenizer.json").write_text('{"version": "1.0", "mod')
    (found,) = lengths(run(tmp_path / "train.jsonl", tmp_path))
    assert found.level == "fault"
    assert found.said.startswith(f"{tmp_path / 'tokenizer.json'} is broken (Unterminated string")


def test_a_half_written_checkpoint_is_a_warning(tmp_path: Path) -> None:
    """`make train` deals with it, so it is no fault."""
    named = run(tmp_path / "train.jsonl")
    assert list(earlier(named)) == []
    (named.output_dir / "checkpoint-5").mkdir(parents=True)
    (found,) = earlier(named)
    assert (found.level, "checkpoint-5 is half written" in found.said) == ("warning", True)
