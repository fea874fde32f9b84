"""The ways in which a model is trained here, each one gain above another, and what is aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

#: Rows, or packs, of an optimizer step: about as many tokens either way.
ROWS, PACKS = 16, 4
GIB: Final = 2**30


@dataclass(frozen=True)
class Way:
    """How a model is trained.

    `batch` rows, or packs if `packed`, go through the model at a time, `accumulate` times a step.
    `upcast` leaves norms, embeddings and head in fp32, as PEFT's own preparation of a 4-bit model
    does. Without `autocast` everything but the adapters computes in the model's own half precision
    (Axolotl's `bf16: full`): autocast hands on layer norms in fp32, a 4-bit part answers in what it
    was given, and so GPT-NeoX attends in fp32, where no variable-length kernel can serve it.
    `after` names the way that this one adds a single gain to.
    """

    name: str
    after: str | None = None
    four_bit: bool = True
    batch: int = 1
    accumulate: int = 1
    packed: bool = False
    attention: str = "sdpa"
    upcast: bool = False
    autocast: bool = True
    checkpointing: bool = True
    compiled: bool = False
    kernels: tuple[str, ...] = ()

    @property
    def needs_card(self) -> bool:
        """Whether it is nothing that a CPU could show: half precision and kernels for cards."""
        plain = self.attention == "sdpa" and self.autocast
        return not plain or self.compiled or bool(self.kernels)

    def plus(self, name: str, **changes: Any) -> Way:
        """Return a way of another name that adds to this one."""
        return replace(self, name=name, after=self.name, **changes)


def ways_of(family: str) -> dict[str, Way]:
    """Return the ways of a family of models, by name, the plain recipe first."""
    plain = Way("plain", accumulate=ROWS, upcast=True)
    half = plain.plus("half", upcast=False)
    batch = half.plus("batch", batch=ROWS, accumulate=1)
    packing = batch.plus("packing", batch=PACKS, packed=True)
    varlen = packing.plus("varlen", attention="varlen")
    flash = packing.plus("flash", attention="flash_attention_2")
    full = varlen.plus("full", autocast=False)
    compiled = full.plus("compile", compiled=True)
    llama = family == "llama"
    kernels = full.plus("kernels", kernels=("liger" if llama else "chunked_cross_entropy",))
    keeping = kernels.plus("keeping", checkpointing=False)
    everything = keeping.plus("everything", compiled=True)
    lora = keeping.plus("lora", four_bit=False)
    others = [lora.plus("lora-compile", compiled=True), lora.plus("lora-autocast", autocast=True)]
    smallest = kernels.plus("one-pack", batch=1)
    ladder = [plain, half, batch, packing, flash, varlen, full, compiled, kernels, keeping]
    ladder += [everything, lora, *others, smallest]
    if llama:
        # Fused adapters know no GPT-NeoX.
        fused = ("liger", "lora")
        ladder += [w.plus(f"{w.name}-fused", kernels=fused) for w in (keeping, lora)]
    return {way.name: way for way in ladder}


class Aim(NamedTuple):
    """A figure that a shape is to reach on one H200: at least, or at most if `below`."""

    shape: str
    what: str
    wanted: float
    below: bool = False


AIMS: Final = (
    Aim("1.3b", "LoRA, tokens/s", 68_000),
    Aim("1.3b", "LoRA, MFU", 0.35),
    Aim("1.3b", "QLoRA over LoRA", 0.8),
    Aim("1.3b", "QLoRA over plain", 4),
    Aim("1.3b", "packing efficiency", 0.97),
    Aim("1.3b", "QLoRA of one pack, GiB", 6, below=True),
    Aim("10.8b", "LoRA, tokens/s", 8_000),
    Aim("10.8b", "QLoRA, tokens/s", 6_000),
    Aim("10.8b", "packing efficiency", 0.97),
    Aim("10.8b", "QLoRA of one pack, GiB", 16, below=True),
)


def seen(results: Mapping[str, Mapping[str, Any]], ways: Mapping[str, Way]) -> dict[str, float]:
    """Return what the aims speak of, from a shape's results by way; what was not run is absent."""
    found: dict[str, float] = {}
    fastest = {"QLoRA": 0.0, "LoRA": 0.0}
    for name, result in results.items():
        method = "QLoRA" if ways[name].four_bit else "LoRA"
        speed = result["tokens_per_second"]
        if speed > fastest[method]:
            fastest[method] = found[f"{method}, tokens/s"] = speed
            if result["mfu"] is not None:
                found[f"{method}, MFU"] = result["mfu"]
        if ways[name].packed and ways[name].batch > 1:
            found["packing efficiency"] = result["filled"]
    if fastest["LoRA"] and fastest["QLoRA"]:
        found["QLoRA over LoRA"] = fastest["QLoRA"] / fastest["LoRA"]
    if "plain" in results and fastest["QLoRA"]:
        found["QLoRA over plain"] = fastest["QLoRA"] / results["plain"]["tokens_per_second"]
    smallest = results.get("one-pack", {}).get("peak_allocated")
    if smallest is not None:
        found["QLoRA of one pack, GiB"] = smallest / GIB
    return found
