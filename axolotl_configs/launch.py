"""Axolotl as a process group of its own: started, stopped, and ended when its parent was killed.

The trainer is a grandchild of ours, and would outlive us on SIGKILL and go on writing. So its group
is noted in a file, and whoever starts next ends it first.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from axolotl_configs.named_run import NamedRun
from axolotl_configs.output_log import OutputLog
from axolotl_configs.run_yaml import RunError

PATIENCE = 60.0  # seconds until a group that was told to end is gone, its weights saved
#: What `accelerate` would ask about or guess on a machine without a card.
CPU_FLAGS = "--cpu --num_processes 1 --num_machines 1 --mixed_precision no --dynamo_backend no"
#: The plugin that says how far a training is, beside those that a run names.
PROGRESS = "axolotl_configs.progress.Progress"
#: What keeps Axolotl's output to what is news, and readable as it grows.
SHORT = {
    "AXOLOTL_LOG_LEVEL": "WARNING",  # its settings and tokens are in its debug.log all the same
    "TQDM_DISABLE": "1",  # bars write over themselves, which breaks a log
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "PYTHONUNBUFFERED": "1",  # or a line would come when 8 kB of them are there
}


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
        flags = [*CPU_FLAGS.split(), "--num_cpu_threads_per_process", _threads()]
    elif run.settings.get("deepspeed") or run.settings.get("fsdp_config"):
        flags = ["--num_processes", str(max(1, cards))]
    else:
        flags = []
    launcher = [sys.executable, "-m", "accelerate.commands.launch", *flags]
    plugins = json.dumps([*(run.settings.get("plugins") or ()), PROGRESS])
    return [*launcher, "-m", "axolotl.cli.train", str(run.config), f"--plugins={plugins}"]


def environment(run: NamedRun, wandb_mode: str) -> Mapping[str, str]:
    """Give the environment of both: what was set stays, and Axolotl reports to nobody."""
    chosen = {**SHORT, "AXOLOTL_DO_NOT_TRACK": "1", "WANDB_MODE": wandb_mode}
    if not run.wants_card:
        chosen["OMP_NUM_THREADS"] = _threads()
        # Rows in the thousands: each process that would make tokens of them imports Axolotl first.
        chosen["AXOLOTL_DATASET_NUM_PROC"] = "0"
    return {**chosen, **os.environ}


def _threads() -> str:
    """Give the threads that a training on the CPU gets: as was set, or one a core."""
    return os.environ.get("OMP_NUM_THREADS") or str(os.cpu_count() or 1)


@contextmanager
def alone(run: NamedRun) -> Iterator[None]:
    """Hold a run's folder, so that nobody else trains it, and end what a killed holder left.

    Raises:
        RunError: Somebody else trains the run now, or its folder cannot be written to.

    """
    with _lock_of(run) as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"{run.name} is being trained by another process; wait for it, or stop it there"
            ) from None
        _end_leftover(run)
        yield


def _lock_of(run: NamedRun) -> TextIO:
    try:
        run.output_dir.mkdir(parents=True, exist_ok=True)
        return (run.output_dir / "lock").open("a")
    except OSError as error:
        raise RunError(
            f"{run.output_dir} cannot be written to ({error.strerror}); where it is a link, see "
            "that its disk is mounted, or name another output_dir"
        ) from None


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
    """Whether a living process of the group trains this run; the number may be another's by now.

    The YAML may be written otherwise there: by its name, its path, a link, from another folder.
    """
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(state[2]) != group or state[0] == "Z":
                continue
            words = os.fsdecode((folder / "cmdline").read_bytes()).split("\0")
            home = (folder / "cwd").readlink()
            named = [home / word for word in words if word.endswith(run.config.suffix)]
            if run.config.resolve() in [path.resolve() for path in named]:
                return True
    return False


def call(
    run: NamedRun,
    command: Sequence[str],
    environment: Mapping[str, str],
    output: OutputLog | None = None,
) -> int:
    """Run a command to its end in a group of its own; gives its exit code.

    What it says goes to `output`, which shows a part of it, or where there is none to our own
    streams. SIGINT and SIGTERM are passed on as SIGINT and the command waited for, so that it can
    save what it has; the launcher ends before the trainer does.

    Raises:
        KeyboardInterrupt: The command was interrupted, and has ended.

    """
    sys.stdout.flush()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    stream = output.stream if output else None
    if output:
        output.head(command)
    with subprocess.Popen(  # noqa: S603 - our words
        command, env=environment, start_new_session=True, stdout=stream, stderr=stream
    ) as child:
        _group_file(run).write_text(str(child.pid))
        try:
            if output:
                output.follow(child)
            return child.wait()
        except KeyboardInterrupt:
            if output:
                print("stopping, when Axolotl has saved what it has", file=sys.stderr)
            os.killpg(child.pid, signal.SIGINT)
            child.wait()
            _wait_until_gone(child.pid, run)
            raise
        finally:
            signal.signal(signal.SIGTERM, before)
            _group_file(run).unlink(missing_ok=True)
