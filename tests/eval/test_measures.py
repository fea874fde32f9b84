"""What each task's numbers are called."""

from __future__ import annotations

from typing import get_args

import pytest

from eval.measuring.measures import DEFECT_KINDS, LOWER_IS_BETTER, NEW_KINDS, SCORED, measures_of
from eval.pages.task_words import TASK_WORDS
from preprocess.alpaca import AdviceTask, Task
from preprocess.outputs import KINDS


@pytest.mark.parametrize("task", SCORED)
def test_names_are_metrics(task: Task) -> None:
    """Headline, columns and compared metrics are among the task's metrics, each there once."""
    measures = measures_of(task)
    names = [metric.name for metric in measures.metrics]
    assert len(names) == len(set(names))
    columns = [name for _, name in measures.columns]
    assert columns[0] == measures.headline
    for name in (measures.by_item, *columns, *measures.compared):
        assert measures.find(name).name == name


def test_less_is_better_of_metrics() -> None:
    """What less is better of is a metric of some task."""
    every = {metric.name for task in SCORED for metric in measures_of(task).metrics}
    assert every >= LOWER_IS_BETTER


def test_every_kind_of_defect_has_its_share() -> None:
    """The kinds are those that drafts are damaged with."""
    assert DEFECT_KINDS == KINDS
    assert set(NEW_KINDS) <= set(KINDS)


@pytest.mark.parametrize("task", [t for t in SCORED if t not in get_args(AdviceTask)])
def test_every_number_has_its_korean_word(task: Task) -> None:
    """The page can name and explain each metric of a task, and write its values."""
    metrics = [metric.name for metric in measures_of(task).metrics]
    assert sorted(TASK_WORDS[task]) == sorted(metrics)
    for name, meaning, form in TASK_WORDS[task].values():
        assert name
        assert meaning.endswith(".")
        assert form.format(0.5)
