"""The real runs cut down to what a CPU can do in seconds, by a stated list and nothing else."""

from __future__ import annotations

from typing import Any

from axolotl_configs.smoke_bases import ENDS, Family

#: What replaces a run's own value where the run has the key, and why.
REPLACED: dict[str, Any] = {
    "optimizer": "adamw_torch",  # the 8-bit, paged and fused ones want CUDA
    "micro_batch_size": 1,  # attention on a CPU costs the square of a pack
    "sequence_len": 2048,
    "num_epochs": 1,  # of a few rows
    "max_steps": None,  # the smoke runs count steps
    "eval_max_new_tokens": 4,
    "attn_implementation": "sdpa",  # flash attention wants CUDA; both keep packed rows apart
    "lora_mlp_kernel": False,  # Triton wants CUDA
    "lora_qkv_kernel": False,
    "lora_o_kernel": False,
    "lora_embedding_kernel": False,
}
#: What every reduced run gets: no half precision without a card, and no padding, which a CPU would
#: compute along.
ADDED: dict[str, Any] = {
    "bf16": False,
    "fp16": False,
    "tf32": False,
    "pad_to_sequence_len": False,
}
#: What is taken out: Liger's kernels want CUDA, DeepSpeed several cards.
TAKEN_OUT = (
    "liger_rope",
    "liger_rms_norm",
    "liger_fused_linear_cross_entropy",
    "deepspeed",
)
#: The plugin taken out of `plugins`, for the same reason; a run's others are trained with.
LIGER = "axolotl.integrations.liger.LigerPlugin"
#: How the bases of the GPT-2 family are called.
GPT2 = ("data/write-gpt", "skt/kogpt2")
#: Taken out of 4-bit runs: an evaluation on a CPU with AVX512-BF16 repacks their weights.
EVALUATION = ("test_datasets", "eval_steps", "eval_table_size", "early_stopping_patience")


#: The end of text of Llama 3's vocabularies, which no tiny base has; it takes its own for padding.
LLAMA3_PAD = {"pad_token": "<|end_of_text|>"}


def family_of(settings: dict[str, Any]) -> Family:
    """Tell a run's family by the layers that it adapts, or by its base where it adapts none."""
    if "adapter" not in settings and settings["base_model"].startswith(GPT2):
        return "gpt2"
    layers = settings.get("lora_target_modules", ["query_key_value"])
    return "neox" if "query_key_value" in layers else "llama"


def reduced(settings: dict[str, Any], base: str) -> dict[str, Any]:
    """Give the run's settings with a tiny base and without what needs a card.

    Args:
        settings: A run's YAML.
        base: The folder of a tiny model of the run's family.

    """
    out = set(TAKEN_OUT) | (set(EVALUATION) if settings.get("load_in_4bit") else set())
    kept = {key: value for key, value in settings.items() if key not in out}
    changed = {key: value for key, value in REPLACED.items() if key in kept}
    changed["plugins"] = [name for name in settings["plugins"] if name != LIGER]
    if kept.get("special_tokens") == LLAMA3_PAD:
        changed["special_tokens"] = {"pad_token": ENDS["llama"][1]}
    return kept | changed | ADDED | {"base_model": base}
