"""Rows of a prepared data set as text, the loss part between marks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import RunError
from axolotl_configs.shown_rows import marked, show_rows

PROMPT, ANSWER = "### 지시:\n조언해 주세요.\n", "아쉬운점 1 [1] 근거가 없습니다.<|endoftext|>"


@pytest.fixture(scope="module")
def tokenizer(tiny_model: Path) -> Any:
    """Load the tiny model's tokenizer."""
    from transformers import AutoTokenizer  # noqa: PLC0415 - takes seconds

    return AutoTokenizer.from_pretrained(tiny_model)


def prepare(folder: Path, rows: list[tuple[list[int], list[int]]]) -> None:
    """Save rows as Axolotl does."""
    from datasets import Dataset  # type: ignore[import-untyped]  # noqa: PLC0415 - takes seconds

    columns = {"input_ids": [ids for ids, _ in rows], "labels": [labels for _, labels in rows]}
    Dataset.from_dict(columns).save_to_disk(str(folder))


def tokens(tokenizer: Any, *, answer_in_loss: bool = True) -> tuple[list[int], list[int]]:
    """Give input ids and labels of one row."""
    prompt, answer = (tokenizer(text)["input_ids"] for text in (PROMPT, ANSWER))
    labels = answer if answer_in_loss else [-100] * len(answer)
    return prompt + answer, [-100] * len(prompt) + labels


def run(folder: Path, tiny_model: Path) -> NamedRun:
    """Give a run with its prepared data."""
    settings = {"base_model": str(tiny_model), "dataset_prepared_path": str(folder)}
    return NamedRun("r", Path("r.yml"), settings)


def test_the_answer_is_marked_with_its_end_token(tokenizer: Any) -> None:
    """Prompt outside, answer and end token inside."""
    assert marked(*tokens(tokenizer), tokenizer) == f"{PROMPT}⟦{ANSWER}⟧"


def test_every_stretch_in_the_loss_is_marked(tokenizer: Any) -> None:
    """A loss that begins too early, or stops between, is seen."""
    ids = tokenizer("가나다")["input_ids"]
    assert marked(ids * 3, [*ids, *[-100] * len(ids), *ids], tokenizer) == "⟦가나다⟧가나다⟦가나다⟧"


def test_the_first_rows_of_the_training_set_are_shown(
    tokenizer: Any, tiny_model: Path, tmp_path: Path
) -> None:
    """Two of three, with their lengths, from the set that was written first."""
    ids, labels = tokens(tokenizer)
    prepare(tmp_path / "b", [(ids, labels)] * 3)
    prepare(tmp_path / "a", [(labels[-1:], labels[-1:])])
    first, second = show_rows(run(tmp_path, tiny_model))
    in_loss = sum(label != -100 for label in labels)
    assert first.startswith(f"row 1 of 3: {len(ids)} tokens, {in_loss} of them in the loss")
    assert f"{PROMPT}⟦{ANSWER}⟧" in second


def test_a_row_without_loss_is_one_error(tokenizer: Any, tiny_model: Path, tmp_path: Path) -> None:
    """A prompt cut at sequence_len trains nothing, and Axolotl would say loss 0."""
    prepare(tmp_path / "a", [tokens(tokenizer), tokens(tokenizer, answer_in_loss=False)])
    with pytest.raises(RunError, match=r"row 2 of .* trains nothing"):
        list(show_rows(run(tmp_path, tiny_model)))


def test_nothing_prepared_names_the_command(tiny_model: Path, tmp_path: Path) -> None:
    """The error says how data are prepared."""
    with pytest.raises(RunError, match=r"python -m axolotl\.cli\.preprocess"):
        list(show_rows(run(tmp_path, tiny_model)))
