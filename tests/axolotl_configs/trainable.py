"""A working folder in which a run can be trained for real: a tiny base, few steps, the CPU."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.conftest import OFFLINE, ROOT

RUN = "advice-tiny-lora"
STEPS = 8
SAVED_EVERY = 2

#: How the tiny run differs from the main run: size, and what only a card can do.
CUT: dict[str, Any] = {
    "base_model": "base",
    "output_dir": f"runs/{RUN}",
    "dataset_prepared_path": f"data/prepared/{RUN}",
    "wandb_name": RUN,
    "adapter": "lora",
    "load_in_4bit": False,
    "lora_r": 4,
    "optimizer": "adamw_torch",
    "bf16": False,
    "fp16": False,
    "tf32": False,
    "gradient_checkpointing": False,
    "gradient_checkpointing_kwargs": None,
    "sequence_len": 512,
    "micro_batch_size": 1,
    "gradient_accumulation_steps": 1,
    "num_epochs": None,
    "max_steps": STEPS,
    "save_steps": SAVED_EVERY,
    "save_total_limit": 4,
    "eval_steps": SAVED_EVERY,
    "eval_table_size": 1,
    "eval_max_new_tokens": 4,
    "logging_steps": 1,
    "plugins": [
        "axolotl_configs.seeding.Seeding",  # without it no two trainings are alike
        "axolotl_configs.answer_logits.AnswerLogits",  # and the table above wants all logits
    ],
    "curriculum_sampling": True,  # without it whoever goes on draws the epoch's order anew
}


def write_run(root: Path, name: str = RUN, **changed: Any) -> Path:
    """Write the tiny run's YAML, with some keys changed; a key of None is left out."""
    main_run = ROOT / "axolotl_configs" / "advice-polyglot-ko-1.3b-qlora.yml"
    settings = yaml.safe_load(main_run.read_text(encoding="utf-8")) | CUT | changed
    kept = {key: value for key, value in settings.items() if value is not None}
    path = root / "axolotl_configs" / f"{name}.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def make_root(root: Path, data: Path, tiny_model: Path) -> Path:
    """Fill a folder with data, a base model with weights from a seed, and the run's YAML."""
    import torch  # noqa: PLC0415 - takes seconds
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM  # noqa: PLC0415 - the same

    shutil.copytree(data, root / "data")
    shutil.rmtree(root / "data" / "prepared", ignore_errors=True)
    validation = root / "data" / "alpaca" / "advice" / "validation.jsonl"
    validation.write_bytes(b"".join(validation.read_bytes().splitlines(keepends=True)[:2]))
    torch.manual_seed(3)
    config = GPTNeoXConfig.from_pretrained(tiny_model, num_hidden_layers=2, hidden_size=48)
    GPTNeoXForCausalLM(config).save_pretrained(root / "base")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tiny_model / name, root / "base" / name)
    write_run(root)
    return root


class Started(NamedTuple):
    """A command that runs, and the file that holds what it says; a pipe would fill up."""

    process: subprocess.Popen[bytes]
    log: Path


def start(root: Path, *words: str) -> Started:
    """Start one of the project's commands in a working folder."""
    number, name = tempfile.mkstemp(suffix=".log", dir=root)
    with os.fdopen(number, "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=root,
            env=os.environ | OFFLINE | {"PYTHONPATH": str(ROOT), "WANDB_MODE": "disabled"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    return Started(process, Path(name))


def ended(started: Started, code: int) -> str:
    """Wait for a command, check its exit code, and give all that it said."""
    started.process.wait(timeout=900)
    said = started.log.read_text(encoding="utf-8", errors="replace")
    assert started.process.returncode == code, said[-6000:]
    return said
