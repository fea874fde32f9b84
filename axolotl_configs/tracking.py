"""Put a run's scores and predictions into the run of W&B that its training made.

    python -m axolotl_configs.tracking advice-polyglot-ko-1.3b-qlora

looks for that run among W&B's files on this disk and goes on with it by its id: scores in the
summary, tables of scores, differences, and what the models said beside what the expert said. W&B is
online with a key and offline without; what was kept offline is sent by the `wandb sync` line that
is printed. `--workspace` saves a view of the project on the server. Exit codes: 0 done, 1 failed,
2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from axolotl_configs import tracking_workspace
from axolotl_configs.doctor_wandb import mode
from axolotl_configs.named_run import named_run
from axolotl_configs.run_yaml import CONFIGS, RunError
from axolotl_configs.tracking_file import TrackedRun, tracked_run
from axolotl_configs.tracking_tables import (
    ROWS,
    Scores,
    difference_table,
    prediction_table,
    read_scores,
    score_table,
    slice_table,
    summary,
)
from preprocess.alpaca import RecordError


def track(tracked: TrackedRun, scores: Scores, *, rows: int, mode: str) -> str:
    """Log scores and tables into a run that exists.

    Args:
        tracked: The run that the training made.
        scores: What is logged.
        rows: The most rows of the table of predictions.
        mode: W&B's: `online`, `offline` or `disabled`.

    Returns:
        The entity to which the run belongs, empty where no server was asked.

    Raises:
        RunError: The server does not take the run.
        RecordError: Predictions or test rows are missing or broken.

    """
    import wandb  # noqa: PLC0415 - takes seconds
    from wandb.errors import Error  # noqa: PLC0415 - the same

    tables = {
        "predictions": prediction_table(scores, rows),
        "scores": score_table(scores.result),
        "differences": difference_table(scores.result),
        "slices": slice_table(scores.result),
    }
    try:
        with wandb.init(
            id=tracked.id,
            entity=tracked.entity or None,
            project=tracked.project,
            name=scores.result.run,
            dir=tracked.folder.parent.parent,
            mode="disabled" if mode == "disabled" else "online" if mode == "online" else "offline",
            resume="allow" if mode == "online" else None,
            # What this process prints and where it stands is no part of the run.
            settings=wandb.Settings(console="off", disable_git=True, x_disable_stats=True),
        ) as logged:
            logged.summary.update(summary(scores.result))
            logged.log(
                {name: wandb.Table(t.columns, t.rows) for name, t in tables.items()},
                step=tracked.last_step + 1,  # a run's steps may not go back
            )
            return str(logged.entity or "")
    except Error as error:
        first = str(error).split("\n", 1)[0]
        raise RunError(
            f"W&B did not take run {tracked.id} ({first}); look at WANDB_API_KEY and the network, "
            "or set WANDB_MODE=offline"
        ) from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m axolotl_configs.tracking",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", help="a run's name, or the path of its YAML")
    parser.add_argument("--rows", type=int, default=ROWS, metavar="N", help="of predictions")
    parser.add_argument("--workspace", action="store_true", help="save a view on the server")
    parser.add_argument("--configs", type=Path, default=CONFIGS, metavar="DIR")
    args = parser.parse_args(argv)
    if args.rows < 1:
        parser.error("--rows must be at least 1")
    chosen = mode()
    if args.workspace and chosen != "online":
        parser.error("--workspace needs the server: set WANDB_API_KEY, and no WANDB_MODE")
    os.environ.setdefault("WANDB_SILENT", "true")
    try:
        run = named_run(args.run, args.configs)
        scores = read_scores(run)
        tracked = tracked_run(run)
        entity = track(tracked, scores, rows=args.rows, mode=chosen)
        if args.workspace:
            print(f"view: {tracking_workspace.save(entity, tracked.project)}")
    except (RunError, RecordError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"scores of {run.name} are in run {tracked.id} of W&B ({chosen})")
    if chosen == "offline":
        folder = tracked.folder.parent
        print(f"send them with: wandb sync --id {tracked.id} {folder}/*run-*-{tracked.id}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
