"""Let a person compare pairs of answers on a page of this machine.

    python -m eval.rate --run advice-polyglot-ko-1.3b-qlora --rater kim

Prints the page's address and serves it on 127.0.0.1 until Ctrl-C. Two systems' answers to one test
row, advice or what an interviewer says, stand side by side without names; the rater marks each by
five criteria and says which is better. Every answer is on the disk before the next pair is shown,
in `runs/<run>/eval/ratings/<rater>.jsonl`; the same rater goes on where the work was left, at any
time. Every second pair is the same for all raters. `python -m eval.ratings` computes the results.

Exit codes: 0 ended; 1 the run, its predictions or the rater's file cannot be used; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from axolotl_configs.run_yaml import CONFIGS, RunError
from eval.judging.prompts import refuse_without_rubric
from eval.predictions import PredictionError
from eval.rating.desk import Desk
from eval.rating.file import RATER_NAME, RatingFile, RatingFileError, ratings_dir
from eval.rating.pairs import EXPERT, plan, read_outputs
from eval.rating.server import RatingServer
from eval.runs import TEST_SPLITS, Run, load_run
from eval.tasks import INTERVIEW, read_items
from preprocess.alpaca import RecordError

SYSTEMS = ("tuned", "retrieval")
#: Of a task without scores there are no baselines.
UNSCORED_SYSTEMS = ("tuned", "base")
PAIRS = 60
LAST_PORT = 65_535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is told by the module's docstring."""
    options = parse(arguments)
    try:
        run = load_run(options.run, options.configs, options.split)
        refuse_without_rubric(run)
        items = read_items(run.test, run.task)
        systems = options.systems or default_systems(run)
        outputs = read_outputs(run, items, systems)
        pairs = plan(items, outputs, rater=options.rater, most=options.pairs, seed=options.seed)
        if not pairs:
            raise PredictionError(  # noqa: TRY301 - one place says all errors
                f"{' and '.join(systems)} answered every row of {run.test} with the same "
                "text; choose others with --systems"
            )
        with RatingFile(ratings_dir(run), options.rater) as file:
            desk = Desk(run, options.rater, pairs, file)
            serve(desk, options.port, open_browser=options.open)
    except (RunError, RecordError, PredictionError, RatingFileError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def default_systems(run: Run) -> tuple[str, ...]:
    """Say which systems are compared where none is named."""
    return UNSCORED_SYSTEMS if run.task == INTERVIEW else SYSTEMS


def serve(desk: Desk, port: int, *, open_browser: bool) -> None:
    """Serve the page until Ctrl-C, and say in one line how far the rater came.

    Raises:
        RatingFileError: The port cannot be opened.

    """
    try:
        server = RatingServer(desk, port)
    except OSError as error:
        raise RatingFileError(
            f"port {port} cannot be opened: {error.strerror}; choose another --port, or give none"
        ) from None
    with server, suppress(KeyboardInterrupt):
        address = f"http://127.0.0.1:{server.server_port}/"
        for line in notes(desk):
            print(line, file=sys.stderr)
        print(address, flush=True)
        if open_browser:
            webbrowser.open(address)
        server.serve_forever()
    print(summary(desk), flush=True)


def notes(desk: Desk) -> list[str]:
    """Say what a rater should know who comes back."""
    said = []
    if desk.file.set_aside:
        cut = desk.file.path.with_suffix(".cut")
        said.append(f"the last line was cut by a stop and was set aside in {cut}")
    stale = [p for p in desk.pairs if p.key in desk.file.ratings and desk.rating_of(p) is None]
    if stale:
        said.append(f"ratings of answers that have changed: {len(stale)}; these pairs come again")
    return said


def summary(desk: Desk) -> str:
    """Say how far the rater came, and what comes next."""
    total, waiting = len(desk.pairs), len(desk.open_numbers())
    skipped = len(desk.skipped_numbers())
    again = f"python -m eval.rate {desk.run.options} --rater {desk.rater}"
    then = f"go on with: {again}" if waiting else f"now: python -m eval.ratings {desk.run.options}"
    return (
        f"{desk.rater}: {total - waiting - skipped} of {total} pairs rated, {skipped} skipped, "
        f"{waiting} left → {desk.file.path}; {then}"
    )


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.rate", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--run", required=True, help="a run's name, or the path of its YAML")
    add("--configs", type=Path, default=CONFIGS, help="where runs are looked up")
    add("--split", choices=TEST_SPLITS, default="test", help="of unseen firms, too")
    add("--rater", type=rater_name, default="rater1", help="who rates; each person has a name")
    add(
        "--systems",
        nargs="+",
        default=(),
        metavar="SYSTEM",
        help=f"the first is compared with each of the others ({' '.join(SYSTEMS)}; of "
        f"{INTERVIEW} {' '.join(UNSCORED_SYSTEMS)}); {EXPERT} is the test set's own",
    )
    add("--pairs", type=positive, default=PAIRS, help=f"how many at most ({PAIRS})")
    add("--seed", type=int, default=0, help="of the order; the same for all raters (0)")
    add("--port", type=port_number, default=0, help="0: a free one (0)")
    add("--open", action="store_true", help="open the page in this machine's browser")
    options = parser.parse_args(arguments)
    options.systems = [name for text in options.systems for name in text.split(",") if name]
    if len(set(options.systems)) != len(options.systems) or len(options.systems) == 1:
        parser.error(f"--systems takes two or more, each once, as: --systems {' '.join(SYSTEMS)}")
    return options


def rater_name(text: str) -> str:
    """Read a name that can be a file's name."""
    name = unicodedata.normalize("NFC", text)
    if not RATER_NAME.fullmatch(name):
        raise argparse.ArgumentTypeError("a name is 1 to 40 letters, digits, - or _")
    return name


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no whole number of at least 1")
    return int(text)


def port_number(text: str) -> int:
    """Read a port."""
    if not text.isascii() or not text.isdigit() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port; a port is 0 to {LAST_PORT}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
