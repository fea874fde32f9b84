"""Real trainings of a tiny run: to the end, killed, interrupted, gone on with, and refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from axolotl_configs.checkpoints import damage
from axolotl_configs.named_run import NamedRun
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


@pytest.fixture(scope="module")
def undisturbed(root: Path) -> tuple[str, Path]:
    """Train once from beginning to end; gives what was said, and what the run's folder held."""
    said = ended(start(root, *TRAIN), 0)
    return said, Path(shutil.copytree(root / "runs" / RUN, root / "undisturbed"))


def wait_for(checkpoint: Path, started: Started) -> None:
    """Wait until a training has written a whole checkpoint."""
    deadline = time.monotonic() + 240
    while not checkpoint.is_dir() or damage(checkpoint):
        assert started.process.poll() is None, started.log.read_text()[-6000:]
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def disturbed(root: Path, undisturbed: tuple[str, Path]) -> list[str]:
    """Train again, killed once and interrupted once; gives what each attempt said.

    The kill hits the command alone, as the kernel's out-of-memory killer or a person would, while
    its trainer hangs. Before the last attempt a newest checkpoint lies there half written.
    """
    _, kept = undisturbed
    run = root / "runs" / RUN
    shutil.rmtree(run)
    shutil.copytree(kept / "record", run / "record")
    killed = start(root, *TRAIN)
    wait_for(run / f"checkpoint-{SAVED_EVERY}", killed)
    os.killpg(int((run / "trainer.pid").read_text()), signal.SIGSTOP)
    killed.process.kill()
    killed.process.wait()
    interrupted = start(root, *TRAIN)
    wait_for(run / f"checkpoint-{2 * SAVED_EVERY}", interrupted)
    interrupted.process.send_signal(signal.SIGINT)
    said = [ended(interrupted, 1)]
    assert not (run / "trained").exists()
    newest = shutil.copytree(run / f"checkpoint-{2 * SAVED_EVERY}", run / f"checkpoint-{STEPS - 1}")
    (newest / "trainer_state.json").unlink()
    os.truncate(newest / "rng_state.pth", 99)
    said.append(ended(start(root, *TRAIN), 0))
    return said


def last_state(run: Path) -> dict[str, Any]:
    """Read what the trainer noted at the end."""
    state = json.loads((run / f"checkpoint-{STEPS}" / "trainer_state.json").read_bytes())
    assert isinstance(state, dict)
    return state


def losses(run: Path) -> set[tuple[int, str, float]]:
    """Give every loss of a training, with its step: those trained on and those held out.

    Whoever goes on from a checkpoint evaluates it once more.
    """
    return {
        (entry["step"], key, entry[key])
        for entry in last_state(run)["log_history"]
        for key in ("loss", "eval_loss")
        if key in entry
    }


def test_a_training_leaves_adapter_record_and_stamp(undisturbed: tuple[str, Path]) -> None:
    """What the later commands look for is there, and the record names the files trained on."""
    _, run = undisturbed
    assert (run / "adapter_model.safetensors").is_file()
    assert (run / "trained").read_bytes() == b""
    assert (run / "record" / "config.yml").is_file()
    record = msgspec.json.decode((run / "record" / "record.json").read_bytes(), type=RunRecord)
    assert sorted(record.data) == [
        "data/alpaca/advice/train.jsonl",
        "data/alpaca/advice/validation.jsonl",
    ]
    assert last_state(run)["global_step"] == STEPS


def test_two_rows_are_shown_with_the_answer_marked(undisturbed: tuple[str, Path]) -> None:
    """Each ends in its answer with the end token, and the prompt's last words stand before it."""
    said, _ = undisturbed
    rows = said.split("of them in the loss, between ⟦ and ⟧\n")[1:]
    assert len(rows) == 2
    for row in rows:
        prompt, answer = row.split("⟦", 1)
        assert prompt.endswith("### 조언:\n")
        assert answer.split("⟧")[0].endswith("<|endoftext|>")


def test_the_next_attempt_ends_the_trainer_of_a_killed_command(disturbed: list[str]) -> None:
    """No two trainers write into one folder, and the checkpoint is gone on from."""
    assert "ending the trainer that an earlier, killed command left" in disturbed[0]
    assert f"going on from step {SAVED_EVERY}" in disturbed[0]


def test_an_interrupted_training_is_not_taken_for_a_whole_one(disturbed: list[str]) -> None:
    """Axolotl saves what it has and exits with 0; the command says what happened."""
    assert f"error: {RUN} was stopped; the same command goes on" in disturbed[0]


def test_a_half_written_checkpoint_is_moved_aside(root: Path, disturbed: list[str]) -> None:
    """The last whole one is gone on from, and a line says so."""
    assert f"checkpoint-{STEPS - 1} is half written" in disturbed[1]
    assert f"going on from step {2 * SAVED_EVERY}" in disturbed[1]
    assert (root / "runs" / RUN / f"half-written-{STEPS - 1}").is_dir()


def test_killed_and_interrupted_it_ends_as_if_nothing_had_been(
    root: Path, undisturbed: tuple[str, Path], disturbed: list[str]
) -> None:
    """Every loss is the same number, and the adapter has the same bytes."""
    assert disturbed
    _, kept = undisturbed
    run = root / "runs" / RUN
    assert losses(run) == losses(kept)
    steps = {step for step, key, _ in losses(run) if key == "loss"}
    assert steps == set(range(1, STEPS + 1))
    name = "adapter_model.safetensors"
    assert (run / name).read_bytes() == (kept / name).read_bytes()
    assert (run / "trained").is_file()


@pytest.fixture
def ready(root: Path, disturbed: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the folder of the trained run."""
    assert disturbed
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
    write_run(ready, "misfit", output_dir="runs/misfit", lora_target_modules=["q_proj"])
    assert main(["misfit"]) == 1
    told = capfd.readouterr().err
    assert "has no q_proj" in told
    assert "error: misfit cannot be trained here yet" in told
    assert not (ready / "runs" / "misfit" / "record").exists()


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
    """Stamp, record and checkpoints, whole or not; the scores of the run stay."""
    for folder in ("checkpoint-3", "half-written-2", "record", "eval"):
        (tmp_path / folder).mkdir()
    for name in ("trained", "record/record.json", "adapter_model.safetensors"):
        (tmp_path / name).touch()
    remove_earlier(NamedRun("r", Path("r.yml"), {"output_dir": str(tmp_path)}))
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["adapter_model.safetensors", "eval"]


def test_an_interrupted_log_is_no_end(tmp_path: Path) -> None:
    """Only the line that Axolotl writes after the last step counts; no log is no end."""
    log = tmp_path / "debug.log"
    assert not came_to_its_end(log)
    log.write_text("[INFO] Starting trainer...\n")
    assert not came_to_its_end(log)
    log.write_text("[INFO] Training completed! Saving trained model to runs/r.\n")
    assert came_to_its_end(log)
