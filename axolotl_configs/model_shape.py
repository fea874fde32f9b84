"""The sizes of a base model, and how many parameters they make.

GPT-NeoX and Llama are told apart; of a model of another kind the linear layers are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shape:
    """The sizes of a model that its `config.json` states, under the names of the Llama family."""

    model_type: str
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    vocab_size: int
    tie_word_embeddings: bool

    @property
    def linears(self) -> dict[str, tuple[int, int]]:
        """The linear layers of one block, by name: (inputs, outputs); none for a stranger."""
        hidden, inner = self.hidden_size, self.intermediate_size
        keys = hidden // self.num_attention_heads * self.num_key_value_heads
        families = {
            "gpt_neox": {
                "query_key_value": (hidden, 3 * hidden),
                "dense": (hidden, hidden),
                "dense_h_to_4h": (hidden, inner),
                "dense_4h_to_h": (inner, hidden),
            },
            "llama": {
                "q_proj": (hidden, hidden),
                "k_proj": (hidden, keys),
                "v_proj": (hidden, keys),
                "o_proj": (hidden, hidden),
                "gate_proj": (hidden, inner),
                "up_proj": (hidden, inner),
                "down_proj": (inner, hidden),
            },
        }
        return families.get(self.model_type, {})

    @property
    def head_names(self) -> frozenset[str]:
        """Modules outside the blocks, which an adapter may name too."""
        inputs = "embed_in" if self.model_type == "gpt_neox" else "embed_tokens"
        return frozenset({inputs, "lm_head"})

    @property
    def linear_parameters(self) -> int:
        """Weights of all linear layers inside the blocks."""
        return self.num_hidden_layers * sum(a * b for a, b in self.linears.values())

    @property
    def other_parameters(self) -> int:
        """Embeddings, head, norms and biases."""
        tables = (1 if self.tie_word_embeddings else 2) * self.vocab_size * self.hidden_size
        if self.model_type == "gpt_neox":  # biases, and two norms with weight and bias a block
            block = sum(outputs for _, outputs in self.linears.values()) + 4 * self.hidden_size
            return tables + self.num_hidden_layers * block + 2 * self.hidden_size
        return tables + (2 * self.num_hidden_layers + 1) * self.hidden_size

    @property
    def parameters(self) -> int:
        """All weights of the model."""
        return self.linear_parameters + self.other_parameters


def read_shape(config: Mapping[str, Any]) -> Shape:
    """Take the sizes from a model's `config.json`; the keys of GPT-NeoX and Llama are alike.

    Raises:
        KeyError: The model is of another kind, and lacks one of the sizes.

    """
    heads = int(config["num_attention_heads"])
    return Shape(
        model_type=str(config["model_type"]),
        hidden_size=int(config["hidden_size"]),
        intermediate_size=int(config["intermediate_size"]),
        num_hidden_layers=int(config["num_hidden_layers"]),
        num_attention_heads=heads,
        num_key_value_heads=int(config.get("num_key_value_heads") or heads),
        vocab_size=int(config["vocab_size"]),
        tie_word_embeddings=bool(config.get("tie_word_embeddings", False)),
    )
