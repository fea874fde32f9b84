"""A plugin that computes logits where an answer is learned, and nowhere else; named in `plugins:`.

With `train_on_inputs: false` the loss counts the answer's tokens alone, yet a model multiplies
every token of the prompt by its whole vocabulary and throws the product away. The loss and its
gradients are the same without it; time and the memory of the logits fall by the prompt's share.
For architectures that Liger's fused loss does not know, GPT-NeoX among them. The module is loaded
by Axolotl alone.
"""

from __future__ import annotations

from typing import Any

import torch
from axolotl.integrations.base import BasePlugin

IGNORED = -100  # the label of a token that no loss counts


def at_answers(arguments: dict[str, Any]) -> dict[str, Any]:
    """Ask a causal language model for the logits that its loss reads.

    Args:
        arguments: What the model is called with; `labels` of shape (rows, tokens), if any.

    Returns:
        The same with `logits_to_keep`, the positions before which some row has a label, and
        `shift_labels` of shape (rows, positions); unchanged where there are no labels.

    """
    labels = arguments.get("labels")
    if labels is None:
        return arguments
    following = torch.nn.functional.pad(labels, (0, 1), value=IGNORED)[:, 1:]
    positions = (following != IGNORED).any(dim=0).nonzero().squeeze(1)
    if not len(positions):  # a loss over nothing stays one over nothing, whatever that is worth
        positions = positions.new_zeros(1)
    return arguments | {
        "logits_to_keep": positions,
        "shift_labels": following[:, positions].contiguous(),
    }


class AnswerLogits(BasePlugin):  # type: ignore[misc] # Axolotl is untyped
    """Keeps the prompt's tokens from the head of the model."""

    def post_model_load(self, cfg: Any, model: torch.nn.Module) -> None:  # noqa: ARG002 - Axolotl's
        """Put the choice of positions before every training step; Axolotl calls this.

        Evaluation keeps all logits: Axolotl's table of sample answers looks at the prompt's too.
        """

        def choose(module: torch.nn.Module, positional: Any, named: dict[str, Any]) -> Any:
            return positional, at_answers(named) if module.training else named

        model.register_forward_pre_hook(choose, with_kwargs=True)
