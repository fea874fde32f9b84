"""A small run with a random model and adapter, and a copy of KoBEST's invented stand-in."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import yaml

from eval.korean.records import Answered, KobestResult

RUN = "advice-kobest"
#: The command on the invented items.
SMALL = ["--run", RUN, "--data", "kobest", "--resamples", "1000"]
#: Invented items in KoBEST's own form: four a task, three in sentineg, and six examples.
ITEMS = Path(__file__).parent / "kobest"
#: So few positions that no question with five examples fits.
POSITIONS = 128
#: What the adapter is trained on: to every question of wic it then answers no.
LEARNT = "두 문장에서 길가 같은 뜻으로 쓰였나? 아니오"
STEPS = 60


def write_items(root: Path) -> Path:
    """Copy the stand-in, so that a test may change it."""
    return Path(shutil.copytree(ITEMS, root / "kobest"))


def write_settings(root: Path) -> None:
    """Write the YAML of the run."""
    settings = {
        "base_model": "base",
        "adapter": "lora",
        "datasets": [{"path": "data/alpaca/advice/train.jsonl"}],
        "output_dir": f"runs/{RUN}",
    }
    (root / "axolotl_configs").mkdir()
    path = root / "axolotl_configs" / f"{RUN}.yml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")


def write_model(root: Path, tiny_model: Path, *, seed: int = 3) -> None:
    """Write a random base, and an adapter on it that has learnt one answer by heart."""
    import torch  # noqa: PLC0415 - takes seconds
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415 - the same
    from transformers import (  # noqa: PLC0415 - the same
        AutoTokenizer,
        GPTNeoXConfig,
        GPTNeoXForCausalLM,
    )

    torch.manual_seed(3)
    config = GPTNeoXConfig.from_pretrained(
        tiny_model,
        num_hidden_layers=1,
        hidden_size=48,
        max_position_embeddings=POSITIONS,
        initializer_range=0.5,  # with the usual 0.02 there is nothing that an adapter could turn
    )
    model = GPTNeoXForCausalLM(config)
    model.save_pretrained(root / "base")
    torch.manual_seed(seed)
    lora = LoraConfig(r=8, lora_alpha=64, target_modules=["query_key_value", "dense_4h_to_h"])
    tuned: Any = get_peft_model(model, lora)
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokens = tokenizer(LEARNT, return_tensors="pt")["input_ids"]
    optimizer = torch.optim.AdamW((p for p in tuned.parameters() if p.requires_grad), lr=0.01)
    for _ in range(STEPS):
        tuned(input_ids=tokens, labels=tokens).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    tuned.save_pretrained(str(root / "runs" / RUN))
    for folder in (root / "base", root / "runs" / RUN):
        tokenizer.save_pretrained(folder)


def result_path(root: Path) -> Path:
    """Say where the run's result is."""
    return root / "runs" / RUN / "eval" / "kobest.json"


def read_result(root: Path) -> KobestResult:
    """Read the run's result."""
    return msgspec.json.decode(result_path(root).read_bytes(), type=KobestResult)


def mark(root: Path, seconds: float) -> None:
    """Give every kept answer a time that no attempt takes, to see which are made again."""
    result = read_result(root)
    marked = tuple(msgspec.structs.replace(a, seconds=seconds) for a in result.answered)
    changed = msgspec.structs.replace(result, answered=marked)
    result_path(root).write_bytes(msgspec.json.encode(changed))


def made_again(root: Path, seconds: float) -> set[tuple[str, str, int]]:
    """Tell which answers do not carry the mark."""

    def key(answered: Answered) -> tuple[str, str, int]:
        return answered.system, answered.task, answered.shots

    return {key(a) for a in read_result(root).answered if a.seconds != seconds}
