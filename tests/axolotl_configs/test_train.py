"""Real trainings of a tiny run: to the end, killed, interrupted, gone on with, and refused."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from axolotl_configs.checkpoints import damage
from axolotl_configs.named_run import NamedRun
from axolotl_configs.noise import is_noise
from axolotl_configs.record import RunRecord
from axolotl_configs.train import came_to_its_end, main, remove_earlier
from tests.axolotl_configs.trainable import (
    RUN,
    SAVED_EVERY,
    STEPS,
    Started,
    ended,
    make_root,
    start,
    write_run,
)

TRAIN = ("axolotl_configs.train", RUN, "--no-doctor")


@pytest.fixture(scope="module")
def root(data: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the tiny run."""
    return make_root(tmp_path_factory.mktemp("train"), data, tiny_model)


#: The checkpoint behind which the training is stopped.
LAST = f"checkpoint-{2 * SAVED_EVERY}"


class Stopped(NamedTuple):
    """A training that was interrupted: what the command said, and a copy of `LAST`."""

    said: str
    undisturbed: Path


def wait_for(is_there: Callable[[], bool], started: Started) -> None:
    """Wait until a training has written what is asked for."""
    deadline = time.monotonic() + 600
    while not is_there():
        assert started.process.poll() is None, started.log.read_text()[-6000:]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def whole(checkpoint: Path) -> bool:
    """Whether a checkpoint is written to its end."""
    return checkpoint.is_dir() and damage(checkpoint) is None


@pytest.fixture(scope="module")
def stopped(root: Path) -> Stopped:
    """Train, undisturbed up to `LAST`, and interrupt the command there."""
    run = root / "runs" / RUN
    started = start(root, *TRAIN)
    wait_for(lambda: whole(run / LAST), started)
    started.process.send_signal(signal.SIGINT)
    said = ended(started, 1)
    assert not (run / "trained").exists()
    return Stopped(said, Path(shutil.copytree(run / LAST, root / "undisturbed")))


@pytest.fixture(scope="module")
def gone_on(root: Path, stopped: Stopped) -> str:
    """Go on to the end; gives what was said.

    A command before it went on to the next checkpoint and was killed alone there, as the kernel or
    a person would, while its trainer hangs; the two newest checkpoints lie there half written.
    """
    run = root / "runs" / RUN
    assert stopped.undisturbed.is_dir()
    newest = run / f"checkpoint-{3 * SAVED_EVERY}"
    killed = start(root, *TRAIN)
    wait_for(newest.is_dir, killed)
    os.killpg(int((run / "trainer.pid").read_text()), signal.SIGSTOP)
    killed.process.kill()
    killed.process.wait()
    for checkpoint in (newest, run / LAST):
        (checkpoint / "trainer_state.json").unlink(missing_ok=True)
    os.truncate(run / LAST / "rng_state.pth", 99)
    return ended(start(root, *TRAIN), 0)


def state_of(checkpoint: Path) -> dict[str, Any]:
    """Read what the trainer noted with a checkpoint."""
    state = json.loads((checkpoint / "trainer_state.json").read_bytes())
    assert isinstance(state, dict)
    return state


def losses(checkpoint: Path) -> set[tuple[int, str, float]]:
    """Give every loss up to a checkpoint, with its step: those trained on and those held out.

    Whoever goes on from a checkpoint evaluates it once more.
    """
    return {
        (entry["step"], key, entry[key])
        for entry in state_of(checkpoint)["log_history"]
        for key in ("loss", "eval_loss")
        if key in entry
    }


@pytest.mark.usefixtures("gone_on")
def test_a_training_leaves_adapter_record_and_stamp(root: Path) -> None:
    """What the later commands look for is there, and the record names the files trained on."""
    run = root / "runs" / RUN
    assert (run / "adapter_model.safetensors").is_file()
    assert (run / "trained").read_bytes() == b""
    assert (run / "record" / "config.yml").is_file()
    record = msgspec.json.decode((run / "record" / "record.json").read_bytes(), type=RunRecord)
    assert sorted(record.data) == [
        "data/alpaca/advice/train.jsonl",
        "data/alpaca/advice/validation.jsonl",
    ]
    assert state_of(run / f"checkpoint-{STEPS}")["global_step"] == STEPS


def test_progress_and_paths_are_shown_and_the_rest_is_kept(root: Path, gone_on: str) -> None:
    """Steps with loss and time left, no dump of settings; the log has neither bars nor colours."""
    said, run = gone_on, root / "runs" / RUN
    assert re.search(rf"^step {STEPS} of {STEPS}, loss [\d.]+, .* 00:00 left$", said, re.MULTILINE)
    assert re.search(rf"^step {STEPS} of {STEPS}, validation loss [\d.]+$", said, re.MULTILINE)
    assert said.endswith(f"adapter: runs/{RUN}, all that was said: runs/{RUN}/output.log\n")
    strange = [line for line in said.splitlines() if "INFO" in line or is_noise(line)]
    assert strange == []
    kept = (run / "output.log").read_bytes()
    assert b"{'loss': " in kept
    assert not {b"\r", b"\x1b"} & {kept[i : i + 1] for i in range(len(kept))}


def test_two_rows_are_shown_with_the_answer_marked(stopped: Stopped) -> None:
    """Each ends in its answer with the end token, and the prompt's last words stand before it."""
    rows = stopped.said.split("of them in the loss, between ⟦ and ⟧\n")[1:]
    assert len(rows) == 2
    for row in rows:
        prompt, answer = row.split("⟦", 1)
        assert prompt.endswith("### 조언:\n")
        assert answer.split("⟧")[0].endswith("<|endoftext|>")


def test_the_next_attempt_ends_the_trainer_of_a_killed_command(gone_on: str) -> None:
    """No two trainers write into one folder."""
    assert "ending the trainer that an earlier, killed command left" in gone_on


def test_an_interrupted_training_is_not_taken_for_a_whole_one(stopped: Stopped) -> None:
    """Axolotl saves what it has and exits with 0; the command says what happened."""
    assert f"error: {RUN} was stopped; the same command goes on" in stopped.said


def test_a_half_written_checkpoint_is_moved_aside(root: Path, gone_on: str) -> None:
    """The last whole one is gone on from, and a line says so."""
    assert f"{LAST} is half written" in gone_on
    assert f"going on from step {SAVED_EVERY}" in gone_on
    assert (root / "runs" / RUN / f"half-written-{2 * SAVED_EVERY}").is_dir()


@pytest.mark.usefixtures("gone_on")
def test_what_was_gone_on_with_is_as_if_nothing_had_been(root: Path, stopped: Stopped) -> None:
    """Every loss behind the stop is the same number, the adapter has the same bytes, none lacks."""
    run = root / "runs" / RUN
    assert losses(run / LAST) == losses(stopped.undisturbed)
    name = "adapter_model.safetensors"
    assert (run / LAST / name).read_bytes() == (stopped.undisturbed / name).read_bytes()
    steps = {step for step, key, _ in losses(run / f"checkpoint-{STEPS}") if key == "loss"}
    assert steps == set(range(1, STEPS + 1))


@pytest.fixture
def ready(root: Path, gone_on: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the folder of the trained run."""
    assert gone_on
    monkeypatch.chdir(root)
    return root


def test_a_trained_run_is_not_trained_again(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stamp becomes newer than what it was made from, so that make is content."""
    trained = ready / "runs" / RUN / "trained"
    os.utime(trained, (0, 0))
    assert main([RUN]) == 0
    assert "is trained already; --fresh trains it anew" in capsys.readouterr().out
    assert trained.stat().st_mtime > 0


def test_checkpoints_of_other_settings_or_data_are_not_gone_on_from(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One error that names what changed, and the cure; nothing is removed."""
    rows = ready / "data" / "alpaca" / "advice" / "train.jsonl"
    kept = rows.read_bytes()
    rows.write_bytes(b"".join(kept.splitlines(keepends=True)[1:]))
    write_run(ready, lora_r=8)
    try:
        assert main([RUN]) == 1
    finally:
        rows.write_bytes(kept)
        write_run(ready)
    told = capsys.readouterr().err
    assert "lora_r (4 → 8), data/alpaca/advice/train.jsonl; put it back" in told
    assert "--fresh" in told
    assert (ready / "runs" / RUN / "trained").is_file()


def test_faults_stop_a_training_before_it_starts(
    ready: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The doctor's faults are told, and Axolotl is not called."""
    write_run(ready, "wrong", output_dir="runs/wrong", lora_r="sixteen")
    assert main(["wrong"]) == 1
    told = capfd.readouterr().err
    assert "lora_r is 'sixteen', a whole number is wanted" in told
    assert "error: wrong cannot be trained here yet" in told
    assert not (ready / "runs" / "wrong" / "record").exists()


def test_missing_data_is_one_error(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the doctor too."""
    missing = [{"path": "data/alpaca/advice/none.jsonl", "type": {"format": "{input}"}}]
    write_run(ready, "bare", output_dir="runs/bare", datasets=missing)
    assert main(["bare", "--no-doctor"]) == 1
    assert "none.jsonl is missing; make it with: make data" in capsys.readouterr().err


def test_a_run_is_trained_by_one_command_at_a_time(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second command is told of the first."""
    held = ["flock", "--exclusive", str(ready / "runs" / RUN / "lock"), "cat"]
    with subprocess.Popen(held, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write("locked\n")
        other.stdin.flush()
        assert other.stdout.readline() == "locked\n"
        assert main([RUN]) == 1
        other.stdin.close()
    assert "is being trained by another process" in capsys.readouterr().err


def test_fresh_removes_what_could_be_gone_on_with(tmp_path: Path) -> None:
    """Stamp, record and checkpoints, whole or not; the scores stay, and what a link leads to."""
    (tmp_path / "eval" / "kept").mkdir(parents=True)
    (tmp_path / "checkpoint-4").symlink_to("eval")
    for folder in ("checkpoint-3", "half-written-2", "record"):
        (tmp_path / folder).mkdir()
    for name in ("trained", "record/record.json", "adapter_model.safetensors"):
        (tmp_path / name).touch()
    remove_earlier(NamedRun("r", Path("r.yml"), {"output_dir": str(tmp_path)}))
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["adapter_model.safetensors", "eval"]
    assert (tmp_path / "eval" / "kept").is_dir()


def test_an_interrupted_log_is_no_end(tmp_path: Path) -> None:
    """Only the line that Axolotl writes after the last step counts; no log is no end."""
    log = tmp_path / "debug.log"
    assert not came_to_its_end(log)
    log.write_text("[INFO] Starting trainer...\n")
    assert not came_to_its_end(log)
    log.write_text("[INFO] Training completed! Saving trained model to runs/r.\n")
    assert came_to_its_end(log)
