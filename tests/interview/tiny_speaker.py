"""A tiny Llama that has learnt two questions by heart: one fit to be said, one that is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axolotl_configs.smoke_bases import write_base
from interview.situation import Situation
from interview.speaker import read_prompt
from preprocess.smoke_model import write_tokenizer
from tests.conftest import ROOT

RUN = "smoke-interview-lora"
#: What the model says, by the reply: a question, and one with an item's number before it.
FIT, UNFIT = "그 일에서 무엇을 배우셨나요?", "1. 다시 생각해 보시겠어요?"
REPLIES = {"저는 통계를 공부했습니다.": FIT, "모르겠어요": UNFIT}
STEPS = 120


def make_speaker(root: Path, learnt: Mapping[Situation, str]) -> tuple[Path, Path]:
    """Write a merged model and an adapter of random weights, each in a folder of the run.

    Args:
        root: An empty folder.
        learnt: What is said in which situation.

    """
    import torch  # noqa: PLC0415 - takes seconds
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415 - the same
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415 - the same

    wrapper = read_prompt(ROOT / "axolotl_configs" / f"{RUN}.yml")
    prompts = {wrapper.prompt(situation): said for situation, said in learnt.items()}
    base, adapter = root / "base", root / "adapted" / RUN
    write_tokenizer((p + said for p, said in prompts.items()), root / "bpe", vocabulary=600)
    write_base("llama", root / "bpe", base)
    tokenizer: Any = AutoTokenizer.from_pretrained(base)
    model: Any = AutoModelForCausalLM.from_pretrained(base)
    get_peft_model(
        model, LoraConfig(target_modules="all-linear", init_lora_weights=False)
    ).save_pretrained(str(adapter))
    tokenizer.save_pretrained(adapter)
    model = AutoModelForCausalLM.from_pretrained(base)
    rows = [_row(tokenizer, prompt, said) for prompt, said in prompts.items()]
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for step in range(STEPS):
        ids, labels = rows[step % len(rows)]
        model(input_ids=torch.tensor([ids]), labels=torch.tensor([labels])).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    merged = root / "runs" / RUN / "merged"
    model.save_pretrained(merged)
    tokenizer.save_pretrained(merged)
    return merged, adapter


def _row(tokenizer: Any, prompt: str, said: str) -> tuple[list[int], list[int]]:
    """Make tokens and labels of a row, the loss on the answer and its end alone."""
    asked = tokenizer(prompt)["input_ids"]
    answer = [*tokenizer(said, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
    return asked + answer, [-100] * len(asked) + answer
