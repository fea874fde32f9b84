"""Ask a model to rewrite the criticised answers of the training split, for the task `revise`.

    export OPENAI_BASE_URL=http://localhost:8000/v1 OPENAI_MODEL=… OPENAI_API_KEY=…
    python -m preprocess.rewrites_build --data data
    make data

Optional. The answers, masked, are sent to that endpoint, with what the experts criticised in them;
without it nothing leaves the machine. `DATA/rewrites/answers.jsonl` keeps what the model answered,
with prompt and model: the command can be stopped at any moment, and asks nothing twice. What passes
the checks goes to `DATA/rewrites/kept.jsonl`, from where the next build takes it into the training
split and no other; what does not, to `DATA/rewrites/refused.jsonl` with its reason. The key goes
into the requests and nowhere else.

Exit codes: 0 done; 1 the endpoint or a file failed, or some answers did not come; 2 wrong usage, no
endpoint named among it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

from preprocess.alpaca import AlpacaRow, RecordError, read_jsonl, rows_path, write_jsonl
from preprocess.endpoint import (
    BASE_URL,
    KEY,
    MODEL,
    Endpoint,
    EndpointError,
    endpoint_from,
)
from preprocess.rewrites import CURE, NO_ANSWER, criticised, rewrites
from preprocess.rewrites_cache import Cache
from preprocess.rewrites_checks import Criticised
from preprocess.rewrites_kept import Refused, Rewrite, kept_path

AT_ONCE = 4
MAKE_DATA = "make data"


def training_answers(data: Path) -> Iterator[Criticised]:
    """Yield the training answers that experts criticised, in the order of the `advice` rows.

    Raises:
        RecordError: A file of rows is missing, or the two are not of one build.

    """
    advice = rows_path(data, "advice", "train")
    criticisms = {row.id: row for row in read_jsonl(advice, AlpacaRow, cure=MAKE_DATA)}
    answers = {
        row.id: row.output
        for row in read_jsonl(rows_path(data, "write", "train"), AlpacaRow, cure=MAKE_DATA)
        if row.id in criticisms
    }
    for number, row in criticisms.items():
        if number not in answers:
            raise RecordError(f"{advice}: the task `write` has no row {number}; {CURE}")
        item = criticised(row, answers[number])
        if item is not None:
            yield item


def build_rewrites(
    data: Path, endpoint: Endpoint, *, at_once: int
) -> tuple[list[Rewrite], list[Refused]]:
    """Ask for all rewrites, with progress on stderr, and write them; return those, in order.

    Raises:
        EndpointError: The endpoint refuses, or failed several times in a row; what it answered is
            kept, and the rewrites of an earlier run stay as they are.
        RecordError: See `training_answers`; or a line of kept answers is damaged.

    """
    items = list(training_answers(data))
    kept = kept_path(data)
    cache = Cache(kept.with_name("answers.jsonl"))
    host = urlsplit(endpoint.url).hostname
    print(f"{len(items)} criticised answers for {endpoint.model} at {host}", file=sys.stderr)
    came = rewrites(items, endpoint, cache, at_once=at_once)
    found = list(tqdm(came, total=len(items), unit="answer", disable=None))
    places = {item.id: place for place, item in enumerate(items)}
    found.sort(key=lambda one: places[one.id])
    good = [one for one in found if isinstance(one, Rewrite)]
    bad = [one for one in found if isinstance(one, Refused)]
    write_jsonl(kept.with_name("refused.jsonl"), bad)
    write_jsonl(kept, good)
    return good, bad


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is told by the module's docstring."""
    options = _parser().parse_args(argv)
    try:
        endpoint = _endpoint()
    except EndpointError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        good, bad = build_rewrites(options.data, endpoint, at_once=options.at_once)
    except (EndpointError, RecordError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where it was", file=sys.stderr)
        return 1
    reasons = Counter(one.reason.partition(":")[0] for one in bad)
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    print(
        f"{len(good)} rewrites in {kept_path(options.data)} for {MAKE_DATA} to take up, "
        f"{len(bad)} answers without{f': {told}' if told else ''}"
    )
    return 1 if NO_ANSWER in reasons else 0


def _endpoint() -> Endpoint:
    endpoint = endpoint_from(os.environ)
    if endpoint is None:
        raise EndpointError(
            f"no endpoint is named; set {BASE_URL} (like http://localhost:8000/v1), {MODEL} and "
            f"{KEY} (any word for a local server that wants none)"
        )
    return endpoint


def _threads(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 99")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m preprocess.rewrites_build",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Path("data"), help="what the build made")
    parser.add_argument(
        "--at-once",
        type=_threads,
        default=AT_ONCE,
        metavar="N",
        help="questions under way at a time (%(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
