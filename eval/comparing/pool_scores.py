"""The item scores of trainings, as `eval.pool` takes them: each item once, all made one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from eval.comparing.pooled import scores_path
from eval.predictions import prediction_files
from eval.records import ItemScore, RunResult
from eval.runs import Run, fingerprint
from preprocess.alpaca import read_jsonl

#: Of one training, by system.
Scores = Mapping[str, Sequence[ItemScore]]
#: Of the settings of a result, those that scores must share to be of one kind; beside these, all
#: signatures of what counts.
ONE_WAY: Final = frozenset({"test_sha256", "encoder"})
SIGNATURE: Final = "signature_"


class PoolError(ValueError):
    """Runs that are no seeds of one run, or whose scores cannot be added up.

    Those are not of the same items, each once, or were not made in the same way.
    """


def read_scores(run: Run) -> dict[str, list[ItemScore]]:
    """Read a run's item scores by system.

    Raises:
        RecordError: There are none, or a line is none.
        PoolError: The file is empty, or an item stands there twice.

    """
    path, cure = scores_path(run), f"python -m eval.score --run {run.name}"
    scores: dict[str, list[ItemScore]] = {}
    for score in read_jsonl(path, ItemScore, cure=cure):
        scores.setdefault(score.system, []).append(score)
    if not scores:
        raise PoolError(f"{path} is empty; make it again with: {cure}")
    times = Counter((score.system, score.id) for of in scores.values() for score in of)
    doubled = [f"id {i} of {system}" for (system, i), n in times.items() if n > 1]
    if doubled:
        raise PoolError(
            f"{path}: {doubled[0]} stands there more than once; make it again with: {cure}"
        )
    return scores


def way_of_all(runs: Mapping[str, Run]) -> dict[str, str]:
    """Say in which way the scores of all runs were made: test file, encoder and signatures.

    A metric that some trainings lack, or that another library counted, has no mean over them.

    Raises:
        PoolError: A run's result is missing, not that of its scores, or was made in another way.

    """
    ways = {run.name: way_of(run) for run in runs.values()}
    for key in sorted({key for way in ways.values() for key in way}):
        names: dict[str, list[str]] = {}
        for name, way in ways.items():
            names.setdefault(way.get(key, "not told"), []).append(name)
        if len(names) > 1:
            told = "; ".join(f"{value} in {', '.join(of)}" for value, of in names.items())
            raise PoolError(
                f"the trainings were not scored in the same way: {key} is {told}. "
                f"Score them again, with the same --encoder: {scoring(runs)}"
            )
    return next(iter(ways.values()))


def way_of(run: Run) -> dict[str, str]:
    """Read in which way one run's scores were made."""
    path, cure = run.eval_dir / "result.json", f"python -m eval.score --run {run.name}"
    try:
        told = msgspec.json.decode(path.read_bytes(), type=RunResult).settings
    except FileNotFoundError:
        raise PoolError(f"{path} is missing; make it with: {cure}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PoolError(f"{path}: {error}; make it again with: {cure}") from None
    if told.get("scores_sha256") != fingerprint(scores_path(run)):
        raise PoolError(f"{scores_path(run)} changed since scoring; make it again with: {cure}")
    if told.get("predictions_sha256") != fingerprint(*prediction_files(run)):
        raise PoolError(f"{run.predictions_dir} changed since scoring; score again with: {cure}")
    return {key: text for key, text in told.items() if key in ONE_WAY or key.startswith(SIGNATURE)}


def scoring(runs: Mapping[str, Run]) -> str:
    """Write the commands that score all runs."""
    return " and ".join(f"python -m eval.score --run {run.name}" for run in runs.values())
