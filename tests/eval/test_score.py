"""The command that scores a run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from eval.measuring.measures import measures_of
from eval.measuring.metrics import METRICS
from eval.records import Difference, Estimate, ItemScore, Prediction, RunResult, Unscored
from eval.runs import Run, load_run
from eval.score import main
from preprocess.alpaca import Task, read_jsonl, write_jsonl
from tests.eval.rows import RUN, six_items, write_anchored_run, write_predictions, write_run
from tests.eval.task_rows import write_task_run

MODELS = ["tuned", "tuned-1shot", "base", "base-1shot"]
SYSTEMS = [*MODELS, "retrieval", "rules", "generic", "shuffled"]
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
    assert printed[-1].startswith("scored 6 items of 3 essays for 8 systems in ")


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
    first = contents(run)
    assert main(COMMAND) == 0
    assert contents(run) == first


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


@pytest.mark.parametrize(
    ("task", "systems", "failed"),
    [
        ("overall", ["tuned", "base", "retrieval", "generic", "shuffled"], 4),
        ("revise", ["tuned", "base", "unchanged"], 4),
        ("write", ["tuned", "base", "retrieval", "shuffled", "applicant"], 2),
    ],
)
def test_every_task_is_scored_in_one_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task, systems: list[str], failed: int
) -> None:
    """All systems have all of the task's metrics; empty, long and broken outputs are counted."""
    monkeypatch.chdir(tmp_path)
    run = write_task_run(tmp_path, task)
    assert main(COMMAND) == 0
    result, first = result_of(run), contents(run)
    assert [s.system for s in result.systems] == systems
    names = [metric.name for metric in measures_of(task).metrics]
    assert all(list(s.metrics) == names for s in result.systems)
    scores = list(read_jsonl(run.eval_dir / "scores.jsonl", ItemScore, cure=""))
    base = [score for score in scores if score.system == "base"]
    assert sum(score.unreadable is not None for score in base) == failed
    assert sum(score.counts["markup"] for score in base) == len(base) // 4
    assert max(score.counts["output_chars"] for score in base) == 100_000
    assert {d.metric for d in result.differences} == set(measures_of(task).compared)
    assert main(COMMAND) == 0  # baselines are not taken for models
    assert contents(run) == first


def write_overall_run(root: Path) -> Run:
    """Write a run of `overall`."""
    return write_task_run(root, "overall")


def test_unseen_firms_have_a_folder_of_their_own(run: Run) -> None:
    """A second test split is scored beside the first, and neither touches the other."""
    assert main(COMMAND) == 0
    first = contents(run)
    second = load_run(RUN, run.config.parent, "test-firms")
    items = six_items()[2:]
    write_jsonl(second.test, (item.row for item in items))
    write_predictions(Path(), second, "tuned", items, [item.row.output for item in items])
    assert main([*COMMAND, "--split", "test-firms"]) == 0
    result = result_of(second)
    assert (result.systems[0].items, result.systems[0].essays) == (4, 2)
    assert result.settings["test_file"] == "data/alpaca/advice/test-firms.jsonl"
    assert contents(run) == first


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (write_run, "the encoder nowhere is no folder here and names no revision"),
        (write_overall_run, "compare points of advice and answers (advice, advice-anchored, qa)"),
    ],
)
def test_encoder_that_cannot_be_used(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    write: Callable[[Path], Run],
    told: str,
) -> None:
    """An encoder that is not there, or is of no use for the task, is one error."""
    monkeypatch.chdir(tmp_path)
    run = write(tmp_path)
    assert main([*COMMAND, "--encoder", "nowhere"]) == 1
    assert told in capsys.readouterr().err
    assert not (run.eval_dir / "result.json").exists()


def test_an_encoder_that_nobody_asked_for_is_no_error(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the package the run is scored without, with a warning; asked for, the way is told."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.setattr("eval.score.encoder_in_cache", lambda: "owner/model@abc")
    assert main(COMMAND) == 0
    assert result_of(run).settings["encoder"] == "none"
    error = capsys.readouterr().err
    assert error.startswith("warning: a sentence encoder needs sentence-transformers; ")
    assert main([*COMMAND, "--encoder", "owner/model@abc"]) == 1
    assert "or score without one: --encoder none" in capsys.readouterr().err


def contents(run: Run) -> dict[Path, bytes]:
    """Read all that belongs to a run's scores."""
    return {path: path.read_bytes() for path in sorted(run.eval_dir.rglob("*.json*"))}


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
    """Predictions of another test set name file, id and cure, and earlier results stay whole."""
    assert main(COMMAND) == 0
    earlier = contents(run)
    capsys.readouterr()
    damage(run.predictions_dir / "tuned.jsonl")
    assert main(COMMAND) == (1 if told else 0)
    printed = capsys.readouterr()
    if told:
        assert told in printed.err
        assert f"python -m eval.generate --run {RUN}" in printed.err
        path = run.predictions_dir / "tuned.jsonl"
        assert contents(run) | {path: earlier[path]} == earlier
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
