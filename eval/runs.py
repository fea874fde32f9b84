"""A run, as its YAML tells it: which data, which model, which folder.

`load_run("advice-polyglot-ko-1.3b-qlora")` reads `axolotl_configs/<run>.yml`. The training file
named there must be `…/alpaca/<task>/train.jsonl`; validation and test files are its siblings.
Scored on the second test split, of firms that no other split holds, a run keeps all that belongs
to it in a folder of its own: `eval-test-firms/` beside `eval/`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from axolotl_configs.run_yaml import CONFIGS, RunError, find_run, read_run
from eval.tasks import INTERVIEW
from preprocess.alpaca import UNSEEN_FIRMS, Split, Task

#: The splits on which a run may be scored, the usual one first.
TEST_SPLITS: tuple[Split, ...] = ("test", UNSEEN_FIRMS)


@dataclass(frozen=True)
class Run:
    """Where the parts of one run lie; paths are relative to the repository root.

    `test` is the file of `split`, and `eval_dir` holds what belongs to that split alone.
    """

    name: str
    config: Path
    task: Task
    train: Path
    validation: Path
    test: Path
    output_dir: Path
    base_model: str
    split: Split = "test"

    @property
    def eval_dir(self) -> Path:
        """Where predictions, scores and result of the run are kept."""
        return self.output_dir / ("eval" if self.split == "test" else f"eval-{self.split}")

    @property
    def predictions_dir(self) -> Path:
        """Where each system has its `<system>.jsonl`."""
        return self.eval_dir / "predictions"

    @property
    def answering(self) -> str:
        """The command that has the run's test rows answered, and scored where there are scores."""
        if self.task == INTERVIEW:
            return f"python -m eval.generate {self.options}"
        return f"make eval {self.settings}"

    @property
    def options(self) -> str:
        """What chooses this run and split on the command lines of eval."""
        return f"--run {self.name}" + ("" if self.split == "test" else f" --split {self.split}")

    @property
    def settings(self) -> str:
        """What chooses this run and split behind `make`."""
        return f"RUN={self.name}" + ("" if self.split == "test" else f" SPLIT={self.split}")


def load_run(name_or_path: str | Path, configs: Path = CONFIGS, split: Split = "test") -> Run:
    """Read a run's YAML.

    Args:
        name_or_path: A run's name, or the path of its YAML.
        configs: The folder in which a name is looked up.
        split: The test split that it is asked and scored on, of `TEST_SPLITS`.

    Raises:
        RunError: There is no such run, its YAML is not one, or it trains on no task with scores,
            nor on `interview`, which is judged and rated without; or its rows have no such split.

    """
    path = find_run(name_or_path, configs)
    settings = read_run(path)
    train = training_file(path, settings)
    task = task_of(path, train)
    if task == INTERVIEW and split != "test":
        raise RunError(f"{path}: the rows of {task} have no split {split}; leave --split out")
    return Run(
        name=path.stem,
        config=path,
        task=task,
        train=train,
        validation=train.with_name("validation.jsonl"),
        test=train.with_name(f"{split}.jsonl"),
        output_dir=Path(required_text(path, settings, "output_dir")),
        base_model=required_text(path, settings, "base_model"),
        split=split,
    )


def training_file(path: Path, settings: dict[str, object]) -> Path:
    """Take the one training file that `datasets:` names."""
    match settings.get("datasets"):
        case [{"path": str(train)}, *_]:
            return Path(train)
    raise RunError(f"{path}: datasets[0].path is missing; it names the run's training file")


def task_of(path: Path, train: Path) -> Task:
    """Tell the task from `…/alpaca/<task>/train.jsonl`."""
    for task in get_args(Task):
        if train.parts[-3:] == ("alpaca", task, "train.jsonl"):
            known: Task = task
            return known
    tasks = " or ".join(get_args(Task))
    raise RunError(
        f"{path}: datasets[0].path is {train}, not data/alpaca/<task>/train.jsonl with task "
        f"{tasks}; eval knows these tasks alone"
    )


def fingerprint(*paths: Path) -> str:
    """Compute the SHA-256 of files, names and contents in the order given, as hexadecimals."""
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def required_text(path: Path, settings: dict[str, object], key: str) -> str:
    """Take a key whose value must be text."""
    value = settings.get(key)
    if not isinstance(value, str) or not value:
        raise RunError(f"{path}: {key} is missing or not text")
    return value
