"""A run with markup in its texts, and its rating page as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.rating.records import CRITERIA, Rating
from eval.runs import Run
from eval.tasks import Item, take_apart
from preprocess.alpaca import AlpacaRow, number_sentences, read_jsonl, write_points
from tests.conftest import ROOT
from tests.eval.rows import BAD, GOOD, RUN, six_items, write_data, write_predictions

SCRIPT = "<script>document.title='깨짐'</script>"
MARKED_UP = f'저는 <b>"A&B"</b> 동아리에서 {SCRIPT} 활동했습니다.'
SYSTEMS = ("tuned", "base")


def write_rated_run(root: Path) -> Run:
    """Write a run of seven rows and four essays below a folder.

    Every essay's question and first sentence, and one answer of each system, hold markup and a
    script; the other answers of `base` cannot be read as advice. On one row both say the same.
    """
    items = [with_markup(item) for item in six_items()]
    same = with_markup(six_items()[0], item_id="4-1", source_id="4")
    run = write_data(root, "advice", items, [*items, same])
    good, bad = write_points([GOOD]), write_points([BAD])
    tuned = [f"좋은점 1 [1] {SCRIPT} 좋습니다.", *[write_points([GOOD, BAD])] * 5, good]
    base = [f"{SCRIPT} 저는 지원합니다.", bad, *["저는 지원합니다."] * 3, "", good]
    for system, outputs in (("tuned", tuned), ("base", base)):
        write_predictions(root, run, system, [*items, same], outputs)
    return run


def with_markup(item: Item, item_id: str = "", source_id: str = "") -> Item:
    """Put markup into an item's question and first sentence."""
    row = item.row
    return take_apart(
        AlpacaRow(
            instruction=row.instruction,
            input=number_sentences(f"{SCRIPT} 동기는?", (MARKED_UP, *item.sentences[1:])),
            output=row.output,
            id=item_id or row.id,
            group=row.group,
            source_id=source_id or row.source_id,
        ),
        "advice",
    )


@contextmanager
def rating_page(root: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the command in a folder; gives the process and the address that it prints."""
    command = [sys.executable, "-m", "eval.rate", "--run", RUN, "--systems", *SYSTEMS, *arguments]
    with subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), process.stderr.read()
            yield process, address
        finally:
            process.kill()


def filled(first: str, second: str, verdict: str) -> dict[str, str]:
    """Fill a form: the five marks of each side as digits, and the preference."""
    sides = (("first", first), ("second", second))
    marks = {
        f"{side}-{name}": digit
        for side, digits in sides
        for name, digit in zip(CRITERIA, digits, strict=True)
    }
    return {**marks, "verdict": verdict, "action": "save"}


def ratings_in(root: Path, rater: str) -> list[Rating]:
    """Read all lines of a rater's file."""
    path = root / "runs" / RUN / "eval" / "ratings" / f"{rater}.jsonl"
    return list(read_jsonl(path, Rating, cure=""))
