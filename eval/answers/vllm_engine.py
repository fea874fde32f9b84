"""A base model with a LoRA adapter on a CUDA card, answered by vLLM: many prompts at a time.

The only module that imports vLLM. Tokens, end token and room are those of `eval.answers.model`; at
temperature 0 the answers may differ from its by rounding, since sums are taken in another order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from vllm import LLM, SamplingParams
from vllm.lora.request import LoRARequest

from axolotl_configs.run_yaml import RunError, base_cure
from eval.answers.answering import AnswerBatch
from eval.answers.engines import Drawing, Trained

#: The ranks for which vLLM sets up room (its LoRAConfig); an adapter of another takes the next.
RANKS = (8, 16, 32, 64, 128, 256, 320, 512)


class VllmModel:
    """A base model in vLLM, with its adapter as a LoRA request.

    A QLoRA adapter was fitted to a base rounded to NF4, so bitsandbytes rounds it here too.

    Raises:
        RunError: The base model is not on this machine and no hub answers.

    """

    def __init__(self, trained: Trained, drawing: Drawing) -> None:
        adapter = json.loads((trained.adapter / "adapter_config.json").read_bytes())
        try:
            self._model = LLM(
                model=trained.base,
                revision=trained.revision,
                tokenizer=str(trained.adapter),
                dtype="bfloat16",
                quantization="bitsandbytes" if trained.four_bit else None,
                enable_lora=True,
                max_lora_rank=min(rank for rank in RANKS if rank >= adapter["r"]),
                seed=drawing.seed,
            )
        except OSError as error:
            first = str(error).split("\n", 1)[0]
            raise RunError(
                f"the base model {trained.base} cannot be loaded ({first}); "
                f"bring it with: {base_cure(trained.base)}"
            ) from None
        self._request = LoRARequest("adapter", 1, str(trained.adapter))
        self._tokenizer: Any = self._model.get_tokenizer()
        self._positions = int(self._model.llm_engine.model_config.max_model_len)
        longest = len(self._tokenizer(trained.longest)["input_ids"])
        self._limit = drawing.room(int(trained.room * longest))
        self._drawing = drawing

    def answers(self, *, adapter: bool) -> AnswerBatch:
        """Give the function that answers a batch of prompts, with the adapter on or off."""

        def answer(prompts: Sequence[str]) -> list[tuple[str, bool]]:
            encoded = [list(self._tokenizer(prompt)["input_ids"]) for prompt in prompts]
            rooms = [min(self._limit, self._positions - len(tokens)) for tokens in encoded]
            fitting = [k for k, room in enumerate(rooms) if room > 0]
            if not fitting:
                return [("", False)] * len(prompts)
            found = self._model.generate(
                [{"prompt_token_ids": encoded[k]} for k in fitting],
                [self._params(rooms[k]) for k in fitting],
                lora_request=self._request if adapter else None,
                use_tqdm=False,
            )
            said = {k: of.outputs[0] for k, of in zip(fitting, found, strict=True)}
            return [
                (said[k].text, said[k].finish_reason == "stop") if k in said else ("", False)
                for k in range(len(prompts))
            ]

        return answer

    def _params(self, room: int) -> SamplingParams:
        """Stop at the end token or after so many tokens; each prompt draws from the same seed."""
        return SamplingParams(
            temperature=self._drawing.temperature,
            top_p=self._drawing.top_p,
            top_k=self._drawing.top_k,
            repetition_penalty=self._drawing.repetition_penalty,
            seed=self._drawing.recorded_seed,
            max_tokens=room,
            stop_token_ids=[self._tokenizer.eos_token_id],
        )
