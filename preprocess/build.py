"""Build the Alpaca data from raw essays.

    python -m preprocess.build --raw data/raw/essays.jsonl --out data

writes `OUT/alpaca/<task>/{train,validation,test}.jsonl`, `OUT/facts/<split>.jsonl` (job, firm type,
kind of question of each row, by which scores are told), `OUT/text/{train,validation}.jsonl` (what
the pages say, for training a small model from scratch) and `OUT/report/`: `index.html` to read,
`report.json`, `report.md`, and `DATASHEET.md` to go along with the data.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from crawler.items import RecordError, write_jsonl
from preprocess.alone import BusyError, alone
from preprocess.alpaca import SPLITS, AnyTask, facts_path, rows_path
from preprocess.cores import Cores, InOrder
from preprocess.data import EVERY_SPLIT, Data
from preprocess.disk_errors import told
from preprocess.eda import eda
from preprocess.facts import facts_of
from preprocess.grouping import drop_repeats, group_essays
from preprocess.leaks import MOST_SHARED, LeakError, require_no_leaks
from preprocess.lengths import CONFIGS, UNREADABLE, UNUSABLE, RunLengths, measure
from preprocess.measured import measure_build
from preprocess.parting import Parted, part
from preprocess.parts import Parts
from preprocess.portions import LOCATED_ROWS, Files, make_portion, portions
from preprocess.prepare import Prepared, clear_work, prepare_file
from preprocess.repeats import MOST_REPEATED, Capped, cap_repeats
from preprocess.report import Checks, make_report, write_report
from preprocess.report_page import write_pages
from preprocess.rewrites_kept import kept_path
from preprocess.split import Shares
from preprocess.steps import Tally
from preprocess.write_unmasked import UNMASKED

NAMED = 10  # rows that are too long, in a message
#: From so many groups on a fifth of them, chosen by chance, is hardly ever none: 0.8^20 is 1 %.
ENOUGH_GROUPS = 20
LARGER_SHARE = 0.2


class BuildError(ValueError):
    """The essays cannot be made into data; the message says what is missing and the cure."""


class Settings(NamedTuple):
    """How a build is made: where it works, what it takes up, and its limits."""

    work: Path
    rewrites: Path
    most_shared: float = MOST_SHARED
    most_repeated: float = MOST_REPEATED


def build(
    prepared: Parts[Prepared], shares: Shares, settings: Settings, *, in_order: InOrder = map
) -> tuple[Files, Data, Parted]:
    """Make rows of every task from prepared essays, split by group.

    Raises:
        BuildError: A split would be empty.
        LeakError: One training answer holds too much of a test answer.

    """
    tally = Tally()
    kept = prepared.chosen(drop_repeats(prepared, tally))
    groups = group_essays(kept, in_order=in_order)
    parted = part(kept, groups, shares, settings.most_shared, in_order=in_order)
    shutil.rmtree(settings.work, ignore_errors=True)
    files = Files(settings.work / "all")
    placed = portions(settings.work, kept, parted.groups, parted.splits, settings.rewrites)
    for made in in_order(make_portion, placed):
        for spool, path, count in zip(files.every(), made.paths, made.counts, strict=True):
            spool.take(path, count)
        tally.add(made.tally)
    capped = _cap(files, tally, settings.most_repeated)
    data = Data(files.rows, files.texts, files.essays, tally, capped)
    _refuse_empty(data, len(set(parted.groups)), shares)
    if parted.leaks is None:
        raise BuildError("no test answer has words enough to be looked for in training answers")
    require_no_leaks(parted.leaks)
    return files, data, parted


def _cap(files: Files, tally: Tally, share: float) -> Capped:
    """Leave out training rows of located advice that say a text too often."""
    capped = cap_repeats(files.rows["advice", "train"], share=share)
    for name in capped.dropped:
        tally.drop("question: advice that is said too often", name)
    out = frozenset(capped.dropped)
    for task in LOCATED_ROWS if out else ():
        files.rows[task, "train"].leave_out(lambda row: row.id in out)
    return capped


def main_task(data: Data) -> AnyTask:
    """Say what the data are for: located advice, or answers alone where there is no advice."""
    return "advice" if any(data.rows["advice", split] for split in EVERY_SPLIT) else "write"


def _refuse_empty(data: Data, groups: int, shares: Shares) -> None:
    task = main_task(data)
    empty = sorted(split for split in SPLITS if not data.rows[task, split])
    if empty:
        answers = sum(len(data.rows[task, split]) for split in SPLITS)
        raise BuildError(
            f"no {task} rows for {', '.join(empty)}: {groups} groups of essays (near-duplicates "
            f"are one) with {answers} such answers are too few for shares of {shares.validation} "
            f"(validation) and {shares.test} (test); bring more essays{_larger(groups, shares)}"
        )


def _larger(groups: int, shares: Shares) -> str:
    """Name larger shares where these can help: not where essays are few, or they are that large."""
    if groups < ENOUGH_GROUPS or min(shares.validation, shares.test) >= LARGER_SHARE:
        return ""
    return f" or give larger shares: --validation {LARGER_SHARE} --test {LARGER_SHARE}"


def write(files: Files, out: Path) -> None:
    """Write rows, their facts, and texts below `out`, each file whole.

    What Axolotl prepared from earlier rows goes: it names its cache by the configuration alone, so
    it would train on the old rows. Unmasked copies of those go too.
    """
    for made_of_earlier_rows in ("prepared", UNMASKED):
        shutil.rmtree(out / made_of_earlier_rows, ignore_errors=True)
    for (task, split), rows in files.rows.items():
        if rows:
            rows.copy(rows_path(out, task, split))
        else:  # no row of an earlier build may stay
            rows_path(out, task, split).unlink(missing_ok=True)
    for split, texts in files.texts.items():
        texts.copy(out / "text" / f"{split}.jsonl")
    for split_of_facts, essays in files.essays.items():
        path = facts_path(rows_path(out, "advice", split_of_facts))
        write_jsonl(path, (facts for essay in essays for facts in facts_of(essay)))


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
    parser.add_argument(
        "--most-repeated",
        type=float,
        default=MOST_REPEATED,
        metavar="SHARE",
        help="of all points of the training rows that one advice text may be (%(default)s)",
    )
    parser.add_argument("--workers", type=int, help="processes (as many as there are cores)")
    args = parser.parse_args(argv)
    try:
        shares = Shares(args.validation, args.test, args.unseen_firms)
        cores = Cores(args.workers)
    except ValueError as error:
        parser.error(str(error))
    try:
        with alone(args.out), cores:
            print(run(args, shares, cores.map))
    except OSError as error:
        print(f"error: {told(error, args.raw, args.out)}", file=sys.stderr)
        return 1
    except (RecordError, BuildError, BusyError, LeakError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where it was", file=sys.stderr)
        return 1
    return 0


def run(args: argparse.Namespace, shares: Shares, in_order: InOrder) -> str:
    """Build, check, write, and tell what there is.

    Raises:
        RecordError, BuildError, LeakError, OSError: The earlier data are left whole.

    """
    work = args.out / "parts"
    settings = Settings(work / "rows", kept_path(args.out), args.most_shared, args.most_repeated)
    prepared = prepare_file(args.raw, work, in_order=in_order, progress=sys.stderr.isatty())
    files, data, parted = build(prepared, shares, settings, in_order=in_order)
    rows_of = {rows_path(args.out, task, split): rows for (task, split), rows in data.rows.items()}
    checks = Checks(parted, measure(CONFIGS, args.out, rows_of))
    found = eda(data, in_order=in_order)
    report = make_report(args.raw, shares, data, found, checks)
    measured = measure_build(args.raw, data, checks, in_order=in_order)
    write(files, args.out)
    write_report(args.out / "report", report)
    write_pages(args.out / "report", report, measured)
    files.close()
    clear_work(work)
    _warn_of_lengths(checks.lengths)
    kept = sum(map(len, data.essays.values()))
    task = main_task(data)
    sizes = ", ".join(f"{len(data.rows[task, split])} {split}" for split in EVERY_SPLIT)
    return (
        f"{kept} essays, {sizes} rows of {task}, in {args.out / 'alpaca'}; "
        f"what was dropped and why: {args.out / 'report' / 'index.html'}"
    )


def _warn_of_lengths(lengths: Sequence[RunLengths]) -> None:
    """Name on stderr the runs whose rows are too long, or could not be measured."""
    for one in lengths:
        if one.unmeasured in (UNREADABLE, UNUSABLE):
            print(
                f"warning: rows of {one.run} are not measured: {one.unmeasured}; see what is wrong "
                f"with: python -m axolotl_configs.check {CONFIGS / one.run}.yml",
                file=sys.stderr,
            )
        if one.too_long:
            print(
                f"{one.run}: {len(one.too_long)} rows are longer than its {one.limit} tokens: "
                f"{', '.join(one.too_long[:NAMED])}; give the run a longer sequence_len, or leave "
                "these essays out",
                file=sys.stderr,
            )


if __name__ == "__main__":
    sys.exit(main())
