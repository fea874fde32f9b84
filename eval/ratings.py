"""Compute what people said of a run: win rates, mean marks, and how well the raters agree.

    python -m eval.ratings --run advice-polyglot-ko-1.3b-qlora

Reads `runs/<run>/eval/ratings/<rater>.jsonl`, which `eval.rate` writes, one file a rater; files
that were rated elsewhere may be laid beside them. Writes `runs/<run>/eval/ratings.json` and prints
a table. Where a judge has judged the run, its agreement with people is computed too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from axolotl_configs.run_yaml import CONFIGS, RunError
from eval.draws import FEWEST_RESAMPLES, add_draws
from eval.in_force import (
    answers_fingerprint,
    compared_systems,
    judge_fingerprint,
    ratings_fingerprint,
)
from eval.judging.people import in_words, with_people
from eval.judging.prompts import refuse_without_rubric
from eval.judging.records import JudgeResult
from eval.predictions import PredictionError
from eval.rating.file import Key, ratings_dir, read_ratings
from eval.rating.pairs import Outputs, answers_sha256, known_systems, read_outputs
from eval.rating.records import Agreement, Comparison, RaterResult, Rating, RatingsResult
from eval.rating.summary import (
    Draws,
    advised_twice,
    between_raters,
    comparisons,
    experts_agree,
    first_side,
    longer,
)
from eval.rating.table import ratings_table
from eval.runs import TEST_SPLITS, Run, fingerprint, load_run
from eval.tasks import read_items
from preprocess.alpaca import RecordError, write_whole

RESAMPLES = FEWEST_RESAMPLES
NO_JUDGE = "no judge has judged this run; ask one with: python -m eval.judge {run}"

ByRater = Mapping[str, Mapping[Key, Rating]]


class RatingsError(ValueError):
    """There is nothing to compute; the message says why and the cure."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments)
    try:
        run = load_run(options.run, options.configs, options.split)
        refuse_without_rubric(run)
        result = sum_up(run, Draws(options.resamples, options.seed))
    except (RunError, RecordError, PredictionError, RatingsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    path = run.eval_dir / "ratings.json"
    write_whole(path, [msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"])
    print(ratings_table(result))
    print(f"wrote {path}")
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.ratings", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--run", required=True, help="a run's name, or the path of its YAML")
    add("--configs", type=Path, default=CONFIGS, help="where runs are looked up")
    add("--split", choices=TEST_SPLITS, default="test", help="of unseen firms, too")
    add_draws(parser, RESAMPLES)
    return parser.parse_args(arguments)


def sum_up(run: Run, draws: Draws) -> RatingsResult:
    """Compute the result of a run's ratings.

    Raises:
        RatingsError: Nobody has rated the answers that the run has now.
        RecordError: A line is no rating, or the judge's file is none.
        PredictionError: A rated system's predictions do not fit the test set.

    """
    by_rater = read_raters(run)
    items = read_items(run.test, run.task)
    rated_systems = {s for of in by_rater.values() for key in of for s in key[1:]}
    outputs = read_outputs(run, items, sorted(rated_systems & {*known_systems(run)}))
    fresh = {rater: in_force(of, outputs) for rater, of in by_rater.items()}
    rated = [r for of in fresh.values() for r in of if r.verdict != "skipped"]
    if not rated:
        raise RatingsError(
            f"{ratings_dir(run)}/ has no rating of the answers that {run.name} has now; "
            f"rate some with: python -m eval.rate {run.options}"
        )
    judged, judge = agreement_with_judge(run, rated, draws)
    met, compared = advised_twice(items), comparisons(rated, draws)
    return RatingsResult(
        run=run.name,
        task=run.task,
        raters=tuple(rater_result(rater, by_rater[rater], of) for rater, of in fresh.items()),
        comparisons=compared,
        first_side=first_side(rated, draws),
        longer=longer(rated, lambda system, row: len(outputs[system][row]), draws),
        between_raters=between_raters(rated, draws),
        with_judge=judged,
        judge=judge,
        experts=experts_agree(met, draws),
        expert_pairs=len(met),
        settings=settings(run, compared, draws),
    )


def read_raters(run: Run) -> ByRater:
    """Read every rater's file; one who opened the page alone, and was killed there, has none.

    Raises:
        RatingsError: There is no rating.

    """
    files = sorted(ratings_dir(run).glob("*.jsonl"))
    by_rater = {path.stem: read_ratings(path, path.stem) for path in files}
    if not any(by_rater.values()):
        raise RatingsError(
            f"{ratings_dir(run)}/ has no ratings; make some with: python -m eval.rate {run.options}"
        )
    return {rater: ratings for rater, ratings in by_rater.items() if ratings}


def in_force(ratings: Mapping[Key, Rating], outputs: Outputs) -> list[Rating]:
    """Take the ratings of answers that the run still has."""
    return [
        rating
        for rating in ratings.values()
        if all(rating.id in outputs.get(s, ()) for s in (rating.first, rating.second))
        and rating.answers_sha256
        == answers_sha256({s: outputs[s][rating.id] for s in (rating.first, rating.second)})
    ]


def rater_result(rater: str, ratings: Mapping[Key, Rating], fresh: Sequence[Rating]) -> RaterResult:
    """Count what one rater did."""
    skipped = sum(rating.verdict == "skipped" for rating in fresh)
    return RaterResult(rater, len(fresh) - skipped, skipped, len(ratings) - len(fresh))


def agreement_with_judge(
    run: Run, rated: Sequence[Rating], draws: Draws
) -> tuple[tuple[Agreement, ...], str]:
    """Compute the judge's agreement with people, and say it in words.

    Raises:
        RecordError: `judge.json` is there and is not a judge's result.

    """
    path = run.eval_dir / "judge.json"
    try:
        judged = msgspec.json.decode(path.read_bytes(), type=JudgeResult)
    except FileNotFoundError:
        return (), NO_JUDGE.format(run=run.options)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordError(
            f"{path}: {error}; make it again with: python -m eval.judge {run.options}"
        ) from None
    found = with_people(rated, judged.preferences, judged.marks, seed=draws.seed)
    return found, in_words(found, run)


def settings(run: Run, compared: Sequence[Comparison], draws: Draws) -> dict[str, str]:
    """Say how the numbers were made, and from which files."""
    return {
        "test_file": str(run.test),
        "test_sha256": fingerprint(run.test),
        "predictions_sha256": answers_fingerprint(run, compared_systems(compared)),
        "judge_sha256": judge_fingerprint(run),
        "ratings_sha256": ratings_fingerprint(run),
        "resamples": str(draws.resamples),
        "seed": str(draws.seed),
    }


if __name__ == "__main__":
    sys.exit(main())
