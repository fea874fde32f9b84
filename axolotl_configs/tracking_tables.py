"""What a run's scores are in W&B: numbers of its summary, and tables.

Tables of predictions hold what the expert and the systems said, and no essay: a table is uploaded
where the mode is online, and an essay never leaves the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import RunError
from eval.records import Estimate, Prediction, RunResult, Unscored
from preprocess.alpaca import AnyRow, read_jsonl, rows_cure

#: Rows of the table of predictions, unless told otherwise.
ROWS: Final = 50

Cell = str | float | None


@dataclass(frozen=True)
class Scores:
    """A run's result, and where its predictions lie."""

    result: RunResult
    predictions: Path


@dataclass(frozen=True)
class PlainTable:
    """A table as W&B takes it: the columns' names, and rows of as many cells."""

    columns: list[str | int]
    rows: list[list[Cell]]


def read_scores(run: NamedRun) -> Scores:
    """Read what `eval.score` left.

    Raises:
        RunError: The run was never scored, or its result is broken.

    """
    path, cure = run.output_dir / "eval" / "result.json", f"make eval RUN={run.name}"
    try:
        result = msgspec.json.decode(path.read_bytes(), type=RunResult)
    except FileNotFoundError:
        raise RunError(f"{path} is missing; make it with: {cure}") from None
    except msgspec.MsgspecError as error:
        raise RunError(f"{path} is broken ({error}); make it again with: {cure}") from None
    return Scores(result, path.with_name("predictions"))


def summary(result: RunResult) -> dict[str, float]:
    """Name each number that was measured, with the ends of its interval.

    Returns:
        `eval/<system>/<metric>`, and the same with `_low` and `_high`.

    """
    return {
        f"eval/{of.system}/{metric}{end}": number
        for of in result.systems
        for metric, estimate in of.metrics.items()
        if isinstance(estimate, Estimate)
        for end, number in (
            ("", estimate.value),
            ("_low", estimate.low),
            ("_high", estimate.high),
        )
    }


def score_table(result: RunResult) -> PlainTable:
    """Make the table of all metrics, those included that could not be measured."""
    return PlainTable(
        ["system", "metric", "value", "low", "high", "not measured because"],
        [
            [of.system, metric, *_cells(estimate)]
            for of in result.systems
            for metric, estimate in of.metrics.items()
        ],
    )


def difference_table(result: RunResult) -> PlainTable:
    """Make the table of differences between systems, with what the test set could tell of each."""
    return PlainTable(
        [
            "system",
            "minus",
            "metric",
            "value",
            "low",
            "high",
            "not measured because",
            "p",
            "p (Holm)",
            "detectable",
        ],
        [
            [d.system, d.other, d.metric, *_cells(d.estimate), d.p, d.p_holm, d.detectable]
            for d in result.differences
        ],
    )


def slice_table(result: RunResult) -> PlainTable:
    """Make the table of all metrics on parts of the test set."""
    return PlainTable(
        [
            "by",
            "part",
            "items",
            "essays",
            "system",
            "metric",
            "value",
            "low",
            "high",
            "not measured because",
        ],
        [
            [of.by, of.value, of.items, of.essays, of.system, metric, *_cells(estimate)]
            for of in result.slices
            for metric, estimate in of.metrics.items()
        ],
    )


def prediction_table(scores: Scores, rows: int) -> PlainTable:
    """Make the table of what the expert and each system said, of the first test rows.

    Args:
        scores: The run's.
        rows: The most rows that the table may have.

    Raises:
        RecordError: The test rows or the predictions are missing or broken.

    """
    test = Path(scores.result.settings["test_file"])
    expert = list(read_jsonl(test, AnyRow, cure=rows_cure(test)))[:rows]
    answers = {of.system: dict(_answers(scores, of.system)) for of in scores.result.systems}
    return PlainTable(
        ["id", "expert (전문가)", *answers],
        [[row.id, row.output, *(said.get(row.id) for said in answers.values())] for row in expert],
    )


def _answers(scores: Scores, system: str) -> Iterator[tuple[str, str]]:
    # As `eval.predictions` names the file: a model's name may hold a slash.
    path = scores.predictions / f"{quote(system, safe=':@+ ')}.jsonl"
    cure = f"make eval RUN={scores.result.run}"
    for prediction in read_jsonl(path, Prediction, cure=cure):
        yield prediction.id, prediction.output


def _cells(estimate: Estimate | Unscored) -> list[Cell]:
    if isinstance(estimate, Unscored):
        return [None, None, None, estimate.reason]
    return [estimate.value, estimate.low, estimate.high, None]
