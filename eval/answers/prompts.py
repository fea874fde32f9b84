"""The prompt at inference: the same bytes that Axolotl makes of a row at training."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from axolotl_configs.run_yaml import RunError, read_run
from preprocess.alpaca import AlpacaRow, Wrapper, read_wrapper


def prompt_with_example(wrapper: Wrapper, row: AlpacaRow, example: AlpacaRow) -> str:
    """Write a row's prompt with one whole example, question and answer, before it."""
    return f"{wrapper.prompt(example)}{example.output}\n\n{wrapper.prompt(row)}"


def load_wrapper(config: Path) -> Wrapper:
    """Read the wrapper from a run's YAML.

    Raises:
        RunError: There is none to be used.

    """
    settings = read_run(config)  # its errors name the file themselves
    try:
        return read_wrapper(settings)
    except ValueError as error:
        raise RunError(f"{config}: {error}") from None


@dataclass(frozen=True)
class Examples:
    """The one example of the prompts that carry one, and what stands in for it.

    `second` is of another group than `first`, `None` where the training split has one group only.
    """

    first: AlpacaRow
    second: AlpacaRow | None

    def beside(self, row: AlpacaRow) -> AlpacaRow:
        """Give the example for a row: the first, or the second where the first is of its group.

        Raises:
            RunError: Both are needed and there is one.

        """
        if row.group != self.first.group:
            return self.first
        if self.second is None:
            raise RunError(
                f"id {row.id} is of group {row.group}, as all training rows are: there is no "
                "example to show; make data from more essays"
            )
        return self.second


def choose_examples(rows: Sequence[AlpacaRow]) -> Examples:
    """Choose the example of every prompt, and one of another group for that group's own items."""
    first = choose_example(rows)
    others = [row for row in rows if row.group != first.group]
    return Examples(first, choose_example(others) if others else None)


_PRAISE, _CRITICISM = re.compile(r"^좋은점", re.MULTILINE), re.compile(r"^아쉬운점", re.MULTILINE)


def choose_example(rows: Sequence[AlpacaRow]) -> AlpacaRow:
    """Choose one training row to show: the same one whatever the order of the rows.

    It is the row of median length among those that both praise and criticise (among all, where
    none does both, as in the tasks without points).
    """
    both = [row for row in rows if _PRAISE.search(row.output) and _CRITICISM.search(row.output)]
    lengths = {row.id: len(row.input) + len(row.output) for row in both or rows}
    middle = statistics.median_low(lengths.values())
    return min((row for row in both or rows if lengths[row.id] == middle), key=lambda row: row.id)
