"""A judge by rule, which plays the model's part in tests, and the parts of what it is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from eval.rating.records import CRITERIA
from eval.runs import Run
from tests.eval.rows import (
    BAD,
    GOOD,
    RUN,
    SYSTEMS,
    item,
    output_of,
    six_items,
    write_data,
    write_predictions,
)

COMMAND = ("--run", RUN, "--model", "rule", "--resamples", "1000")

#: The rows of `write_lone_run`.
LONE_ROWS = tuple(of.row.id for of in six_items())

_CODE = re.compile(r'^\{"code": "([0-9a-f]{8})"', flags=re.MULTILINE)
_FENCE = re.compile(r"^<<<[0-9a-f]{16}>>>$", flags=re.MULTILINE)


def write_lone_run(root: Path) -> Run:
    """Write the run of six rows in which each is an essay of its own, enough for intervals."""
    items = [item(GOOD, BAD, item_id=row, source_id=row) for row in LONE_ROWS]
    train = [item(GOOD, BAD, item_id=f"{e}-1", source_id=f"{e}-1") for e in range(10, 16)]
    run = write_data(root, "advice", train, items)
    for system in SYSTEMS:
        outputs = [output_of(system, k) for k in range(len(items))]
        write_predictions(root, run, system, items, outputs)
    return run


def code_of(prompt: str) -> str:
    """Find the code that a verdict is to repeat: that of the last line."""
    return str(_CODE.findall(prompt)[-1])


def fenced(prompt: str) -> list[str]:
    """Take the texts between the fences: instruction, essay, reference, then the answers."""
    fence = _FENCE.findall(prompt)[-1]
    return prompt.split(f"\n{fence}\n")[1::2]


def outside(prompt: str) -> list[str]:
    """Take what stands outside the fences, fence and code made equal for all prompts."""
    fence = _FENCE.findall(prompt)[-1]
    parts = prompt.split(f"\n{fence}\n")[::2]
    return [part.replace(fence, "FENCE").replace(code_of(prompt), "CODE") for part in parts]


def marks_reply(prompt: str, *marks: int) -> str:
    """Write a reply with five marks, its reasons before them."""
    verdict = {"code": code_of(prompt)} | dict(zip(CRITERIA, marks, strict=True))
    return f"근거를 들어 주었습니다.\n{json.dumps(verdict)}"


def choice_reply(prompt: str, choice: str) -> str:
    """Write a reply with a choice."""
    return f"둘을 견주었습니다.\n{json.dumps({'code': code_of(prompt), 'choice': choice})}"


def by_rule(choose: Callable[[str, str], str]) -> Callable[[str], str]:
    """Make a judge: 4 to what is located advice and 1 to what is not, pairs as `choose` says."""

    def answer(prompt: str) -> str:
        answers = fenced(prompt)[3:]
        if len(answers) == 1:
            mark = 4 if answers[0].startswith(("좋은점", "아쉬운점")) else 1
            return marks_reply(prompt, mark, mark, mark, mark, 5)
        return choice_reply(prompt, choose(*answers))

    return answer


def prefer_advice(first: str, second: str) -> str:
    """Choose what is located advice over what is not, whatever the order; else none."""
    one, other = (text.startswith(("좋은점", "아쉬운점")) for text in (first, second))
    return "tie" if one == other else "1" if one else "2"


def prefer_first(_first: str, _second: str) -> str:
    """Choose by the place alone."""
    return "1"


def kept(run: Run) -> Path:
    """Name the file of kept replies."""
    return run.eval_dir / "judge" / "replies.jsonl"
