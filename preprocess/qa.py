"""Build the rows of `qa` from a file of questions and answers.

    python -m preprocess.qa                                  # the project's own, invented questions
    python -m preprocess.qa --raw data/raw/qa.csv --out data

writes `OUT/alpaca/qa/{train,validation,test}.jsonl`, and `OUT/report-qa/`: `index.html` to read and
`report.json`. The file is the contest's CSV or a general one, told in `preprocess.qa_csv`. Earlier
data stay whole until the file has been found in order. Exit codes: 0 done, 1 the file cannot be
used, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from preprocess.alpaca import rows_path, write_jsonl, write_whole
from preprocess.disk_errors import told
from preprocess.qa_csv import QaError, read_asked
from preprocess.qa_eda import QaReport, make_report
from preprocess.qa_page import render
from preprocess.qa_rows import make_rows, place
from preprocess.split import Shares

INVENTED: Final = Path(__file__).parent / "content" / "qa_library.csv"
#: A test question is a row of the file, and a file has hundreds: a share as large as the essays'
#: would leave intervals wide.
TEST: Final = 0.2


def build(raw: Path, out: Path, shares: Shares, *, seed: int, plain: bool) -> str:
    """Build, write, and tell what there is.

    Raises:
        QaError: The file cannot be used; the earlier data are left whole.
        OSError: The folder cannot be written to.

    """
    there = next(path for path in (out, *out.parents) if path.exists())
    if not there.is_dir():
        raise QaError(f"{there} is a file where a folder belongs; name another: --out")
    asked = read_asked(raw)
    try:
        placed = place(asked, shares)
    except QaError as error:
        raise QaError(f"{raw}: {error}") from None
    rows = make_rows(placed, seed=seed, plain=plain)
    report = make_report(raw, placed, rows, shares, seed)
    lengths = [len(answer) for row in asked for answer in row.answers]
    page = render(report, lengths, invented=raw == INVENTED)
    # Axolotl names its cache by the configuration alone, so it would train on the old rows.
    for prepared in (out / "prepared").glob("qa-*"):
        shutil.rmtree(prepared)
    for split, of in rows.items():
        write_jsonl(rows_path(out, "qa", split), of)
    folder = out / "report-qa"
    text = msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"
    write_whole(folder / "report.json", [text])
    write_whole(folder / "index.html", [page.encode()])
    sizes = ", ".join(f"{len(of)} {split}" for split, of in rows.items())
    return (
        f"{report.rows} rows of questions in {report.groups} groups{_mended(report)}, {sizes} rows "
        f"of qa, in {rows_path(out, 'qa', 'train').parent}; what they look like: "
        f"{folder / 'index.html'}"
    )


def _mended(report: QaReport) -> str:
    """Tell what was left out of the file, where there is any."""
    dropped = {
        "lines without a new answer": report.repeated,
        "cells cleared of letters nobody sees": report.unseen,
    }
    found = ", ".join(f"{name}: {count}" for name, count in dropped.items() if count)
    return found and f" ({found})"


def share(text: str) -> float:
    """Read a share of a whole for argparse, which calls anything else wrong usage."""
    number = float(text)
    if not 0 <= number < 1:  # nor is NaN
        raise argparse.ArgumentTypeError(f"{text} is not a share: from 0 to below 1")
    return number


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m preprocess.qa",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--raw", type=Path, default=INVENTED, metavar="FILE")
    parser.add_argument("--out", type=Path, default=Path("data"), metavar="DIR")
    parser.add_argument("--validation", type=share, default=Shares.validation, metavar="SHARE")
    parser.add_argument("--test", type=share, default=TEST, metavar="SHARE")
    parser.add_argument("--seed", type=int, default=0, help="draws who is joined with whom")
    parser.add_argument(
        "--plain", action="store_true", help="no joined and no reworded training questions"
    )
    args = parser.parse_args(argv)
    try:
        shares = Shares(args.validation, args.test, firms=0)
    except ValueError as error:
        parser.error(str(error))
    try:
        print(build(args.raw, args.out, shares, seed=args.seed, plain=args.plain))
    except OSError as error:
        print(f"error: {told(error, args.raw, args.out)}", file=sys.stderr)
        return 1
    except QaError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
