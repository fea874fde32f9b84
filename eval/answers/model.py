"""A causal language model with a LoRA adapter that can be switched off, or trained whole.

The only module of eval that imports torch, transformers and peft.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cached_property, partial
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

from axolotl_configs.run_yaml import RunError, base_cure
from eval.answers.answering import AnswerBatch
from eval.answers.engines import Drawing, Trained


class Model:
    """A base model with its adapter, or a model that was trained whole, loaded as it was trained.

    A QLoRA adapter was fitted to a base rounded to NF4, so the base is rounded here too. On a CPU,
    where NF4 products are slow, the rounded weights are spread out to float32: the same function.

    Raises:
        RunError: The base model is not on this machine and no hub answers.

    """

    def __init__(self, trained: Trained, drawing: Drawing) -> None:
        torch.manual_seed(0)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._tokenizer = AutoTokenizer.from_pretrained(trained.adapter, padding_side="left")
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._trained = trained
        self._model: Any = self._load_whole() if self._is_whole() else self._load_adapted()
        self._is_merged = False
        self._positions = int(self._model.config.max_position_embeddings)
        longest = len(self._tokenizer(trained.longest)["input_ids"])
        self._limit = drawing.room(int(trained.room * longest))
        self._drawing = drawing

    def _is_whole(self) -> bool:
        return not (self._trained.adapter / "adapter_config.json").is_file()

    def _load_adapted(self) -> Any:
        trained = self._trained
        model = self._load_base(trained.base, trained.revision, four_bit=trained.four_bit)
        return PeftModel.from_pretrained(model, str(trained.adapter)).eval()

    def _load_whole(self) -> Any:
        return self._load_base(str(self._trained.adapter), None, four_bit=False).eval()

    @cached_property
    def _before(self) -> Any:
        """The model as it was before it was trained whole."""
        return self._load_base(self._trained.base, self._trained.revision, four_bit=False).eval()

    def _load_base(self, base: str, revision: str | None, *, four_bit: bool) -> Any:
        dtype = torch.bfloat16 if self._device == "cuda" else torch.float32
        rounding = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
        try:
            model = AutoModelForCausalLM.from_pretrained(
                base,
                revision=revision or "main",
                dtype=dtype,
                use_safetensors=True,
                quantization_config=rounding if four_bit else None,
                device_map={"": self._device},
            )
        except OSError as error:
            first = str(error).split("\n", 1)[0]
            raise RunError(
                f"the base model {base} cannot be loaded ({first}); "
                f"bring it with: {base_cure(base)}"
            ) from None
        return model.dequantize() if four_bit and self._device == "cpu" else model

    def answers(self, *, adapter: bool) -> AnswerBatch:
        """Give the function that answers a batch of prompts, with the adapter on or off."""
        if self._is_whole():
            return partial(self._answer, model=self._model if adapter else self._before)
        if self._device == "cpu" and adapter != self._is_merged:
            self._merge() if adapter else self._part()

        def answer(prompts: Sequence[str]) -> list[tuple[str, bool]]:
            with nullcontext() if adapter else self._model.disable_adapter():
                return self._answer(prompts, self._model)

        return answer

    def _merge(self) -> None:
        """Add the adapter to the float32 weights: the same function with fewer products."""
        self._model.merge_adapter()
        self._is_merged = True

    def _part(self) -> None:
        """Load the weights again; what was added to them is not taken away without rounding."""
        self._model = self._load_adapted()
        self._is_merged = False

    @torch.inference_mode()
    def _answer(self, prompts: Sequence[str], model: Any) -> list[tuple[str, bool]]:
        """Continue each prompt up to its end token, greedily or as drawn.

        What is drawn for a batch depends on the seed and its prompts, not on batches before it, so
        that a stopped attempt goes on to the same answers.

        Returns:
            For each prompt the answer without its end token, and whether that token came. A prompt
            that leaves no room below the model's positions gets no answer.

        """
        encoded = self._tokenizer(list(prompts), padding=True, return_tensors="pt")
        if "token_type_ids" in encoded:
            del encoded["token_type_ids"]
        width = encoded["input_ids"].shape[1]
        room = min(self._limit, self._positions - width)
        # A long neighbour must cost no one's room, and padding is nothing that was said before.
        if len(prompts) > 1 and (room < self._limit or self._drawing.looks_back):
            return [one for prompt in prompts for one in self._answer([prompt], model)]
        if room < 1:
            return [("", False)]
        tokens = model.generate(
            **encoded.to(self._device),
            **self._how(prompts),
            use_cache=True,  # Axolotl saves False, which makes each token cost the whole prompt
            # On a CPU a cache of fixed size saves copying it at every token; on CUDA it brings a
            # compilation for every shape.
            cache_implementation="static" if self._device == "cpu" else None,
            max_new_tokens=room,
            pad_token_id=self._tokenizer.pad_token_id,
            eos_token_id=self._tokenizer.eos_token_id,
        )
        return [self._decode(row[width:].tolist()) for row in tokens]

    def _how(self, prompts: Sequence[str]) -> dict[str, Any]:
        """Say how tokens are found; a base's own settings (top-k 50, say) take no part."""
        looking_back = {
            "repetition_penalty": self._drawing.repetition_penalty,
            "no_repeat_ngram_size": self._drawing.no_repeat_ngram,
        }
        if not self._drawing.temperature:
            return {"do_sample": False, **looking_back}
        torch.manual_seed(zlib.crc32("\0".join(prompts).encode(), self._drawing.seed))
        return {
            "do_sample": True,
            "temperature": self._drawing.temperature,
            "top_k": self._drawing.top_k,
            "top_p": self._drawing.top_p,
            **looking_back,
        }

    def _decode(self, tokens: list[int]) -> tuple[str, bool]:
        end = self._tokenizer.eos_token_id
        ended = end in tokens
        if ended:
            tokens = tokens[: tokens.index(end)]
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True)), ended
