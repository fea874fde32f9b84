"""Render a scored run as one page that opens without a network, and as Markdown.

    python -m eval.report --run advice-polyglot-ko-1.3b-qlora --out reports/advice

Reads what `eval.score` saved and recomputes no score. `--notice` puts a sentence on top of the
page that nobody can miss, as that a run's essays are invented; `--note-file` adds a text file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.examples import examples
from eval.markdown import markdown
from eval.page import Frame, Page, make_page
from eval.predictions import prediction_files
from eval.records import ItemScore, Prediction, RunResult
from eval.runs import CONFIGS, Run, RunError, fingerprint, load_run
from eval.table import headline_table
from eval.tasks import Item, read_items
from preprocess.alpaca import RecordError, read_jsonl, write_whole

TEMPLATES = Path(__file__).parent / "templates"


class ReportError(ValueError):
    """Results that are missing, or no longer belong to the files they were made from."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments)
    try:
        run = load_run(options.run, options.configs)
        notes = tuple(read_note(path) for path in options.note_file)
        result = read_result(run, cure_of(run))
        page = read_page(run, result, Frame(options.title or run.name, options.notice, notes))
    except (RunError, RecordError, ReportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    write_whole(options.out / "index.html", [render(page).encode()])
    write_whole(options.out / "report.md", [markdown(page).encode()])
    if options.table:
        print(headline_table(result))
    print(f"wrote {options.out / 'index.html'} and {options.out / 'report.md'}")
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.report", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--run", required=True, help="a run's name, or the path of its YAML")
    parser.add_argument("--out", type=Path, required=True, help="folder of the page")
    parser.add_argument("--configs", type=Path, default=CONFIGS, help="where runs are looked up")
    parser.add_argument("--title", default="", help="the page's title; the run's name without it")
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


def cure_of(run: Run) -> str:
    """Give the command that scores a run."""
    return f"python -m eval.score --run {run.name}"


def read_page(run: Run, result: RunResult, frame: Frame) -> Page:
    """Read what belongs to a run's result and draw the page.

    Raises:
        ReportError: The run's files changed since it was scored.
        RecordError: A file cannot be read.

    """
    cure = cure_of(run)
    items = read_items(run.test, run.task, cure="make data")
    refuse_changed(run, result, cure)
    names = [s.system for s in result.systems]
    scores = read_scores(run, names, items, cure)
    predictions = {name: in_item_order(run, name, items, cure) for name in names}
    system = "tuned" if "tuned" in names else names[0]
    shown = (system, examples(items, predictions, scores, system))
    return make_page(result, scores, shown, frame)


def read_result(run: Run, cure: str) -> RunResult:
    """Read `result.json`."""
    path = run.eval_dir / "result.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunResult)
    except FileNotFoundError:
        raise ReportError(f"{path} is missing: {run.name} was not scored; run: {cure}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: {error}; make it again with: {cure}") from None


def refuse_changed(run: Run, result: RunResult, cure: str) -> None:
    """Refuse scores whose test set or predictions have changed since."""
    now = {
        "test_sha256": (run.test, fingerprint(run.test)),
        "predictions_sha256": (run.predictions_dir, fingerprint(*prediction_files(run))),
    }
    changed = [str(path) for key, (path, hashed) in now.items() if result.settings[key] != hashed]
    if changed:
        raise ReportError(f"{' and '.join(changed)} changed since scoring; run: {cure}")


def read_scores(
    run: Run, names: Sequence[str], items: Sequence[Item], cure: str
) -> dict[str, list[ItemScore]]:
    """Read the item scores by system, in the order of the items."""
    path = run.eval_dir / "scores.jsonl"
    read = {(s.system, s.id): s for s in read_jsonl(path, ItemScore, cure=cure)}
    if set(read) != {(name, item.row.id) for name in names for item in items}:
        raise ReportError(f"{path} does not hold every item of every system; run: {cure}")
    return {name: [read[name, item.row.id] for item in items] for name in names}


def in_item_order(
    run: Run, system: str, items: Sequence[Item], cure: str
) -> tuple[Prediction, ...]:
    """Read a system's predictions in the order of the items."""
    path = run.predictions_dir / f"{system}.jsonl"
    read = {p.id: p for p in read_jsonl(path, Prediction, cure=cure)}
    if not read.keys() >= {item.row.id for item in items}:
        raise ReportError(f"{path} does not hold every item; run: {cure}")
    return tuple(read[item.row.id] for item in items)


def render(page: Page) -> str:
    """Write the page as HTML; every text in it is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(page=page)


if __name__ == "__main__":
    sys.exit(main())
