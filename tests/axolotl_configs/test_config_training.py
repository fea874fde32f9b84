"""Each kind of run trained for real on a tiny model of its family, and what each row got of it.

One process a family trains the runs one after the other; the tests read what it told.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import yaml

from axolotl_configs.smoke_bases import Family
from eval.prompts import load_wrapper
from preprocess.alpaca import AlpacaRow, AnyTask
from tests.axolotl_configs.configs_files import CONFIGS, named, settings_of
from tests.axolotl_configs.configs_reduced import family_of, reduced
from tests.conftest import OFFLINE, ROOT

#: The rows of the reduced runs: enough for several packs.
TRAINED, EVALUATED = 9, 3
PROBE = "from tests.axolotl_configs.configs_probe import main; main()"
#: The runs that are trained: every other one of a YAML below is one of these once it is reduced.
TRAININGS = [
    named(name)
    for name in (
        "advice-polyglot-ko-1.3b-qlora",
        "advice-anchored-polyglot-ko-1.3b-qlora",
        "advice-polyglot-ko-1.3b-lora",
        "advice-eeve-10.8b-qlora",
        "advice-eeve-10.8b-lora",
        "revise-eeve-10.8b-qlora",
    )
]
#: What may differ between runs that are trained alike: names, and how many packs make a step.
NAMES = ("output_dir", "wandb_name", "dataset_prepared_path", "gradient_accumulation_steps")

every_training = pytest.mark.parametrize("path", TRAININGS, ids=[p.stem for p in TRAININGS])
every_looked_at = pytest.mark.parametrize(
    "path",
    [path for path in TRAININGS if "load_in_4bit" not in settings_of(path)],
    ids=lambda path: path.stem,
)


def write_rows(data: Path, root: Path) -> None:
    """Write a few rows of every task as training, validation, and others to put in their place."""
    for task in get_args(AnyTask):
        lines = (
            (data / "alpaca" / task / "train.jsonl").read_text("utf-8").splitlines(keepends=True)
        )
        rows: Iterator[str] = iter(lines)
        (root / "data" / "alpaca" / task).mkdir(parents=True)
        for name, size in (("train", TRAINED), ("validation", EVALUATED), ("others", EVALUATED)):
            text = "".join(islice(rows, size))
            (root / "data" / "alpaca" / task / f"{name}.jsonl").write_text(text, "utf-8")


@pytest.fixture(scope="session")
def told(
    data: Path, bases: dict[Family, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Train all of `TRAININGS`, a process for each family, and give what each run told."""
    environment = os.environ | OFFLINE
    environment |= {"WANDB_MODE": "disabled", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    running: list[tuple[Path, subprocess.Popen[bytes]]] = []
    for family in get_args(Family):
        root = tmp_path_factory.mktemp(f"trained-{family}")
        write_rows(data, root)
        mine = [path for path in TRAININGS if family_of(settings_of(path)) == family]
        for path in mine:
            settings = reduced(settings_of(path), str(bases[family]))
            text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
            (root / path.name).write_text(text, encoding="utf-8")
        command = [sys.executable, "-c", PROBE, "told.json", *(path.name for path in mine)]
        with (root / "log").open("wb") as log:
            running.append(
                (root, subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log))
            )
    found: dict[str, Any] = {}
    for root, process in running:
        assert process.wait(900) == 0, (root / "log").read_text("utf-8", "replace")[-3000:]
        found |= json.loads((root / "told.json").read_bytes())
    return found


@every_training
def test_a_run_trains(path: Path, told: dict[str, Any]) -> None:
    """One pass over a few rows ends with a loss, and has moved every adapter of every layer."""
    run = told[path.stem]
    assert "error" not in run, run["error"]
    assert run["untrained_before"] > 0
    assert run["untrained"] == 0
    assert run["steps"] > 0
    assert math.isfinite(run["loss"])
    assert run["loss"] > 0


@every_training
def test_every_row_gets_gradient(path: Path, told: dict[str, Any]) -> None:
    """No row is masked whole, and the logits before each answer token, and no others, learn."""
    run = told[path.stem]
    assert run["rows"] == TRAINED
    assert run["masked"] == 0
    assert run["rows_learnt"] == TRAINED


@every_training
def test_a_pack_has_the_loss_of_its_rows(path: Path, told: dict[str, Any]) -> None:
    """The loss of a pack is the mean over the answer tokens of its rows alone."""
    packing = told[path.stem]["packing"]
    assert packing["rows"] > 1
    assert packing["packed"] == pytest.approx(packing["alone"], abs=1e-4)


@every_training
def test_no_row_sees_its_neighbour(path: Path, told: dict[str, Any]) -> None:
    """Other tokens in a pack's first row leave the others' logits where they are.

    Where the positions do not tell rows apart they move, so the test can fail.
    """
    packing = told[path.stem]["packing"]
    assert packing["own"] > 1e-2
    assert packing["seen_without_positions"] > 1e-3
    assert packing["seen"] < 1e-5


@every_looked_at
def test_the_validation_rows_are_what_is_evaluated(
    path: Path, data: Path, bases: dict[Family, Path], told: dict[str, Any]
) -> None:
    """Every validation row, none other; the loss changes with the rows and with nothing else."""
    from transformers import AutoTokenizer  # noqa: PLC0415 - takes seconds

    evaluation = told[path.stem]["evaluation"]
    tokenizer = AutoTokenizer.from_pretrained(bases[family_of(settings_of(path))])
    lines = (data / "alpaca" / "advice" / "train.jsonl").read_text("utf-8").splitlines()
    expected = [
        tokenizer(load_wrapper(path).prompt(row)).input_ids
        + tokenizer(row.output, add_special_tokens=False).input_ids
        + [tokenizer.eos_token_id]
        for row in (msgspec.json.decode(line, type=AlpacaRow) for line in lines)
    ]
    assert sorted(evaluation["rows"]) == sorted(expected[TRAINED : TRAINED + EVALUATED])
    assert evaluation["again"] == pytest.approx(evaluation["loss"], abs=1e-6)
    assert abs(evaluation["loss_of_others"] - evaluation["loss"]) > 1e-4


@every_looked_at
def test_the_best_checkpoint_is_kept_by_validation_loss(path: Path, told: dict[str, Any]) -> None:
    """Early stopping and the table of sample answers are really in the trainer."""
    evaluation = told[path.stem]["evaluation"]
    assert evaluation["best"] == [True, "loss"]
    assert {"EarlyStoppingCallback", "LogPredictionCallback"} <= set(evaluation["callbacks"])


@pytest.mark.parametrize(
    "path",
    [path for path in CONFIGS if path not in TRAININGS and not path.stem.startswith("smoke-")],
    ids=lambda path: path.stem,
)
def test_a_run_that_is_not_trained_is_like_one_that_is(path: Path) -> None:
    """Reduced, a run for a larger base or more cards is one of those trained here."""
    trained = [without_names(other) for other in TRAININGS]
    assert without_names(path) in trained


def without_names(path: Path) -> dict[str, Any]:
    """Give a run's reduced settings without what may differ."""
    settings = reduced(settings_of(path), "base")
    return {key: value for key, value in settings.items() if key not in NAMES}
