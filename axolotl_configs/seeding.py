"""A plugin that lets a run's `seed` hold for the first weights too; named in its YAML's `plugins:`.

Axolotl hands the seed to the trainer, which is made after the model: an adapter's first weights,
and those that `reinit_weights` draws, come from an unseeded generator, so that no two trainings
are alike. The module is loaded by Axolotl alone.
"""

from __future__ import annotations

from typing import Any

from axolotl.integrations.base import BasePlugin


class Seeding(BasePlugin):  # type: ignore[misc] # Axolotl is untyped
    """Seeds Python, NumPy and torch before the model is built."""

    def pre_model_load(self, cfg: Any) -> None:
        """Seed with the run's `seed`; Axolotl calls this."""
        from transformers import set_seed  # noqa: PLC0415 - takes seconds

        set_seed(int(cfg.seed))
