"""From what the systems chose to KoBEST's result: scores, floors, differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec

from axolotl_configs.run_yaml import RunError
from eval.korean.gaps import unlike
from eval.korean.records import (
    CHOICES,
    OCELOT,
    Answered,
    Benchmark,
    KobestDifference,
    KobestResult,
    KobestScore,
    System,
)
from eval.korean.statistics import measure, measure_difference
from preprocess.alpaca import write_whole

#: The system that always prefers the shortest answer; its macro-F1 is every other's floor.
FLOOR: System = "shortest"

Key = tuple[System, Benchmark, int]


def read_answered(path: Path) -> tuple[Answered, ...]:
    """Read what an earlier attempt kept; nothing where there was none.

    Raises:
        RunError: The file is not such a result.

    """
    if not path.exists():
        return ()
    try:
        return msgspec.json.decode(path.read_bytes(), type=KobestResult).answered
    except msgspec.DecodeError as error:
        raise RunError(f"{path} cannot be read ({error}); delete it to measure anew") from None


def write_result(path: Path, result: KobestResult) -> None:
    """Write a result as indented JSON, at once or not at all."""
    write_whole(path, [msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"])


def summarise(
    run: str, answered: Sequence[Answered], *, examples_seed: int, resamples: int, seed: int
) -> KobestResult:
    """Compute every score with its floor, and the fine-tuned minus the base.

    Args:
        run: The run's name.
        answered: What was chosen, in the order of the table; the floor's answers among them.
        examples_seed: With which lm-eval drew the examples.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.

    """
    by_key = {(a.system, a.task, a.shots): a for a in answered}
    return KobestResult(
        run=run,
        settings={
            "metric": "macro-F1, as scikit-learn defines it",
            "stderr": "standard deviation of the bootstrap over items",
            "resamples": str(resamples),
            "seed": str(seed),
            "examples_seed": str(examples_seed),
            "numpy": version("numpy"),
        },
        answered=tuple(answered),
        scores=tuple(score(a, by_key, resamples, seed) for a in answered if _floor(a, by_key)),
        differences=tuple(differences(by_key, resamples, seed)),
        quoted=OCELOT,
    )


def _floor(answered: Answered, by_key: Mapping[Key, Answered]) -> Answered | None:
    """Find the floor's answers to a task, where it has been asked."""
    return by_key.get((FLOOR, answered.task, 0))


def score(
    answered: Answered, by_key: Mapping[Key, Answered], resamples: int, seed: int
) -> KobestScore:
    """Compute one system's macro-F1 in one task; the floor's answers must be there."""
    choices = CHOICES[answered.task]
    floor = by_key[(FLOOR, answered.task, 0)]
    found = measure(answered.gold, answered.chosen, choices, resamples=resamples, seed=seed)
    lowest = measure(floor.gold, floor.chosen, choices, resamples=resamples, seed=seed)
    return KobestScore(
        system=answered.system,
        task=answered.task,
        shots=answered.shots,
        metric="macro_f1",
        value=found.value,
        stderr=found.stderr,
        n=len(answered.gold),
        floor=lowest.value,
    )


def differences(
    by_key: Mapping[Key, Answered], resamples: int, seed: int
) -> Iterator[KobestDifference]:
    """Compare the fine-tuned model with its base wherever both were asked the same, alike."""
    for (system, task, shots), tuned in by_key.items():
        base = by_key.get(("base", task, shots))
        if system != "tuned" or base is None or unlike(tuned, base):
            continue
        found = measure_difference(
            tuned.gold,
            tuned.chosen,
            base.chosen,
            CHOICES[tuned.task],
            resamples=resamples,
            seed=seed,
        )
        yield KobestDifference("tuned", "base", tuned.task, shots, "macro_f1", *found)
