"""Baselines whose answers are whole outputs from elsewhere."""

from __future__ import annotations

import pytest

from eval.systems.baselines import Baseline
from eval.systems.whole_outputs import whole_outputs
from eval.tasks import Item
from preprocess.alpaca import Task
from tests.eval.task_rows import items_of, overall_item, revise_item, write_item

TEXTS = ("수치가 있어 좋습니다.", "수치가 있고 좋습니다.", "문장이 너무 깁니다.")


def named(task: Task, train: list[Item], test: list[Item]) -> dict[str, Baseline]:
    """Make a task's baselines."""
    return {b.name: b for b in whole_outputs(task, train, test, seed=0)}


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("overall", ["retrieval", "shuffled", "generic"]),
        ("revise", ["unchanged"]),
        ("write", ["retrieval", "shuffled", "applicant"]),
    ],
)
def test_each_task_has_its_baselines(task: Task, names: list[str]) -> None:
    """They answer every test item, and the same again."""
    train, test = items_of(task, range(10, 14)), items_of(task, range(1, 3))
    found = named(task, train, test)
    assert list(found) == names
    for baseline in found.values():
        assert [p.id for p in baseline.predictions(test)] == [item.row.id for item in test]
        assert baseline.how
    assert found == named(task, train, test)


def test_constant_is_the_median_grade_and_the_most_central_advice() -> None:
    """Of grades 1, 2 and 5 that is 2; of three texts the one like the others."""
    train = [
        overall_item(grade, text, essay=str(k))
        for k, (grade, text) in enumerate(zip((1.0, 5.0, 2.0), TEXTS, strict=True))
    ]
    test = [overall_item(3.0, essay=str(k)) for k in (8, 9)]
    answers = named("overall", train, test)["generic"].answers
    assert set(answers) == {"8", "9"}
    (said,) = set(answers.values())
    grade, advice = said.split("\n")
    assert grade == "평점: 2.0"
    assert advice.removeprefix("총평: ") in TEXTS[:2]


def test_retrieval_takes_the_nearest_input_of_another_group() -> None:
    """A question's nearest is the same question, answered by somebody else."""
    train, test = items_of("write", range(10, 12)), [write_item(1, "1")]
    answers = named("write", train, test)["retrieval"].answers
    assert answers == {"1-2": write_item(1).row.output}


def test_yardsticks() -> None:
    """The draft comes back behind its header, and the applicant's own answer as it is."""
    draft, letter = revise_item(), write_item()
    unchanged = named("revise", [draft], [draft])["unchanged"].answers
    assert unchanged == {draft.row.id: f"[첨삭]\n\n{draft.row.input}"}
    applicant = named("write", items_of("write", range(10, 12)), [letter])["applicant"].answers
    assert applicant == {letter.row.id: letter.row.output}
