"""Invented rows of `overall`, `revise` and `write`: the people and firms in them do not exist."""

from __future__ import annotations

from pathlib import Path

from eval.runs import Run
from eval.tasks import Item, take_apart
from preprocess.alpaca import AlpacaRow, Task
from preprocess.outputs import Defect, Kind, Overall, ReviseRow, write_overall, write_revision
from tests.eval.rows import write_data, write_predictions

ANSWER = "저는 창고에서 일했습니다. 출고 시간을 20% 줄였습니다. 그 경험으로 기여하겠습니다."
#: What a draft has instead: the kind, what the answer has, what the draft has.
PLANTED: tuple[tuple[Kind, str, str], ...] = (
    ("cliche", "", "저는 긍정적이고 밝은 성격의 소유자입니다. "),
    ("run_on", "습니다. 출고", "고 출고"),
    ("spelling", "줄였", "줄엿"),
    ("register", "겠습니다.", "겠어요."),
)
QUESTIONS = ("물류 직무에 지원한 동기를 적어 주세요.", "성격의 장단점을 적어 주세요.")
LETTERS = (
    "물류 일을 하고 싶었습니다. 창고에서 보낸 여름이 지원 동기입니다.",
    "저의 성격은 꼼꼼합니다. 장점은 기록하는 것이고 단점은 느린 것입니다.",
)


def overall_item(grade: float, text: str = "수치가 있어 좋습니다.", essay: str = "1") -> Item:
    """Make an item of `overall`."""
    output = write_overall(Overall(grade, text))
    question = f"문항 1: 지원 동기\n지원자 {essay}입니다. {ANSWER}"
    row = AlpacaRow("평점과 총평을 써 주세요.", question, output, essay, f"g{essay}", essay)
    return take_apart(row, "overall")


def revise_row(
    planted: tuple[tuple[Kind, str, str], ...] = PLANTED,
    *,
    answer: str = ANSWER,
    item_id: str = "1-1",
    essay: str = "1",
) -> ReviseRow:
    """Make a row of `revise` with defects in the order of the text; added ones stand first."""
    draft, done, defects = answer, 0, list[Defect]()
    for kind, original, written in planted:
        start = draft.index(original, done)
        done = start + len(written)
        draft = draft[:start] + written + draft[start + len(original) :]
        defects.append(Defect(kind, kind, start, done, original))
    output = write_revision(answer)
    return ReviseRow("고쳐 주세요.", draft, output, item_id, f"g{essay}", essay, tuple(defects))


def revise_item(item_id: str = "1-1", essay: str = "1") -> Item:
    """Make an item of `revise` whose draft has a defect of each kind in `PLANTED`."""
    return take_apart(revise_row(item_id=item_id, essay=essay), "revise")


def write_item(k: int = 0, essay: str = "1", question: str = "") -> Item:
    """Make an item of `write` with the k-th question and answer."""
    text = f"문항: {question or QUESTIONS[k]}"
    row = AlpacaRow("물류 직무", text, LETTERS[k], f"{essay}-{k + 1}", f"g{essay}", essay)
    return take_apart(row, "write")


def items_of(task: Task, essays: range) -> list[Item]:
    """Make the items of some essays of a task."""
    if task == "overall":
        return [overall_item(1 + essay % 4, essay=str(essay)) for essay in essays]
    if task == "revise":
        return [revise_item(f"{essay}-1", str(essay)) for essay in essays]
    return [write_item(k, str(essay)) for essay in essays for k in (0, 1)]


def write_task_run(root: Path, task: Task) -> Run:
    """Write a run whose tuned model says what the data say, and whose base model fails."""
    items = items_of(task, range(1, 5))
    run = write_data(root, task, items_of(task, range(10, 15)), items)
    write_predictions(root, run, "tuned", items, [item.row.output for item in items])
    broken = ["", "<script>alert(1)</script>", "가" * 100_000, "평점: 9"]
    write_predictions(root, run, "base", items, [broken[k % 4] for k in range(len(items))])
    return run
