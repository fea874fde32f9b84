"""Predictions that do not belong to the test set: one clear error each."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from eval.predictions import PredictionError, prediction_path, read_predictions, system_of
from eval.records import Prediction
from eval.runs import Run
from eval.tasks import Item, read_items
from preprocess.alpaca import RecordError, read_jsonl, write_jsonl
from tests.eval.rows import RUN, SYSTEMS


@pytest.fixture
def items(run: Run) -> tuple[Item, ...]:
    """Read the run's test set."""
    return read_items(run.test, run.task)


def tuned(run: Run) -> list[Prediction]:
    """Read the predictions of the tuned model."""
    return list(read_jsonl(run.predictions_dir / "tuned.jsonl", Prediction, cure=""))


def write(run: Run, predictions: list[Prediction]) -> None:
    """Put other predictions into the place of the tuned model's."""
    write_jsonl(run.predictions_dir / "tuned.jsonl", predictions)


def test_predictions_come_in_the_order_of_the_items(run: Run, items: tuple[Item, ...]) -> None:
    """Every system's, whatever the order of its file; baselines are left out."""
    write(run, tuned(run)[::-1])
    write_jsonl(run.predictions_dir / "rules.jsonl", [])
    found = read_predictions(run, items)
    assert set(found) == set(SYSTEMS)
    assert all([p.id for p in of] == [i.row.id for i in items] for of in found.values())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "77-1"}, "id 77-1 is not in the test set"),
        ({"system": "base"}, "id 1-1 is of system base, the file of tuned"),
        ({"task": "overall"}, "id 1-1 is of task overall, the test set of advice"),
        ({"source_id": "9"}, "id 1-1 is of essay 9, in the test set of 1"),
        ({"prompt": "다른 글"}, "id 1-1 was asked another input than the test set has now"),
    ],
)
def test_a_prediction_of_something_else(
    run: Run, items: tuple[Item, ...], changes: dict[str, str], said: str
) -> None:
    """The error names file, id, what is wrong and the command that makes them anew."""
    first, *rest = tuned(run)
    write(run, [msgspec.structs.replace(first, **changes), *rest])
    with pytest.raises(PredictionError) as error:
        read_predictions(run, items)
    assert f"{run.predictions_dir / 'tuned.jsonl'}: {said}" in str(error.value)
    assert f"python -m eval.generate --run {RUN}" in str(error.value)


def test_missing_and_doubled_items_are_counted(run: Run, items: tuple[Item, ...]) -> None:
    """Both problems stand in one error."""
    first, second, *rest = tuned(run)
    write(run, [second, second, *rest])
    with pytest.raises(PredictionError) as error:
        read_predictions(run, items)
    assert "id 1-2 stands there 2 times" in str(error.value)
    assert f"1 of 6 items are missing, first id {first.id}" in str(error.value)


def test_answers_of_an_endpoint_are_made_again_by_their_name(
    run: Run, items: tuple[Item, ...]
) -> None:
    """The command asks no endpoint that it is not told of, so the cure names it."""
    answered = [msgspec.structs.replace(p, system="openai:m") for p in tuned(run)]
    write_jsonl(run.predictions_dir / "openai:m.jsonl", answered[1:])
    with pytest.raises(PredictionError, match=f"--run {RUN} --system openai:m "):
        read_predictions(run, items)


def test_a_whole_other_test_set_is_one_readable_error(run: Run, items: tuple[Item, ...]) -> None:
    """The first problems are listed, the rest are counted."""
    write(run, [msgspec.structs.replace(p, id=f"x{n}") for n, p in enumerate(tuned(run) * 3)])
    with pytest.raises(PredictionError) as error:
        read_predictions(run, items)
    lines = str(error.value).splitlines()
    assert len(lines) == 1 + 8 + 2
    assert "6 of 6 items are missing" in lines[1]
    assert lines[-2].strip() == "… and 11 more"


def test_a_line_cut_in_half(run: Run, items: tuple[Item, ...]) -> None:
    """A file that was not written to its end names the line and the cure."""
    path = run.predictions_dir / "tuned.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(RecordError) as error:
        read_predictions(run, items)
    assert f"{path}, line 6" in str(error.value)
    assert f"python -m eval.generate --run {RUN}" in str(error.value)


def test_no_predictions_at_all(run: Run, items: tuple[Item, ...]) -> None:
    """The error names the folder and the command."""
    for path in run.predictions_dir.glob("*.jsonl"):
        path.unlink()
    with pytest.raises(PredictionError, match=f"has no predictions.*--run {RUN}"):
        read_predictions(run, items)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("내모델", "%EB%82%B4%EB%AA%A8%EB%8D%B8"),
        ("gpt4 (mine)", "gpt4 %28mine%29"),
        ("openai:a%2fb", "openai:a%2Fb"),
    ],
)
def test_a_file_that_no_system_would_find_is_refused(
    run: Run, items: tuple[Item, ...], name: str, right: str
) -> None:
    """Its right name is told, and under that it is read."""
    system = system_of(Path(f"{name}.jsonl"))
    path = run.predictions_dir / f"{name}.jsonl"
    write_jsonl(path, [msgspec.structs.replace(p, system=system) for p in tuned(run)])
    with pytest.raises(PredictionError) as error:
        read_predictions(run, items)
    assert f"{path}: the file of {system} is called {right}.jsonl; rename it" in str(error.value)
    path.rename(path.with_name(f"{right}.jsonl"))
    assert system in read_predictions(run, items)


@pytest.mark.parametrize(
    "system", ["tuned-1shot", "openai:gpt-4.1-mini", "openai:org/model@1", "openai:a%2Fb", "../x"]
)
def test_a_systems_file_tells_its_name(system: str) -> None:
    """Whatever its sign, a name stays one file in the folder, and is read back from it."""
    path = prediction_path(Path("folder"), system)
    assert path.parent == Path("folder")
    assert system_of(path) == system
