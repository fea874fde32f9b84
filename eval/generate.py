"""Answers of a run's model, with and without its adapter, with none and with one example.

    python -m eval.generate --run advice-polyglot-ko-1.3b-qlora
    python -m eval.generate --run advice-polyglot-ko-1.3b-qlora --system openai:NAME

writes `runs/<run>/eval/predictions/<system>.jsonl` for the systems base, base-1shot, tuned and
tuned-1shot (no base where training began with random weights), or for the ones named;
`openai:NAME` is a model behind OPENAI_BASE_URL (and OPENAI_API_KEY, which a server on this
machine needs not), with none and with one example; `openai:NAME-1shot` is the second alone. Greedy
unless a temperature or a way to draw (`eval.answers.decoding`) is given, so deterministic. Stopped,
the same command goes on after the last whole batch, or answer; answers of an older adapter, test
set or setting are set aside as `<file>.old` and made again.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from axolotl_configs.run_yaml import CONFIGS, RunError
from eval.answers import endpoint_system
from eval.answers.answering import answer_all, finish
from eval.answers.asking import ROOM, SYSTEMS, Asking, Options, own_systems
from eval.answers.decoding import DECODINGS, LIKELIEST, drawing_of
from eval.answers.endpoint_system import PREFIX, Patience
from eval.answers.engines import BATCHES, ENGINES
from eval.runs import TEST_SPLITS, Run, load_run
from preprocess.alpaca import RecordError, encode_line, write_whole
from preprocess.endpoint import EndpointError

#: The highest temperature of the OpenAI API.
HOTTEST = 2.0


def answer_here(asking: Asking, system: str) -> str:
    """Make a system's predictions with the run's own model; says how many there are.

    Raises:
        RunError: The run holds no trained adapter, or its base model cannot be loaded.

    """
    tuned, shot = SYSTEMS[system]
    adapter = asking.adapter_sha256
    path, held = asking.settled(
        system,
        left_open=() if asking.options.batch else ("batch",),
        adapter_sha256=adapter,
        batch=asking.options.batch or BATCHES[asking.engine_name],
        engine=asking.engine_name,
    )
    if not path.exists():
        jobs = asking.jobs(system, shot=shot)
        found = answer_all(
            jobs,
            path.with_suffix(".batches"),
            asking.engine.answers(adapter=tuned),
            batch=held["batch"],
            seed=asking.options.drawing.recorded_seed,
        )
        finish(path, asking.test, {p.id: p for p in asking.bar(found, len(jobs), system)})
    return f"{len(asking.test)} {system}"


def answer_there(asking: Asking, system: str) -> str:
    """Make a system's predictions with an OpenAI-compatible model; says how many, and the cost.

    Raises:
        EndpointError: The endpoint does not answer; what it answered before is kept.

    """
    name, shot = endpoint_system.model_of(system)
    endpoint = endpoint_system.endpoint_of(name, os.environ, asking.options.timeout)
    longest = max(len(row.output) for row in asking.train)
    patience = Patience(
        parallel=asking.options.parallel,
        most_tokens=int(ROOM * longest * endpoint_system.TOKENS_A_CHARACTER),
        drawing=asking.options.drawing,
    )
    path, _ = asking.settled(system, url=endpoint.url, most_tokens=patience.most_tokens)
    cost = path.with_suffix(".cost.json")
    if not path.exists():
        jobs = asking.jobs(system, shot=shot, told=True)
        kept = path.with_suffix(".answers")
        found = endpoint_system.ask_all(jobs, kept, endpoint, patience)
        answers = list(asking.bar(found, len(jobs), system))
        write_whole(cost, [encode_line(endpoint_system.cost_of(answers))])
        finish(path, asking.test, {a.prediction.id: a.prediction for a in answers})
        kept.unlink()
        if rejected := sum(answer.rejected for answer in answers):
            print(
                f"warning: {system}: {endpoint.url} rejected {rejected} of {len(answers)} "
                "questions, as where they are too long for the model; their answers are empty. To "
                f"ask again, delete {path}",
                file=sys.stderr,
            )
    return f"{len(asking.test)} {system} ({endpoint_system.read_cost(cost)})"


def generate(run: Run, systems: Sequence[str], options: Options) -> list[str]:
    """Make the predictions of systems; says of each how many there are.

    Raises:
        RunError: The run cannot be asked.
        RecordError: A data file is missing or broken.
        EndpointError: An endpoint cannot be asked.

    """
    asking = Asking(run, options)
    return [
        answer_there(asking, system) if system.startswith(PREFIX) else answer_here(asking, system)
        for system in systems
    ]


def asked_systems(names: Sequence[str]) -> list[str]:
    """List the systems that names on the command line stand for, each once.

    Raises:
        ValueError: A name is no system's.

    """
    unknown = [name for name in names if name not in SYSTEMS and not name.startswith(PREFIX)]
    if unknown:
        known = ", ".join(SYSTEMS)
        raise ValueError(f"no system is called {unknown[0]}; there are {known}, {PREFIX}NAME")
    found = [
        system
        for name in names
        for system in ((name,) if name in SYSTEMS else endpoint_system.endpoint_systems(name))
    ]
    return list(dict.fromkeys(found))


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.generate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", required=True, help="a run's name, or the path of its YAML")
    parser.add_argument("--configs", type=Path, default=CONFIGS, metavar="DIR")
    parser.add_argument("--system", action="append", default=[], metavar="NAME")
    parser.add_argument("--split", choices=TEST_SPLITS, default="test")
    parser.add_argument("--engine", choices=ENGINES, default="auto")
    parser.add_argument("--batch", type=int, default=0, metavar="N", help="prompts at a time")
    parser.add_argument("--parallel", type=int, default=4, help="questions at a time to openai:…")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one such answer")
    parser.add_argument("--temperature", type=float, default=0.0, help="0: the likeliest token")
    parser.add_argument("--decoding", choices=DECODINGS, default=LIKELIEST)
    parser.add_argument("--seed", type=int, default=0, help="of the sampling")
    args = parser.parse_args(argv)
    if args.batch < 0 or args.seed < 0 or args.parallel < 1 or args.timeout <= 0:
        parser.error("--batch and --seed must not be negative, --parallel and --timeout be above 0")
    if not 0 <= args.temperature <= HOTTEST:
        parser.error(f"--temperature must be between 0 and {HOTTEST:g}")
    try:
        args.system = asked_systems(args.system)
    except ValueError as error:
        parser.error(f"--system: {error}")
    try:
        args.drawing = drawing_of(args.decoding, args.temperature, args.seed)
    except ValueError as error:
        parser.error(str(error))
    if args.drawing.narrowed and any(name.startswith(PREFIX) for name in args.system):
        parser.error(f"--decoding {args.decoding} is for a run's own model, not for {PREFIX}NAME")
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    args = parse(argv)
    options = Options(
        engine=args.engine,
        batch=args.batch,
        parallel=args.parallel,
        timeout=args.timeout,
        drawing=args.drawing,
        progress=sys.stderr.isatty(),
    )
    try:
        run = load_run(args.run, args.configs, args.split)
        counts = generate(run, args.system or own_systems(run), options)
    except (RunError, RecordError, EndpointError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where it was", file=sys.stderr)
        return 1
    print(f"answers of {run.name}: {', '.join(counts)}; in {run.predictions_dir}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
