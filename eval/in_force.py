"""Are a judge's and people's verdicts still of the answers that a run has now?

`judge.json` and `ratings.json` hold fingerprints of the files that they were made from. Where
answers were made anew since, nothing on disk is lost, and the page says so in place of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from eval.answers.asking import ADAPTER
from eval.judging.records import JudgedPairs, JudgeResult
from eval.korean.measure import digest
from eval.korean.records import KobestResult
from eval.predictions import prediction_path
from eval.rating.file import ratings_dir
from eval.rating.pairs import EXPERT
from eval.rating.records import Comparison, RatingsResult
from eval.records import RunResult
from eval.runs import Run, fingerprint
from eval.systems.baselines import BASELINES

NO_FILE = "none"


@dataclass(frozen=True)
class OlderAnswers:
    """Stands for verdicts on answers that the run no longer has; `cure` are commands."""

    cure: str


@dataclass(frozen=True)
class OlderRatings(OlderAnswers):
    """Stands for sums of ratings that have changed since, on answers that are still the run's."""


def answers_fingerprint(run: Run, systems: Iterable[str]) -> str:
    """Fingerprint the prediction files of systems, in the order given.

    A file that is gone is left out, and its name with it. So is the expert, who is in the test set.
    """
    paths = (prediction_path(run.predictions_dir, s) for s in systems if s != EXPERT)
    return fingerprint(*(path for path in paths if path.exists()))


def judge_fingerprint(run: Run) -> str:
    """Fingerprint what the judge said of a run, if one was asked."""
    path = run.eval_dir / "judge.json"
    return fingerprint(path) if path.exists() else NO_FILE


def ratings_fingerprint(run: Run) -> str:
    """Fingerprint all that people said of a run."""
    return fingerprint(*sorted(ratings_dir(run).glob("*.jsonl")))


def judged_systems(result: JudgeResult) -> tuple[str, ...]:
    """List the systems that were judged, the one that is compared first."""
    marked = (one.system for one in result.systems)
    return tuple(dict.fromkeys((*marked, *compared_systems(result.comparisons))))


def compared_systems(comparisons: Iterable[JudgedPairs | Comparison]) -> tuple[str, ...]:
    """List the systems of comparisons, each once."""
    return tuple(dict.fromkeys(name for c in comparisons for name in (c.system, c.other)))


def judge_in_force(run: Run, result: JudgeResult | None) -> JudgeResult | OlderAnswers | None:
    """Give a judge's result, unless it is of answers that the run no longer has."""
    if result is None or is_of_now(run, result.settings, judged_systems(result)):
        return result
    return OlderAnswers(f"make judge {run.settings}")


def people_in_force(run: Run, result: RatingsResult | None) -> RatingsResult | OlderAnswers | None:
    """Give people's result, unless answers or ratings are others by now."""
    if result is None:
        return None
    if is_of_now(run, result.settings, compared_systems(result.comparisons)):
        summed = result.settings.get("ratings_sha256") == ratings_fingerprint(run)
        return result if summed else OlderRatings(f"make ratings {run.settings}")
    return OlderAnswers(f"make ratings {run.settings}, 새 답을 평가하려면 make rate {run.settings}")


def kobest_in_force(run: Run, result: KobestResult | None) -> KobestResult | OlderAnswers | None:
    """Give what KoBEST measured, unless it was of another adapter than the run has now."""
    adapter = run.output_dir / ADAPTER
    if result is None or not adapter.is_file():
        return result
    asked = {a.made_from.get("adapter_sha256") for a in result.answered if a.system == "tuned"}
    older = asked - {digest([adapter])}
    return OlderAnswers(f"make kobest RUN={run.name}") if older else result


def is_of_now(run: Run, settings: Mapping[str, str], systems: Iterable[str]) -> bool:
    """Tell whether test set and answers are those that the settings of a result name."""
    now = {
        "test_sha256": fingerprint(run.test),
        "predictions_sha256": answers_fingerprint(run, systems),
    }
    return all(settings.get(key) == hashed for key, hashed in now.items())


def with_one_agreement(
    run: Run,
    judge: JudgeResult | OlderAnswers | None,
    people: RatingsResult | OlderAnswers | None,
) -> tuple[JudgeResult | OlderAnswers | None, RatingsResult | OlderAnswers | None]:
    """Let both results tell the same of the judge's agreement with people.

    Each command computes it from what is there when it runs, so the later one knows more: the
    ratings', where it has seen this very judge, and else the judge's own.
    """
    if not isinstance(judge, JudgeResult) or not isinstance(people, RatingsResult):
        return judge, people
    found, said = judge.with_people, judge.people
    if people.settings.get("judge_sha256") == judge_fingerprint(run):
        found, said = people.with_judge, people.judge
    return (
        replace(judge, with_people=found, people=said),
        replace(people, with_judge=found, judge=said),
    )


def baselines_fingerprint(run: Run, result: RunResult) -> str:
    """Fingerprint the answers of the baselines among a result's systems."""
    return answers_fingerprint(run, (s.system for s in result.systems if s.system in BASELINES))
