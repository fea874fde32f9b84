"""Small runs to merge: a QLoRA of GPT-NeoX by Axolotl, and a Llama with a drawn adapter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec.structs import replace

from axolotl_configs.named_run import NamedRun, named_run
from axolotl_configs.smoke_bases import Family, write_base
from eval.records import Difference, Estimate, Prediction, RunResult, SystemResult, Unscored
from preprocess.alpaca import AlpacaRow, read_jsonl, write_jsonl, write_whole
from tests.conftest import ROOT

NEOX = "advice-tiny-neox-qlora"
LLAMA = "advice-tiny-llama-lora"
#: No such key was ever given out.
FAKE_KEY = "0123456789abcdef" * 2 + "01234567"
#: What a training of seconds needs other than the smoke run of its family.
SMALLER = {
    "adapter": "qlora",
    "load_in_4bit": True,
    "sequence_len": 1024,
    "max_steps": 3,
    "logging_steps": 1,
    "learning_rate": 2e-2,
    "save_strategy": "no",
}
#: What `axolotl train` and `axolotl merge-lora --merge-method legacy` call.
TRAIN_AND_MERGE = """
import sys
from axolotl.cli.merge_lora import do_cli as merge
from axolotl.cli.train import do_cli as train

config, run = sys.argv[1:]
del sys.argv[1:]  # Axolotl would read them
train(config)
merge(config, merge_method="legacy", lora_model_dir=run, output_dir="legacy")
"""
#: With a 4-bit training on the CPU nothing may be evaluated.
LEFT_OUT = (
    "test_datasets",
    "eval_steps",
    "eval_table_size",
    "eval_max_new_tokens",
    "save_steps",
    "early_stopping_patience",
)


def write_run(root: Path, name: str, like: str, changed: dict[str, Any]) -> None:
    """Write the YAML of a run that is like one of the repository's."""
    path = ROOT / "axolotl_configs" / f"{like}.yml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    kept = {key: value for key, value in settings.items() if key not in LEFT_OUT}
    names = {
        "output_dir": f"runs/{name}",
        "dataset_prepared_path": f"data/prepared/{name}",
        "wandb_name": name,
    }
    text = yaml.safe_dump(kept | names | changed, allow_unicode=True)
    write_whole(root / "axolotl_configs" / f"{name}.yml", [text.encode()])


def write_bases(root: Path, data: Path, tokenizer: Path) -> None:
    """Write the bases and the rows that the runs start from, the rows cut to a few words."""
    families: tuple[Family, ...] = ("neox", "llama")
    for family in families:
        write_base(family, tokenizer, root / "data" / f"smoke-{family}")
    for path in (data / "alpaca" / "advice").glob("*.jsonl"):
        rows = read_jsonl(path, AlpacaRow, cure="make data")
        cut = [replace(row, input=row.input[:80], output=row.output[:40]) for row in rows]
        write_jsonl(root / "data" / "alpaca" / "advice" / path.name, cut)


def train_neox(root: Path, data: Path, tokenizer: Path) -> None:
    """Train a QLoRA adapter with Axolotl below a folder, and let Axolotl merge it into `legacy/`.

    Both are one process, which imports Axolotl once. A key of W&B stands in the environment, and
    all that is written on the way stays in the folder.
    """
    write_bases(root, data, tokenizer)
    write_run(root, NEOX, "smoke-neox-lora", SMALLER)
    (root / "tmp").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", TRAIN_AND_MERGE, f"axolotl_configs/{NEOX}.yml", f"runs/{NEOX}"],
        cwd=root,
        env=os.environ | {"WANDB_API_KEY": FAKE_KEY, "TMPDIR": str(root / "tmp")},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (root / "console.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    (root / "runs" / NEOX / "trained").touch()


def draw_llama(root: Path, data: Path, tokenizer: Path) -> None:
    """Write a run whose adapter is drawn from a seed, large enough to change every logit."""
    import torch  # noqa: PLC0415 - takes seconds
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415 - the same
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415 - the same

    write_bases(root, data, tokenizer)
    write_run(root, LLAMA, "smoke-llama-lora", {"bf16": "auto"})
    base, out = "data/smoke-llama", root / "runs" / LLAMA
    torch.manual_seed(5)
    wanted = LoraConfig(
        r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"], task_type="CAUSAL_LM"
    )
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(root / base), wanted)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    model.peft_config["default"].base_model_name_or_path = base
    model.save_pretrained(str(out))
    AutoTokenizer.from_pretrained(root / base).save_pretrained(out)
    (out / "trained").touch()


def scored(root: Path, name: str) -> NamedRun:
    """Give a run scores and predictions, as `eval.score` leaves them."""
    run = named_run(name, root / "axolotl_configs")
    test = root / "data" / "alpaca" / "advice" / "test.jsonl"
    rows = list(read_jsonl(test, AlpacaRow, cure="make data"))
    folder = root / run.output_dir / "eval"
    for system in ("tuned", "base"):
        said = [
            Prediction(row.id, row.source_id, "advice", system, "…", f"{system} {k}", "stop")
            for k, row in enumerate(rows)
        ]
        write_jsonl(folder / "predictions" / f"{system}.jsonl", said)
    metrics: dict[str, Estimate | Unscored] = {
        "location_f1": Estimate(0.5, 0.4, 0.6),
        "chrf": Unscored("no point was matched | none"),
    }
    systems = tuple(SystemResult(name, len(rows), 9, metrics) for name in ("tuned", "base"))
    apart = Difference("tuned", "base", "location_f1", Estimate(0.25, -0.125, 0.375))
    result = RunResult(
        name, "advice", {"test_file": str(test.relative_to(root))}, systems, (apart,)
    )
    write_whole(folder / "result.json", [msgspec.json.encode(result)])
    return run
