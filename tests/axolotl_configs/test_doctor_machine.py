"""Cards, memory, packages and disk, as findings about machines that are stated here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from axolotl_configs.doctor_machine import (
    card,
    disk,
    flash_attention,
    four_bits,
    memory,
    packages,
    sixteen_bits,
)
from axolotl_configs.findings import Finding
from axolotl_configs.machine import Card, Cards, ask_for_cards, look_for_cards
from axolotl_configs.memory import known_shapes
from axolotl_configs.named_run import NamedRun

POLYGLOT = "EleutherAI/polyglot-ko-1.3b"
SHAPE = known_shapes()[POLYGLOT]
T4 = Cards("2.13.0", "13.0", (Card("Tesla T4", 14.6, 14.4, (7, 5)),))
L4 = Cards("2.13.0", "13.0", (Card("NVIDIA L4", 22.0, 21.5, (8, 9)),))
SMALL = Cards("2.13.0", "13.0", (Card("small", 3.0, 2.9, (8, 6)),))
NONE = Cards("2.13.0+cpu", None, ())


def run(**changed: Any) -> NamedRun:
    """Give a QLoRA run of polyglot-ko-1.3b with some keys changed."""
    settings = {
        "base_model": POLYGLOT,
        "output_dir": "runs/r",
        "adapter": "qlora",
        "load_in_4bit": True,
        "lora_r": 16,
        "lora_target_linear": True,
        "sequence_len": 2048,
        "micro_batch_size": 2,
        "gradient_checkpointing": True,
        "optimizer": "paged_adamw_8bit",
        "bf16": "auto",
    }
    return NamedRun("r", Path("r.yml"), settings | changed)


def levels(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Give subject and level of each finding."""
    return [(found.subject, found.level) for found in findings]


@pytest.mark.parametrize(
    ("changed", "seen", "expected"),
    [
        ({}, NONE, [("card", "fault")]),
        ({}, T4, [("card", "ok")]),
        ({"bf16": False, "fp16": False}, NONE, [("card", "ok")]),
        ({"bf16": False, "fp16": True}, NONE, [("card", "fault")]),
        ({"deepspeed": "zero2.json"}, L4, [("card", "ok"), ("cards", "warning")]),
    ],
)
def test_sixteen_bits_need_a_card(
    changed: dict[str, Any], seen: Cards, expected: list[tuple[str, str]]
) -> None:
    """Only a run in 32 bits does without; one made for several cards says so on one."""
    assert levels(card(run(**changed), seen)) == expected


@pytest.mark.parametrize(
    ("wanted", "seen", "level"),
    [(True, T4, "fault"), ("auto", T4, "ok"), (True, L4, "ok"), ("auto", L4, "ok")],
)
def test_bf16_came_with_ampere(wanted: bool | str, seen: Cards, level: str) -> None:  # noqa: FBT001 - as in the YAML
    """A T4 has none: `true` stops the run there, `auto` takes float16."""
    assert levels(sixteen_bits(run(bf16=wanted), seen)) == [("bf16", level)]


def test_memory_is_held_against_the_card() -> None:
    """4.0 GiB fit into a T4, not into 3; without a card the need is told all the same."""
    assert levels(memory(run(), T4, SHAPE)) == [("memory", "ok")]
    (too_small,) = memory(run(), SMALL, SHAPE)
    assert too_small.level == "fault"
    assert too_small.said == "4.0 GiB a card needed (computed); 2.9 of 3.0 GiB are free"
    assert [found.said for found in memory(run(), NONE, SHAPE)] == [
        "4.0 GiB a card needed (computed)"
    ]


def test_a_card_in_use_is_told_from_one_too_small() -> None:
    """The cure for memory that others hold is to end them."""
    busy = Cards("2.13.0", "13.0", (Card("L4", 22.0, 1.0, (8, 9)),))
    (found,) = memory(run(), busy, SHAPE)
    assert found.level == "fault"
    assert "nvidia-smi" in found.cure


def test_a_computed_need_near_the_limit_is_a_warning() -> None:
    """The sum is no measurement."""
    tight = Cards("2.13.0", "13.0", (Card("tight", 4.2, 4.2, (8, 6)),))
    assert levels(memory(run(), tight, SHAPE)) == [("memory", "warning")]


def test_memory_of_a_stranger_is_not_known() -> None:
    """A base without config.json here and without a row in the table."""
    assert levels(memory(run(), L4, None)) == [("memory", "warning")]


@pytest.mark.parametrize(
    ("changed", "module"),
    [
        ({"liger_rope": True}, "liger_kernel"),
        ({"cut_cross_entropy": True}, "cut_cross_entropy"),
        ({"deepspeed": "zero2.json"}, "deepspeed"),
        ({"use_ray": True}, "ray"),
        ({"lora_o_kernel": True}, "triton"),
    ],
)
def test_a_named_package_must_be_there(changed: dict[str, Any], module: str) -> None:
    """Named and missing is a fault with its cure; named and there, ok; not named, no word."""
    (missing,) = packages(run(**changed), lambda _: False)
    assert (missing.subject, missing.level, bool(missing.cure)) == (module, "fault", True)
    assert levels(packages(run(**changed), lambda name: name == module)) == [(module, "ok")]
    off = dict.fromkeys(changed, False)
    assert list(packages(run(**off), lambda _: False)) == []


@pytest.mark.parametrize(
    ("seen", "there", "offline", "level"),
    [
        (L4, {"flash_attn"}, True, "ok"),
        (L4, {"kernels"}, False, "warning"),
        (L4, {"kernels"}, True, "fault"),
        (L4, set(), False, "fault"),
        (T4, {"flash_attn"}, False, "fault"),
    ],
)
def test_flash_attention(
    seen: Cards,
    there: set[str],
    offline: bool,  # noqa: FBT001 - a column of the table
    level: str,
) -> None:
    """Installed, fetched from the hub, or not to be had; never on a T4."""
    named = run(attn_implementation="flash_attention_2")
    findings = flash_attention(named, seen, is_there=there.__contains__, offline=offline)
    assert levels(findings) == [("flash-attn", level)]
    assert list(flash_attention(run(), seen, is_there=there.__contains__, offline=offline)) == []


def test_four_bits_are_tried_where_the_run_computes() -> None:
    """On this machine's CPU bitsandbytes rounds a real tensor; a LoRA without it is not asked."""
    on_cpu = run(bf16=False, fp16=False)
    assert levels(four_bits(on_cpu, NONE)) == [("bitsandbytes", "ok")]
    plain = run(bf16=False, load_in_4bit=False, optimizer="adamw_torch")
    assert list(four_bits(plain, NONE)) == []


def test_cards_are_the_same_from_another_process() -> None:
    """A training asks in a process that ends, since looking takes memory of a card."""
    assert ask_for_cards() == look_for_cards()


def test_disk_is_held_against_checkpoints_and_download() -> None:
    """Checkpoints of 12.6 M weights take little; the base's own 2.5 GiB count where not here."""
    kept = run(save_total_limit=2)
    assert levels(disk(kept, SHAPE, 1.0, download=False)) == [("disk", "ok")]
    (found,) = disk(kept, SHAPE, 1.0, download=True)
    assert (found.level, found.said) == ("fault", "2.8 GiB needed (computed), 1.0 free")
