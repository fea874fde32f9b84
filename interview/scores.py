"""How well scores of all pairs of input and candidate pick the right candidate.

    python -m interview.scores sbert_results/*.csv

Reads the study's prediction files: a row for each input and candidate, with the predicted score
and the truth (1 for the right candidate of an input, 0 for the others). The definitions are the
study's own.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.records import Unscored
from interview.records import Measures
from interview.tables import Row, read_table
from preprocess.alpaca import RecordError

INPUT = "input_part"
#: Names of the columns of candidate, prediction and truth: of the answers, and of the next topics.
FORMS = (
    ("output_answer", "predicted_score", "ground_truth_score"),
    ("next_question", "predicted_similarity", "ground_truth_similarity"),
)
#: The names over the numbers of `line_of`.
HEAD = f"{'inputs':>6} {'accuracy':>8} {'Mean_Diff':>9} {'MSE':>8} {'MAE':>8} {'r':>7}"


@dataclass(frozen=True)
class Scored:
    """One input: its candidates' scores, and which of them is right.

    `scores` holds two candidates at least, by name.
    """

    text: str
    scores: dict[str, float]
    right: str

    @property
    def lead(self) -> float:
        """Score of the right candidate minus the best other one."""
        others = (score for name, score in self.scores.items() if name != self.right)
        return self.scores[self.right] - max(others)


def measure(items: Sequence[Scored]) -> Measures:
    """Compute the measures.

    Raises:
        ValueError: There are no items.

    """
    if not items:
        raise ValueError("nothing to measure: there are no inputs")
    leads = np.array([item.lead for item in items])
    scores = np.array([score for item in items for score in item.scores.values()])
    truth = np.array([float(name == item.right) for item in items for name in item.scores])
    errors = scores - truth
    return Measures(
        inputs=len(items),
        pairs=len(scores),
        accuracy=float((leads > 0).mean()),
        mean_diff=float(leads.mean()),
        mse=float((errors**2).mean()),
        mae=float(np.abs(errors).mean()),
        pearson=correlation(scores, truth),
    )


def correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | Unscored:
    """Compute Pearson's correlation of two series, or say why there is none."""
    if one.std() == 0 or other.std() == 0:
        return Unscored("all scores are the same")
    return float(np.corrcoef(one, other)[0, 1])


def read_scored(path: Path) -> tuple[Scored, ...]:
    """Read a prediction file of the study, in either of its two forms.

    An input ends where another one starts, or where a candidate comes a second time, so that the
    same input may stand in the file twice.

    Raises:
        RecordError: The file or a number cannot be read, it has no row or no such columns, or an
            input has not exactly one right candidate; file, line and column are named.

    """
    rows = list(read_table(path, [INPUT]))
    if not rows:
        raise RecordError(f"{path} has no rows; it should have one per input and candidate")
    form = form_of(rows[0])
    return tuple(scored(part, form) for part in by_input(rows, form[0]))


def form_of(row: Row) -> tuple[str, str, str]:
    """Tell which columns hold candidate, prediction and truth."""
    for form in FORMS:
        if all(column in row for column in form):
            return form
    known = " nor ".join(", ".join(form) for form in FORMS)
    raise RecordError(f"{row.path}, line 1: it has neither the columns {known}")


def by_input(rows: Iterable[Row], candidate: str) -> Iterator[list[Row]]:
    """Part the rows into inputs.

    Raises:
        RecordError: An input's only candidate comes again.

    """
    part: list[Row] = []
    for row in rows:
        known = {seen[candidate] for seen in part}
        other = bool(part) and row[INPUT] != part[0][INPUT]
        if not other and len(part) == 1 and row[candidate] in known:
            raise row.error(
                candidate,
                f"{row[candidate]!r} is there since line {part[0].line}, for the same input; an "
                "input needs two candidates at least, so leave one of the two rows out",
            )
        if other or row[candidate] in known:
            yield part
            part = []
        part.append(row)
    yield part


def scored(part: Sequence[Row], form: tuple[str, str, str]) -> Scored:
    """Make one input's scores from its rows."""
    candidate, predicted, truth = form
    scores = {row[candidate]: number(row, predicted) for row in part}
    right = [row[candidate] for row in part if is_right(row, truth)]
    if len(right) != 1:
        raise part[-1].error(
            truth,
            f"the input has {len(right)} right candidates; it needs one (a candidate that comes a "
            "second time starts its input anew)",
        )
    if len(part) == 1:
        raise part[-1].error(candidate, "the input has one candidate only; it needs two at least")
    return Scored(part[0][INPUT], scores, right[0])


def is_right(row: Row, column: str) -> bool:
    """Read the truth, which must be 1 or 0."""
    value = number(row, column)
    if value not in {0.0, 1.0}:
        raise row.error(column, f"{row[column]} is neither 1 nor 0")
    return value == 1.0


def number(row: Row, column: str) -> float:
    """Read a finite number."""
    try:
        value = float(row[column])
    except ValueError:
        raise row.error(column, f"{row[column]!r} is no number") from None
    if not math.isfinite(value):
        raise row.error(column, f"{row[column]} is not finite")
    return value


def line_of(name: str, found: Measures) -> str:
    """Write the measures of a file as a line of the table."""
    r = "   none" if isinstance(found.pearson, Unscored) else f"{found.pearson:7.4f}"
    return (
        f"{found.inputs:6} {found.accuracy:8.4f} {found.mean_diff:9.4f} "
        f"{found.mse:8.5f} {found.mae:8.5f} {r}  {name}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m interview.scores", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        lines = [line_of(path.name, measure(read_scored(path))) for path in options.files]
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join([HEAD, *lines]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
