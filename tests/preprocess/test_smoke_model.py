"""The small model's tokenizer."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerFast

from preprocess.smoke_model import write_tokenizer

LINES = [
    f"[{i}] 저는 {i}명과 함께 일했습니다. [{i}]\n아쉬운점 1 [{i}-{i + 2},{i + 4}] 길어요."
    for i in range(1, 16)
] * 3


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> PreTrainedTokenizerFast:
    """Make a tokenizer trained on a few numbered lines."""
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer(iter(LINES), folder, vocabulary=600)
    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(str(folder))
    return tokenizer


def test_sentence_numbers_are_single_tokens(tokenizer: PreTrainedTokenizerFast) -> None:
    """A number goes with its bracket, dash or comma; every other digit stands alone."""

    def pieces(text: str) -> list[str]:
        return [str(tokenizer.decode([one])) for one in tokenizer(text).input_ids]

    assert pieces("[12]") == ["[12", "]"]
    assert pieces(" [3-5,7] ") == [" ", "[3", "-5", ",7", "]", " "]
    assert pieces("12-5") == ["1", "2", "-", "5"]


@pytest.mark.parametrize(
    "text",
    ["", "[1] 가 [1]\n[2]  나\t다", "１２ 45% \U0001f600 'x'[", "a\r\n\n  b ", "[123] [x] -7]"],
)
def test_round_trip(tokenizer: PreTrainedTokenizerFast, text: str) -> None:
    """Any text comes back as it was."""
    assert tokenizer.decode(tokenizer(text).input_ids) == text


def test_files(tmp_path: Path) -> None:
    """The size that is told is the tokenizer's."""
    size = write_tokenizer(iter(LINES), tmp_path, vocabulary=300)
    assert len(PreTrainedTokenizerFast.from_pretrained(str(tmp_path))) == size <= 300
