"""Build the Alpaca data from raw essays.

    python -m preprocess.build --raw data/raw/essays.jsonl --out data

writes `OUT/alpaca/<task>/{train,validation,test}.jsonl`, `OUT/text/{train,validation}.jsonl` (what
the pages say, for training a small model from scratch) and `OUT/report/{report.json,report.md}`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tqdm import tqdm

from crawler.items import Essay, RecordError, read_jsonl
from preprocess.alpaca import (
    SPLITS,
    AlpacaRow,
    Split,
    Task,
    rows_path,
    write_jsonl,
)
from preprocess.composed import composed
from preprocess.report import make_report, write_report
from preprocess.sentences import split_sentences
from preprocess.split import Shares, split_of
from preprocess.steps import (
    Data,
    Located,
    Tally,
    advice_row,
    anchored_row,
    drop_repeats,
    group_essays,
    locate,
    text_row,
)

#: The rows of each task, made from the same located questions.
TASK_ROWS: dict[Task, Callable[[Located], AlpacaRow]] = {
    "advice": advice_row,
    "advice-anchored": anchored_row,
}


class BuildError(ValueError):
    """The essays cannot be made into data; the message says what is missing and the cure."""


def build(raw: Sequence[Essay], shares: Shares, *, progress: bool = False) -> Data:
    """Make rows of every task from essays, split by group.

    Raises:
        BuildError: A split of a task would be empty.

    """
    tally = Tally()
    kept = drop_repeats(map(composed, raw), tally)
    # By id, so that the order in which a crawl came by them makes no difference.
    essays = sorted(kept, key=lambda essay: (len(essay.id), essay.id))
    groups = group_essays(essays)
    data = Data(
        rows={(task, split): [] for task in TASK_ROWS for split in SPLITS},
        texts={split: [] for split in SPLITS},
        essays={split: [] for split in SPLITS},
        tally=tally,
    )
    bar = tqdm(total=len(essays), unit=" essays", desc="rows", disable=not progress)
    for essay, group in zip(essays, groups, strict=True):
        _add(data, essay, group, split_of(group, shares))
        bar.update()
    bar.close()
    _refuse_empty(data, len(set(groups)), shares)
    return data


def _add(data: Data, essay: Essay, group: str, split: Split) -> None:
    data.essays[split].append(essay)
    sentences = split_sentences(question.answer for question in essay.questions)
    for question, spans in zip(essay.questions, sentences, strict=True):
        data.texts[split].append(text_row(essay, group, question, spans))
        item = locate(essay, group, question, spans, data.tally)
        if item is not None:
            for task, make in TASK_ROWS.items():
                data.rows[task, split].append(make(item))


def _refuse_empty(data: Data, groups: int, shares: Shares) -> None:
    empty = sorted({split for (_, split), rows in data.rows.items() if not rows})
    if empty:
        raise BuildError(
            f"no rows for {', '.join(empty)}: {groups} groups of essays, of which "
            f"{sum(map(len, data.rows.values())) // len(TASK_ROWS)} answers carry located advice, "
            f"are too few for shares of {shares.validation} (validation) and {shares.test} (test); "
            "bring more essays or give larger shares: --validation 0.2 --test 0.2"
        )


def write(data: Data, out: Path, *, raw: Path, shares: Shares) -> None:
    """Write rows, texts and report below `out`, each file whole.

    What Axolotl prepared from earlier rows goes: it names its cache by the configuration alone, so
    it would train on the old rows.
    """
    shutil.rmtree(out / "prepared", ignore_errors=True)
    for (task, split), rows in data.rows.items():
        write_jsonl(rows_path(out, task, split), rows)
    for split in ("train", "validation"):
        write_jsonl(out / "text" / f"{split}.jsonl", data.texts[split])
    write_report(out / "report", make_report(raw, shares, data))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m preprocess.build",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--raw", type=Path, default=Path("data/raw/essays.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("data"))
    parser.add_argument("--validation", type=float, default=Shares.validation, metavar="SHARE")
    parser.add_argument("--test", type=float, default=Shares.test, metavar="SHARE")
    args = parser.parse_args(argv)
    try:
        shares = Shares(args.validation, args.test)
    except ValueError as error:
        parser.error(str(error))
    try:
        raw = list(read_jsonl(args.raw, Essay, cure="make crawl"))
        data = build(raw, shares, progress=sys.stderr.isatty())
    except (RecordError, BuildError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    write(data, args.out, raw=args.raw, shares=shares)
    sizes = ", ".join(f"{len(data.rows['advice', split])} {split}" for split in SPLITS)
    print(
        f"{len(raw)} essays, {sizes} rows a task, in {args.out / 'alpaca'}; "
        f"what was dropped and why: {args.out / 'report' / 'report.md'}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
