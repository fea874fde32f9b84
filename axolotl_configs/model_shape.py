"""The sizes of a base model, and how many parameters they make.

GPT-NeoX, Llama and GPT-2 are told apart; of a model of another kind the linear layers are not
known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shape:
    """The sizes of a model that its `config.json` states, under the names of the Llama family.

    `learnt_positions` are the rows of a table of positions, 0 where positions are turned (RoPE).
    `head_dim` is a head's size where the heads together are not as wide as the model, else 0.
    """

    model_type: str
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    vocab_size: int
    tie_word_embeddings: bool
    learnt_positions: int = 0
    head_dim: int = 0

    @property
    def linears(self) -> dict[str, tuple[int, int]]:
        """The linear layers of one block, by name: (inputs, outputs); none for a stranger."""
        hidden, inner = self.hidden_size, self.intermediate_size
        head = self.head_dim or hidden // self.num_attention_heads
        queries, keys = head * self.num_attention_heads, head * self.num_key_value_heads
        families = {
            "gpt_neox": {
                "query_key_value": (hidden, 3 * hidden),
                "dense": (hidden, hidden),
                "dense_h_to_4h": (hidden, inner),
                "dense_4h_to_h": (inner, hidden),
            },
            "gpt2": {
                "c_attn": (hidden, 3 * hidden),
                "attn.c_proj": (hidden, hidden),
                "c_fc": (hidden, inner),
                "mlp.c_proj": (inner, hidden),
            },
            "llama": {
                "q_proj": (hidden, queries),
                "k_proj": (hidden, keys),
                "v_proj": (hidden, keys),
                "o_proj": (queries, hidden),
                "gate_proj": (hidden, inner),
                "up_proj": (hidden, inner),
                "down_proj": (inner, hidden),
            },
        }
        return families.get(self.model_type, {})

    @property
    def head_names(self) -> frozenset[str]:
        """Modules outside the blocks, which an adapter may name too."""
        inputs = {"gpt_neox": "embed_in", "gpt2": "wte"}.get(self.model_type, "embed_tokens")
        return frozenset({inputs, "lm_head"})

    @property
    def linear_parameters(self) -> int:
        """Weights of all linear layers inside the blocks."""
        return self.num_hidden_layers * sum(a * b for a, b in self.linears.values())

    @property
    def other_parameters(self) -> int:
        """Embeddings, head, norms and biases."""
        tables = (1 if self.tie_word_embeddings else 2) * self.vocab_size * self.hidden_size
        tables += self.learnt_positions * self.hidden_size
        if self.model_type in {
            "gpt_neox",
            "gpt2",
        }:  # biases, and two norms with weight and bias a block
            block = sum(outputs for _, outputs in self.linears.values()) + 4 * self.hidden_size
            return tables + self.num_hidden_layers * block + 2 * self.hidden_size
        return tables + (2 * self.num_hidden_layers + 1) * self.hidden_size

    @property
    def parameters(self) -> int:
        """All weights of the model."""
        return self.linear_parameters + self.other_parameters


def read_shape(config: Mapping[str, Any]) -> Shape:
    """Take the sizes from a model's `config.json`; GPT-2 has names of its own for them.

    Raises:
        KeyError: The model is of another kind, and lacks one of the sizes.

    """
    if config["model_type"] == "gpt2":
        config = _like_the_others(config)
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
        learnt_positions=int(config.get("learnt_positions", 0)),
        head_dim=int(config.get("head_dim") or 0),
    )


def _like_the_others(config: Mapping[str, Any]) -> dict[str, Any]:
    """Give the sizes of a GPT-2 under the names of the other families."""
    hidden = int(config["n_embd"])
    return {
        "model_type": "gpt2",
        "hidden_size": hidden,
        "intermediate_size": config.get("n_inner") or 4 * hidden,
        "num_hidden_layers": config["n_layer"],
        "num_attention_heads": config["n_head"],
        "vocab_size": config["vocab_size"],
        "tie_word_embeddings": config.get("tie_word_embeddings", True),
        "learnt_positions": config["n_positions"],
    }
