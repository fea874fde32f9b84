"""A run large enough for slices and pages of items, with facts; all of it is invented."""

from __future__ import annotations

from pathlib import Path

from eval.runs import Run
from eval.tasks import Item
from preprocess.alpaca import Facts, facts_path, write_jsonl, write_points
from tests.eval.rows import BAD, GOOD, item, point, write_data, write_predictions

#: A model's output that would run, close the element it stands in, or open a comment.
EVIL = (
    "아쉬운점 1 [3] <script>document.title='깨짐'</script></script><!--<script>"
    "<img src=x onerror=\"document.title='깨짐'\">\u2028&lt;" + "가" * 3000
)
ESSAYS = 12
JOBS = ("물류", "회계")


def many_items() -> list[Item]:
    """Make 24 items of twelve essays; the expert says the same of each."""
    return [
        item(GOOD, BAD, item_id=f"{essay}-{k}", source_id=str(essay))
        for essay in range(1, ESSAYS + 1)
        for k in (1, 2)
    ]


def output_of(k: int) -> str:
    """Say what the tuned model answers to the k-th item: right, half right, wrong, by turns."""
    lone = point("good", 3, text="보람이 드러납니다.")
    return write_points([[GOOD, BAD], [GOOD], [lone]][k % 3])


def write_many(root: Path) -> Run:
    """Write a run whose tuned model has one answer full of script, and whose base model fails."""
    items = many_items()
    train = [item(GOOD, BAD, item_id=f"{e}-1", source_id=str(e)) for e in range(30, 36)]
    run = write_data(root, "advice", train, items)
    tuned = [EVIL, *(output_of(k) for k in range(1, len(items)))]
    write_predictions(root, run, "tuned", items, tuned)
    write_predictions(root, run, "base", items, ["저는 귀사에 지원합니다."] * len(items))
    facts = (
        Facts(
            id=i.row.id,
            source_id=i.row.source_id,
            position=JOBS[int(i.row.source_id) % 2],
            company_types=("대기업",),
            grade=2.5,
            question_kind="지원 동기" if i.row.id.endswith("1") else "성격",
            answer_chars=200,
        )
        for i in items
    )
    write_jsonl(root / facts_path(run.test), facts)
    return run
