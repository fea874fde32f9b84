"""A run's YAML, found and read."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from axolotl_configs.run_yaml import RunError
from eval.runs import Run, fingerprint, load_run
from preprocess.alpaca import Task
from tests.conftest import ROOT
from tests.eval.rows import RUN


def test_name_and_path_give_the_same_run(run: Run) -> None:
    """A run is found by its name and by the path of its YAML."""
    assert load_run(f"axolotl_configs/{RUN}.yml") == load_run(RUN) == load_run(run.name)


def test_paths_are_siblings_of_the_training_file(run: Run) -> None:
    """Task, test file and folders follow from the YAML."""
    assert (run.name, run.task, run.base_model) == (RUN, "advice", "tiny")
    assert run.test == Path("data/alpaca/advice/test.jsonl")
    assert run.validation == Path("data/alpaca/advice/validation.jsonl")
    assert run.predictions_dir == Path(f"runs/{RUN}/eval/predictions")


def test_second_test_split_has_its_own_file_and_folder(run: Run) -> None:
    """What is asked and scored of unseen firms is kept apart."""
    second = load_run(RUN, split="test-firms")
    assert second.test == Path("data/alpaca/advice/test-firms.jsonl")
    assert second.train == run.train
    assert second.predictions_dir == Path(f"runs/{RUN}/eval-test-firms/predictions")


@pytest.mark.parametrize("task", get_args(Task))
def test_every_task_makes_a_run(run: Run, task: Task) -> None:
    """A YAML that trains on one of these tasks can be asked."""
    path = run.config.with_name("other.yml")
    path.write_text(
        f"base_model: tiny\ndatasets: [{{path: data/alpaca/{task}/train.jsonl}}]\n"
        "output_dir: runs/other\n",
        encoding="utf-8",
    )
    assert load_run("other").task == task


def test_published_revision_run_is_one() -> None:
    """The repository's own run of `revise` is scored like those of advice."""
    assert load_run("revise-eeve-10.8b-qlora", ROOT / "axolotl_configs").task == "revise"


def test_missing_run_lists_those_there_are(run: Run) -> None:
    """An unknown name is answered with the names that would do."""
    with pytest.raises(RunError, match=rf"nothing.yml is missing; the runs .* are: {run.name}"):
        load_run("nothing")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("datasets: [\n", "cannot be read as YAML"),
        ("just text\n", "holds no keys"),
        ("base_model: x\n", r"datasets\[0\].path is missing"),
        (
            "datasets: [{path: data/alpaca/song/train.jsonl}]\n",
            "not data/alpaca/<task>/train.jsonl",
        ),
        ("datasets: [{path: data/alpaca/locate/train.jsonl}]\n", "eval knows these tasks alone"),
        ("datasets: [{path: data/alpaca/advice/train.jsonl}]\n", "output_dir is missing"),
    ],
)
def test_other_yaml_is_refused(run: Run, text: str, told: str) -> None:
    """A YAML that is no run with scores is named with what is wrong."""
    path = run.config.with_name("other.yml")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=told):
        load_run("other")


def test_fingerprint_depends_on_content_and_name(tmp_path: Path) -> None:
    """Two files with the same bytes and names have one fingerprint, others another."""
    one, two = tmp_path / "a" / "x", tmp_path / "b" / "x"
    for path in (one, two):
        path.parent.mkdir()
        path.write_text("같은 글", encoding="utf-8")
    assert fingerprint(one) == fingerprint(two)
    two.write_text("다른 글", encoding="utf-8")
    assert fingerprint(one) != fingerprint(two)
