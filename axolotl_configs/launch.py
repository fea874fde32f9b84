"""Axolotl as a process group of its own: started, stopped, and ended when its parent was killed.

The trainer is a grandchild of ours, and would outlive us on SIGKILL and go on writing. So its group
is noted in a file, and whoever starts next ends it first.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from axolotl_configs.named_run import NamedRun, RunError

PATIENCE = 60.0  # seconds until a group that was told to end is gone, its weights saved
#: What `accelerate` would ask about or guess on a machine without a card.
CPU_FLAGS = "--cpu --num_processes 1 --num_machines 1 --mixed_precision no --dynamo_backend no"


def doctor_command(run: NamedRun) -> list[str]:
    """Give the command that looks at the machine, and leaves the card's memory when it ends."""
    return [sys.executable, "-m", "axolotl_configs.doctor", str(run.config)]


def preprocess_command(run: NamedRun) -> list[str]:
    """Give the command that turns a run's rows into tokens."""
    words = ["-m", "axolotl.cli.preprocess", str(run.config), "--download=False"]
    return [sys.executable, *words]


def train_command(run: NamedRun, cards: int) -> list[str]:
    """Give the command that trains a run: on the CPU, or on all cards where it parts its work."""
    if not run.wants_card:
        threads = str(os.cpu_count() or 1)
        flags = [*CPU_FLAGS.split(), "--num_cpu_threads_per_process", threads]
    elif run.settings.get("deepspeed") or run.settings.get("fsdp_config"):
        flags = ["--num_processes", str(max(1, cards))]
    else:
        flags = []
    launcher = [sys.executable, "-m", "accelerate.commands.launch", *flags]
    return [*launcher, "-m", "axolotl.cli.train", str(run.config)]


def environment(run: NamedRun, wandb_mode: str) -> Mapping[str, str]:
    """Give the environment of both: what was set stays, and Axolotl reports to nobody."""
    chosen = {"AXOLOTL_DO_NOT_TRACK": "1", "WANDB_MODE": wandb_mode}
    if not run.wants_card:
        chosen["OMP_NUM_THREADS"] = str(os.cpu_count() or 1)
    return {**chosen, **os.environ}


@contextmanager
def alone(run: NamedRun) -> Iterator[None]:
    """Hold a run's folder, so that nobody else trains it, and end what a killed holder left.

    Raises:
        RunError: Somebody else trains the run now.

    """
    run.output_dir.mkdir(parents=True, exist_ok=True)
    with (run.output_dir / "lock").open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"{run.name} is being trained by another process; wait for it, or stop it there"
            ) from None
        _end_leftover(run)
        yield


def _group_file(run: NamedRun) -> Path:
    return run.output_dir / "trainer.pid"


def _end_leftover(run: NamedRun) -> None:
    """Kill the trainer of a parent that was killed, and wait until it is gone."""
    path = _group_file(run)
    if not path.is_file():
        return
    group = int(path.read_text() or 0)
    if group and _is_ours(group, run):
        print(f"ending the trainer that an earlier, killed command left (group {group})")
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        _wait_until_gone(group, run)
    path.unlink()


def _wait_until_gone(group: int, run: NamedRun) -> None:
    deadline = time.monotonic() + PATIENCE
    while _is_ours(group, run) and time.monotonic() < deadline:
        time.sleep(0.1)


def _is_ours(group: int, run: NamedRun) -> bool:
    """Whether a living process of the group trains this run; the number may be another's by now."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if int(state[2]) == group and state[0] != "Z" and str(run.config).encode() in words:
                return True
    return False


def call(run: NamedRun, command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end in a group of its own; gives its exit code.

    SIGINT and SIGTERM are passed on as SIGINT and the command waited for, so that it can save what
    it has; the launcher ends before the trainer does.

    Raises:
        KeyboardInterrupt: The command was interrupted, and has ended.

    """
    sys.stdout.flush()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    with subprocess.Popen(command, env=environment, start_new_session=True) as child:  # noqa: S603 - our words
        _group_file(run).write_text(str(child.pid))
        try:
            return child.wait()
        except KeyboardInterrupt:
            os.killpg(child.pid, signal.SIGINT)
            child.wait()
            _wait_until_gone(child.pid, run)
            raise
        finally:
            signal.signal(signal.SIGTERM, before)
            _group_file(run).unlink(missing_ok=True)
