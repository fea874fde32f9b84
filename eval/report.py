"""Render scored runs as one page that opens without a network, and as Markdown.

    python -m eval.report --run advice-polyglot-ko-1.3b-qlora --out reports/advice
    python -m eval.report --runs advice-a advice-b --out reports/both

Reads what `eval.score` saved (and `eval.judge`, `eval.ratings` and `eval.kobest`, where they did)
and recomputes no score. Several runs must have been asked the same test set; the rows are then
systems of runs. `--notice` puts a sentence on top of the page that nobody can miss; without one
the page says by itself where a run's essays are the replica's, and invented; `--note-file` adds a
text file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from axolotl_configs.run_yaml import CONFIGS, RunError
from eval.pages.combined import combined
from eval.pages.html import html
from eval.pages.invented import invented_notice
from eval.pages.markdown import markdown
from eval.pages.page import Frame, Page, make_page
from eval.pages.results import ReportError, read_scored
from eval.printed import headline_table
from eval.runs import TEST_SPLITS, load_run
from preprocess.alpaca import RecordError, write_whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments)
    try:
        notes = tuple(read_note(path) for path in options.note_file)
        runs = [load_run(name, options.configs, options.split) for name in options.runs]
        scored = combined([read_scored(run) for run in runs])
        notice = options.notice or next(filter(None, map(invented_notice, runs)), "")
    except (RunError, RecordError, ReportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    page = make_page(scored, Frame(options.title or scored.result.run, notice, notes))
    try:
        write_whole(options.out / "index.html", [render(page).encode()])
        write_whole(options.out / "report.md", [markdown(page).encode()])
    except OSError as error:
        print(
            f"error: {options.out} cannot be written: {error.strerror}; choose another --out",
            file=sys.stderr,
        )
        return 1
    if options.table:
        print(headline_table(scored.result))
    print(f"wrote {options.out / 'index.html'} and {options.out / 'report.md'}")
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.report", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--run",
        "--runs",
        dest="runs",
        nargs="+",
        required=True,
        metavar="RUN",
        help="names of runs, or the paths of their YAMLs",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the page")
    parser.add_argument("--configs", type=Path, default=CONFIGS, help="where runs are looked up")
    parser.add_argument("--split", choices=TEST_SPLITS, default="test", help="of unseen firms, too")
    parser.add_argument("--title", default="", help="the page's title; the runs' names without it")
    parser.add_argument("--table", action="store_true", help="print the headline table too")
    parser.add_argument("--notice", default="", help="a sentence on top of the page")
    parser.add_argument("--note-file", type=Path, action="append", default=[], metavar="FILE")
    return parser.parse_args(arguments)


def read_note(path: Path) -> str:
    """Read a note as plain text."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"the note {path} cannot be read: {error}") from None


def render(page: Page) -> str:
    """Write the page as HTML; every text in it is escaped."""
    return html("report.html.j2", page=page)


if __name__ == "__main__":
    sys.exit(main())
