"""W&B: scores and tables in the run that the training made, and no key in anything written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from axolotl_configs.named_run import named_run
from axolotl_configs.run_yaml import RunError
from axolotl_configs.tracking import main as track
from axolotl_configs.tracking_file import BLOCK, records
from axolotl_configs.tracking_tables import prediction_table, read_scores, score_table, summary
from axolotl_configs.tracking_workspace import CURVES, NAME, workspace
from preprocess.alpaca import AlpacaRow, read_jsonl
from tests.axolotl_configs.merge_runs import FAKE_KEY, NEOX, scored

TEST_ROWS = Path("data/alpaca/advice/test.jsonl")


@pytest.fixture
def root(tmp_path: Path, trained_neox: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a copy of the trained run, with what its training left for W&B, and with scores."""
    copied = shutil.copytree(trained_neox, tmp_path / "root", symlinks=True)
    monkeypatch.chdir(copied)
    scored(copied, NEOX)
    return copied


def folders(root: Path) -> list[Path]:
    """Find the folders of W&B's runs, the oldest first."""
    return sorted(root.glob("wandb/offline-run-*"), key=lambda path: path.stat().st_mtime)


def history(folder: Path) -> list[dict[str, Any]]:
    """Read what was logged at each step."""
    path = next(folder.glob("*.wandb"))
    return [
        {"/".join(item.nested_key) or item.key: json.loads(item.value_json) for item in told}
        for told in (r.history.item for r in records(path) if r.HasField("history"))
    ]


def test_scores_and_tables_join_the_trainings_run(root: Path) -> None:
    """One id holds the curves and, a step on, the tables; no file and no line holds the key."""
    (trained,) = folders(root)
    done = subprocess.run(
        [sys.executable, "-m", "axolotl_configs.tracking", NEOX, "--rows", "3"],
        env=os.environ | {"WANDB_API_KEY": FAKE_KEY, "TMPDIR": str(root / "tmp")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    added = next(folder for folder in folders(root) if folder != trained)
    run_id = trained.name.rpartition("-")[2]
    assert added.name.endswith(f"-{run_id}")
    assert f"wandb sync --id {run_id} wandb/*run-*-{run_id}" in done.stdout

    last = history(trained)[-1]["_step"]
    (logged,) = history(added)
    assert logged["_step"] == last + 1
    assert {name: logged[f"{name}/nrows"] for name in ("predictions", "scores", "differences")} == {
        "predictions": 3,
        "scores": 4,
        "differences": 1,
    }
    table = json.loads((added / "files" / logged["predictions/path"]).read_bytes())
    expert = list(read_jsonl(TEST_ROWS, AlpacaRow, cure="make data"))[:3]
    assert table["columns"] == ["id", "expert (전문가)", "tuned", "base"]
    assert table["data"] == [
        [row.id, row.output, f"tuned {k}", f"base {k}"] for k, row in enumerate(expert)
    ]
    told = [r.summary for r in records(next(added.glob("*.wandb"))) if r.HasField("summary")]
    numbers = {
        "/".join(item.nested_key) or item.key: json.loads(item.value_json)
        for one in told
        for item in one.update
    }
    assert numbers["eval/tuned/location_f1"] == 0.5
    assert numbers["eval/tuned/location_f1_low"] == 0.4

    written = [path for path in root.rglob("*") if path.is_file()]
    assert {next(folder.glob("*.wandb")) for folder in (trained, added)} <= set(written)
    assert not [path for path in written if FAKE_KEY.encode() in path.read_bytes()]
    assert FAKE_KEY not in done.stdout + done.stderr


def test_the_views_curves_are_what_axolotl_logs(root: Path) -> None:
    """Each curve of the saved view but that of the validation is in the training's file."""
    (trained,) = folders(root)
    logged = set().union(*history(trained))
    wanted = {key for keys in CURVES.values() for key in keys} - {"eval/loss"}
    assert len(wanted) == 6
    assert wanted <= logged


def test_no_essay_is_in_a_table(root: Path) -> None:
    """The table of predictions holds what was said of an essay, and nothing of the essay."""
    assert root.is_dir()
    table = prediction_table(read_scores(named_run(NEOX)), 1000)
    rows = list(read_jsonl(TEST_ROWS, AlpacaRow, cure="make data"))
    assert [line[0] for line in table.rows] == [row.id for row in rows]
    cells = {str(cell) for line in table.rows for cell in line}
    assert not [row for row in rows if any(row.input in cell for cell in cells)]


def test_what_was_not_measured_is_no_number(root: Path) -> None:
    """An unscored metric has a line with its reason and no entry in the summary."""
    assert root.is_dir()
    result = read_scores(named_run(NEOX)).result
    assert ["tuned", "chrf", None, None, None, "no point was matched | none"] in score_table(
        result
    ).rows
    assert sorted(summary(result)) == [
        f"eval/{system}/location_f1{end}"
        for system in ("base", "tuned")
        for end in ("", "_high", "_low")
    ]


def test_errors_name_the_cure(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that W&B never saw, one without scores, and a lost file are one error each."""
    shutil.rmtree(root / "wandb")
    assert track([NEOX]) == 1
    assert f"no run of W&B on this disk is {NEOX}'s" in capsys.readouterr().err
    (root / "runs" / NEOX / "eval" / "result.json").unlink()
    assert track([NEOX]) == 1
    assert f"result.json is missing; make it with: make eval RUN={NEOX}" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        track([NEOX, "--workspace"])  # the tests are offline
    assert ended.value.code == 2
    assert "--workspace needs the server" in capsys.readouterr().err


def logged(path: Path) -> list[str]:
    """Return the texts that a run logged under `text`."""
    return [
        json.loads(item.value_json)
        for record in records(path)
        for item in record.history.item
        if "text" in (item.key, *item.nested_key)
    ]


def test_a_log_is_read_across_blocks_and_up_to_its_end(root: Path, tmp_path: Path) -> None:
    """A record longer than a block is joined; a cut file ends early; damage is an error."""
    import wandb  # noqa: PLC0415 - takes seconds

    assert root.is_dir()
    long = "긴 글 " * BLOCK
    with wandb.init(project="jasoseo", mode="offline", dir=tmp_path) as run:
        run.log({"text": long, "step": 1})
    path = next(tmp_path.glob("wandb/offline-run-*/*.wandb"))
    end = time.monotonic() + 60  # on a busy machine the writer ends after the run does
    while not (texts := logged(path)) and time.monotonic() < end:
        time.sleep(0.2)
    assert texts == [long]
    whole = [record.SerializeToString() for record in records(path)]
    content = path.read_bytes()
    path.write_bytes(content[:-20])
    cut = [record.SerializeToString() for record in records(path)]
    assert cut == whole[: len(cut)]
    assert len(whole) - len(cut) == 1
    path.write_bytes(content[:20] + b"\xff" + content[21:])
    with pytest.raises(RunError, match=r"the record at byte 7 is damaged"):
        list(records(path))
    path.write_bytes(b"something else")
    with pytest.raises(RunError, match="is no file of W&B"):
        list(records(path))


def test_the_view_is_what_the_package_takes() -> None:
    """The view is built by wandb-workspaces' own checks, and holds every section."""
    pytest.importorskip("wandb_workspaces")
    view = workspace("an-owner", "jasoseo")
    assert (view.name, view.project) == (NAME, "jasoseo")
    assert [section.name for section in view.sections] == [*CURVES, "Scores", "Tables"]
    assert [len(section.panels) for section in view.sections] == [4, 3, 2, 3]
    assert view._to_model().spec.section is not None


def test_without_the_package_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where wandb-workspaces is missing, the error is the line that installs it."""
    monkeypatch.setitem(sys.modules, "wandb_workspaces", None)
    monkeypatch.delitem(sys.modules, "wandb_workspaces.workspaces", raising=False)
    with pytest.raises(RunError, match="pip install wandb-workspaces"):
        workspace("an-owner", "jasoseo")
