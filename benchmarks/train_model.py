"""A model of a shape with random weights, made ready to train in one of the ways.

The kernels are the ones that Axolotl puts in, called as Axolotl calls them.
"""

from __future__ import annotations

import tempfile
from importlib import import_module
from typing import Any, Final

from benchmarks.train_shapes import RANK, Shape
from benchmarks.train_ways import Way

DROPOUT: Final = 0.05


def build(shape: Shape, way: Way, device: str) -> Any:
    """Return a PEFT model on a device, in the numbers of `numbers_on`.

    Raises:
        ImportError: A package that the way needs is not installed.

    """
    import torch  # noqa: PLC0415 - heavy
    from transformers import AutoConfig, AutoModelForCausalLM  # noqa: PLC0415 - heavy

    _patch_classes(way)
    dtype = numbers_on(device)
    config = AutoConfig.for_model(shape.family, **shape.settings, use_cache=False)
    attention = "sdpa" if way.attention == "varlen" else way.attention
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation=attention)
    model.requires_grad_(requires_grad=False)
    if way.four_bit:
        _quantize(model, dtype, device)
        _prepare(model, dtype, way)
    elif way.checkpointing:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    adapted = _adapt(model, shape)
    if "lora" in way.kernels:
        _put_lora_kernels_in(adapted, config)
    return adapted


def numbers_on(device: str) -> Any:
    """Return torch's type for a device: bf16, on older cards fp16, on a CPU fp32."""
    import torch  # noqa: PLC0415 - heavy

    if device != "cuda":
        return torch.float32
    # Older cards imitate bf16, slowly; torch counts that unless told otherwise.
    real = torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if real else torch.float16


def _patch_classes(way: Way) -> None:
    """Replace what has to be replaced before a model is made; say what is not installed."""
    if way.attention == "flash_attention_2":
        import_module("flash_attn")  # else transformers looks for a substitute on the net
    if way.attention == "varlen":
        from axolotl.monkeypatch.attention.sdpa_varlen import (  # noqa: PLC0415 - heavy
            patch_sdpa_varlen,
        )

        if not patch_sdpa_varlen():
            raise ImportError("torch with torch.nn.attention.varlen (2.10 or later)")
    if "chunked_cross_entropy" in way.kernels:
        from axolotl.monkeypatch.loss.chunked import (  # noqa: PLC0415 - heavy
            patch_chunked_ce_loss_fn,
        )

        patch_chunked_ce_loss_fn()
    if "liger" in way.kernels:
        # Where the LoRA kernels take the MLP, Liger's would only be overwritten.
        swiglu = "lora" not in way.kernels
        import_module("liger_kernel.transformers").apply_liger_kernel_to_llama(swiglu=swiglu)


def _quantize(model: Any, dtype: Any, device: str) -> None:
    """Turn every linear part but the head into NF4 with double quantization, one after another."""
    from torch.nn import Linear  # noqa: PLC0415 - heavy

    small_parts = import_module("bitsandbytes.nn")  # its types do not say what it holds

    linears = [name for name, part in model.named_modules() if isinstance(part, Linear)]
    for name in linears:
        if name == "lm_head":
            continue
        parent, _, own = name.rpartition(".")
        full = model.get_submodule(name)
        small = small_parts.Linear4bit(
            full.in_features,
            full.out_features,
            bias=full.bias is not None,
            compute_dtype=dtype,
            quant_type="nf4",
            device="meta",
        )
        weight = small_parts.Params4bit(full.weight.data, quant_type="nf4", module=small)
        small.weight = weight.to(device)
        small.bias = full.bias
        setattr(model.get_submodule(parent), own, small)
    # What `from_pretrained` would have noted; PEFT asks for it.
    model.is_loaded_in_4bit = True


def _prepare(model: Any, dtype: Any, way: Way) -> None:
    """Let PEFT prepare a 4-bit model; unless `upcast`, take its fp32 back, as Axolotl does."""
    import_module("peft").prepare_model_for_kbit_training(
        model,
        use_gradient_checkpointing=way.checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False},
    )
    if way.upcast:
        return
    for parameter in model.parameters():
        if parameter.is_floating_point():
            parameter.data = parameter.data.to(dtype)


def _adapt(model: Any, shape: Shape) -> Any:
    """Put a LoRA adapter on every linear part of every layer."""
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415 - heavy

    settings = LoraConfig(
        r=RANK,
        lora_alpha=2 * RANK,
        lora_dropout=DROPOUT,
        target_modules=list(shape.linears),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, settings)


def _put_lora_kernels_in(model: Any, config: Any) -> None:
    """Give a Llama Axolotl's fused adapters; Axolotl reads the architecture from a folder."""
    from axolotl.monkeypatch.lora_kernels import (  # noqa: PLC0415 - heavy
        apply_lora_kernel_patches,
        patch_self_attn_lora,
    )
    from axolotl.utils.dict import DictDefault  # noqa: PLC0415 - heavy

    with tempfile.TemporaryDirectory() as folder:
        config.save_pretrained(folder)
        settings = DictDefault(
            base_model=folder, lora_mlp_kernel=True, lora_qkv_kernel=True, lora_o_kernel=True
        )
        patch_self_attn_lora(settings)
    apply_lora_kernel_patches(model, settings)
