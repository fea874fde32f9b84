"""Build the Alpaca data from raw essays.

    python -m preprocess.build --raw data/raw/essays.jsonl --out data

writes `OUT/alpaca/<task>/{train,validation,test}.jsonl`, `OUT/text/{train,validation}.jsonl` (what
the pages say, for training a small model from scratch) and `OUT/report/`: `index.html` to read,
`report.json`, `report.md`, and `DATASHEET.md` to go along with the data.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import get_args

from crawler.items import RecordError
from preprocess.alpaca import (
    SPLITS,
    UNSEEN_FIRMS,
    AlpacaRow,
    AnyTask,
    Split,
    rows_path,
    write_jsonl,
)
from preprocess.defects import RECOVERABLE
from preprocess.eda import Measured
from preprocess.firm_names import key
from preprocess.leaks import (
    MOST_SHARED,
    Item,
    LeakError,
    LeakReport,
    overlap,
    require_no_leaks,
)
from preprocess.lengths import CONFIGS, measure
from preprocess.measured import measure_build
from preprocess.prepare import Prepared, clear_work, prepare_file
from preprocess.report import BuildReport, make_report, write_report
from preprocess.report_page import write_pages
from preprocess.split import Shares, split_of_firms
from preprocess.steps import (
    Data,
    Located,
    Tally,
    advice_row,
    anchored_row,
    count_masked,
    drop_repeats,
    group_essays,
    locate,
    locate_row,
    row_id,
    text_row,
)
from preprocess.tasks import overall_row, revise_row, write_row

#: The rows of located advice, made from the same located questions.
TASK_ROWS: dict[AnyTask, Callable[[Located], AlpacaRow]] = {
    "advice": advice_row,
    "advice-anchored": anchored_row,
    "locate": locate_row,
}

NAMED = 10  # rows that are too long, in a message


class BuildError(ValueError):
    """The essays cannot be made into data; the message says what is missing and the cure."""


def build(prepared: Iterable[Prepared], shares: Shares) -> Data:
    """Make rows of every task from prepared essays, split by group.

    Raises:
        BuildError: A split of a task would be empty.

    """
    tally = Tally()
    # By id, so that the order in which a crawl came by them makes no difference.
    kept = sorted(drop_repeats(prepared, tally), key=lambda p: (len(p.essay.id), p.essay.id))
    count_masked(kept, tally)
    groups = group_essays([one.essay for one in kept])
    data = Data(
        rows={(task, split): [] for task in get_args(AnyTask) for split in get_args(Split)},
        texts={split: [] for split in get_args(Split)},
        essays={split: [] for split in get_args(Split)},
        tally=tally,
    )
    firms: dict[str, set[str]] = {group: set() for group in groups}
    for one, group in zip(kept, groups, strict=True):
        firms[group] |= {key(one.essay.company)} if one.essay.company else set()
    for one, group in zip(kept, groups, strict=True):
        _add(data, one, group, split_of_firms(group, firms[group], shares))
    _refuse_empty(data, len(set(groups)), shares)
    return data


def _add(data: Data, one: Prepared, group: str, split: Split) -> None:
    essay, tally = one.essay, data.tally
    data.essays[split].append(essay)
    _add_row(data, "overall", split, overall_row(essay, group, tally))
    for question, spans in zip(essay.questions, one.sentences, strict=True):
        data.texts[split].append(text_row(essay, group, question, spans))
        draft = revise_row(essay, group, question, tally, kinds=RECOVERABLE)
        _add_row(data, "revise", split, draft)
        _add_row(data, "write", split, write_row(essay, group, question, tally))
        item = locate(essay, group, question, spans, tally)
        if item is not None:
            for task, make in TASK_ROWS.items():
                data.rows[task, split].append(make(item))


def _add_row(data: Data, task: AnyTask, split: Split, row: AlpacaRow | None) -> None:
    if row is not None:
        data.rows[task, split].append(row)


def _refuse_empty(data: Data, groups: int, shares: Shares) -> None:
    empty = sorted(split for split in SPLITS if not data.rows["advice", split])
    if empty:
        advised = sum(len(data.rows["advice", split]) for split in SPLITS)
        raise BuildError(
            f"no rows for {', '.join(empty)}: {groups} groups of essays, of which "
            f"{advised} answers carry located advice, "
            f"are too few for shares of {shares.validation} (validation) and {shares.test} (test); "
            "bring more essays or give larger shares: --validation 0.2 --test 0.2"
        )


def check_leaks(data: Data, most_shared: float) -> LeakReport:
    """Measure how much of the test answers stands in training answers.

    Raises:
        LeakError: One training answer holds more than `most_shared` of a test answer.

    """

    def answers(split: Split) -> Iterator[Item]:
        for essay in data.essays[split]:
            for question in essay.questions:
                yield Item(row_id(essay, question), question.answer)

    test = chain(answers("test"), answers(UNSEEN_FIRMS))
    report = overlap(answers("train"), test, limit=most_shared, by="item")
    require_no_leaks(report)
    return report


def write(data: Data, out: Path, *, report: BuildReport, measured: Measured) -> None:
    """Write rows, texts and report below `out`, each file whole.

    What Axolotl prepared from earlier rows goes: it names its cache by the configuration alone, so
    it would train on the old rows.
    """
    shutil.rmtree(out / "prepared", ignore_errors=True)
    for (task, split), rows in data.rows.items():
        if rows:
            write_jsonl(rows_path(out, task, split), rows)
        else:  # no row of an earlier build may stay
            rows_path(out, task, split).unlink(missing_ok=True)
    for split in ("train", "validation"):
        write_jsonl(out / "text" / f"{split}.jsonl", data.texts[split])
    write_report(out / "report", report)
    write_pages(out / "report", report, data, measured=measured, found=report.eda)


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
    parser.add_argument(
        "--unseen-firms", type=float, default=Shares.firms, metavar="SHARE", help="held out"
    )
    parser.add_argument(
        "--most-shared",
        type=float,
        default=MOST_SHARED,
        metavar="SHARE",
        help="of a test answer's words that one training answer may hold (%(default)s)",
    )
    parser.add_argument("--workers", type=int, help="processes (as many as there are cores)")
    args = parser.parse_args(argv)
    try:
        shares = Shares(args.validation, args.test, args.unseen_firms)
    except ValueError as error:
        parser.error(str(error))
    try:
        work = args.out / "parts"
        prepared = prepare_file(args.raw, work, workers=args.workers, progress=sys.stderr.isatty())
        data = build(prepared, shares)
        leaks = check_leaks(data, args.most_shared)
    except (RecordError, BuildError, LeakError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where it was", file=sys.stderr)
        return 1
    rows_of = {rows_path(args.out, task, split): rows for (task, split), rows in data.rows.items()}
    lengths = measure(CONFIGS, args.out, rows_of)
    report = make_report(args.raw, shares, data, leaks, lengths)
    measured = measure_build(args.raw, data, leaks, lengths)
    write(data, args.out, report=report, measured=measured)
    clear_work(work)
    kept = sum(map(len, data.essays.values()))
    sizes = ", ".join(f"{len(data.rows['advice', split])} {split}" for split in get_args(Split))
    for run in lengths:
        if run.too_long:
            print(
                f"{run.run}: {len(run.too_long)} rows are longer than its {run.limit} tokens: "
                f"{', '.join(run.too_long[:NAMED])}; give the run a longer sequence_len, or leave "
                "these essays out",
                file=sys.stderr,
            )
    print(
        f"{kept} essays, {sizes} rows a task, in {args.out / 'alpaca'}; "
        f"what was dropped and why: {args.out / 'report' / 'index.html'}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
