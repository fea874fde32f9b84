"""What a run's YAML puts around a row: the same bytes at training, at inference, and when measured.

The wrapper stands in the YAML, `datasets[0].type`, because Axolotl reads it there, and nowhere
else; this fills it in as Axolotl's user-defined prompter does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Asking(Protocol):
    """The part of a row that a model is shown."""

    @property
    def instruction(self) -> str:
        """The task, in Korean."""

    @property
    def input(self) -> str:
        """The essay's part."""


@dataclass(frozen=True)
class Wrapper:
    """The format of a prompt; `{instruction}` and `{input}` are filled in."""

    format: str
    system_prompt: str = ""
    system_format: str = "{system}"

    def prompt(self, row: Asking) -> str:
        """Write the text up to the first token of the answer."""
        system = self.system_format.format(system=self.system_prompt) if self.system_prompt else ""
        return system + self.format.format(instruction=row.instruction, input=row.input)


def read_wrapper(settings: Mapping[str, Any]) -> Wrapper:
    """Read the wrapper off a run's settings.

    Raises:
        ValueError: `datasets[0].type` is not a mapping with a `format` that holds `{input}`.

    """
    match settings.get("datasets"):
        case [{"type": {"format": str(text), **rest}}, *_] if "{input}" in text:
            known = {
                key: str(rest[key]) for key in ("system_prompt", "system_format") if key in rest
            }
            return Wrapper(text, **known)
    raise ValueError(
        "datasets[0].type must be a mapping whose format holds {instruction} and {input}; the "
        "prompt of training and inference is read from there"
    )
