"""Score a run's predictions against the experts' advice, beside baselines.

    python -m eval.score --run advice-polyglot-ko-1.3b-qlora

Reads `runs/<run>/eval/predictions/<system>.jsonl` and the run's test and training rows. Writes
the baselines' predictions beside the models', `scores.jsonl` (one record per item and system) and
`result.json` (every metric with its interval, differences, settings). Needs no model.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec
from tqdm import tqdm

from eval.baselines import BASELINES, Baseline, generic, shuffled, usable
from eval.counts import score_item
from eval.morphemes import signatures
from eval.predictions import PredictionError, prediction_files, read_predictions
from eval.records import ItemScore, Prediction, RunResult
from eval.retrieval import retrieval
from eval.runs import CONFIGS, Run, RunError, fingerprint, load_run
from eval.summary import summarise
from eval.table import headline_table
from eval.tasks import Item, read_items
from preprocess.alpaca import RecordError, write_jsonl, write_whole

RESAMPLES = 2000
FEWEST_RESAMPLES = 1000

#: Rows of the table in this order; other systems follow by name.
ORDER = ("tuned", "tuned-1shot", "base", "base-1shot")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments)
    started = time.monotonic()
    try:
        run = load_run(options.run, options.configs)
        result = score_run(run, resamples=options.resamples, seed=options.seed)
    except (RunError, RecordError, PredictionError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(headline_table(result))
    first = result.systems[0]
    print(
        f"scored {first.items} items of {first.essays} essays for {len(result.systems)} systems "
        f"in {time.monotonic() - started:.1f} s → {run.eval_dir / 'result.json'}"
    )
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.score", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--run", required=True, help="a run's name, or the path of its YAML")
    parser.add_argument("--configs", type=Path, default=CONFIGS, help="where runs are looked up")
    parser.add_argument("--resamples", type=int, default=RESAMPLES)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    if options.resamples < FEWEST_RESAMPLES:
        parser.error(f"--resamples must be at least {FEWEST_RESAMPLES}")
    if options.seed < 0:
        parser.error("--seed must not be negative")
    return options


def score_run(run: Run, *, resamples: int, seed: int) -> RunResult:
    """Score all systems of a run and write baselines, scores and result.

    Nothing is written before everything that was read has been found in order.

    Raises:
        RecordError: Test or training rows, or predictions, cannot be read.
        PredictionError: The predictions do not fit the test set, or it has one essay only.

    """
    items = read_items(run.test, run.task, cure="make data")
    predictions = read_predictions(run, items)
    train = read_items(run.train, run.task, cure="make data")
    refuse_one_essay(run, items)
    baselines = make_baselines(run, train, items, seed)
    predictions |= {b.name: tuple(b.predictions(items)) for b in baselines}
    scores = score_all(items, in_order(predictions))
    result = summarise(run, scores, settings(run, baselines, resamples, seed), resamples, seed)
    for baseline in baselines:
        write_jsonl(run.predictions_dir / f"{baseline.name}.jsonl", predictions[baseline.name])
    write_jsonl(run.eval_dir / "scores.jsonl", (s for of in scores.values() for s in of))
    text = msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"
    write_whole(run.eval_dir / "result.json", [text])
    return result


def refuse_one_essay(run: Run, items: Sequence[Item]) -> None:
    """Refuse a test set in which nothing can be resampled."""
    if len({item.row.source_id for item in items}) == 1:
        raise PredictionError(
            f"{run.test} has rows of one essay; an interval needs two at least: make data from more"
        )


def make_baselines(
    run: Run, train: Sequence[Item], items: Sequence[Item], seed: int
) -> tuple[Baseline, ...]:
    """Answer the test items without a model."""
    try:
        known = usable(train, items)
    except ValueError as error:
        raise RecordError(f"{run.train}: {error}; make it with: make data") from None
    return retrieval(known, items), generic(known, items), shuffled(known, items, seed)


def in_order(predictions: Mapping[str, Sequence[Prediction]]) -> dict[str, Sequence[Prediction]]:
    """Put the systems into the order of the table."""
    others = sorted(set(predictions) - {*ORDER, *BASELINES})
    return {s: predictions[s] for s in (*ORDER, *others, *BASELINES) if s in predictions}


def score_all(
    items: Sequence[Item], predictions: Mapping[str, Sequence[Prediction]]
) -> dict[str, list[ItemScore]]:
    """Score every prediction, with a progress bar on stderr."""
    total = len(items) * len(predictions)
    with tqdm(total=total, desc="scoring", unit="answer", disable=None) as bar:
        scores: dict[str, list[ItemScore]] = {}
        for system, given in predictions.items():
            scores[system] = []
            for item, prediction in zip(items, given, strict=True):
                scores[system].append(score_item(item, prediction))
                bar.update()
    return scores


def settings(run: Run, baselines: Iterable[Baseline], resamples: int, seed: int) -> dict[str, str]:
    """Say how the numbers were made, and from which files."""
    return {
        "config": str(run.config),
        "base_model": run.base_model,
        "test_file": str(run.test),
        "test_sha256": fingerprint(run.test),
        "train_file": str(run.train),
        "train_sha256": fingerprint(run.train),
        "predictions_sha256": fingerprint(*prediction_files(run)),
        "resamples": str(resamples),
        "seed": str(seed),
        **{f"signature_{name}": text for name, text in signatures().items()},
        **{f"baseline_{b.name}": b.how for b in baselines},
        "numpy": version("numpy"),
        "scikit-learn": version("scikit-learn"),
    }


if __name__ == "__main__":
    sys.exit(main())
