"""A plugin that says on a line of its own how far a training is; `launch` adds it to a run's.

The trainer's own bar writes over itself, which breaks a log, and says no loss. The module is loaded
by Axolotl alone.
"""

from __future__ import annotations

import time
from typing import Any

from axolotl.integrations.base import BasePlugin
from transformers import TrainerCallback

SECONDS = 2.0  # between two lines, but for those with a new loss


class Progress(BasePlugin):  # type: ignore[misc] # Axolotl is untyped
    """Adds `ProgressLines` to the trainer."""

    def add_callbacks_post_trainer(self, cfg: Any, trainer: Any) -> list[Any]:  # noqa: ARG002 - Axolotl's
        """Give the callback; Axolotl calls this."""
        return [ProgressLines()]


class ProgressLines(TrainerCallback):
    """Prints `step 3 of 9, loss 4.1` and `step 3 of 9, validation loss 4.3`, from one process."""

    def __init__(self) -> None:
        self._loss = ""
        self._said = -SECONDS

    def on_log(self, args: Any, state: Any, control: Any, **given: Any) -> None:  # noqa: ARG002 - the trainer's
        """Take the newest loss up; the trainer calls this every `logging_steps`."""
        logs = given.get("logs") or {}
        if "eval_loss" in logs:
            self._say(state, f", validation loss {logs['eval_loss']:.4g}")
        elif "loss" in logs:
            self._loss = f", loss {logs['loss']:.4g}"
            self._say(state, self._loss)

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:  # noqa: ARG002 - the same
        """Say the step, where the last line is some time ago and no new loss is about to come."""
        if time.monotonic() - self._said >= SECONDS and not control.should_log:
            self._say(state, self._loss)

    def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:  # noqa: ARG002 - the same
        """Say the last step."""
        self._say(state, self._loss)

    def _say(self, state: Any, rest: str) -> None:
        if state.is_world_process_zero:
            self._said = time.monotonic()
            print(f"step {state.global_step} of {state.max_steps}{rest}", flush=True)
