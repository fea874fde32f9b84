"""Have a model judge a run's answers: marks on five criteria, and which of two systems is better.

    OPENAI_BASE_URL=http://127.0.0.1:8000/v1 python -m eval.judge --run RUN --model NAME

The answers are advice, or what an interviewer says; each has a rubric of its own. The judge is any
model behind the OpenAI API; essays go there, so it should be yours. It is given what the expert
said, or the bank's question, and sees each pair in both orders; what it says goes to
`runs/<run>/eval/judge.json`, and an earlier result with other judgements to `judge.json.old`. Its
replies are kept in `runs/<run>/eval/judge/replies.jsonl`: a stopped judge goes on, and nothing is
asked twice.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from tqdm import tqdm

from axolotl_configs.run_yaml import CONFIGS, RunError
from eval.answers.endpoint_system import PREFIX, endpoint_of
from eval.draws import add_draws
from eval.fuller import keep_fuller
from eval.in_force import answers_fingerprint
from eval.judging.asking import ATTEMPTS, DRAWN, Judge, in_full, side_by_side
from eval.judging.cases import Case, cases_of, sample
from eval.judging.kept import KeptReplies
from eval.judging.lengths import lengths
from eval.judging.people import in_words, read_all_ratings, with_people
from eval.judging.prompts import refuse_without_rubric, rubric, rubric_file
from eval.judging.records import ItemMarks, ItemPreference, JudgeResult, Mode
from eval.judging.results import (
    judged_pairs,
    marks_difference,
    reasons,
    system_marks,
)
from eval.judging.table import judge_table, reasons_text
from eval.predictions import PredictionError
from eval.rating.pairs import read_outputs
from eval.records import Unscored
from eval.runs import TEST_SPLITS, Run, fingerprint, load_run
from eval.tasks import read_items
from preprocess.alpaca import RecordError, write_whole
from preprocess.endpoint import MODEL, Endpoint, EndpointError

AT_ONCE: Final = 4
TIMEOUT: Final = 120.0
#: Room for a few sentences of reasons in Korean, and the verdict.
MOST_TOKENS: Final = 1024
MODES: Final[dict[str, tuple[Mode, ...]]] = {
    "score": ("score",),
    "pair": ("pair",),
    "both": ("score", "pair"),
}


class JudgeError(ValueError):
    """A run that cannot be judged, or a judge that judged nothing; the message says the cure."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments)
    try:
        run = load_run(options.run, options.configs, options.split)
        refuse_without_rubric(run)
    except RunError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    try:
        endpoint = judge_endpoint(options)
    except EndpointError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        result = judge_run(run, endpoint, options)
    except (RecordError, PredictionError, JudgeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except EndpointError as error:
        print(
            f"error: {in_full(error)}; all replies so far are kept: run it again", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        print("interrupted; all replies so far are kept: run it again", file=sys.stderr)
        return 1
    encoded = msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"
    if (aside := keep_fuller(result_path(run), result, judged_of)) is not None:
        print(f"the earlier result held other judgements; kept as {aside}", file=sys.stderr)
    write_whole(result_path(run), [encoded])
    print(judge_table(result))
    print(f"judged {run.name} → {result_path(run)}")
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.judge", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--run", required=True, help="a run's name, or the path of its YAML")
    parser.add_argument("--configs", type=Path, default=CONFIGS, help="where runs are looked up")
    add = parser.add_argument
    add("--split", choices=TEST_SPLITS, default="test")
    add("--model", help=f"the judge's name at the endpoint (default: ${MODEL})")
    add("--system", default="tuned", help="the system that is judged (tuned)")
    add("--against", nargs="+", default=["base"], metavar="SYSTEM", help="… beside these (base)")
    add("--mode", choices=MODES, default="both", help="marks, pairs, or both")
    add("--limit", type=int, metavar="N", help="judge N rows, drawn by the seed")
    add_draws(parser)
    add("--at-once", type=int, default=AT_ONCE, help=f"questions under way at a time ({AT_ONCE})")
    add("--timeout", type=float, default=TIMEOUT, help=f"seconds for one answer ({TIMEOUT:g})")
    add("--most-tokens", type=int, default=MOST_TOKENS, help=f"… and its length ({MOST_TOKENS})")
    options = parser.parse_args(arguments)
    for name in ("limit", "at_once", "timeout", "most_tokens"):
        number = getattr(options, name)
        if number is not None and number <= 0:
            parser.error(f"--{name.replace('_', '-')} must be above 0")
    options.against = list(dict.fromkeys(options.against))
    if options.system in options.against:
        parser.error("--against names the system itself")
    return options


def judge_endpoint(options: argparse.Namespace) -> Endpoint:
    """Find where to ask.

    Raises:
        EndpointError: No model is named, or address or key are missing or unusable.

    """
    model = options.model or os.environ.get(MODEL)
    if not model:
        raise EndpointError(f"no judge is named; give --model, or set {MODEL}")
    return endpoint_of(f"{PREFIX}{model}", os.environ, options.timeout)


def judge_run(run: Run, endpoint: Endpoint, options: argparse.Namespace) -> JudgeResult:
    """Judge a run's answers.

    Raises:
        JudgeError: Nothing could be judged.
        RecordError: Test rows, predictions, ratings or kept replies cannot be read.
        PredictionError: A system has no predictions, or they do not fit the test set.
        EndpointError: The endpoint refuses, or does not answer.

    """
    items = read_items(run.test, run.task)
    outputs = read_outputs(run, items, [options.system, *options.against])
    ratings = read_all_ratings(run)
    rows = sample(items, options.limit, options.seed)
    pairs = [(options.system, other) for other in options.against]
    kept = KeptReplies(run.eval_dir / "judge" / "replies.jsonl")
    judge = Judge(endpoint, kept, options.most_tokens)
    cases = cases_of(rows, outputs, pairs, MODES[options.mode])
    marks, preferences = judge_all(judge, cases, options.at_once)
    refuse_nothing_judged(judge, kept, marks, preferences)
    agreed = with_people(ratings, preferences, marks, seed=options.seed)
    drawn = (options.resamples, options.seed)
    return JudgeResult(
        run=run.name,
        task=run.task,
        settings=settings(run, endpoint, options, f"{len(rows)} of {len(items)} rows"),
        cost=judge.cost(),
        systems=tuple(
            system_marks(system, marks, lengths(outputs[system]), *drawn)
            for system in outputs
            if marks
        ),
        differences=tuple(marks_difference(*pair, marks, *drawn) for pair in pairs if marks),
        comparisons=tuple(
            judged_pairs(*pair, preferences, *drawn) for pair in pairs if preferences
        ),
        with_people=agreed,
        people=in_words(agreed, run),
        marks=marks,
        preferences=preferences,
    )


def judge_all(
    judge: Judge, cases: Sequence[Case], at_once: int
) -> tuple[tuple[ItemMarks, ...], tuple[ItemPreference, ...]]:
    """Judge all cases, with a progress bar on stderr; what comes of them is in their order."""

    def work(numbered: tuple[int, Case]) -> tuple[int, ItemMarks | ItemPreference]:
        number, case = numbered
        return number, case.judged(judge)

    done = side_by_side(work, list(enumerate(cases)), at_once)
    bar = tqdm(done, total=len(cases), desc="judging", unit="case", disable=None)
    found = [one for _, one in sorted(bar, key=lambda pair: pair[0])]
    return (
        tuple(one for one in found if isinstance(one, ItemMarks)),
        tuple(one for one in found if isinstance(one, ItemPreference)),
    )


def refuse_nothing_judged(
    judge: Judge,
    kept: KeptReplies,
    marks: Sequence[ItemMarks],
    preferences: Sequence[ItemPreference],
) -> None:
    """Refuse to make a result in which the judge said nothing that could be read."""
    said: list[object] = [*(one.marks for one in marks), *(one.verdict for one in preferences)]
    unscored = [one for one in said if isinstance(one, Unscored)]
    if not unscored or len(unscored) < len(said):
        return
    why, failed = reasons(unscored), judge.last_failure
    cure = f"see {kept.path}, or try another model"
    if failed is not None and not judge.cost().replies:
        cure = f"the last: {in_full(failed)}"
    raise JudgeError(f"none of {len(said)} judgements could be read: {reasons_text(why)}; {cure}")


def result_path(run: Run) -> Path:
    """Name the file of the result."""
    return run.eval_dir / "judge.json"


def judged_of(result: JudgeResult) -> set[tuple[str, ...]]:
    """Name what a result holds: the judge, and each answer and each pair that it judged."""
    by = result.settings["model"]
    marked = {(by, one.id, one.system) for one in result.marks}
    return marked | {(by, one.id, one.system, one.other) for one in result.preferences}


def settings(
    run: Run, endpoint: Endpoint, options: argparse.Namespace, rows: str
) -> dict[str, str]:
    """Say how the numbers were made, and from which files."""
    prompts = rubric_file(run.task).read_bytes()
    return {
        "model": endpoint.model,
        "prompts_version": rubric(run.task).version,
        "prompts_sha256": sha256(prompts).hexdigest(),
        "rows": rows,
        "seed": str(options.seed),
        "resamples": str(options.resamples),
        "attempts": f"{ATTEMPTS}: the first at temperature 0, the others at {DRAWN}",
        "most_tokens": str(options.most_tokens),
        "test_sha256": fingerprint(run.test),
        "predictions_sha256": answers_fingerprint(run, (options.system, *options.against)),
    }


if __name__ == "__main__":
    sys.exit(main())
