"""Shapes of the models that are trained here, and the work that a training step asks of a card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

RANK: Final = 16

#: Dense bf16 FLOP/s (fp16 on the T4) without sparsity, by the name that torch gives the card.
#: Source: NVIDIA's data sheets of each.
PEAKS: Final = {
    "NVIDIA H200": 989e12,
    "NVIDIA H100 80GB HBM3": 989e12,
    "NVIDIA H100 PCIe": 756e12,
    "NVIDIA A100-SXM4-80GB": 312e12,
    "NVIDIA A100-SXM4-40GB": 312e12,
    "NVIDIA A100 80GB PCIe": 312e12,
    "NVIDIA L40S": 362e12,
    "NVIDIA L4": 121e12,
    "Tesla T4": 65e12,
}


@dataclass(frozen=True)
class Shape:
    """A model's measures, named as in its configuration, and the tokens of its rows."""

    family: str
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    intermediate_size: int
    vocab_size: int
    sequence_len: int

    @property
    def linears(self) -> dict[str, tuple[int, int]]:
        """Each linear part of one layer: what goes in, what comes out."""
        wide, inner = self.hidden_size, self.intermediate_size
        if self.family == "gpt_neox":
            return {
                "query_key_value": (wide, 3 * wide),
                "dense": (wide, wide),
                "dense_h_to_4h": (wide, inner),
                "dense_4h_to_h": (inner, wide),
            }
        keys = wide // self.num_attention_heads * self.num_key_value_heads
        return {
            "q_proj": (wide, wide),
            "k_proj": (wide, keys),
            "v_proj": (wide, keys),
            "o_proj": (wide, wide),
            "gate_proj": (wide, inner),
            "up_proj": (wide, inner),
            "down_proj": (inner, wide),
        }

    @property
    def settings(self) -> dict[str, Any]:
        """Arguments of its family's configuration class."""
        names = (
            "hidden_size",
            "num_hidden_layers",
            "num_attention_heads",
            "intermediate_size",
            "vocab_size",
        )
        settings: dict[str, Any] = {name: getattr(self, name) for name in names}
        settings |= {"max_position_embeddings": self.sequence_len, "tie_word_embeddings": False}
        if self.family == "gpt_neox":
            rotary = {"rope_type": "default", "rope_theta": 10000, "partial_rotary_factor": 0.5}
            return settings | {"rope_parameters": rotary}
        return settings | {"num_key_value_heads": self.num_key_value_heads}

    @property
    def multiplied(self) -> int:
        """Weights that each token is multiplied with: all linear parts and the head."""
        layer = sum(a * b for a, b in self.linears.values())
        return self.num_hidden_layers * layer + self.hidden_size * self.vocab_size

    @property
    def adapted(self) -> int:
        """Weights of a LoRA adapter of rank `RANK` on every linear part of every layer."""
        return self.num_hidden_layers * sum(RANK * (a + b) for a, b in self.linears.values())

    def flop(self, lengths: Iterable[int]) -> int:
        """Count the floating-point operations of a training step over rows of these lengths.

        With N frozen and A adapter weights, h the hidden size and L the layers, a row of n tokens
        takes n (4 N + 6 A) + 6 L h n²: a weight costs 2 forward, 2 for the gradient of its input
        and, if it is trained, 2 for its own (Kaplan et al. 2020, arXiv 2001.08361); causal
        attention costs half of 4 n² h a layer forward and twice that backward (Dao et al. 2022,
        arXiv 2205.14135). Padding and what checkpointing does again are not counted.
        """
        each = 4 * self.multiplied + 6 * self.adapted
        square = 6 * self.num_hidden_layers * self.hidden_size
        return sum(length * each + square * length**2 for length in lengths)


#: Polyglot-ko 1.3B, EEVE-Korean 10.8B, and two that a CPU can train.
SHAPES: Final = {
    "tiny": Shape("gpt_neox", 64, 2, 4, 4, 256, 512, 256),
    "tiny-llama": Shape("llama", 64, 2, 4, 2, 128, 512, 256),
    "1.3b": Shape("gpt_neox", 2048, 24, 16, 16, 8192, 30_080, 2048),
    "10.8b": Shape("llama", 4096, 48, 32, 8, 14_336, 40_960, 2048),
}
