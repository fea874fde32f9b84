"""The item scores of one training, as `eval.pool` takes them: there, and each item once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from eval.comparing.pooled import scores_path
from eval.records import ItemScore
from eval.runs import Run
from preprocess.alpaca import read_jsonl

#: Of one training, by system.
Scores = Mapping[str, Sequence[ItemScore]]


class PoolError(ValueError):
    """Runs that are no seeds of one run, or whose scores are not of the same items, each once."""


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
