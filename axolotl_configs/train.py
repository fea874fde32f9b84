"""Train a run: doctor, prepared data, two rows to look at, a record, and then Axolotl.

    python -m axolotl_configs.train advice-polyglot-ko-1.3b-qlora
    python -m axolotl_configs.train smoke-base --no-doctor --no-rows

Stopped or killed at any point, the same command goes on from the last whole checkpoint. While there
are checkpoints, settings, data and base model must be those that the training began with; `--fresh`
removes what an earlier training left and starts anew. A training that came to its end leaves
`runs/<run>/trained`; Axolotl itself saves a half-trained adapter on an interrupt and exits with 0.

What is shown is the progress, and what Axolotl and the libraries say that `axolotl_configs.noise`
does not know; all of it stands in `runs/<run>/output.log`, that of the attempt before in
`output.earlier.log`. `AXOLOTL_LOG_LEVEL=INFO` shows Axolotl's own steps too.

What was gone on with ends in the same numbers as what was not disturbed where the order of rows is
fixed (`curriculum_sampling: true`); packed rows in random order are drawn anew for the rest of the
epoch, so that some come twice and some wait for the next. Two trainings from the beginning are
alike with the plugin of `axolotl_configs.seeding`.

Exit codes: 0 trained (or was already), 1 failed or stopped, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from axolotl_configs import doctor_wandb
from axolotl_configs.checkpoints import ASIDE, checkpoints, move_damaged_aside, step_of
from axolotl_configs.launch import (
    alone,
    call,
    doctor_command,
    environment,
    preprocess_command,
    train_command,
)
from axolotl_configs.machine import ask_for_cards
from axolotl_configs.named_run import NamedRun, named_run
from axolotl_configs.output_log import OutputLog
from axolotl_configs.record import (
    RunRecord,
    changes,
    folder_of,
    make_record,
    other_versions,
    read_record,
    write_record,
)
from axolotl_configs.run_yaml import RunError
from axolotl_configs.shown_rows import prepared, show_rows

#: What Axolotl logs when the trainer has returned, and never on an interrupt.
CAME_TO_ITS_END = b"Training completed! Saving trained model"


def train(run: NamedRun, *, examine: bool, rows: bool, fresh: bool) -> None:
    """Train a run to its end, or go on where an earlier attempt was stopped.

    Args:
        run: The run.
        examine: Whether the doctor looks first.
        rows: Whether the data are prepared by themselves, and two rows shown.
        fresh: Whether an earlier training is removed first.

    Raises:
        RunError: The run cannot be trained as it stands, or its training failed.
        KeyboardInterrupt: The user stopped it, and the trainer has ended.

    """
    with alone(run):
        if fresh:
            remove_earlier(run)
        seen = ask_for_cards()
        now, before = make_record(run, cards=seen.names), read_record(run)
        changed = changes(run, before, now) if before else []
        if before and not changed and stamp(run).is_file():
            stamp(run).touch()  # newer than what it was made from, for make
            print(f"{run.name} is trained already; --fresh trains it anew")
            return
        _refuse_changed(run, changed)
        if before and (other := other_versions(before, now)):
            print(f"since the record was made, versions have changed: {', '.join(other)}")
        stamp(run).unlink(missing_ok=True)
        if examine and call(run, doctor_command(run), os.environ):
            raise RunError(f"{run.name} cannot be trained here yet; the faults above say why")
        for line in move_damaged_aside(run.output_dir):
            print(line)
        with OutputLog(run.output_dir / "output.log") as output:
            _prepare(run, now, output, again=before is None or bool(changed), rows=rows)
            _launch(run, len(seen.cards), output)


def stamp(run: NamedRun) -> Path:
    """Name the empty file that says a training came to its end."""
    return run.output_dir / "trained"


def remove_earlier(run: NamedRun) -> None:
    """Remove what an earlier training left to go on from; the new adapter replaces the old."""
    stamp(run).unlink(missing_ok=True)
    aside = run.output_dir.glob(f"{ASIDE}*")
    for path in [folder_of(run), *checkpoints(run.output_dir), *aside]:
        if path.is_symlink():  # what it leads to is somebody's own
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)


def _refuse_changed(run: NamedRun, changed: list[str]) -> None:
    """Keep a training from going on from checkpoints that something else was trained for."""
    there = checkpoints(run.output_dir)
    if changed and there:
        raise RunError(
            f"{there[0]} was trained with something else than is there now: {', '.join(changed)}; "
            "put it back to go on, or start anew with --fresh"
        )


def _prepare(run: NamedRun, now: RunRecord, output: OutputLog, *, again: bool, rows: bool) -> None:
    """Make tokens of the rows, show two, and write the record; skipped where that was done."""
    if prepared(run) and not again:
        return
    for path in prepared(run):  # Axolotl would not see that a file changed
        shutil.rmtree(path)
    if rows:
        print(f"making tokens of the rows; all that Axolotl says: {output.path}")
        environs = environment(run, "disabled")
        _demand(call(run, preprocess_command(run), environs, output), "the data", output)
        for row in show_rows(run):
            print(row)
    write_record(run, now)


def _demand(code: int, what: str, output: OutputLog) -> None:
    if code:
        raise RunError(
            f"Axolotl failed on {what} (exit code {code}); its last lines above say why, and all "
            f"of them {output.path}; the same command goes on from there"
        )


def _launch(run: NamedRun, cards: int, output: OutputLog) -> None:
    """Let Axolotl train, and stamp the run if the training came to its end."""
    there = checkpoints(run.output_dir)
    if there and run.settings.get("auto_resume_from_checkpoints"):
        print(f"going on from step {step_of(there[0])}")
    log = run.output_dir / "debug.log"
    if log.is_file():  # Axolotl may append to it
        log.replace(log.with_name("debug.earlier.log"))
    environs = environment(run, doctor_wandb.mode())
    _demand(call(run, train_command(run, cards), environs, output), "the training", output)
    if not came_to_its_end(log):
        raise RunError(
            f"the training of {run.name} was stopped before its end ({output.path} may say why); "
            "the same command goes on"
        )
    stamp(run).touch()
    made = "adapter" if run.settings.get("adapter") else "weights"
    print(f"{run.name} is trained; {made}: {run.output_dir}, all that was said: {output.path}")


def came_to_its_end(log: Path) -> bool:
    """Tell from the log of a training whether it ended by itself.

    `trainer_state.json` would not do: it stands in checkpoints only, which a run need not save, and
    the last one is written before the best weights are taken back.
    """
    return log.is_file() and CAME_TO_ITS_END in log.read_bytes()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m axolotl_configs.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", metavar="RUN", help="a run's name, or the path of its YAML")
    parser.add_argument("--no-doctor", action="store_true", help="leave out the look beforehand")
    parser.add_argument("--no-rows", action="store_true", help="prepare data while training only")
    parser.add_argument("--fresh", action="store_true", help="remove an earlier training first")
    args = parser.parse_args(argv)
    try:
        run = named_run(args.run)
        train(run, examine=not args.no_doctor, rows=not args.no_rows, fresh=args.fresh)
    except RunError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"error: {args.run} was stopped; the same command goes on", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
