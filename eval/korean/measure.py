"""The answers of one run to KoBEST: which are there, which are still to be made."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace
from tqdm import tqdm

from axolotl_configs.run_yaml import RunError, read_run
from eval.answers.asking import trained_adapter
from eval.answers.engines import Trained
from eval.korean.data import Checked, check_task
from eval.korean.gaps import trained_whole
from eval.korean.records import (
    BENCHMARKS,
    CHOICES,
    SYSTEMS,
    Answered,
    Benchmark,
    KobestResult,
    System,
)
from eval.korean.summary import FLOOR, read_answered, summarise, write_result
from eval.runs import Run
from preprocess.alpaca import write_whole

if TYPE_CHECKING:
    from eval.korean.model import Asked

SHOTS = (0, 5)
#: Prompts at a time: at 8, a 10.8 B model's likelihoods of 2,048 tokens take some 4 GB on a card.
BATCH = 8
RESAMPLES = 10_000
#: The seed with which lm-eval draws the examples, as its own command does.
EXAMPLES_SEED = 1234
#: The libraries on which answers depend.
LIBRARIES = ("lm_eval", "torch", "transformers", "peft")


@dataclass(frozen=True)
class Options:
    """What is measured and how; `limit` is of items a task, `None` for all."""

    folder: Path
    systems: tuple[System, ...] = SYSTEMS
    shots: tuple[int, ...] = SHOTS
    limit: int | None = None
    batch: int = BATCH
    resamples: int = RESAMPLES
    seed: int = 0


class Cell(NamedTuple):
    """One system in one task with so many examples."""

    system: System
    task: Benchmark
    shots: int


class Measurement:
    """The answers of one run, task by task.

    Raises:
        RecordError: KoBEST's files, or an earlier result, cannot be read.
        RunError: A file of KoBEST or the adapter is missing, or the run trained its model whole.

    """

    def __init__(self, run: Run, options: Options) -> None:
        self.run, self.options = run, options
        self.path = run.eval_dir / "kobest.json"
        most = max(options.shots)
        self.data: dict[Benchmark, Checked] = {
            task: check_task(options.folder, task, most) for task in BENCHMARKS
        }
        self.origins = {s: self._origin(s) for s in SYSTEMS if s in options.systems}
        earlier = read_answered(self.path)
        self.answered = {Cell(a.system, a.task, a.shots): a for a in earlier if self._holds(a)}
        #: How many earlier answers are of other items, another model or other settings.
        self.outdated = len(earlier) - len(self.answered)

    def cells(self) -> list[Cell]:
        """List what is asked; the number of examples is nothing to the floor."""
        return [
            Cell(system, task, shots)
            for system in self.origins
            for shots in (self.options.shots if system != FLOOR else (0,))
            for task in BENCHMARKS
        ]

    def missing(self) -> list[Cell]:
        """List what is asked and not there."""
        return [cell for cell in self.cells() if cell not in self.answered]

    def set_aside(self) -> Path:
        """Keep the earlier result, of which answers will leave, as `….old` beside the new one."""
        old = self.path.with_name(f"{self.path.name}.old")
        write_whole(old, [self.path.read_bytes()])
        return old

    def answer(self, cell: Cell) -> None:
        """Have one system answer one task, and keep it."""
        from eval.korean.harness import ask  # noqa: PLC0415 - brings lm-eval along

        items = min(self.options.limit or sys.maxsize, self.data[cell.task].items)
        label = f"{cell.system} {cell.task} {cell.shots}-shot"
        with (
            self._model(cell.system) as model,
            tqdm(
                total=items * CHOICES[cell.task], desc=label, unit=" choices", disable=None
            ) as bar,
        ):
            started = time.monotonic()
            found = ask(
                model,
                self.options.folder,
                cell.task,
                shots=cell.shots,
                limit=self.options.limit,
                seed=EXAMPLES_SEED,
                bar=bar,
            )
        self.answered[cell] = Answered(
            *cell,
            **found._asdict(),
            seconds=round(time.monotonic() - started, 1),
            made_from=self._made_from(cell.system, cell.task),
        )
        self.write()

    def write(self) -> KobestResult:
        """Compute the scores of what is there, and write all of it."""
        answered = sorted(
            self.answered.values(),
            key=lambda a: (SYSTEMS.index(a.system), a.shots, BENCHMARKS.index(a.task)),
        )
        result = summarise(
            self.run.name,
            answered,
            examples_seed=EXAMPLES_SEED,
            resamples=self.options.resamples,
            seed=self.options.seed,
        )
        result = replace(result, missing=len(self.missing()))
        write_result(self.path, result)
        return result

    def _made_from(self, system: System, task: Benchmark) -> dict[str, str]:
        return self._asked_of(task) | self.origins[system]

    def _asked_of(self, task: Benchmark) -> dict[str, str]:
        return {"data_sha256": self.data[task].sha256, "limit": str(self.options.limit)}

    def _holds(self, answered: Answered) -> bool:
        """Say whether an earlier answer is of the same items and, where asked for, the same system.

        A system that is not asked for now keeps its answers, whatever it was made from.
        """
        if answered.system in self.origins:
            return answered.made_from == self._made_from(answered.system, answered.task)
        return self._asked_of(answered.task).items() <= answered.made_from.items()

    def _origin(self, system: System) -> dict[str, str]:
        """Say what a system's answers depend on, beside the questions."""
        versions = {name: version(name) for name in LIBRARIES}
        if system == FLOOR:
            return {"lm_eval": versions["lm_eval"]}
        if trained_whole(self.run):
            raise RunError(
                f"{self.run.config} trains its model whole: KoBEST is measured of adapters, beside "
                "the base that they are taken off; name a run whose YAML has adapter:"
            )
        adapter, trained = trained_adapter(self.run), self._trained
        base = Path(trained.base)
        told = versions | {
            "base_model": trained.base,
            "revision": str(trained.revision),
            "four_bit": str(trained.four_bit),
            "batch": str(self.options.batch),
            "tokenizer_sha256": digest(sorted(adapter.parent.glob("tokenizer*.json"))),
        }
        if base.is_dir():
            weights = [*base.glob("config.json"), *sorted(base.glob("*.safetensors"))]
            told["base_sha256"] = digest(weights)
        return told if system == "base" else told | {"adapter_sha256": digest([adapter])}

    @property
    def _trained(self) -> Trained:
        settings = read_run(self.run.config)
        revision = settings.get("revision_of_model")
        return Trained(
            base=self.run.base_model,
            revision=None if revision is None else str(revision),
            adapter=self.run.output_dir,
            four_bit=bool(settings.get("load_in_4bit")),
            longest="",  # nothing is generated here
            room=0,
        )

    @cached_property
    def _asked(self) -> Asked:
        from eval.korean.model import Asked  # noqa: PLC0415 - brings torch along

        return Asked(self._trained, self.options.batch)

    def _model(self, system: System) -> AbstractContextManager[Any]:
        from eval.korean.harness import Shortest  # noqa: PLC0415 - brings lm-eval along

        if system == FLOOR:
            return nullcontext(Shortest())
        return self._asked.likelihoods(adapter=system == "tuned")


def digest(paths: Sequence[Path]) -> str:
    """Compute the SHA-256 of files that may be larger than memory, in the order given."""
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()
