"""The table of memory: sizes of the base models, the sum, and where its numbers come from."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from axolotl_configs.memory import (
    TABLE,
    checkpoint_gib,
    known_shapes,
    need,
    settings_from_row,
    trained_parameters,
)
from tests.conftest import ROOT

ROWS: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["need"]
POLYGLOT = "EleutherAI/polyglot-ko-1.3b"
QLORA = settings_from_row(
    {"base_model": POLYGLOT, "method": "qlora", "sequence_len": 2048, "micro_batch_size": 1}
)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        (POLYGLOT, 1_331_810_304),
        ("EleutherAI/polyglot-ko-5.8b", 5_885_059_072),
        ("upstage/SOLAR-10.7B-v1.0", 10_731_524_096),
        ("yanolja/EEVE-Korean-10.8B-v1.0", 10_804_924_416),
        ("skt/kogpt2-base-v2", 125_164_032),
    ],
)
def test_sizes_make_the_published_number_of_parameters(name: str, parameters: int) -> None:
    """The sizes in the table give, weight for weight, what the models' pages state."""
    assert known_shapes()[name].parameters == parameters


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['base_model']}-{row['method']}")
def test_computed_rows_are_what_the_formula_gives_today(row: dict[str, Any]) -> None:
    """A row that says `computed` cannot differ from the sum; a measured one is given back."""
    told = need(settings_from_row(row), known_shapes()[row["base_model"]])
    assert (told.gib, told.how) == (row["gib"], row["how"])


@pytest.mark.parametrize(
    "path", sorted((ROOT / "axolotl_configs").rglob("*.yml")), ids=lambda path: path.stem
)
def test_every_run_on_a_card_has_a_known_base(path: Path) -> None:
    """Memory can be told for each run before its base is downloaded."""
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    if settings["base_model"].startswith(("data/", "runs/")):
        assert settings["base_model"] not in known_shapes()  # its own config.json is read
    else:
        assert need(settings, known_shapes()[settings["base_model"]]).gib > 1


def test_rank_16_on_all_linear_layers_of_polyglot() -> None:
    """Rank times inputs plus outputs, over four layers of 24 blocks."""
    expected = 24 * 16 * ((2048 + 6144) + (2048 + 2048) + 2 * (2048 + 8192))
    assert trained_parameters(QLORA, known_shapes()[POLYGLOT]) == expected


def test_modules_saved_whole_are_trained_whole() -> None:
    """Embedding and head, named in lora_modules_to_save, count with all their weights."""
    shape = known_shapes()[POLYGLOT]
    more = trained_parameters(QLORA | {"lora_modules_to_save": ["embed_in", "lm_head"]}, shape)
    assert more - trained_parameters(QLORA, shape) == 2 * 30_080 * 2048


@pytest.mark.parametrize(
    "changed",
    [
        {"load_in_4bit": False, "adapter": "lora"},
        {"micro_batch_size": 2},
        {"sequence_len": 4096},
        {"gradient_checkpointing": False},
        {"optimizer": "adamw_torch"},
        {"lora_r": 64},
        {"adapter": None, "load_in_4bit": False},
    ],
    ids=str,
)
def test_what_takes_more_memory_is_told_to(changed: dict[str, Any]) -> None:
    """Each setting that trades memory for something raises the sum."""
    shape = known_shapes()[POLYGLOT]
    assert need(QLORA | changed, shape).gib > need(QLORA, shape).gib


def test_parted_weights_and_fused_loss_take_less() -> None:
    """ZeRO-3 parts frozen weights among cards, and a fused loss keeps no logits."""
    shape = known_shapes()[POLYGLOT]
    zero3 = QLORA | {"deepspeed": "axolotl_configs/deepspeed/zero3.json"}
    assert need(zero3, shape, cards=8).gib < need(QLORA, shape, cards=8).gib
    fused = QLORA | {"liger_fused_linear_cross_entropy": True}
    assert need(fused, shape).gib < need(QLORA, shape).gib


def test_a_checkpoint_holds_weights_and_optimizer() -> None:
    """Six bytes for each trained weight with an 8-bit optimizer, twelve with 32-bit moments."""
    shape = known_shapes()[POLYGLOT]
    assert checkpoint_gib(QLORA | {"optimizer": "adamw_torch"}, shape) == pytest.approx(
        2 * checkpoint_gib(QLORA, shape)
    )
