"""Prediction files of a run, read and checked against its test set.

All problems are collected and raised as one error that names file, id and cure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from eval.records import Prediction
from eval.runs import Run
from eval.systems.baselines import BASELINES
from eval.tasks import Item
from preprocess.alpaca import read_jsonl

SHOWN = 8
#: So begin the names of models behind an endpoint, which are asked where they are named alone.
ENDPOINT = "openai:"
#: Beside these signs a model's name may hold a slash, which a file's name may not.
PLAIN = ":@+ "


class PredictionError(ValueError):
    """Predictions that do not belong to the run's test set, are missing, or are doubled."""


def prediction_path(folder: Path, system: str) -> Path:
    """Name the file of a system's predictions; `openai:a/b` has `openai:a%2Fb.jsonl`."""
    return folder / f"{quote(system, safe=PLAIN)}.jsonl"


def system_of(path: Path) -> str:
    """Tell a system by its file, the inverse of `prediction_path`."""
    return unquote(path.stem)


def prediction_files(run: Run) -> tuple[Path, ...]:
    """List the files of the run's models, baselines left out, by name."""
    found = sorted(run.predictions_dir.glob("*.jsonl"))
    return tuple(path for path in found if system_of(path) not in BASELINES)


def read_predictions(run: Run, items: Sequence[Item]) -> dict[str, tuple[Prediction, ...]]:
    """Read every model's predictions, in the order of the items.

    Raises:
        PredictionError: There is none, or one does not fit the test set.
        RecordError: A line is not a prediction.

    """
    cure = f"python -m eval.generate {run.options}"
    files = prediction_files(run)
    if not files:
        raise PredictionError(f"{run.predictions_dir}/ has no predictions; make them with: {cure}")
    read = {path: tuple(read_jsonl(path, Prediction, cure=cure)) for path in files}
    problems = [*misnamed(files), *(p for f in files for p in problems_of(f, read[f], items))]
    if problems:
        rest = f"\n  … and {len(problems) - SHOWN} more" * (len(problems) > SHOWN)
        listed = "\n  ".join(problems[:SHOWN])
        behind = [system_of(f) for f in files if any(problems_of(f, read[f], items))]
        named = "".join(f" --system {name}" for name in behind if name.startswith(ENDPOINT))
        raise PredictionError(
            f"the predictions do not fit {run.test}:\n  {listed}{rest}\n"
            f"make them again with: {cure}{named} (a file of your own: mend or delete it)"
        )
    by_system = {system_of(path): {p.id: p for p in read[path]} for path in files}
    return {s: tuple(known[item.row.id] for item in items) for s, known in by_system.items()}


def misnamed(files: Iterable[Path]) -> Iterator[str]:
    """Say which files no one would find by their system's name, as it is written otherwise."""
    for path in files:
        named = prediction_path(path.parent, system_of(path))
        if named != path:
            yield f"{path}: the file of {system_of(path)} is called {named.name}; rename it"


def problems_of(
    path: Path, predictions: Sequence[Prediction], items: Sequence[Item]
) -> Iterator[str]:
    """Say what is wrong with one file, a sentence for each problem."""
    wanted = {item.row.id: item for item in items}
    seen = Counter(p.id for p in predictions)
    yield from (f"{path}: id {i} stands there {n} times" for i, n in seen.items() if n > 1)
    missing = [i for i in wanted if i not in seen]
    if missing:
        yield f"{path}: {len(missing)} of {len(wanted)} items are missing, first id {missing[0]}"
    for prediction in predictions:
        problem = problem_of(prediction, system_of(path), wanted.get(prediction.id))
        if problem:
            yield f"{path}: id {prediction.id} {problem}"


def problem_of(prediction: Prediction, system: str, item: Item | None) -> str | None:
    """Say what is wrong with one prediction, if anything."""
    if item is None:
        return "is not in the test set"
    if prediction.task != item.task:
        return f"is of task {prediction.task}, the test set of {item.task}"
    if prediction.system != system:
        return f"is of system {prediction.system}, the file of {system}"
    if prediction.source_id != item.row.source_id:
        return f"is of essay {prediction.source_id}, in the test set of {item.row.source_id}"
    if prediction.prompt and item.row.input.strip() not in prediction.prompt:
        return "was asked another input than the test set has now"
    return None
