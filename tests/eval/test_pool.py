"""Several seeds of one run, pooled."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
import yaml

from eval.comparing.statistics import EssaySums, Matrix, Resampled, draw_weights, estimate, resample
from eval.measuring.metrics import Metric
from eval.pool import main, together
from eval.records import Estimate, RunResult
from eval.report import main as report
from eval.runs import Run, load_run
from eval.score import main as score
from preprocess.alpaca import write_points
from tests.eval.rows import BAD, GOOD, RUN, six_items, write_predictions

MEAN = Metric("mean", {"x": 1.0}, {"items": 1.0}, "no items")
#: How many of the six answers each seed has right.
RIGHT = {"seed1": 6, "seed2": 4, "seed3": 2}
COMMAND = ["--runs", *(f"{RUN}-{seed}" for seed in RIGHT), "--resamples", "1000"]
RESULT = Path(f"runs/{RUN}-seeds/eval/result.json")


def add_seed(run: Run, seed: str, right: int, **settings: object) -> Run:
    """Write a run that differs from another by its seed, with the answers of its model."""
    name = f"{run.name}-{seed}"
    keys = yaml.safe_load(run.config.read_text(encoding="utf-8"))
    keys |= {"seed": int(seed[-1]), "output_dir": f"runs/{name}"} | settings
    run.config.with_name(f"{name}.yml").write_text(yaml.safe_dump(keys), encoding="utf-8")
    added = load_run(name)
    shutil.copytree(run.predictions_dir, added.predictions_dir)
    outputs = [write_points([GOOD, BAD] if k < right else [BAD]) for k in range(6)]
    write_predictions(Path(), added, "tuned", six_items(), outputs)
    return added


@pytest.fixture
def seeds(run: Run) -> list[Run]:
    """Write and score three seeds of a run."""
    runs = [add_seed(run, seed, right) for seed, right in RIGHT.items()]
    for one in runs:
        assert score(["--run", one.name, "--resamples", "1000"]) == 0
    return runs


def pooled() -> RunResult:
    """Read the pooled result."""
    return msgspec.json.decode(RESULT.read_bytes(), type=RunResult)


@pytest.mark.usefixtures("seeds")
def test_seeds_are_one_row_and_each_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """The tuned model is told pooled and for each seed; what all seeds share is told once."""
    assert main(COMMAND) == 0
    result = pooled()
    names = [s.system for s in result.systems]
    assert names[:4] == ["tuned", "tuned-seed1", "tuned-seed2", "tuned-seed3"]
    assert names.count("generic") == 1
    assert not [name for name in names if name.startswith(("generic-", "base-seed"))]
    values = {s.system: s.metrics["location_f1"] for s in result.systems}
    # An answer has 3 sentences right, or 2 of 3; the pooled F1 is that of all 18 answers.
    for system, right in (("tuned", 12 / 3), ("tuned-seed1", 6), ("tuned-seed3", 2)):
        found = values[system]
        assert isinstance(found, Estimate)
        tp, fn = 12 + right, 6 - right
        assert found.value == pytest.approx(2 * tp / (2 * tp + fn))
    assert {(s.items, s.essays) for s in result.systems} == {(6, 3)}
    assert {d.system for d in result.differences} == {"tuned", "tuned-1shot"}
    assert not [d for d in result.differences if "seed" in d.other]
    assert (result.run, result.settings["seeds"]) == (RUN, "seed1, seed2, seed3")
    assert f"pooled 3 trainings of {RUN}" in capsys.readouterr().out


@pytest.mark.usefixtures("seeds")
def test_pooling_twice_gives_the_same_bytes() -> None:
    """The result is that of its runs and of the resamples' seed."""
    assert main(COMMAND) == 0
    first = RESULT.read_bytes()
    assert main(COMMAND) == 0
    assert RESULT.read_bytes() == first


def test_pooled_seeds_are_on_the_page(seeds: list[Run], capsys: pytest.CaptureFixture[str]) -> None:
    """A report of two seeds tells the pooled result once, and refuses one of older scores."""
    assert main(COMMAND) == 0
    command = ["--runs", seeds[0].name, seeds[1].name, "--out", "page"]
    assert report(command) == 0
    for name in ("index.html", "report.md"):
        text = (Path("page") / name).read_text(encoding="utf-8")
        assert text.count(f"학습 시드를 합친 결과: {RUN}") == 1
        assert "시드만 다른 학습 3번(시드 1, 2, 3)" in text
        assert "미세조정 모델, 시드 3" in text
        assert f"미세조정 모델 ({seeds[0].name})" in text
        best = text[text.index("학습 시드를 합친 결과") :]
        assert "시스템은 미세조정 모델, 시드" not in best
    path = seeds[2].eval_dir / "scores.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"tuned"', b'"other"'))
    capsys.readouterr()
    assert report(command) == 1
    cure = " ".join(one.name for one in seeds)
    told = capsys.readouterr().err
    assert f"since they were pooled; run: python -m eval.pool --runs {cure}" in told


def test_runs_that_are_no_seeds(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A run without a seed in its name, one seed alone, and two runs are refused."""
    add_seed(run, "seed1", 6)
    for runs, told in (
        ([RUN], f"{RUN} is not named <run>-seed<k>"),
        ([f"{RUN}-seed1"], "two at least"),
        ([f"{RUN}-seed9"], f"{RUN}-seed9.yml is missing"),
    ):
        assert main(["--runs", *runs]) == 1
        assert told in capsys.readouterr().err


def test_settings_that_differ(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Two trainings that differ by their learning rate are two runs."""
    add_seed(run, "seed1", 6, learning_rate=0.1)
    add_seed(run, "seed2", 6, learning_rate=0.2)
    assert main(COMMAND[:3]) == 1
    assert "differ by more than the seed: learning_rate" in capsys.readouterr().err


def test_trainings_that_differ_by_their_name_alone(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twice the same seed is one training twice, whatever its files are called."""
    add_seed(run, "seed1", 6)
    config = add_seed(run, "seed2", 6).config
    config.write_text(config.read_text(encoding="utf-8").replace("seed: 2", "seed: 1"), "utf-8")
    assert main(COMMAND[:3]) == 1
    assert "have no seeds of their own: seed is 1;" in capsys.readouterr().err


def test_answers_that_changed_since_scoring(
    seeds: list[Run], capsys: pytest.CaptureFixture[str]
) -> None:
    """Scores of answers that are no longer there are pooled with none."""
    write_predictions(Path(), seeds[1], "tuned", six_items(), [""] * 6)
    assert main(COMMAND) == 1
    told = f"{seeds[1].predictions_dir} changed since scoring; score again with: "
    assert told + f"python -m eval.score --run {seeds[1].name}" in capsys.readouterr().err


def test_a_seed_that_was_not_scored(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """The command that scores it is named."""
    for seed in ("seed1", "seed2"):
        add_seed(run, seed, 6)
    assert main(COMMAND[:3]) == 1
    assert f"make it with: python -m eval.score --run {RUN}-seed1" in capsys.readouterr().err


def test_seeds_of_other_test_sets(seeds: list[Run], capsys: pytest.CaptureFixture[str]) -> None:
    """Scores that lack an item are not those of the others."""
    path = seeds[1].eval_dir / "scores.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    assert main(COMMAND) == 1
    assert "were not scored on the same items" in capsys.readouterr().err


@pytest.mark.parametrize("setting", ["encoder", "signature_bleu", "test_sha256"])
def test_seeds_that_were_scored_otherwise(
    seeds: list[Run], setting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An encoder for one seed alone, another library or test file is no mean over all seeds."""
    path = seeds[1].eval_dir / "result.json"
    kept = msgspec.json.decode(path.read_bytes(), type=RunResult)
    told = kept.settings | {setting: "another"}
    assert setting in kept.settings
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(kept, settings=told)))
    assert main(COMMAND) == 1
    error = capsys.readouterr().err
    assert f"same way: {setting} is {kept.settings[setting]} in {seeds[0].name}, " in error
    assert f"; another in {seeds[1].name}. Score them again, with the same --encoder: " in error
    assert not RESULT.exists()


@pytest.mark.parametrize(
    ("text", "told"), [("", "Input data was truncated"), (None, "result.json is missing")]
)
def test_a_seed_without_a_result(
    seeds: list[Run], text: str | None, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scores whose result is gone or broken say nothing of how they were made."""
    path = seeds[1].eval_dir / "result.json"
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    assert main(COMMAND) == 1
    error = capsys.readouterr().err
    assert told in error
    assert error.endswith(f"with: python -m eval.score --run {seeds[1].name}\n")


def test_scores_that_are_not_the_results(
    seeds: list[Run], capsys: pytest.CaptureFixture[str]
) -> None:
    """New scores beside an older result are not pooled under its settings."""
    path = seeds[1].eval_dir / "scores.jsonl"
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    assert main(COMMAND) == 1
    assert f"{path} changed since scoring" in capsys.readouterr().err


def test_an_item_that_stands_twice(seeds: list[Run], capsys: pytest.CaptureFixture[str]) -> None:
    """A doubled line is not counted twice; file, item and cure are named."""
    path = seeds[1].eval_dir / "scores.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[0])
    assert main(COMMAND) == 1
    assert (
        f"{path}: id 1-1 of tuned stands there more than once; "
        f"make it again with: python -m eval.score --run {seeds[1].name}"
    ) in capsys.readouterr().err


def test_scores_without_a_line(seeds: list[Run], capsys: pytest.CaptureFixture[str]) -> None:
    """Empty scores of one training are no table of nothing, and leave the good result alone."""
    assert main(COMMAND) == 0
    before = RESULT.read_bytes()
    path = seeds[2].eval_dir / "scores.jsonl"
    path.write_bytes(b"")
    assert main(COMMAND) == 1
    cure = f"python -m eval.score --run {seeds[2].name}"
    assert f"{path} is empty; make it again with: {cure}" in capsys.readouterr().err
    assert RESULT.read_bytes() == before


def test_trainings_of_other_systems(seeds: list[Run], capsys: pytest.CaptureFixture[str]) -> None:
    """Where no system was scored after every training there is nothing to pool."""
    for run in seeds:
        path = run.eval_dir / "scores.jsonl"
        lines = path.read_bytes().splitlines(keepends=True)
        own = f'"{run.name}"'.encode()
        path.write_bytes(b"".join(x.replace(b'"tuned"', own) for x in lines if b'"tuned"' in x))
    assert main(COMMAND) == 1
    assert f"the trainings of {RUN} share no system; make answers" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--resamples", "999"], ["--resamples", "-5"], ["--seed", "-1"]])
def test_wrong_usage_ends_with_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers that make no interval are refused before anything is read."""
    with pytest.raises(SystemExit) as ended:
        main([*COMMAND[:4], *wrong])
    assert ended.value.code == 2
    assert f"error: argument {wrong[0]}: must be at least " in capsys.readouterr().err


@pytest.mark.usefixtures("seeds")
def test_a_result_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that cannot be made is one error with its cure."""
    Path("file").write_text("", encoding="utf-8")
    assert main([*COMMAND, "--out", "file/x.json"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: file/x.json cannot be written (")
    assert told.endswith("; name another: --out\n")


def simulated(seeds: Matrix, generator: np.random.Generator) -> list[Resampled]:
    """Simulate trainings with an effect each, on 60 essays that all trainings share."""
    essays, names = generator.normal(size=60), tuple(f"{k:02}" for k in range(60))
    weights = draw_weights(60, 500, 0)
    of = [essays + effect + generator.normal(0, 0.25, 60) for effect in seeds]
    columns = [np.stack([values, np.ones(60)], axis=1) for values in of]
    return [resample(EssaySums(names, ("x", "items"), c), weights) for c in columns]


def test_intervals_hold_what_other_trainings_would_give() -> None:
    """With three seeds 95 % intervals hold the truth, which those of one seed hold far too seldom.

    A training's own effect has here 1.5 times the variance of a mean over 60 essays.
    """
    generator = np.random.default_rng(0)
    chosen, sets = draw_weights(3, 500, 1, draws=2), 500
    held = {"pooled": 0, "one": 0}
    for effects in generator.normal(0, (1.5 / 60) ** 0.5, (sets, 3)):
        each = simulated(effects, generator)
        for name, drawn in (("pooled", together(each, chosen)), ("one", each[0])):
            found = estimate(MEAN, drawn)
            assert isinstance(found, Estimate)
            held[name] += found.low <= 0 <= found.high
    assert held["one"] / sets < 0.85
    assert 0.92 <= held["pooled"] / sets <= 0.98
