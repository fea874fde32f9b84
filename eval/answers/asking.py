"""A run's test rows as the prompts of its systems, and the engine that the run's model needs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from axolotl_configs.run_yaml import RunError, read_run
from eval.answers import endpoint_system
from eval.answers.answering import Job, longest_first, set_aside, settle
from eval.answers.engines import Drawing, Engine, EngineName, Trained, choose_engine, load_engine
from eval.answers.prompts import choose_examples, load_wrapper, prompt_with_example
from eval.answers.trained_files import refuse_damaged
from eval.predictions import prediction_path, problems_of
from eval.records import Prediction
from eval.runs import Run, fingerprint
from eval.tasks import read_items
from preprocess.alpaca import AlpacaRow, RecordError, read_jsonl

#: Each system of a run's own model: whether the adapter is on, and whether there is an example.
SYSTEMS = {
    "base": (False, False),
    "base-1shot": (False, True),
    "tuned": (True, False),
    "tuned-1shot": (True, True),
}
#: Room for an answer, as a multiple of the longest answer of the training split.
ROOM = 1.25
#: The file of weights that training with an adapter leaves.
ADAPTER = "adapter_model.safetensors"

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """How answers are made.

    Attributes:
        engine: One of `eval.answers.engines.ENGINES`.
        batch: Prompts at a time; with 0 the engine takes its own number.
        parallel: Questions that an endpoint is asked at once.
        timeout: Seconds that an endpoint has for an answer.
        drawing: How tokens are found.
        progress: Whether to show how far it is.

    """

    engine: str = "auto"
    batch: int = 0
    parallel: int = 4
    timeout: float = 120.0
    drawing: Drawing = field(default_factory=Drawing)
    progress: bool = False


class Asking:
    """A run's test rows, as the scores will read them, and what is needed to have them answered.

    Raises:
        RecordError: A data file is missing or broken.
        RunError: The run's YAML has no prompt.

    """

    def __init__(self, run: Run, options: Options) -> None:
        self.run, self.options = run, options
        self.items = read_items(run.test, run.task)
        self.test = [item.row for item in self.items]
        self.train = [item.row for item in read_items(run.train, run.task)]
        self.wrapper = load_wrapper(run.config)
        self.examples = choose_examples(self.train)

    def jobs(self, system: str, *, shot: bool, told: bool = False) -> list[Job]:
        """Make a system's prompts; `told` where its model must be told the answer's form."""
        return longest_first(
            [
                Job(row, self.run.task, system, self._prompt(row, shot=shot, told=told))
                for row in self.test
            ]
        )

    def _prompt(self, row: AlpacaRow, *, shot: bool, told: bool) -> str:
        def shown(of: AlpacaRow) -> AlpacaRow:
            return endpoint_system.told(of, self.run.task) if told else of

        if not shot:
            return self.wrapper.prompt(shown(row))
        return prompt_with_example(self.wrapper, shown(row), shown(self.examples.beside(row)))

    def settled(
        self, system: str, *, left_open: Sequence[str] = (), **settings: str | int
    ) -> tuple[Path, dict[str, Any]]:
        """Name a system's file, once answers made in another way, or not whole, are out of it.

        Returns:
            The file, and the settings that hold; see `eval.answers.answering.settle`.

        """
        drawing = self.options.drawing
        held = settle(
            self.run.predictions_dir,
            system,
            {
                "test_sha256": fingerprint(self.run.test),
                "config_sha256": fingerprint(self.run.config),
                "example": self.examples.first.id,
                "temperature": drawing.temperature,
                "seed": drawing.recorded_seed,
                **drawing.narrowed,
                **settings,
            },
            left_open=left_open,
        )
        path = prediction_path(self.run.predictions_dir, system)
        if path.exists() and (problem := self._unfit(path)):
            print(f"{problem}; set aside as {path.name}.old and made again", file=sys.stderr)
            set_aside(self.run.predictions_dir, system)
        return path, held

    def _unfit(self, path: Path) -> str | None:
        """Say the first thing that is wrong with a file of answers, if anything."""
        try:
            found = list(read_jsonl(path, Prediction, cure="the same command"))
        except RecordError as error:
            return str(error).partition("; ")[0]
        return next(problems_of(path, found, self.items), None)

    @cached_property
    def adapter_sha256(self) -> str:
        """The fingerprint of the adapter, or whole model, that is asked.

        Raises:
            RunError: It is missing or damaged.

        """
        weights = trained_weights(self.run)
        refuse_damaged(weights, self.run.name)
        return fingerprint(weights)

    @cached_property
    def engine_name(self) -> EngineName:
        """The engine that answers."""
        return choose_engine(self.options.engine, self.run.output_dir, self.options.drawing)

    @cached_property
    def engine(self) -> Engine:
        """The run's model, loaded when it is first needed."""
        settings = read_run(self.run.config)
        revision = settings.get("revision_of_model")
        trained = Trained(
            base=self.run.base_model,
            revision=None if revision is None else str(revision),
            adapter=self.run.output_dir,
            four_bit=bool(settings.get("load_in_4bit")),
            longest=max((row.output for row in self.train), key=len),
            room=ROOM,
        )
        return load_engine(self.engine_name, trained, self.options.drawing)

    def bar(self, answers: Iterable[T], count: int, system: str) -> Iterator[T]:
        """Show how far a system is, its rate and the time left."""
        yield from tqdm(
            answers,
            total=count,
            desc=system,
            unit=" answers",
            disable=not self.options.progress,
        )


def own_systems(run: Run) -> tuple[str, ...]:
    """List the systems of a run's own model; drawn at random it was nothing before training."""
    random = bool(read_run(run.config).get("reinit_weights"))
    return tuple(name for name, (tuned, _) in SYSTEMS.items() if tuned or not random)


def trained_weights(run: Run) -> Path:
    """Find the weights that training left, of an adapter or a whole model."""
    if read_run(run.config).get("adapter"):
        return trained_adapter(run)
    return weights_there(run, "model.safetensors")


def trained_adapter(run: Run) -> Path:
    """Find the weights of the adapter that training left, or say how to make them."""
    return weights_there(run, ADAPTER)


def weights_there(run: Run, name: str) -> Path:
    """Find a file of weights of a run.

    Raises:
        RunError: It is not there; the message says how to make it.

    """
    path = run.output_dir / name
    if not path.is_file():
        raise RunError(f"{path} is missing: the run was never trained; make train RUN={run.name}")
    return path
