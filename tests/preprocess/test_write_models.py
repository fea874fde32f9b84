"""The folders from which GPT-2 is trained from scratch for `write`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from preprocess.alpaca import AlpacaRow, rows_path, write_jsonl
from preprocess.write_models import WIDTHS, main

ROW = AlpacaRow("물류 직무입니다.", "문항: 동기", "창고에서 배웠습니다.", "1-1", "1", "1")


def test_the_command_writes_a_folder_a_width(tmp_path: Path) -> None:
    """Configs differ in the width alone, the tokenizer is one, and rows cut with another go."""
    write_jsonl(rows_path(tmp_path, "write", "train"), [ROW])
    old, other = (tmp_path / "prepared" / name for name in ("write-gpt-h128", "advice-x"))
    for folder in (old, other):
        folder.mkdir(parents=True)
    assert main(["--data", str(tmp_path)]) == 0
    assert (old.exists(), other.exists()) == (False, True)
    folders = [tmp_path / f"write-gpt-h{width}" for width in WIDTHS]
    configs = [json.loads((folder / "config.json").read_bytes()) for folder in folders]
    assert [config.pop("n_embd") for config in configs] == list(WIDTHS)
    assert configs[0] == configs[1] == configs[2]
    tokenizers = [json.loads((folder / "tokenizer.json").read_bytes()) for folder in folders]
    assert tokenizers[0] == tokenizers[1] == tokenizers[2]
    assert len(tokenizers[0]["model"]["vocab"]) == configs[0]["vocab_size"]


def test_without_rows_the_cure_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, the file, the command, and no folder half made."""
    assert main(["--data", str(tmp_path)]) == 1
    assert "make data" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
