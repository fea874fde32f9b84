"""The words with which Axolotl is started, and the environment that it is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from axolotl_configs.launch import environment, train_command
from axolotl_configs.named_run import NamedRun

ON_CPU = {"bf16": False, "fp16": False}


def run(**settings: Any) -> NamedRun:
    """Give a run with some keys."""
    return NamedRun("r", Path("axolotl_configs/r.yml"), settings)


@pytest.mark.parametrize(
    ("settings", "cards", "flags"),
    [
        (
            ON_CPU,
            0,
            (
                "--cpu --num_processes 1 --num_machines 1 --mixed_precision no --dynamo_backend no "
                "--num_cpu_threads_per_process 2"
            ),
        ),
        ({"bf16": "auto"}, 1, ""),
        ({"bf16": True, "deepspeed": "zero2.json"}, 8, "--num_processes 8"),
        ({"bf16": True, "fsdp_config": {"reshard_after_forward": True}}, 4, "--num_processes 4"),
    ],
)
def test_flags_follow_the_machine(
    settings: dict[str, Any], cards: int, flags: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process on the CPU, accelerate's own choice on a card, all cards where work is parted."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    words = train_command(run(**settings), cards)[3:]
    assert words == [*flags.split(), "-m", "axolotl.cli.train", "axolotl_configs/r.yml"]


def test_axolotl_reports_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to its makers, and to W&B as the doctor found; what the user has set stays."""
    monkeypatch.delenv("AXOLOTL_DO_NOT_TRACK")
    monkeypatch.delenv("WANDB_MODE")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    given = environment(run(bf16=True), "offline")
    assert (given["AXOLOTL_DO_NOT_TRACK"], given["WANDB_MODE"]) == ("1", "offline")
    assert "OMP_NUM_THREADS" not in given
    monkeypatch.setenv("WANDB_MODE", "disabled")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    given = environment(run(**ON_CPU), "offline")
    assert (given["WANDB_MODE"], given["OMP_NUM_THREADS"]) == ("disabled", "7")
