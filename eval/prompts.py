"""The prompt at inference: the same bytes that Axolotl makes of a row at training."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from eval.runs import RunError, read_settings
from preprocess.alpaca import AlpacaRow, Wrapper, read_wrapper


def prompt_with_example(wrapper: Wrapper, row: AlpacaRow, example: AlpacaRow) -> str:
    """Write a row's prompt with one whole example, question and answer, before it."""
    return f"{wrapper.prompt(example)}{example.output}\n\n{wrapper.prompt(row)}"


def load_wrapper(config: Path) -> Wrapper:
    """Read the wrapper from a run's YAML.

    Raises:
        RunError: There is none to be used.

    """
    try:
        return read_wrapper(read_settings(config))
    except ValueError as error:
        raise RunError(f"{config}: {error}") from None


def choose_example(rows: Sequence[AlpacaRow]) -> AlpacaRow:
    """Choose the one example that every prompt with an example carries.

    It comes from the training split, so it never shares a group with a test row. It is the row of
    median length among those that both praise and criticise (among all, where none does both).
    """
    both = [row for row in rows if "좋은점" in row.output and "아쉬운점" in row.output]
    lengths = {row.id: len(row.input) + len(row.output) for row in both or rows}
    middle = statistics.median_low(lengths.values())
    return min((row for row in both or rows if lengths[row.id] == middle), key=lambda row: row.id)
