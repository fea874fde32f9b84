"""What every run's YAML says: accepted by Axolotl, its own names, its data, its stops."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from axolotl_configs.model_shape import read_shape
from axolotl_configs.smoke_bases import Family
from preprocess.alpaca import AlpacaRow, rows_path, write_jsonl
from preprocess.write_models import write_folders
from tests.axolotl_configs.configs_files import (
    every_config,
    every_evaluated,
    every_prompted,
    named,
    rows_of,
    settings_of,
)
from tests.axolotl_configs.configs_reduced import family_of
from tests.conftest import ROOT

KERNELS = ("lora_mlp_kernel", "lora_qkv_kernel", "lora_o_kernel", "lora_embedding_kernel")

#: The file for which the essays of the tests give no row.
NO_ROWS = "data/alpaca/revise/validation.jsonl"
WRITE_GPT = [(128, ""), (256, ""), (256, "-unconditioned"), (256, "-unmasked"), (512, "")]


def accepted(settings: dict[str, Any], cards: int) -> Any:
    """Give the settings as Axolotl's validation leaves them on a machine with these cards."""
    from axolotl.utils.config import prepare_plugins, validate_config  # noqa: PLC0415 - seconds
    from axolotl.utils.dict import DictDefault  # noqa: PLC0415 - the same

    config = DictDefault(settings)
    prepare_plugins(config)
    card = {"bf16": True, "fp8": True, "tf32": True, "compute_capability": "sm_90"}
    none = {"bf16": False, "fp8": False, "tf32": False, "compute_capability": None}
    return validate_config(
        config,
        capabilities=(card if cards else none) | {"n_gpu": cards},
        env_capabilities={"torch_version": "2.13.0"},
    )


def cards_of(path: Path) -> int:
    """Tell how many cards a run is for."""
    if "smoke" in path.stem.split("-"):
        return 0
    return 8 if path.stem.endswith("-8gpu") else 1


def same(given: Any, kept: Any) -> bool:
    """Compare a value of a YAML with what Axolotl keeps; YAML reads `2e-4` as text."""
    try:
        return float(given) == float(kept)
    except (TypeError, ValueError):
        return bool(given == kept)


@every_config
def test_axolotl_accepts_the_settings(
    path: Path, bases: dict[Family, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Axolotl's own validation passes on the run's cards, and keeps every plain value as it is."""
    monkeypatch.chdir(ROOT)
    settings = settings_of(path)
    base = str(bases[family_of(settings)])
    kept = accepted(settings | {"base_model": base}, cards_of(path))
    plain = {k: v for k, v in settings.items() if not isinstance(v, (dict, list))}
    plain.pop("base_model")
    assert {key: kept[key] for key in plain if not same(plain[key], kept[key])} == {}


@every_config
def test_kernels_are_on_where_they_work(path: Path, bases: dict[Family, Path]) -> None:
    """Fused LoRA kernels run on a card with a Llama; on GPT-NeoX and on a CPU they crash.

    That of the feed-forward layers is on where these are adapted.
    """
    settings = settings_of(path)
    family = family_of(settings)
    kept = accepted(settings | {"base_model": str(bases[family])}, cards_of(path))
    fused = family == "llama" and cards_of(path) > 0
    fused_mlp = fused and "up_proj" in settings["lora_target_modules"]
    assert [bool(kept[key]) for key in KERNELS] == [fused_mlp, fused, fused, False]


@every_config
def test_names_follow_the_file(path: Path) -> None:
    """File stem, output folder, prepared data and W&B name agree."""
    settings = settings_of(path)
    assert settings["output_dir"] == f"runs/{path.stem}"
    assert settings["dataset_prepared_path"] == f"data/prepared/{path.stem}"
    assert (settings["wandb_project"], settings["wandb_name"]) == ("jasoseo", path.stem)


@every_config
def test_data_paths_are_made_by_the_data_step(path: Path, data: Path) -> None:
    """Each file that a run reads is one that its commands write, validation apart from training.

    The few essays of these tests leave `revise` no validation row, so that file is not asked for.
    """
    settings = settings_of(path)
    trained = [Path(entry["path"]) for entry in settings["datasets"]]
    looked_at = [Path(entry["path"]) for entry in settings.get("test_datasets", ())]
    assert all(read.name == "train.jsonl" for read in trained)
    assert looked_at in ([], [trained[0].with_name("validation.jsonl")])
    made = [read for read in trained + looked_at if read != Path(NO_ROWS)]
    assert made
    assert all(rows_of(data, str(read)).is_file() for read in made)
    assert settings["val_set_size"] == 0


@every_prompted
def test_validation_has_the_prompt_and_task_of_training(path: Path) -> None:
    """All data sets of a run are wrapped alike, and what is evaluated is what is trained."""
    settings = settings_of(path)
    entries = [entry for key in ("datasets", "test_datasets") for entry in settings.get(key, ())]
    assert all(entry["type"] == entries[0]["type"] for entry in entries)
    tasks = {Path(entry["path"]).parent for entry in settings.get("test_datasets", ())}
    assert tasks <= {Path(settings["datasets"][0]["path"]).parent}


@every_evaluated
def test_a_run_stops_and_resumes_by_itself(path: Path) -> None:
    """Looks and checkpoints fall together, so that the best is kept; a killed run goes on."""
    settings = settings_of(path)
    assert settings["eval_steps"] == settings["save_steps"]
    if "adapter" not in settings:
        # All the epochs of the study that is repeated; the best is kept all the same.
        assert "early_stopping_patience" not in settings
        assert settings["load_best_model_at_end"] is True
    else:
        assert settings["early_stopping_patience"] > 0
    assert settings["auto_resume_from_checkpoints"] is True
    assert settings["eval_table_size"] > 0
    assert settings["eval_sample_packing"] is False


@every_evaluated
def test_packing_loses_no_row(path: Path) -> None:
    """Axolotl drops a packed run's last real batch, and its last validation rows, unless told."""
    settings = settings_of(path)
    assert settings["sample_packing"] is ("adapter" in settings)
    assert settings.get("multipack_real_batches", False) is False
    assert settings["dataloader_drop_last"] is False


@every_config
def test_the_header_tells_what_a_reader_needs(path: Path) -> None:
    """Question first, then what the run differs from, its commands, and what was measured."""
    lines = path.read_text(encoding="utf-8").split("\n\n", 1)[0].splitlines()
    header = "\n".join(lines)
    assert all(line.startswith("# ") for line in lines)
    assert lines[0].startswith("# Question: ")
    assert f"axolotl_configs/{path.stem}.yml" in header
    assert "make data" in header or "make demo" in header
    assert "not measured." in header or "about" in header
    many = path.stem.endswith("-8gpu")
    assert ("--num_processes 8" in header and "--use-ray --ray-num-workers 16" in header) == many


@every_config
def test_deepspeed_settings_are_there(path: Path) -> None:
    """A run for many cards names a JSON of this repository; no other run has one."""
    named_file = settings_of(path).get("deepspeed")
    assert (named_file is not None) == path.stem.endswith("-8gpu")
    if named_file is not None:
        zero = json.loads((ROOT / named_file).read_text(encoding="utf-8"))
        assert zero["zero_optimization"]["stage"] == 2


@pytest.mark.parametrize(("width", "variant"), WRITE_GPT)
def test_write_from_scratch_has_the_published_numbers(
    width: int, variant: str, tmp_path: Path
) -> None:
    """The earlier study's shape and optimiser, four rows a step, and no step without an update."""
    settings = settings_of(named(f"write-gpt-h{width}{variant}"))
    published = {
        "reinit_weights": True,
        "sequence_len": 1024,
        "optimizer": "adamw_torch",
        "learning_rate": "1e-4",
        "weight_decay": 0.0,
        "num_epochs": 50,
    }
    assert {key: settings[key] for key in published} == published
    assert settings["micro_batch_size"] * settings["gradient_accumulation_steps"] == 4
    assert settings["base_model"] == f"data/write-gpt-h{width}"
    row = AlpacaRow("직무", "문항: 동기", "답입니다.", "1-1", "1", "1")
    write_jsonl(rows_path(tmp_path, "write", "train"), [row])
    folder = next(made for made in write_folders(tmp_path) if made.name == f"write-gpt-h{width}")
    shape = read_shape(json.loads((folder / "config.json").read_bytes()))
    assert (shape.hidden_size, shape.num_hidden_layers, shape.num_attention_heads) == (width, 4, 8)
    assert shape.learnt_positions == 1024


@pytest.mark.parametrize("name", ["qa-42dot-1.3b-lora", "qa-synatra-42dot-1.3b-lora"])
def test_qa_has_the_published_numbers(name: str) -> None:
    """The wallpaper study's LoRA, number by number: attention and the head, nothing else."""
    published = {
        "adapter": "lora",
        "lora_r": 16,
        "lora_alpha": 8,
        "lora_dropout": 0.05,
        "lora_target_modules": ["q_proj", "k_proj", "v_proj", "o_proj", "lm_head"],
        "num_epochs": 15,
        "learning_rate": "2e-5",
    }
    settings = settings_of(named(name))
    assert {key: settings[key] for key in published} == published


@pytest.mark.parametrize("name", ["revise-eeve-10.8b-qlora", "revise-eeve-10.8b-qlora-8gpu"])
def test_revise_has_the_published_numbers(name: str) -> None:
    """Ocelot's published training, number by number."""
    published = {
        "base_model": "yanolja/EEVE-Korean-Instruct-10.8B-v1.0",
        "load_in_4bit": True,
        "adapter": "qlora",
        "lora_r": 16,
        "lora_alpha": 32,
        "lora_dropout": 0.05,
        "gradient_accumulation_steps": 8,
        "micro_batch_size": 4,
        "num_epochs": 3,
        "optimizer": "paged_adamw_8bit",
        "lr_scheduler": "cosine",
        "learning_rate": "2e-5",
    }
    settings = settings_of(named(name))
    assert {key: settings[key] for key in published} == published
    assert len(settings["lora_target_modules"]) == 7
