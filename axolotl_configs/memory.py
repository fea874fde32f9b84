"""How much memory of a card a run needs, measured where somebody measured it, else computed.

    python -m axolotl_configs.memory          # the table memory.toml, computed anew

The sum, for micro batches of B rows of S tokens, T = B·S, on one card:

- frozen weights: 2 bytes a parameter in bf16; of a 4-bit base the linear layers take 0.516 bytes
  (4 bits, and 0.127 bits of doubly quantised constants: QLoRA, arXiv 2305.14314, section 3) and
  embeddings, norms and head 4 bytes, since PEFT casts what is not quantised to float32;
- what is trained: float32 weight and gradient, 8 bytes, and Adam's two moments, 8 bytes, or 2 in an
  8-bit optimizer (arXiv 2110.02861);
- activations: with checkpointing 2·T·hidden for each layer and 34·T·hidden for the one being
  recomputed, without it 34·T·hidden for each (arXiv 2205.05198, equation 1, its attention scores
  left out: no attention that the runs name keeps them);
- logits: 12·T·vocabulary (bf16, a float32 copy and both gradients), or an eighth of it where the
  loss is computed in chunks or fused with the head; all T of them even where `AnswerLogits` keeps
  prompts from the head, since a pack may be nothing but answers;
- the largest linear layer in bf16, into which 4 bits are unpacked, and 0.8 GiB for the CUDA context
  and what the allocator leaves unused, an allowance and no measurement.

DeepSpeed's ZeRO-3 and FSDP part frozen weights among the cards.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from axolotl_configs.model_shape import Shape, read_shape

TABLE = Path(__file__).with_name("memory.toml")
GIB = 2**30
ALLOWANCE = 0.8  # GiB
FOUR_BIT = (4 + 0.127) / 8  # bytes a parameter


@dataclass(frozen=True)
class Need:
    """Memory of one card in GiB, and where the number comes from."""

    gib: float
    how: Literal["measured", "computed"]


def known_shapes() -> dict[str, Shape]:
    """Give the sizes of the base models in the table, by hub name."""
    shapes: dict[str, dict[str, Any]] = _table()["base_model"]
    return {name: read_shape(config) for name, config in shapes.items()}


def need(settings: Mapping[str, Any], shape: Shape, cards: int = 1) -> Need:
    """Tell how much memory of each card a run needs.

    A measured row of the table that has the run's base, method, length and micro batch is taken
    before the sum in this module's docstring.
    """
    wanted = settings_of_row(settings)
    for row in _table()["need"]:
        if row["how"] == "measured" and {key: row[key] for key in wanted} == wanted:
            return Need(float(row["gib"]), "measured")
    return Need(round(_computed(settings, shape, cards), 1), "computed")


def settings_of_row(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Give the keys by which a row of the table is found."""
    return {
        "base_model": settings["base_model"],
        "method": method(settings),
        "sequence_len": int(settings["sequence_len"]),
        "micro_batch_size": int(settings.get("micro_batch_size") or 1),
    }


def method(settings: Mapping[str, Any]) -> str:
    """Name how a run trains: `qlora`, `lora` or `full`."""
    if not settings.get("adapter"):
        return "full"
    return "qlora" if settings.get("load_in_4bit") else "lora"


def trained_parameters(settings: Mapping[str, Any], shape: Shape) -> int:
    """Count the weights that a run trains: its adapter's, with modules saved whole, or all."""
    if not settings.get("adapter"):
        return shape.parameters
    named = settings.get("lora_target_modules") or []
    linears = shape.linears if settings.get("lora_target_linear") else {}
    linears = linears or {name: shape.linears[name] for name in named if name in shape.linears}
    rank = int(settings.get("lora_r") or 8)
    pairs = sum(rank * (inputs + outputs) for inputs, outputs in linears.values())
    whole = len(settings.get("lora_modules_to_save") or []) * shape.vocab_size * shape.hidden_size
    return shape.num_hidden_layers * pairs + whole


def optimizer_bytes(settings: Mapping[str, Any]) -> int:
    """Bytes of optimizer state for each trained weight."""
    return 2 if "8bit" in str(settings.get("optimizer", "")) else 8


def checkpoint_gib(settings: Mapping[str, Any], shape: Shape) -> float:
    """Size of one checkpoint on disk in GiB: float32 weights and the optimizer's state."""
    return trained_parameters(settings, shape) * (4 + optimizer_bytes(settings)) / GIB


def _computed(settings: Mapping[str, Any], shape: Shape, cards: int) -> float:
    """Sum up what the module's docstring lists, in GiB."""
    row = settings_of_row(settings)
    tokens = row["micro_batch_size"] * row["sequence_len"]
    trained = trained_parameters(settings, shape) * (8 + optimizer_bytes(settings))
    parts = [_frozen(settings, shape, cards), trained, *_passing(settings, shape, tokens)]
    return sum(parts) / GIB + ALLOWANCE


def _frozen(settings: Mapping[str, Any], shape: Shape, cards: int) -> float:
    if not settings.get("adapter"):
        return 0  # counted with what is trained
    parted = settings.get("fsdp_config") or "zero3" in str(settings.get("deepspeed", ""))
    if settings.get("load_in_4bit"):
        weights = FOUR_BIT * shape.linear_parameters + 4 * shape.other_parameters
    else:
        weights = 2.0 * shape.parameters
    return weights / (cards if parted else 1)


def _passing(settings: Mapping[str, Any], shape: Shape, tokens: int) -> tuple[float, float, float]:
    """Bytes of activations, of logits, and of the layer unpacked from 4 bits."""
    layer = 34 * tokens * shape.hidden_size
    layers = shape.num_hidden_layers
    kept = 2 * tokens * shape.hidden_size * layers + layer
    activations = kept if settings.get("gradient_checkpointing") else layers * layer
    fused = any(
        settings.get(key)
        for key in (
            "chunked_cross_entropy",
            "cut_cross_entropy",
            "liger_fused_linear_cross_entropy",
        )
    )
    logits = 12 * tokens * shape.vocab_size / (8 if fused else 1)
    largest = max((a * b for a, b in shape.linears.values()), default=0)
    return activations, logits, 2 * largest if settings.get("load_in_4bit") else 0


def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


#: What the computed rows of the table share beside their keys: the settings of the runs.
ROW_SETTINGS: dict[str, Any] = {
    "lora_r": 16,
    "lora_target_linear": True,
    "gradient_checkpointing": True,
    "optimizer": "paged_adamw_8bit",
}


def settings_from_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Spell out the settings for which a row of the table stands."""
    kept = {key: row[key] for key in ("base_model", "sequence_len", "micro_batch_size")}
    four_bit = row["method"] == "qlora"
    return {**kept, **ROW_SETTINGS, "adapter": row["method"], "load_in_4bit": four_bit}


def main() -> int:
    """Print each row of the table with the sum of today's formula beside it."""
    shapes = known_shapes()
    for row in _table()["need"]:
        computed = _computed(settings_from_row(row), shapes[row["base_model"]], 1)
        told = f"{row['base_model']:<34} {row['method']:<6} {row['sequence_len']:>5} tokens"
        print(f"{told} × {row['micro_batch_size']}: {row['gib']} GiB {row['how']}, {computed:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
