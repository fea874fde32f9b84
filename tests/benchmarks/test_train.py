"""The command `benchmarks.train`: what it runs, what it refuses, and what it tells."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from benchmarks.train import child, main
from benchmarks.train_table import WAYS, Result, against_aims, describe, table
from benchmarks.train_ways import GIB


def result(speed: float, **more: float | None) -> Result:
    """Make up a way's figures."""
    figures: Result = {
        "steps": 10,
        "tokens_per_second": speed,
        "answer_tokens_per_second": speed / 4,
        "mfu": None,
        "filled": 0.5,
        "peak_allocated": None,
        "peak_reserved": None,
        "loss_finite": True,
    }
    return figures | more


def without_card() -> bool:
    """Tell whether torch sees no CUDA card here."""
    import torch  # noqa: PLC0415 - seconds

    return not torch.cuda.is_available()


def test_a_way_is_timed_on_the_cpu_and_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tiny QLoRA is trained in a process of its own; a way for cards is told as not run."""
    out = tmp_path / "results" / "train.json"
    asked = ["--shape", "tiny", "--ways", "batch", "varlen", "--rows", "16", "--warmup", "0"]
    assert main([*asked, "--out", str(out)]) == 0
    record = json.loads(out.read_text(encoding="utf-8"))
    found = record["shapes"]["tiny"]
    assert record["machine"]["processor"]
    assert (record["rows"], record["aims"]) == (16, [])
    assert found["batch"]["settings"]["batch"] == 16
    assert found["batch"]["steps"] == 1
    assert found["batch"]["tokens_per_second"] > found["batch"]["answer_tokens_per_second"] > 0
    assert found["batch"]["loss_finite"]
    assert found["batch"]["queries"] in {"float32", "bfloat16", "float16"}
    if without_card():
        assert found["batch"]["peak_allocated"] is None
        assert found["varlen"]["not_run"] == "a CUDA card"
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_a_true_shape_is_refused_without_a_card(capsys: pytest.CaptureFixture[str]) -> None:
    """Without CUDA, one line says so and how to check the script; exit code 3."""
    if not without_card():
        pytest.skip("this machine has a CUDA card: the true shapes would be timed")
    assert main(["--shape", "1.3b"]) == 3
    told = capsys.readouterr().err
    assert told.startswith("refused: 1.3b cannot be timed without a CUDA card")
    assert len(told.splitlines()) == 1


def test_a_way_of_another_family_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Fused adapters know no GPT-NeoX; exit code 2 and the way's name."""
    with pytest.raises(SystemExit) as stopped:
        main(["--shape", "1.3b", "--ways", "plain", "lora-fused"])
    assert stopped.value.code == 2
    assert "1.3b cannot be trained by way of lora-fused" in capsys.readouterr().err


def test_a_way_without_its_package_is_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    """The package is named, and the other ways can go on."""
    if importlib.util.find_spec("flash_attn"):
        pytest.skip("flash_attn is installed here")
    assert child("tiny", "flash", "64", "0", "cpu") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"not_run": "flash_attn"}


def test_a_way_that_fails_is_told_with_its_error(capsys: pytest.CaptureFixture[str]) -> None:
    """What went wrong stands in the result, and its trace on the error stream."""
    assert child("tiny", "batch", "4", "0", "cpu") == 0
    told = capsys.readouterr()
    failed = json.loads(told.out.splitlines()[-1])["failed"]
    assert failed.startswith("ValueError: 4 rows make 0 steps of the way batch")
    assert "Traceback" in told.err


def test_every_way_but_the_first_adds_to_another() -> None:
    """The ladder has no gap: what a way is compared with stands above it."""
    for ways in WAYS.values():
        names = list(ways)
        assert names[0] == "plain"
        for place, name in enumerate(names[1:], start=1):
            assert ways[name].after in names[:place]


def test_the_table_sets_each_way_beside_the_one_before() -> None:
    """A gain is a ratio to the way that it adds to; a way without figures says why."""
    results = {"plain": result(100), "half": result(150), "batch": {"not_run": "peft"}}
    plain, half, batch = table("1.3b", results | {"packing": result(9)}).splitlines()[1:4]
    assert plain.split() == ["plain", "10", "100", "25", "-", "50.0%", "-", "-", "-"]
    assert half.split()[-1] == "1.50"
    assert batch.split() == ["batch", "not", "run:", "peft"]


def test_a_loss_that_is_not_finite_stands_in_the_table() -> None:
    """A speed of nonsense is not passed over."""
    broken = result(100) | {"loss_finite": False}
    assert table("tiny", {"plain": broken}).endswith("the loss is not finite")


def test_aims_are_told_as_reached_missed_or_not_measured() -> None:
    """Aims take the fastest way of each kind, packs' fill, and the peak of a single pack."""
    results = {
        "plain": result(10_000),
        "varlen": result(50_000, filled=0.98),
        "keeping": result(56_000, filled=0.98),
        "lora": result(70_000, mfu=0.36, filled=0.98),
        "one-pack": result(20_000, peak_allocated=7 * GIB, filled=0.98),
    }
    told = {aim["what"]: aim for aim in against_aims({"1.3b": results})}
    assert {what: (aim["seen"], aim["reached"]) for what, aim in told.items()} == {
        "LoRA, tokens/s": (70_000, True),
        "LoRA, MFU": (0.36, True),
        "QLoRA over LoRA": (0.8, True),
        "QLoRA over plain": (5.6, True),
        "packing efficiency": (0.98, True),
        "QLoRA of one pack, GiB": (7, False),
    }
    assert describe(told["QLoRA of one pack, GiB"]).split()[-2:] == ["7.00", "missed"]
    (nothing,) = {describe(aim)[-12:] for aim in against_aims({"10.8b": {}})}
    assert nothing == "not measured"
