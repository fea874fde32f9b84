"""Each kind of run trained for real on a tiny model of its family, and what each row got of it.

One process trains the runs one after the other; the tests read what it told.
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
from eval.answers.prompts import load_wrapper
from preprocess.alpaca import AnyRow, AnyTask
from tests.axolotl_configs.configs_files import CONFIGS, named, rows_of, settings_of
from tests.axolotl_configs.configs_reduced import LIGER, family_of, reduced
from tests.conftest import OFFLINE, ROOT

#: The rows of the reduced runs: enough for several packs.
TRAINED, EVALUATED = 9, 3
PROBE = "from tests.axolotl_configs.configs_probe import main; main()"
#: The runs that are trained: every other one of a YAML below is one of these once it is reduced.
TRAININGS = [
    named(name)
    for name in (
        "advice-polyglot-ko-1.3b-qlora",
        "advice-polyglot-ko-1.3b-lora",
        "advice-eeve-10.8b-qlora",
        "advice-eeve-10.8b-lora",
        "write-gpt-h128",
        "qa-synatra-42dot-1.3b-lora",
    )
]
#: What may differ between runs that are trained alike: names, how many packs make a step, how large
#: a step or an adapter is, and whether a model that is trained whole begins with its own weights.
NAMES = (
    *("output_dir", "wandb_name", "dataset_prepared_path", "gradient_accumulation_steps"),
    *("reinit_weights", "special_tokens", "learning_rate", "lr_scheduler", "warmup_ratio"),
    *("lora_r", "lora_alpha"),
)

every_training = pytest.mark.parametrize("path", TRAININGS, ids=[p.stem for p in TRAININGS])
every_packed = pytest.mark.parametrize(
    "path",
    [path for path in TRAININGS if settings_of(path)["sample_packing"]],
    ids=lambda p: p.stem,
)
every_looked_at = pytest.mark.parametrize(
    "path",
    [path for path in TRAININGS if "load_in_4bit" not in settings_of(path)],
    ids=lambda path: path.stem,
)


def write_rows(data: Path, root: Path) -> None:
    """Write a few rows of every task as training, validation, and others to put in their place."""
    for task in (*get_args(AnyTask), "interview", "qa"):
        lines = rows_of(data, f"data/alpaca/{task}/train.jsonl").read_text("utf-8")
        rows: Iterator[str] = iter(lines.splitlines(keepends=True))
        (root / "data" / "alpaca" / task).mkdir(parents=True)
        for name, size in (("train", TRAINED), ("validation", EVALUATED), ("others", EVALUATED)):
            text = "".join(islice(rows, size))
            (root / "data" / "alpaca" / task / f"{name}.jsonl").write_text(text, "utf-8")


@pytest.fixture(scope="session")
def told(
    data: Path, bases: dict[Family, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Train all of `TRAININGS` in one process, and give what each run told."""
    environment = os.environ | OFFLINE | {"WANDB_MODE": "disabled", "PYTHONPATH": str(ROOT)}
    assert {family_of(settings_of(path)) for path in TRAININGS} == set(get_args(Family))
    root = tmp_path_factory.mktemp("trained")
    write_rows(data, root)
    for path in TRAININGS:
        settings = settings_of(path)
        settings = reduced(settings, str(bases[family_of(settings)]))
        text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
        (root / path.name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", PROBE, "told.json", *(path.name for path in TRAININGS)]
    with (root / "log").open("wb") as log:
        done = subprocess.run(
            command, cwd=root, env=environment, stdout=log, stderr=log, check=False, timeout=900
        )
    assert done.returncode == 0, (root / "log").read_text("utf-8", "replace")[-3000:]
    found = json.loads((root / "told.json").read_bytes())
    assert isinstance(found, dict)
    return found


@every_training
def test_a_run_trains(path: Path, told: dict[str, Any]) -> None:
    """One pass over a few rows ends with a loss, and has moved every adapter or weight."""
    run = told[path.stem]
    assert "error" not in run, run["error"]
    assert run["untrained_before"] > 0
    assert run["untrained"] == 0
    assert run["steps"] > 0
    assert math.isfinite(run["loss"])
    assert run["loss"] > 0


@every_training
def test_a_run_trains_with_its_own_plugins(path: Path, told: dict[str, Any]) -> None:
    """Those that its YAML names were loaded, and none of another run's; Liger wants CUDA."""
    named = settings_of(path)["plugins"]
    assert told[path.stem]["plugins"] == [name for name in named if name != LIGER]
    assert told[path.stem]["plugins"]


@every_training
def test_every_row_gets_gradient(path: Path, told: dict[str, Any]) -> None:
    """No row is masked whole, and the logits before each answer token, and no others, learn."""
    run = told[path.stem]
    assert run["rows"] == TRAINED
    assert run["masked"] == 0
    assert run["rows_learnt"] == TRAINED


@every_packed
def test_a_pack_has_the_loss_of_its_rows(path: Path, told: dict[str, Any]) -> None:
    """The loss of a pack is the mean over the answer tokens of its rows alone."""
    packing = told[path.stem]["packing"]
    assert packing["rows"] > 1
    assert packing["packed"] == pytest.approx(packing["alone"], abs=1e-4)


@every_packed
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
    rows = rows_of(data, settings_of(path)["datasets"][0]["path"])
    lines = rows.read_text("utf-8").splitlines()
    expected = [
        tokenizer(load_wrapper(path).prompt(row)).input_ids
        + tokenizer(row.output, add_special_tokens=False).input_ids
        + [tokenizer.eos_token_id]
        for row in (msgspec.json.decode(line, type=AnyRow) for line in lines)
    ]
    assert sorted(evaluation["rows"]) == sorted(expected[TRAINED : TRAINED + EVALUATED])
    assert evaluation["again"] == pytest.approx(evaluation["loss"], abs=1e-6)
    assert abs(evaluation["loss_of_others"] - evaluation["loss"]) > 1e-4


@every_looked_at
def test_the_best_checkpoint_is_kept_by_validation_loss(path: Path, told: dict[str, Any]) -> None:
    """Early stopping where it is asked for, and the table of sample answers, are in the trainer."""
    evaluation = told[path.stem]["evaluation"]
    assert evaluation["best"] == [True, "loss"]
    stops = "early_stopping_patience" in settings_of(path)
    assert ("EarlyStoppingCallback" in evaluation["callbacks"]) is stops
    assert "LogPredictionCallback" in evaluation["callbacks"]


@pytest.mark.parametrize(
    "path",
    [path for path in CONFIGS if path not in TRAININGS and "smoke" not in path.stem.split("-")],
    ids=lambda path: path.stem,
)
def test_a_run_that_is_not_trained_is_like_one_that_is(path: Path) -> None:
    """Reduced, a run for a larger base, more cards or another task is one of those trained here.

    What a task asks is checked row by row in `test_config_prompts`.
    """
    trained = [without_names(other) for other in TRAININGS]
    assert without_names(path) in trained


def without_names(path: Path) -> dict[str, Any]:
    """Give a run's reduced settings without what may differ."""
    settings = reduced(settings_of(path), "base")
    out = {*NAMES, "datasets", "test_datasets"}
    told = {key: value for key, value in settings.items() if key not in out}
    return told | {"looks": "test_datasets" in settings}
