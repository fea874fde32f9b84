"""KoBEST through lm-eval: its own prompts and examples, asked of a model; and the floor's model.

The only module of eval, beside `eval.korean.model`, that imports lm-eval.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import lm_eval.tasks
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.evaluator import evaluate
from lm_eval.tasks import TaskManager, get_task_dict
from tqdm import tqdm

from eval.korean.data import split_path
from eval.korean.records import CHOICES, Benchmark
from eval.korean.statistics import macro_f1, tally


class Choices(NamedTuple):
    """What came of a task: labels and choices (one digit an item), and what was asked."""

    gold: str
    chosen: str
    cut: int
    prompts_version: str
    prompts_sha256: str


class Shortest(LM):  # type: ignore[misc]  # lm-eval has no types
    """A model that always prefers the answer with the fewest characters.

    Of answers of equal length it prefers the first, as any does whose answers are equally likely.
    """

    cut = 0

    def loglikelihood(self, requests: Sequence[Instance]) -> list[tuple[float, bool]]:
        """Call an answer the less likely the more characters it has."""
        return [(-float(len(request.args[1])), False) for request in requests]

    def loglikelihood_rolling(self, requests: Sequence[Instance]) -> list[float]:
        """Refuse: KoBEST asks for none."""
        raise NotImplementedError

    def generate_until(self, requests: Sequence[Instance]) -> list[str]:
        """Refuse: KoBEST asks for none."""
        raise NotImplementedError


class Counting:
    """lm-eval's hook for a cache of answers, used to move a progress bar."""

    def __init__(self, bar: tqdm[Any]) -> None:
        self._bar = bar

    def add_partial(self, _kind: str, _request: Any, _answer: Any) -> None:
        """Count one more answer."""
        self._bar.update()


def ask(  # noqa: PLR0913 - each is a fact of the question
    model: LM,
    folder: Path,
    task: Benchmark,
    *,
    shots: int,
    limit: int | None,
    seed: int,
    bar: tqdm[Any],
) -> Choices:
    """Ask a model one task of KoBEST.

    Args:
        model: An lm-eval model with a count of its shortened prompts, `cut`.
        folder: KoBEST's folder, checked.
        task: Which task.
        shots: Examples before each question, drawn from the training split by lm-eval.
        limit: How many of the test split's items are asked; `None` for all.
        seed: With which the examples are drawn.
        bar: Moves on with each answer that was judged.

    """
    model.cut = 0
    model.set_cache_hook(Counting(bar))
    with (
        # lm-eval draws bars of its own, whether a terminal is there or not.
        contextlib.redirect_stderr(io.StringIO()),
        # Read anew each time: what an earlier reading kept might be of other files.
        TemporaryDirectory() as cache,
    ):
        known = TaskManager(include_path=str(_own_tasks()), include_defaults=False)
        tasks = get_task_dict([_config(folder, task, cache)], known)
        ((name, prepared),) = tasks.items()
        prepared.set_config(key="num_fewshot", value=shots)
        prepared.set_fewshot_seed(seed=seed)
        found = evaluate(model, tasks, limit=limit, bootstrap_iters=0)
    samples = found["samples"][name]
    return Choices(
        gold="".join(str(int(sample["f1"][0])) for sample in samples),
        chosen="".join(str(int(sample["f1"][1])) for sample in samples),
        cut=model.cut,
        prompts_version=str(found["versions"][name]),
        prompts_sha256=_digest(samples),
    )


def _own_tasks() -> Path:
    """Say where lm-eval keeps KoBEST; to read all its thousands of tasks takes ten seconds."""
    return Path(lm_eval.tasks.__file__).parent / "kobest"


def _config(folder: Path, task: Benchmark, cache: str) -> dict[str, Any]:
    """Take lm-eval's task as it is but for its files and its metric.

    The task's own metric would fetch code for F1 from the hub, and run it.
    """
    files = {split: str(split_path(folder, task, split)) for split in ("train", "test")}

    def aggregate(pairs: Sequence[tuple[int, int]]) -> float:
        gold, chosen = ("".join(str(int(one)) for one in side) for side in zip(*pairs, strict=True))
        return float(macro_f1(tally(CHOICES[task], gold, chosen)))

    return {
        "task": f"kobest_{task}",
        "dataset_path": "json",
        "dataset_name": None,
        "dataset_kwargs": {"data_files": files, "cache_dir": cache},
        "metric_list": [{"metric": "f1", "aggregation": aggregate, "higher_is_better": True}],
    }


def _digest(samples: Sequence[dict[str, Any]]) -> str:
    """Compute the SHA-256 of all prompts with their answers to be judged."""
    digest = hashlib.sha256()
    for sample in samples:
        for context, answer in sample["arguments"]:
            digest.update(f"{context}\0{answer}\0".encode())
    return digest.hexdigest()
