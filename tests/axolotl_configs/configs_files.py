"""The runs' YAMLs as the tests see them: all files, their values, and the one order of keys."""

from __future__ import annotations

from os import getpid
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml

from interview.rows import make_rows
from preprocess.alpaca import rows_path, write_jsonl
from preprocess.qa import INVENTED
from preprocess.qa_csv import read_asked
from preprocess.qa_rows import make_rows as make_qa_rows
from preprocess.qa_rows import place
from preprocess.split import Shares
from preprocess.write_unmasked import UNMASKED, write_unmasked
from tests.conftest import ROOT

CONFIGS = sorted((ROOT / "axolotl_configs").rglob("*.yml"))

#: Every key that a run may have, in the order in which it stands there.
ORDER = (
    "base_model",
    "revision_of_model",
    "reinit_weights",
    "special_tokens",
    "load_in_4bit",
    "adapter",
    "lora_r",
    "lora_alpha",
    "lora_dropout",
    "lora_target_modules",
    "lora_modules_to_save",
    "datasets",
    "test_datasets",
    "val_set_size",
    "train_on_inputs",
    "dataset_prepared_path",
    "output_dir",
    "sequence_len",
    "pad_to_sequence_len",
    "excess_length_strategy",
    "sample_packing",
    "group_by_length",
    "multipack_real_batches",
    "eval_sample_packing",
    "dataloader_drop_last",
    "attn_implementation",
    "plugins",
    "liger_rope",
    "liger_rms_norm",
    "liger_fused_linear_cross_entropy",
    "micro_batch_size",
    "gradient_accumulation_steps",
    "num_epochs",
    "max_steps",
    "optimizer",
    "adam_beta2",
    "learning_rate",
    "lr_scheduler",
    "warmup_ratio",
    "warmup_steps",
    "weight_decay",
    "max_grad_norm",
    "seed",
    "bf16",
    "fp16",
    "tf32",
    "gradient_checkpointing",
    "gradient_checkpointing_kwargs",
    "deepspeed",
    "lora_mlp_kernel",
    "lora_qkv_kernel",
    "lora_o_kernel",
    "lora_embedding_kernel",
    "logging_steps",
    "eval_steps",
    "eval_table_size",
    "eval_max_new_tokens",
    "save_strategy",
    "save_steps",
    "save_total_limit",
    "load_best_model_at_end",
    "early_stopping_patience",
    "auto_resume_from_checkpoints",
    "wandb_project",
    "wandb_name",
)


def settings_of(path: Path) -> dict[str, Any]:
    """Read a YAML as plain values."""
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(settings, dict)
    return settings


def named(name: str) -> Path:
    """Give the YAML of a run."""
    return ROOT / "axolotl_configs" / f"{name}.yml"


def rows_of(data: Path, path: str) -> Path:
    """Give the file of rows that a run names; what no essay makes is made beside the others.

    Args:
        data: The data folder of the tests.
        path: The file as a YAML names it, below `data/`.

    """
    below = Path(path).relative_to("data")
    if below.parent.name == "interview":  # no essay makes these: they come from the question bank
        data = data.with_name(f"interview-{getpid()}")  # workers may share what stands beside
        if not data.is_dir():
            make_rows(data)
    if below.parts[0] == UNMASKED:  # these want a command of their own
        raw, data = data / "raw" / "essays.jsonl", data.with_name(f"{UNMASKED}-{getpid()}")
        if not data.is_dir():
            copytree(raw.parents[1] / "alpaca" / "write", data / "alpaca" / "write")
            write_unmasked(raw, data)
    if below.parent.name == "qa":  # these come from a file of questions
        data = data.with_name("qa")
        if not data.is_dir():
            placed = place(read_asked(INVENTED), Shares(firms=0))
            for split, rows in make_qa_rows(placed, seed=0, plain=False).items():
                write_jsonl(rows_path(data, "qa", split), rows)
    return data / below


#: The runs whose rows have a prompt, and those that are evaluated on the way.
PROMPTED = [path for path in CONFIGS if isinstance(settings_of(path)["datasets"][0]["type"], dict)]
EVALUATED = [path for path in CONFIGS if "test_datasets" in settings_of(path)]

every_config = pytest.mark.parametrize("path", CONFIGS, ids=[p.stem for p in CONFIGS])
every_prompted = pytest.mark.parametrize("path", PROMPTED, ids=[p.stem for p in PROMPTED])
every_evaluated = pytest.mark.parametrize("path", EVALUATED, ids=[p.stem for p in EVALUATED])
