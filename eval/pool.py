"""Several trainings of one run that differ by their seed alone, scored as one.

    python -m eval.pool --runs advice-x-seed1 advice-x-seed2 advice-x-seed3

Each run is a YAML of its own, `<run>-seed<k>.yml`, and has been scored (`eval.score`). Seeds and
essays are resampled both, so that an interval holds what another training would have given as well
as what other essays would (Owen 2007, The Pigeonhole Bootstrap: with two crossed factors this is
conservative). Of k seeds k − 1 are drawn, which makes the variance of a mean over few seeds that of
its usual estimate, s²/k (McCarthy and Snowden 1985); drawing k of 3 would lose a third of it. Few
seeds tell their own spread poorly all the same: in simulations with three the intervals held the
truth in 95 % of cases while seeds added no more variance than essays, in 86 % where five times as
much. A system that answers otherwise after each training is told for each seed too.

Writes `runs/<run>-seeds/eval/result.json`, a `RunResult` without slices.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from axolotl_configs.run_yaml import CONFIGS, RunError, read_run
from eval.comparing.pool_scores import PoolError, Scores, read_scores, scoring, way_of_all
from eval.comparing.pooled import AND, NAME, pooled_path, scores_fingerprint
from eval.comparing.statistics import (
    Draws,
    EssaySums,
    Resampled,
    draw_weights,
    resample,
    sum_by_essay,
)
from eval.comparing.summary import differences, system_results
from eval.draws import add_draws
from eval.measuring.measures import measures_of
from eval.printed import headline_table
from eval.records import RunResult
from eval.runs import Run, load_run
from preprocess.alpaca import RecordError, write_whole

#: What trainings of one run may have of their own.
OWN_KEYS = frozenset({"seed", "output_dir", "wandb_name", "dataset_prepared_path"})


class Seeds(NamedTuple):
    """A run's name, and its trainings by seed, `seed1` and so on."""

    run: str
    trained: Mapping[str, Run]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments)
    try:
        seeds = find_seeds(load_run(name, options.configs) for name in options.runs)
        result = pool(seeds, options.resamples, options.seed)
    except (RunError, RecordError, PoolError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    out = options.out or pooled_path(next(iter(seeds.trained.values())))
    try:
        write_whole(out, [msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"])
    except OSError as error:
        print(f"error: {out} cannot be written ({error}); name another: --out", file=sys.stderr)
        return 1
    print(headline_table(result))
    print(f"pooled {len(seeds.trained)} trainings of {seeds.run} → {out}")
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.pool", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--runs", nargs="+", required=True, help="named <run>-seed<k>")
    parser.add_argument("--configs", type=Path, default=CONFIGS, help="where runs are looked up")
    parser.add_argument("--out", type=Path, help="the result's file")
    add_draws(parser)
    return parser.parse_args(arguments)


def find_seeds(runs: Iterable[Run]) -> Seeds:
    """Put trainings of one run together.

    Raises:
        PoolError: A name is not `<run>-seed<k>`, they are of several runs or only one, or their
            settings differ by more than the seed, or not by it.

    """
    trained: dict[str, Run] = {}
    names = set()
    for run in runs:
        match = NAME.fullmatch(run.name)
        if match is None:
            raise PoolError(f"{run.name} is not named <run>-seed<k>; rename its YAML in {CONFIGS}/")
        names.add(match["run"])
        trained[match["seed"]] = run
    if len(names) > 1 or len(trained) < 2:  # noqa: PLR2004 - one seed has no spread
        raise PoolError(
            f"seeds are pooled of one run, two at least; these are {sorted(trained)} "
            f"of {', '.join(sorted(names))}"
        )
    settings = {seed: read_run(run.config) for seed, run in trained.items()}
    first = next(iter(settings.values()))
    keys = {key for of in settings.values() for key in of} - OWN_KEYS
    other = sorted(k for k in keys if any(of.get(k) != first.get(k) for of in settings.values()))
    if other:
        raise PoolError(
            f"the YAMLs of {names.pop()} differ by more than the seed: "
            f"{', '.join(other)}; only trainings with the same settings are pooled"
        )
    of_seed = {str(of.get("seed")) for of in settings.values()}
    if len(of_seed) < len(settings):
        raise PoolError(
            f"the YAMLs of {names.pop()} have no seeds of their own: seed is "
            f"{', '.join(sorted(of_seed))}; a training again with the same seed is none more"
        )
    return Seeds(names.pop(), trained)


def pool(seeds: Seeds, resamples: int, seed: int) -> RunResult:
    """Score the trainings of a run as one.

    Raises:
        RecordError: A run was not scored, or its scores cannot be read.
        PoolError: The trainings were not scored on the same items, each once, or in the same way,
            or share no system.

    """
    scores = {name: read_scores(run) for name, run in seeds.trained.items()}
    items = refuse_other_items(seeds, scores)
    first, *others = scores.values()
    shared = [system for system in first if all(system in of for of in others)]
    if not shared:
        raise PoolError(f"the trainings of {seeds.run} share no system; {score_again(seeds)}")
    way = way_of_all(seeds.trained)
    drawn = draw(scores, shared, resamples, seed)
    one = next(iter(seeds.trained.values()))
    measures = measures_of(one.task)
    pooled = {system: of for system, of in drawn.items() if system in shared}
    return RunResult(
        run=seeds.run,
        task=one.task,
        settings=settings(seeds, resamples, seed) | way,
        systems=system_results(measures, items, drawn),
        differences=differences(measures, pooled),
    )


def refuse_other_items(seeds: Seeds, scores: Mapping[str, Scores]) -> int:
    """Refuse trainings that were not asked the same items; return how many those are."""
    asked = {
        frozenset((score.id, score.source_id) for score in of)
        for systems in scores.values()
        for of in systems.values()
    }
    if len(asked) != 1:
        raise PoolError(
            f"the trainings of {seeds.run} were not scored on the same items; {score_again(seeds)}"
        )
    return len(asked.pop())


def score_again(seeds: Seeds) -> str:
    """Say what makes the scores of trainings fit each other."""
    return f"make answers and scores of one test set: {scoring(seeds.trained)}"


def draw(
    scores: Mapping[str, Scores], systems: Sequence[str], resamples: int, seed: int
) -> dict[str, Resampled]:
    """Resample seeds and essays of every system, and essays alone of each seed that differs."""
    drawn: dict[str, Resampled] = {}
    weights: Draws | None = None
    # Another seed than that of the essays: which are drawn must not go with which seeds are.
    chosen = draw_weights(len(scores), resamples, seed + 1, draws=len(scores) - 1)
    for system in systems:
        sums = [sum_by_essay(of[system]) for of in scores.values()]
        if weights is None:
            weights = draw_weights(len(sums[0].essays), resamples, seed)
        each = [resample(of, weights) for of in sums]
        drawn[system] = together(each, chosen)
        if any(not same(of, sums[0]) for of in sums):
            drawn |= {f"{system}-{name}": of for name, of in zip(scores, each, strict=True)}
    return drawn


def same(one: EssaySums, other: EssaySums) -> bool:
    """Tell whether a system was counted the same after two trainings, as a baseline is."""
    return one.columns == other.columns and np.array_equal(one.values, other.values)


def together(each: Sequence[Resampled], chosen: Draws) -> Resampled:
    """Add the resampled sums of the seeds, each as often as it was chosen.

    Every metric is the same of sums and of their multiples, so that it makes no difference how
    many seeds are drawn.
    """
    columns = tuple(dict.fromkeys(column for of in each for column in of.columns))
    drawn = np.zeros((len(chosen), len(columns)))
    for of, times in zip(each, chosen.T, strict=True):
        for k, column in enumerate(columns):
            if column in of.by_count:
                drawn[:, k] += times * of.by_count[column]
    totals = {column: sum(of.totals.get(column, 0.0) for of in each) for column in columns}
    return Resampled(each[0].essays, columns, totals, drawn)


def settings(seeds: Seeds, resamples: int, seed: int) -> dict[str, str]:
    """Say how the numbers were made, and from which files."""
    runs = seeds.trained.values()
    first = next(iter(runs))
    return {
        "config": AND.join(str(run.config) for run in runs),
        "base_model": first.base_model,
        "test_file": str(first.test),
        "scores_sha256": scores_fingerprint(runs),
        "seeds": ", ".join(seeds.trained),
        "resamples": str(resamples),
        "seed": str(seed),
        "numpy": version("numpy"),
    }


if __name__ == "__main__":
    sys.exit(main())
