"""Where the pooled result of several trainings is kept, and whether it is still theirs.

Trainings of `<run>` that differ by their seed are `<run>-seed<k>`; `eval.pool` writes
`runs/<run>-seeds/eval/result.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from eval.records import RunResult
from eval.runs import Run, fingerprint, load_run

NAME: Final = re.compile(r"(?P<run>.+)-(?P<seed>seed\d+)")
#: Between the YAMLs of the trainings, in the settings of a pooled result.
AND: Final = ", "


def pooled_path(run: Run) -> Path:
    """Say where the pooled result of a run's trainings is kept: beside the runs' own folders."""
    match = NAME.fullmatch(run.name)
    name = match["run"] if match else run.name
    return run.output_dir.parent / f"{name}-seeds" / "eval" / "result.json"


def scores_fingerprint(runs: Iterable[Run]) -> str:
    """Fingerprint the item scores of several runs."""
    return fingerprint(*map(scores_path, runs))


def scores_path(run: Run) -> Path:
    """Say where a run's item scores are."""
    return run.eval_dir / "scores.jsonl"


def trainings(result: RunResult) -> tuple[Run, ...]:
    """Find the runs that a result was pooled from.

    Raises:
        RunError: A YAML of theirs is gone.

    """
    return tuple(load_run(config) for config in result.settings["config"].split(AND))


def is_of(result: RunResult, runs: Sequence[Run]) -> bool:
    """Tell whether the runs' scores are still those that a result was pooled from."""
    if not all(scores_path(run).exists() for run in runs):
        return False
    return scores_fingerprint(runs) == result.settings["scores_sha256"]
