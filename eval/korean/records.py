"""What `eval.kobest` leaves in `runs/<run>/eval/kobest.json`, for the report to read.

`answered` is what the systems chose, item by item; `scores` and `differences` are computed from it
alone. `quoted` are rows that others published, never computed here.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from preprocess.alpaca import Record

Benchmark = Literal["boolq", "copa", "hellaswag", "sentineg", "wic"]
BENCHMARKS: tuple[Benchmark, ...] = get_args(Benchmark)

#: The model that always prefers the shortest answer, and the run's own with its adapter off and on.
System = Literal["shortest", "base", "tuned"]
#: In the order of the table.
SYSTEMS: tuple[System, ...] = get_args(System)

#: How many choices an item of each task has.
CHOICES: dict[Benchmark, int] = {"boolq": 2, "copa": 2, "hellaswag": 4, "sentineg": 2, "wic": 2}

#: How many items the whole test set of each task has (Kim et al. 2022, arXiv 2204.04541).
WHOLE: dict[Benchmark, int] = {
    "boolq": 1404,
    "copa": 1000,
    "hellaswag": 500,
    "sentineg": 397,
    "wic": 1260,
}

#: One digit an item, in the order of the test file: the number of a choice, from 0.
Digits = Annotated[str, msgspec.Meta(pattern="^[0-3]+$")]


class Answered(Record, frozen=True):
    """What one system chose in one task with so many examples before each question.

    `gold` and `chosen` hold one digit an item. `cut` counts the prompts (one for each choice) that
    were longer than the model's positions and lost their beginning. `prompts_version` is lm-eval's
    number for the task, `prompts_sha256` the digest of all prompts: two systems with the same one
    were asked the same. `made_from` is all that the answers depend on; when any of it changes, they
    are made again.
    """

    system: System
    task: Benchmark
    shots: int
    gold: Digits
    chosen: Digits
    cut: int
    prompts_version: str
    prompts_sha256: str
    seconds: float
    made_from: dict[str, str]


class KobestScore(Record, frozen=True):
    """A system's number in one task over `n` items.

    `stderr` is the standard deviation of the bootstrap over items. `floor` is the same metric of
    the model that always prefers the shortest answer, on the same items.
    """

    system: System
    task: Benchmark
    shots: int
    metric: Literal["macro_f1"]
    value: float
    stderr: float
    n: int
    floor: float


class KobestDifference(Record, frozen=True):
    """`system` minus `other` on the same items, with the paired 95 % interval."""

    system: System
    other: System
    task: Benchmark
    shots: int
    metric: Literal["macro_f1"]
    value: float
    stderr: float
    low: float
    high: float


class Quoted(Record, frozen=True):
    """A published number of another model: of another harness and prompts, so not comparable."""

    model: str
    task: Benchmark
    shots: int
    metric: Literal["macro_f1"]
    value: float
    note: str


class KobestResult(Record, frozen=True):
    """All that was measured of a run; `settings` says with which seed, resamples and versions.

    `missing` counts the cells (system, task, examples) that the command asks for and that were not
    there yet when this was written.
    """

    run: str
    settings: dict[str, str]
    answered: tuple[Answered, ...]
    scores: tuple[KobestScore, ...]
    differences: tuple[KobestDifference, ...]
    quoted: tuple[Quoted, ...]
    missing: int = 0


_NOT_COMPARABLE = "published by its authors, from another harness with other prompts"
_OCELOT: dict[Benchmark, tuple[float, float]] = {
    "boolq": (0.917, 0.938),
    "copa": (0.758, 0.825),
    "hellaswag": (0.500, 0.514),
}
#: Ocelot's published macro-F1, with none and with five examples.
OCELOT: tuple[Quoted, ...] = tuple(
    Quoted("Ocelot", task, shots, "macro_f1", value, _NOT_COMPARABLE)
    for task, values in _OCELOT.items()
    for shots, value in zip((0, 5), values, strict=True)
)
