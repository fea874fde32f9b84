"""KoBEST, five Korean tasks of choice: does a fine-tuned model still know what its base knew?

    python -m eval.kobest --run advice-polyglot-ko-1.3b-qlora --data data/kobest

asks base and fine-tuned model through lm-eval, with none and with five examples, beside the floor
of a model that always prefers the shortest answer. It is measured of adapters: a run that trains
its model whole has no base beside it. Without `--data` the files come from the hub.
Writes `runs/<run>/eval/kobest.json` after each task, so a stopped run goes on where it was; answers
of an older adapter, to other items or of other settings are made again, and the result that held
them is kept as `kobest.json.old`.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from axolotl_configs.noise import hush
from axolotl_configs.run_yaml import CONFIGS, RunError
from eval.draws import add_draws
from eval.korean.data import DOWNLOAD, find_folder
from eval.korean.measure import BATCH, SHOTS, Measurement, Options
from eval.korean.records import SYSTEMS
from eval.korean.summary import FLOOR
from eval.korean.table import kobest_table
from eval.runs import load_run
from preprocess.alpaca import RecordError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments)
    started = time.monotonic()
    hush()
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    try:
        run = load_run(options.run, options.configs)
        measurement = Measurement(run, wanted(options))
        if measurement.outdated:
            print(
                f"{measurement.outdated} answers to other items, or of another adapter or setting, "
                f"are set aside: the result as it was is {measurement.set_aside()}",
                flush=True,
            )
        missing = measurement.missing()
        for cell in missing:
            measurement.answer(cell)
    except (RunError, RecordError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command goes on after the last task", file=sys.stderr)
        return 1
    print(kobest_table(measurement.write()))
    asked = len(measurement.cells())
    print(
        f"KoBEST of {run.name}: {len(missing)} of {asked} made now, {asked - len(missing)} kept, "
        f"in {time.monotonic() - started:.1f} s → {measurement.path}"
    )
    return 0


def wanted(options: argparse.Namespace) -> Options:
    """Say what the command line asks for; the floor is always measured.

    Raises:
        RunError: There is no KoBEST.

    """
    return Options(
        folder=find_folder(options.data),
        systems=tuple(s for s in SYSTEMS if s in {FLOOR, *options.model}),
        shots=tuple(sorted(set(options.shots))),
        limit=options.limit,
        batch=options.batch,
        resamples=options.resamples,
        seed=options.seed,
    )


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.kobest", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--run", required=True, help="a run's name, or the path of its YAML")
    add("--configs", type=Path, default=CONFIGS, help="where runs are looked up")
    add("--data", type=Path, metavar="DIR", help=f"KoBEST's folder ({DOWNLOAD} --local-dir DIR)")
    add("--model", nargs="+", choices=SYSTEMS, default=SYSTEMS, help="systems beside the floor")
    add("--shots", nargs="+", type=int, default=SHOTS, metavar="N", help="examples: 0 5")
    add("--limit", type=int, metavar="N", help="the first N items of each task, for a trial")
    add("--batch", type=int, default=BATCH, metavar="N", help="prompts at a time")
    add_draws(parser)
    options = parser.parse_args(arguments)
    for name, least in {"limit": 1, "batch": 1}.items():
        given = getattr(options, name)
        if given is not None and given < least:
            parser.error(f"--{name} must be at least {least}")
    if min(options.shots) < 0:
        parser.error("--shots must not be negative")
    return options


if __name__ == "__main__":
    sys.exit(main())
