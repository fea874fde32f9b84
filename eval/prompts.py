"""The prompt at inference: the same bytes that Axolotl makes of a row at training.

The wrapper around instruction and input stands in the run's YAML, `datasets[0].type`, and nowhere
else; this module fills it in as Axolotl's user-defined prompter does.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.runs import RunError, read_settings
from preprocess.alpaca import AlpacaRow


@dataclass(frozen=True)
class Wrapper:
    """What a run's YAML puts around a row; `{instruction}` and `{input}` are filled in."""

    format: str
    system_prompt: str = ""
    system_format: str = "{system}"

    def prompt(self, row: AlpacaRow) -> str:
        """Write the text up to the first token of the answer."""
        system = self.system_format.format(system=self.system_prompt) if self.system_prompt else ""
        return system + self.format.format(instruction=row.instruction, input=row.input)

    def prompt_with_example(self, row: AlpacaRow, example: AlpacaRow) -> str:
        """Write the same with one whole example, question and answer, before it."""
        return f"{self.prompt(example)}{example.output}\n\n{self.prompt(row)}"


def load_wrapper(config: Path) -> Wrapper:
    """Read the wrapper from a run's YAML.

    Raises:
        RunError: `datasets[0].type` is not a mapping with a `format` that holds `{input}`.

    """
    match read_settings(config).get("datasets"):
        case [{"type": {"format": str(text), **rest}}, *_] if "{input}" in text:
            known = {
                key: str(rest[key]) for key in ("system_prompt", "system_format") if key in rest
            }
            return Wrapper(text, **known)
    raise RunError(
        f"{config}: datasets[0].type must be a mapping whose format holds {{instruction}} and "
        "{input}; the prompt of training and inference is read from there"
    )


def choose_example(rows: Sequence[AlpacaRow]) -> AlpacaRow:
    """Choose the one example that every prompt with an example carries.

    It comes from the training split, so it never shares a group with a test row. It is the row of
    median length among those that both praise and criticise (among all, where none does both).
    """
    both = [row for row in rows if "좋은점" in row.output and "아쉬운점" in row.output]
    lengths = {row.id: len(row.input) + len(row.output) for row in both or rows}
    middle = statistics.median_low(lengths.values())
    return min((row for row in both or rows if lengths[row.id] == middle), key=lambda row: row.id)
