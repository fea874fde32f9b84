"""A scored run as the report reads it: result, item scores, predictions, and what stands beside.

Nothing is scored again; files that changed since they were scored are refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from eval.comparing.pooled import is_of, pooled_path, trainings
from eval.comparing.slices import read_facts
from eval.in_force import (
    OlderAnswers,
    baselines_fingerprint,
    judge_in_force,
    kobest_in_force,
    people_in_force,
    with_one_agreement,
)
from eval.judging.records import JudgeResult
from eval.korean.gaps import trained_whole
from eval.korean.records import KobestResult
from eval.predictions import prediction_files, prediction_path
from eval.rating.records import RatingsResult
from eval.records import ItemScore, Prediction, RunResult
from eval.runs import Run, fingerprint
from eval.tasks import Item, read_items
from preprocess.alpaca import Facts, read_jsonl

Kept = TypeVar("Kept", RunResult, JudgeResult, RatingsResult, KobestResult)


class ReportError(ValueError):
    """Results that are missing, or no longer belong to the files they were made from."""


@dataclass(frozen=True)
class Beside:
    """What may stand beside a run's scores: pooled seeds, a judge's, people's, KoBEST's results.

    `settings` choose the run and its split behind `make`; `whole` is a run without an adapter.
    """

    run: str
    settings: str
    pooled: RunResult | None
    judge: JudgeResult | OlderAnswers | None
    people: RatingsResult | OlderAnswers | None
    kobest: KobestResult | OlderAnswers | None
    whole: bool = False


@dataclass(frozen=True)
class Scored:
    """A scored run, or several on the same items (`eval.pages.combined`).

    Scores and predictions are by system and in the order of the items; `facts` are by row id, and
    empty where the data have none.
    """

    result: RunResult
    items: tuple[Item, ...]
    facts: Mapping[str, Facts]
    scores: Mapping[str, Sequence[ItemScore]]
    predictions: Mapping[str, Sequence[Prediction]]
    beside: tuple[Beside, ...]


def read_scored(run: Run) -> Scored:
    """Read all that the report tells of a run.

    Raises:
        ReportError: The run was not scored, or its files changed since.
        RecordError: A file cannot be read.

    """
    cure = f"python -m eval.score {run.options}"
    result = read_result(run, cure)
    items = read_items(run.test, run.task)
    refuse_changed(run, result, cure)
    names = [s.system for s in result.systems]
    return Scored(
        result=result,
        items=items,
        facts=read_facts(run)[0],
        scores=read_scores(run, names, items, cure),
        predictions={name: in_item_order(run, name, items, cure) for name in names},
        beside=(read_beside(run),),
    )


def read_beside(run: Run) -> Beside:
    """Read pooled seeds, what a judge and people said, and KoBEST, as far as there is any.

    Raises:
        ReportError: A file is no such result, or the pooled scores changed.
        RunError: A training that was pooled is gone.

    """
    judge = read_own(run, run.eval_dir / "judge.json", JudgeResult, f"make judge {run.settings}")
    people = read_own(
        run, run.eval_dir / "ratings.json", RatingsResult, f"make ratings {run.settings}"
    )
    path = run.output_dir / "eval" / "kobest.json"
    kobest = read_own(run, path, KobestResult, f"make kobest RUN={run.name}")
    told = with_one_agreement(run, judge_in_force(run, judge), people_in_force(run, people))
    return Beside(
        run.name,
        run.settings,
        pooled=read_pooled(run),
        judge=told[0],
        people=told[1],
        kobest=kobest_in_force(run, kobest),
        whole=trained_whole(run),
    )


def read_pooled(run: Run) -> RunResult | None:
    """Read the pooled result of a run's trainings; they are pooled on the usual test split alone.

    Raises:
        ReportError: The file is no result, or the trainings were scored again since.
        RunError: A training is gone.

    """
    path, cure = pooled_path(run), "python -m eval.pool --runs RUN-seed1 RUN-seed2"
    result = read_kept(path, RunResult, cure) if run.split == "test" else None
    if result is None:
        return None
    runs = trainings(result)
    if not is_of(result, runs):
        names = " ".join(one.name for one in runs)
        raise ReportError(
            f"the scores in {path} changed since they were pooled; "
            f"run: python -m eval.pool --runs {names}"
        )
    return result


def read_result(run: Run, cure: str) -> RunResult:
    """Read `result.json`."""
    path = run.eval_dir / "result.json"
    result = read_own(run, path, RunResult, cure)
    if result is None:
        raise ReportError(f"{path} is missing: {run.name} was not scored; run: {cure}")
    return result


def read_own(run: Run, path: Path, kind: type[Kept], cure: str) -> Kept | None:
    """Read a result from its file, and refuse one that was copied from another run."""
    result = read_kept(path, kind, cure)
    if result is not None and result.run != run.name:
        raise ReportError(
            f"{path} is the result of {result.run}, not of {run.name}; make it again with: {cure}"
        )
    return result


def read_kept(path: Path, kind: type[Kept], cure: str) -> Kept | None:
    """Read a result from its file; nothing where there is no file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: {error}; make it again with: {cure}") from None


def refuse_changed(run: Run, result: RunResult, cure: str) -> None:
    """Refuse scores that are not the result's, or whose test set or predictions changed since."""
    scores = run.eval_dir / "scores.jsonl"
    now = {
        "test_sha256": (run.test, fingerprint(run.test)),
        "predictions_sha256": (run.predictions_dir, fingerprint(*prediction_files(run))),
        "baselines_sha256": (run.predictions_dir, baselines_fingerprint(run, result)),
    }
    if scores.exists():
        now["scores_sha256"] = (scores, fingerprint(scores))
    changed = [
        str(path) for key, (path, hashed) in now.items() if result.settings.get(key) != hashed
    ]
    if changed:
        files = " and ".join(dict.fromkeys(changed))
        raise ReportError(f"{files} changed since scoring; run: {cure}")


def read_scores(
    run: Run, names: Sequence[str], items: Sequence[Item], cure: str
) -> dict[str, list[ItemScore]]:
    """Read the item scores by system, in the order of the items."""
    path = run.eval_dir / "scores.jsonl"
    read = {(s.system, s.id): s for s in read_jsonl(path, ItemScore, cure=cure)}
    if set(read) != {(name, item.row.id) for name in names for item in items}:
        raise ReportError(f"{path} does not hold every item of every system; run: {cure}")
    return {name: [read[name, item.row.id] for item in items] for name in names}


def in_item_order(
    run: Run, system: str, items: Sequence[Item], cure: str
) -> tuple[Prediction, ...]:
    """Read a system's predictions in the order of the items."""
    path = prediction_path(run.predictions_dir, system)
    read = {p.id: p for p in read_jsonl(path, Prediction, cure=cure)}
    if not read.keys() >= {item.row.id for item in items}:
        raise ReportError(f"{path} does not hold every item; run: {cure}")
    return tuple(read[item.row.id] for item in items)
