"""The words with which Axolotl is started, and the environment that it is given."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from axolotl_configs.launch import alone, environment, train_command
from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import RunError

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
    """One process on the CPU, accelerate's own choice on a card, all cards where work is parted.

    The run's own plugins stay, and one that says how far it is comes to them.
    """
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.delenv("OMP_NUM_THREADS")
    words = train_command(run(**settings, plugins=["a.B"]), cards)[3:]
    plugins = '--plugins=["a.B", "axolotl_configs.progress.Progress"]'
    config = "axolotl_configs/r.yml"
    assert words == [*flags.split(), "-m", "axolotl.cli.train", config, plugins]


def test_axolotl_reports_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to its makers, and to W&B as the doctor found; what the user has set stays."""
    monkeypatch.delenv("AXOLOTL_DO_NOT_TRACK")
    monkeypatch.delenv("WANDB_MODE")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("AXOLOTL_LOG_LEVEL", raising=False)
    given = environment(run(bf16=True), "offline")
    assert (given["AXOLOTL_DO_NOT_TRACK"], given["WANDB_MODE"]) == ("1", "offline")
    assert "OMP_NUM_THREADS" not in given
    assert given["AXOLOTL_LOG_LEVEL"] == "WARNING"
    monkeypatch.setenv("AXOLOTL_LOG_LEVEL", "INFO")
    monkeypatch.setenv("WANDB_MODE", "disabled")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    given = environment(run(**ON_CPU), "offline")
    assert given["AXOLOTL_LOG_LEVEL"] == "INFO"
    assert (given["WANDB_MODE"], given["OMP_NUM_THREADS"]) == ("disabled", "7")


@pytest.mark.parametrize(
    ("home", "word", "ended"),
    [
        ("clone", "axolotl_configs/r.yml", True),
        ("clone", "axolotl_configs/linked to.yml", True),
        ("clone/runs", "../axolotl_configs/r.yml", True),
        ("other clone", "axolotl_configs/r.yml", False),
    ],
)
def test_a_leftover_trainer_is_known_however_its_yaml_was_named(
    home: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, ended: bool
) -> None:
    """By a link, from another folder; that of another clone, whose number it has, is left alone."""
    for name in ("clone", "other clone"):
        (tmp_path / name / "axolotl_configs").mkdir(parents=True)
        (tmp_path / name / "axolotl_configs" / "r.yml").touch()
        (tmp_path / name / "runs").mkdir()
    (tmp_path / "clone" / "axolotl_configs" / "linked to.yml").symlink_to("r.yml")
    monkeypatch.chdir(tmp_path / "clone")
    waiting = [sys.executable, "-c", "input()", word]
    with subprocess.Popen(
        waiting, cwd=tmp_path / home, stdin=subprocess.PIPE, start_new_session=True
    ) as leftover:
        (tmp_path / "clone" / "runs" / "trainer.pid").write_text(str(leftover.pid))
        with alone(run(output_dir="runs")):
            leftover.communicate(None if ended else b"\n", timeout=10)
    assert leftover.returncode == (-signal.SIGKILL if ended else 0)


def test_a_folder_that_cannot_be_made_is_one_error(tmp_path: Path) -> None:
    """A link to a disk that is not mounted."""
    (tmp_path / "r").symlink_to(tmp_path / "not mounted" / "r")
    with (
        pytest.raises(
            RunError, match=r"r cannot be written to \(File exists\); where it is a link"
        ),
        alone(run(output_dir=str(tmp_path / "r"))),
    ):
        pytest.fail("held")


def test_threads_are_those_that_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """`OMP_NUM_THREADS` holds for the launcher's flag as for the environment."""
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    words = train_command(run(**ON_CPU), 0)
    assert words[words.index("--num_cpu_threads_per_process") + 1] == "7"
    assert environment(run(**ON_CPU), "offline")["OMP_NUM_THREADS"] == "7"
