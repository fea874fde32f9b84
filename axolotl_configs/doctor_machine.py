"""What of a run this machine can do: card, memory, packages, disk.

Each function takes the run and what was seen of the machine, and gives its findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from axolotl_configs.findings import Finding
from axolotl_configs.machine import Cards, is_installed
from axolotl_configs.memory import checkpoint_gib, need, optimizer_bytes
from axolotl_configs.model_shape import Shape
from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import base_cure

#: The first compute capability with bf16 and with flash attention: Ampere.
AMPERE = (8, 0)
#: A computed need is trusted as far as this share of a card's memory.
TRUSTED = 0.9


class Wanted(NamedTuple):
    """A package that settings of a run call for, and how it is installed."""

    keys: tuple[str, ...]
    module: str
    cure: str


_CUDA = "pip install -c constraints.txt -e .[cuda], or leave the key out"
PACKAGES = (
    Wanted(
        (
            "liger_rope",
            "liger_rms_norm",
            "liger_layer_norm",
            "liger_glu_activation",
            "liger_cross_entropy",
            "liger_fused_linear_cross_entropy",
        ),
        "liger_kernel",
        "pip install liger-kernel, or leave the liger_ keys out",
    ),
    Wanted(
        ("cut_cross_entropy",),
        "cut_cross_entropy",
        "install it as Axolotl's documentation of the plugin says, or leave the key out",
    ),
    Wanted(("deepspeed",), "deepspeed", _CUDA),
    Wanted(("use_ray",), "ray", "pip install 'ray[train]', or leave the key out"),
    Wanted(
        ("lora_mlp_kernel", "lora_qkv_kernel", "lora_o_kernel", "lora_embedding_kernel"),
        "triton",
        "pip install triton, or set the lora_ kernel keys to false",
    ),
)


def card(run: NamedRun, seen: Cards) -> Iterator[Finding]:
    """Look for the card that a run in 16 bits needs."""
    if not run.wants_card:
        yield Finding(
            "card", "ok", f"none needed: the run computes on the CPU (torch {seen.torch})"
        )
    elif not seen.cards:
        built = f"CUDA {seen.cuda}" if seen.cuda else "no CUDA"
        yield Finding(
            "card",
            "fault",
            f"no CUDA card is seen, and the run computes in 16 bits (torch {seen.torch}, {built})",
            "run nvidia-smi; without a card take a smoke run, with one a CUDA build of torch",
        )
    else:
        built = f"torch {seen.torch}, CUDA {seen.cuda}"
        yield Finding("card", "ok", f"{seen.names} ({built}, capability {_capability(seen)})")
        if (run.settings.get("deepspeed") or run.settings.get("fsdp_config")) and (
            len(seen.cards) == 1
        ):
            yield Finding(
                "cards",
                "warning",
                "the run parts its work among cards, and one card is here",
                "take the run of the same name without -8gpu",
            )


def _capability(seen: Cards) -> str:
    return "{}.{}".format(*min(card.capability for card in seen.cards))


def sixteen_bits(run: NamedRun, seen: Cards) -> Iterator[Finding]:
    """See whether the oldest card computes in bf16, where the run wants that."""
    if not run.wants_card or not seen.cards:
        return
    able = min(one.capability for one in seen.cards) >= AMPERE
    wanted = run.settings.get("bf16")
    if wanted is True and not able:
        yield Finding(
            "bf16",
            "fault",
            f"capability {_capability(seen)} has no bf16; it came with 8.0",
            "set bf16: auto (float16 then), or take a newer card",
        )
    elif wanted == "auto" and not able:
        yield Finding("bf16", "ok", "not on this card; bf16: auto takes float16")
    elif wanted:
        yield Finding("bf16", "ok", "computed by this card")


def memory(run: NamedRun, seen: Cards, shape: Shape | None) -> Iterator[Finding]:
    """Hold the memory that the run needs against the smallest card's."""
    if not run.wants_card:
        return
    if shape is None:
        yield Finding(
            "memory",
            "warning",
            f"not known for {run.base_model}: its config.json is not here",
            base_cure(run.base_model),
        )
        return
    wanted = need(run.settings, shape, max(1, len(seen.cards)))
    told = f"{wanted.gib} GiB a card needed ({wanted.how})"
    if not seen.cards:
        yield Finding("memory", "ok", told)
        return
    least = min(seen.cards, key=lambda one: one.total_gib)
    free = min(one.free_gib for one in seen.cards)
    there = f"{told}; {free:.1f} of {least.total_gib:.1f} GiB are free"
    smaller = "set micro_batch_size: 1, a smaller sequence_len, or take a qlora run"
    if wanted.gib > least.total_gib:
        yield Finding("memory", "fault", there, smaller)
    elif wanted.gib > free:
        yield Finding("memory", "fault", there, "end what else runs on the card (nvidia-smi)")
    elif wanted.how == "computed" and wanted.gib > TRUSTED * least.total_gib:
        yield Finding("memory", "warning", f"{there}: tight", smaller)
    else:
        yield Finding("memory", "ok", there)


def packages(run: NamedRun, is_there: Callable[[str], bool] = is_installed) -> Iterator[Finding]:
    """Look for the packages that the run's keys call for."""
    for wanted in PACKAGES:
        named = [key for key in wanted.keys if run.settings.get(key)]
        if named and is_there(wanted.module):
            yield Finding(wanted.module, "ok", f"installed ({named[0]})")
        elif named:
            yield Finding(
                wanted.module, "fault", f"not installed; {named[0]} needs it", wanted.cure
            )


def flash_attention(
    run: NamedRun, seen: Cards, *, is_there: Callable[[str], bool] = is_installed, offline: bool
) -> Iterator[Finding]:
    """See whether the run's flash attention can be had; transformers fetches a build of it too."""
    settings = run.settings
    if settings.get("attn_implementation") != "flash_attention_2" and not settings.get(
        "flash_attention"
    ):
        return
    if seen.cards and min(one.capability for one in seen.cards) < AMPERE:
        yield Finding(
            "flash-attn",
            "fault",
            f"needs capability 8.0; the card has {_capability(seen)}",
            "set attn_implementation: sdpa",
        )
    elif is_there("flash_attn"):
        yield Finding("flash-attn", "ok", "installed")
    elif is_there("kernels") and not offline:
        yield Finding(
            "flash-attn",
            "warning",
            "not installed; a build of it is fetched from the hub",
            "pip install -c constraints.txt -e .[cuda]",
        )
    else:
        yield Finding(
            "flash-attn",
            "fault",
            "not installed",
            "pip install -c constraints.txt -e .[cuda], or set attn_implementation: sdpa",
        )


def four_bits(run: NamedRun, seen: Cards) -> Iterator[Finding]:
    """Round a small tensor to 4 bits where the run will, as bitsandbytes may lack its library."""
    if not run.four_bit and optimizer_bytes(run.settings) != 2:  # noqa: PLR2004 - of 8-bit Adam
        return
    if run.wants_card and not seen.cards:
        return  # `card` has said so
    device = "cuda" if run.wants_card else "cpu"
    cure = "pip install -c constraints.txt -e .[train]; `python -m bitsandbytes` says what it lacks"
    try:
        import torch  # noqa: PLC0415 - takes seconds
        from bitsandbytes import __version__, functional  # noqa: PLC0415 - the same

        functional.quantize_4bit(torch.ones(64, 64, device=device), quant_type="nf4")
    except (ImportError, OSError, RuntimeError, AttributeError, NotImplementedError) as error:
        first = str(error).strip().partition("\n")[0]
        yield Finding("bitsandbytes", "fault", f"does not work on {device}: {first}", cure)
    else:
        yield Finding("bitsandbytes", "ok", f"{__version__} works on {device}")


def disk(
    run: NamedRun, shape: Shape | None, free_gib: float, *, download: bool
) -> Iterator[Finding]:
    """Hold free space against checkpoints and, where it is not here yet, the base model.

    One checkpoint more than `save_total_limit` is there while the oldest is being deleted, and the
    trained weights stand beside them.
    """
    if shape is None:
        yield Finding("disk", "ok", f"{free_gib:.1f} GiB free; the need is not known")
        return
    kept = int(run.settings.get("save_total_limit") or 3) + 2
    wanted = kept * checkpoint_gib(run.settings, shape)
    if download:
        wanted += 2 * shape.parameters / 2**30
    told = f"{wanted:.1f} GiB needed (computed), {free_gib:.1f} free"
    if wanted > free_gib:
        cure = f"make room below {run.output_dir}, or lower save_total_limit"
        yield Finding("disk", "fault", told, cure)
    else:
        yield Finding("disk", "ok", told)
