"""Score a run's predictions against what the experts said, beside baselines.

    python -m eval.score --run advice-polyglot-ko-1.3b-qlora
    python -m eval.score --run revise-eeve-10.8b-qlora --split test-firms

Reads `runs/<run>/eval/predictions/<system>.jsonl` and the run's test and training rows. Writes
the baselines' predictions beside the models', `scores.jsonl` (one record per item and system) and
`result.json` (every metric with its interval, differences, settings). Needs no model; with
`--encoder` a sentence encoder tells likeness of meaning too. Earlier results stay whole until all
that is read has been found in order and scored. A test set of unseen firms has a folder of its own,
`runs/<run>/eval-test-firms/`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import msgspec

from axolotl_configs.run_yaml import CONFIGS, RunError
from eval.comparing.statistics import RESAMPLES
from eval.comparing.summary import summarise
from eval.draws import add_draws
from eval.in_force import baselines_fingerprint
from eval.measuring.measures import SCORED
from eval.measuring.scoring import score_all
from eval.predictions import (
    PredictionError,
    prediction_files,
    prediction_path,
    read_predictions,
)
from eval.printed import headline_table
from eval.records import Prediction, RunResult
from eval.runs import TEST_SPLITS, Run, fingerprint, load_run
from eval.systems.baselines import BASELINES, Baseline, generic, shuffled, usable
from eval.systems.encoder_retrieval import encoder_in_cache, encoder_retrieval
from eval.systems.qa_baselines import qa_baselines
from eval.systems.retrieval import retrieval
from eval.systems.rules import rules
from eval.systems.whole_outputs import whole_outputs
from eval.tasks import ADVICE, Item, read_items
from eval.text.encoder import Encoder, EncoderError, load_encoder
from eval.text.morphemes import signatures
from eval.trained_on import ANSWERED_BY, TRAINED_ON, answered_by, trained_on, warnings
from preprocess.alpaca import RecordError, Task, write_jsonl, write_whole

NO_ENCODER = "none"
ENCODER_HELP = (
    "a sentence encoder's folder, the hub's NAME@REVISION, or none (a known one that is in the "
    "hub's cache)"
)

#: The tasks for which an encoder tells likeness of meaning.
ENCODED: tuple[Task, ...] = (*ADVICE, "qa")
#: Rows of the table in this order; other systems follow by name.
ORDER = ("tuned", "tuned-1shot", "base", "base-1shot")


@dataclass(frozen=True)
class How:
    """How a run is scored: resamples of the bootstrap, seed of all chance, and an encoder.

    With `baselines_alone` no model's answers are read, so that there need be none.
    """

    resamples: int = RESAMPLES
    seed: int = 0
    encoder: Encoder | None = None
    baselines_alone: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments)
    started = time.monotonic()
    try:
        run = load_run(options.run, options.configs, options.split)
        encoder = open_encoder(run, options.encoder)
        how = How(options.resamples, options.seed, encoder, options.baselines_alone)
        result = score_run(run, how)
    except (RunError, RecordError, PredictionError, EncoderError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(headline_table(result))
    for warning in warnings(run, result.settings):
        print(f"warning: {warning}", file=sys.stderr)
    first = result.systems[0]
    source = "groups of questions" if run.task == "qa" else "essays"
    print(
        f"scored {first.items} items of {first.essays} {source} for {len(result.systems)} systems "
        f"in {time.monotonic() - started:.1f} s → {run.eval_dir / 'result.json'}"
    )
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.score", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--run", required=True, help="a run's name, or the path of its YAML")
    parser.add_argument("--configs", type=Path, default=CONFIGS, help="where runs are looked up")
    parser.add_argument("--split", choices=TEST_SPLITS, default="test", help="of unseen firms, too")
    add_draws(parser)
    parser.add_argument("--encoder", metavar="NAME", help=ENCODER_HELP)
    parser.add_argument("--baselines-alone", action="store_true", help="before there is a model")
    return parser.parse_args(arguments)


def open_encoder(run: Run, name: str | None) -> Encoder | None:
    """Load the encoder that was asked for, or one that is on this machine.

    One that nobody asked for and that cannot be loaded is told on stderr, and done without.

    Args:
        run: The run; only tasks of located advice and `qa` make use of an encoder.
        name: A folder, the hub's `NAME@REVISION`, `none`, or nothing: then one is looked for.

    Raises:
        EncoderError: The encoder that was asked for is not there, or the run's task makes no use
            of one.

    """
    if name == NO_ENCODER or (name is None and run.task not in ENCODED):
        return None
    if name is None:
        try:
            found = encoder_in_cache()
            return load_encoder(found) if found else None
        except EncoderError as error:
            print(f"warning: {error}; going on as with --encoder {NO_ENCODER}", file=sys.stderr)
            return None
    if run.task not in ENCODED:
        raise EncoderError(
            f"--encoder {name}: {run.name} is of task {run.task}, and encoders compare points of "
            f"advice and answers ({', '.join(ENCODED)}); score it without"
        )
    try:
        return load_encoder(name)
    except EncoderError as error:
        raise EncoderError(f"{error}; or score without one: --encoder {NO_ENCODER}") from error


def score_run(run: Run, how: How) -> RunResult:
    """Score all systems of a run and write baselines, scores and result.

    Nothing is written before everything that was read has been found in order.

    Raises:
        RunError: The run's task has no scores.
        RecordError: Test or training rows, or predictions, cannot be read.
        PredictionError: The predictions do not fit the test set, or it has one essay only.

    """
    if run.task not in SCORED:
        raise RunError(
            f"answers of {run.task} have no scores; a model judges them (make judge {run.settings} "
            f"MODEL=…), or people do (make rate {run.settings})"
        )
    items = read_items(run.test, run.task)
    refuse_one_essay(run, items)
    predictions = {} if how.baselines_alone else read_predictions(run, items)
    train = read_items(run.train, run.task)
    baselines = make_baselines(run, train, items, how)
    predictions |= {b.name: tuple(b.predictions(items)) for b in baselines}
    scores = score_all(items, train, in_order(predictions), how.encoder)
    made = settings(run, baselines, how)
    if trained := {"tuned", "tuned-1shot"} & set(predictions):
        made[TRAINED_ON] = trained_on(run)
        made[ANSWERED_BY] = answered_by(run, trained)
    result = summarise(run, scores, made, how.resamples, how.seed)
    for baseline in baselines:
        path = prediction_path(run.predictions_dir, baseline.name)
        write_jsonl(path, predictions[baseline.name])
    kept = run.eval_dir / "scores.jsonl"
    write_jsonl(kept, (s for of in scores.values() for s in of))
    # Killed here, the new scores would stand beside the old result: the fingerprint tells.
    told = result.settings | {
        "baselines_sha256": baselines_fingerprint(run, result),
        "scores_sha256": fingerprint(kept),
    }
    result = msgspec.structs.replace(result, settings=told)
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
    run: Run, train: Sequence[Item], items: Sequence[Item], how: How
) -> tuple[Baseline, ...]:
    """Answer the test items without a model.

    Raises:
        RecordError: The training rows are all of groups that are tested.

    """
    try:
        known = usable(train, items)
    except ValueError as error:
        raise RecordError(f"{run.train}: {error}; make it with: make data") from None
    if run.task == "qa":
        return qa_baselines(known, items, how.seed)
    if run.task not in ADVICE:
        return whole_outputs(run.task, known, items, how.seed)
    nearest = [retrieval(known, items)]
    if how.encoder is not None:
        nearest.append(encoder_retrieval(known, items, how.encoder))
    return (
        *nearest,
        rules(known, items),
        generic(known, items),
        shuffled(known, items, how.seed),
    )


def in_order(predictions: Mapping[str, Sequence[Prediction]]) -> dict[str, Sequence[Prediction]]:
    """Put the systems into the order of the table."""
    others = sorted(set(predictions) - {*ORDER, *BASELINES})
    return {s: predictions[s] for s in (*ORDER, *others, *BASELINES) if s in predictions}


def settings(run: Run, baselines: Iterable[Baseline], how: How) -> dict[str, str]:
    """Say how the numbers were made, and from which files."""
    return {
        "config": str(run.config),
        "base_model": run.base_model,
        "test_file": str(run.test),
        "test_sha256": fingerprint(run.test),
        "train_file": str(run.train),
        "train_sha256": fingerprint(run.train),
        "predictions_sha256": fingerprint(*prediction_files(run)),
        "resamples": str(how.resamples),
        "seed": str(how.seed),
        "encoder": how.encoder.signature if how.encoder else NO_ENCODER,
        **{f"signature_{name}": text for name, text in signatures().items()},
        **{f"baseline_{b.name}": b.how for b in baselines},
        "numpy": version("numpy"),
        "scikit-learn": version("scikit-learn"),
    }


if __name__ == "__main__":
    sys.exit(main())
