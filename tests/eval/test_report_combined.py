"""Several runs in one report: rows are systems of runs, and the test set is one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from axolotl_configs.run_yaml import CONFIGS
from eval.pages.combined import combined
from eval.pages.headline import headline
from eval.pages.results import ReportError, read_scored
from eval.report import main
from eval.runs import Run, fingerprint, load_run
from eval.score import main as score
from tests.eval.rows import RUN, six_items, write_predictions

OTHER = "advice-tiny-lora"
SHARED = ["base", "base-1shot", "retrieval", "rules", "generic", "shuffled"]
BOTH = ["--runs", RUN, OTHER, "--out", "page"]


def scored(name: str) -> None:
    """Score a run."""
    assert score(["--run", name, "--resamples", "1000", "--encoder", "none"]) == 0


@pytest.fixture
def two(run: Run) -> tuple[Run, Run]:
    """Score two runs on one test set; the second one's tuned model says nothing."""
    text = run.config.read_text(encoding="utf-8").replace(f"runs/{RUN}", f"runs/{OTHER}")
    (CONFIGS / f"{OTHER}.yml").write_text(text, encoding="utf-8")
    other = load_run(OTHER)
    shutil.copytree(run.predictions_dir, other.predictions_dir)
    write_predictions(Path(), other, "tuned", six_items(), [""] * 6)
    for name in (RUN, OTHER):
        scored(name)
    return run, other


def test_rows_are_systems_of_runs(two: tuple[Run, Run]) -> None:
    """What differs is told for each run, what is the same once, and numbers stay the runs' own."""
    one, other = map(read_scored, two)
    both = combined([one, other])
    assert [s.system for s in both.result.systems] == [
        f"tuned · {RUN}",
        "tuned-1shot",
        "base",
        "base-1shot",
        f"tuned · {OTHER}",
        *SHARED[2:],
    ]
    of = {s.system: s.metrics["location_f1"] for s in both.result.systems}
    assert of[f"tuned · {RUN}"] == one.result.systems[0].metrics["location_f1"]
    assert of[f"tuned · {OTHER}"] == other.result.systems[0].metrics["location_f1"]
    assert of[f"tuned · {RUN}"] != of[f"tuned · {OTHER}"]
    assert both.predictions[f"tuned · {OTHER}"] == other.predictions["tuned"]
    assert both.result.settings["test_sha256"] == fingerprint(two[0].test)
    assert both.result.settings[f"config · {OTHER}"].endswith(f"{OTHER}.yml")
    pairs = {(d.system, d.other) for d in both.result.differences}
    assert {(f"tuned · {RUN}", "base"), (f"tuned · {OTHER}", "base")} <= pairs


def test_page_of_several_runs(two: tuple[Run, Run]) -> None:
    """Both fine-tuned models are on page and Markdown by their run, a shared baseline once."""
    assert main(BOTH) == 0
    for name in ("index.html", "report.md"):
        text = (Path("page") / name).read_text(encoding="utf-8")
        for run in two:
            assert f"미세조정 모델 ({run.name})" in text
            assert f"make judge RUN={run.name}" in text
        assert "규칙 조언" in text
        assert f"규칙 조언 ({RUN})" not in text


def test_one_run_stays_as_it_is(two: tuple[Run, Run]) -> None:
    """Of one run nothing is renamed."""
    one = read_scored(two[0])
    assert combined([one]) is one


def test_what_runs_share_is_told_once(two: tuple[Run, Run]) -> None:
    """Where the tuned models say the same too, every difference stands once, and its sentence."""
    one, other = two
    shutil.copy(one.predictions_dir / "tuned.jsonl", other.predictions_dir / "tuned.jsonl")
    scored(OTHER)
    both = combined([read_scored(run) for run in two]).result
    alone = read_scored(one).result
    assert [s.system for s in both.systems] == [s.system for s in alone.systems]
    assert both.differences == alone.differences
    assert headline(both) == headline(alone)


def test_a_result_of_another_run_is_refused(
    two: tuple[Run, Run], capsys: pytest.CaptureFixture[str]
) -> None:
    """Copied from one run's folder to another's, where all else fits, it is named and not shown."""
    one, other = two
    shutil.copytree(one.eval_dir, other.eval_dir, dirs_exist_ok=True)
    assert main(["--run", OTHER, "--out", "page"]) == 1
    told = f"{other.eval_dir / 'result.json'} is the result of {RUN}, not of {OTHER}; make it again"
    assert told in capsys.readouterr().err


def test_runs_of_other_test_sets_are_refused(
    two: tuple[Run, Run], capsys: pytest.CaptureFixture[str]
) -> None:
    """One error names both runs and both fingerprints, and no page is written."""
    run, other = two
    text = other.config.read_text(encoding="utf-8").replace("data/alpaca", "other/alpaca")
    other.config.write_text(text, encoding="utf-8")
    shutil.copytree("data", "other")
    elsewhere = load_run(OTHER)
    rows = elsewhere.test.read_bytes().replace("지원 동기를".encode(), "지원한 까닭을".encode())
    elsewhere.test.write_bytes(rows)
    predicted = list(elsewhere.predictions_dir.glob("*.jsonl"))
    for path in predicted:
        path.write_bytes(
            path.read_bytes().replace("지원 동기를".encode(), "지원한 까닭을".encode())
        )
    scored(OTHER)
    capsys.readouterr()
    assert main(BOTH) == 1
    told = capsys.readouterr().err
    for one in (run, elsewhere):
        assert one.name in told
        assert fingerprint(one.test) in told
    assert not Path("page").exists()


def test_a_run_named_twice_is_refused(two: tuple[Run, Run]) -> None:
    """The same run beside itself would have every row twice."""
    one = read_scored(two[0])
    with pytest.raises(ReportError, match="a run is named twice"):
        combined([one, one])
