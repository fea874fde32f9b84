"""The command that scores a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from eval.metrics import METRICS
from eval.records import Difference, Estimate, ItemScore, Prediction, RunResult, Unscored
from eval.runs import Run
from eval.score import main
from eval.table import align, cells
from preprocess.alpaca import read_jsonl, write_jsonl
from tests.eval.rows import RUN, six_items, write_anchored_run

SYSTEMS = ["tuned", "tuned-1shot", "base", "base-1shot", "retrieval", "generic", "shuffled"]
COMMAND = ["--run", RUN, "--resamples", "1000"]


def result_of(run: Run) -> RunResult:
    """Read a run's result."""
    return msgspec.json.decode((run.eval_dir / "result.json").read_bytes(), type=RunResult)


def test_a_run_is_scored(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """All systems have all metrics, items their scores, and the table is printed."""
    assert main(COMMAND) == 0
    result = result_of(run)
    assert [s.system for s in result.systems] == SYSTEMS
    assert {(s.items, s.essays) for s in result.systems} == {(6, 3)}
    assert all(list(s.metrics) == [m.name for m in METRICS] for s in result.systems)
    scores = list(read_jsonl(run.eval_dir / "scores.jsonl", ItemScore, cure=""))
    assert len(scores) == 6 * len(SYSTEMS)
    for name in SYSTEMS:
        path = run.predictions_dir / f"{name}.jsonl"
        assert [p.system for p in read_jsonl(path, Prediction, cure="")] == [name] * 6
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split()[:3] == ["system", "location", "F1"]
    assert printed[1].startswith("tuned ")
    assert printed[-1].startswith("scored 6 items of 3 essays for 7 systems in ")


def test_values_intervals_and_differences(run: Run) -> None:
    """The numbers are those of the answers, and every interval holds its value."""
    assert main(COMMAND) == 0
    result = result_of(run)
    tuned = result.systems[0].metrics
    # Five of six answers are the expert's, one lacks the good sentence: tp 17, fn 1.
    assert isinstance(tuned["location_f1"], Estimate)
    assert tuned["location_f1"].value == pytest.approx(34 / 35)
    told = [e for s in result.systems for e in s.metrics.values() if isinstance(e, Estimate)]
    assert told
    assert all(e.low <= e.value + 1e-12 and e.value <= e.high + 1e-12 for e in told)
    difference = next(
        d for d in result.differences if (d.other, d.metric) == ("base", "location_f1")
    )
    assert isinstance(difference, Difference)
    assert isinstance(difference.estimate, Estimate)
    assert difference.estimate.value == pytest.approx(34 / 35)
    assert {"test_sha256", "signature_chrf", "baseline_generic", "seed"} <= set(result.settings)


def test_scoring_twice_gives_the_same_bytes(run: Run) -> None:
    """Baselines that were written the first time are not taken for models the second."""
    assert main(COMMAND) == 0
    first = [p.read_bytes() for p in sorted(run.eval_dir.rglob("*.json*"))]
    assert main(COMMAND) == 0
    assert [p.read_bytes() for p in sorted(run.eval_dir.rglob("*.json*"))] == first


def test_renaming_a_system_changes_its_name_only(run: Run) -> None:
    """The same answers under another name have the same numbers."""
    of = run.predictions_dir / "tuned.jsonl"
    renamed = [msgspec.structs.replace(p, system="zz") for p in read_jsonl(of, Prediction, cure="")]
    write_jsonl(run.predictions_dir / "zz.jsonl", renamed)
    assert main(COMMAND) == 0
    by_name = {s.system: s.metrics for s in result_of(run).systems}
    assert by_name["zz"] == by_name["tuned"]


def test_anchored_run_is_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of `advice-anchored` has text and anchors scored, and no locations."""
    monkeypatch.chdir(tmp_path)
    run = write_anchored_run(tmp_path)
    assert main(COMMAND) == 0
    result = result_of(run)
    tuned = result.systems[0].metrics
    assert tuned["location_f1"] == Unscored("the task has no sentence numbers")
    assert isinstance(tuned["rouge_l"], Estimate)
    assert tuned["rouge_l"].value == pytest.approx(1 / 2)
    assert {d.metric for d in result.differences} >= {"rouge_l", "point_f1"}


def without_first(path: Path) -> None:
    """Drop the first line."""
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))


def first_twice(path: Path) -> None:
    """Write the first line twice."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines]))


def cut_in_half(path: Path) -> None:
    """Break off in the middle of the last line."""
    path.write_bytes(path.read_bytes()[:-40])


def changed(**fields: str) -> Callable[[Path], None]:
    """Change fields of the first record."""

    def change(path: Path) -> None:
        first, *rest = path.read_text(encoding="utf-8").splitlines()
        lines = [json.dumps(json.loads(first) | fields, ensure_ascii=False), *rest]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (without_first, "tuned.jsonl: 1 of 6 items are missing, first id 1-1"),
        (first_twice, "tuned.jsonl: id 1-1 stands there 2 times"),
        (cut_in_half, "tuned.jsonl, line 6 (the last, half written): "),
        (changed(id="77-1"), "tuned.jsonl: id 77-1 is not in the test set"),
        (changed(task="advice-anchored"), "id 1-1 is of task advice-anchored"),
        (changed(system="base"), "id 1-1 is of system base, the file of tuned"),
        (changed(source_id="8"), "id 1-1 is of essay 8, in the test set of 1"),
        (changed(prompt="다른 글"), "id 1-1 was asked another input"),
        (changed(finish="maybe"), "tuned.jsonl, line 1: "),
        (Path.unlink, None),
    ],
)
def test_wrong_predictions_are_one_error(
    run: Run, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None], told: str | None
) -> None:
    """Predictions of another test set name file, id and cure, and nothing is written."""
    damage(run.predictions_dir / "tuned.jsonl")
    assert main(COMMAND) == (1 if told else 0)
    printed = capsys.readouterr()
    if told:
        assert told in printed.err
        assert f"python -m eval.generate --run {RUN}" in printed.err
        assert not (run.eval_dir / "scores.jsonl").exists()
        assert not (run.predictions_dir / "generic.jsonl").exists()
    else:  # a system that was not asked is no error
        assert "tuned − base" not in printed.out


def test_no_predictions_at_all(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that was never asked is told how to be asked."""
    for path in run.predictions_dir.iterdir():
        path.unlink()
    assert main(COMMAND) == 1
    assert f"make them with: python -m eval.generate --run {RUN}" in capsys.readouterr().err


@pytest.mark.parametrize("split", ["train", "test"])
def test_missing_rows(run: Run, capsys: pytest.CaptureFixture[str], split: str) -> None:
    """Without its data a run cannot be scored; the cure is named."""
    run.test.with_name(f"{split}.jsonl").unlink()
    assert main(COMMAND) == 1
    assert f"{split}.jsonl is missing; make it with: make data" in capsys.readouterr().err


def test_one_essay_has_no_interval(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A test set of one essay is refused: nothing can be resampled."""
    write_jsonl(run.test, [i.row for i in six_items()[:2]])
    for path in run.predictions_dir.iterdir():
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert main(COMMAND) == 1
    assert "rows of one essay" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--run", RUN, "--resamples", "10"]])
def test_wrong_usage(arguments: list[str]) -> None:
    """A command line that cannot be meant ends with 2."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)


def test_columns_are_aligned_by_cells() -> None:
    """A Korean letter is as wide as two Latin ones."""
    assert cells("가나 ab") == 7
    assert align([["가나", "x"], ["abcd", "y"]]) == "가나  x\nabcd  y"
