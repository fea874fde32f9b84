"""Two prepared rows as text, the part that the loss is taken over marked.

What is shown is what Axolotl will train on: tokens decoded from the prepared data set, not the rows
that went into it. A prompt in the loss, or an answer outside it, is seen here at a glance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import RunError

#: Around what is in the loss.
OPEN, CLOSE = "⟦", "⟧"
_NOT_IN_LOSS = -100  # the label that cross entropy leaves out


def prepared(run: NamedRun) -> list[Path]:
    """Find the run's prepared data sets, the training set first, which Axolotl writes first."""
    folder = Path(str(run.settings["dataset_prepared_path"]))
    return [path.parent for path in sorted(folder.glob("*/state.json"), key=_written)]


def _written(path: Path) -> int:
    return path.stat().st_mtime_ns


def show_rows(run: NamedRun, count: int = 2) -> Iterator[str]:
    """Yield the first rows of the prepared training set, one text for each.

    Raises:
        RunError: Nothing is prepared, or one of these rows has nothing in the loss.

    """
    from datasets import load_from_disk  # type: ignore[import-untyped]  # noqa: PLC0415 - seconds
    from transformers import AutoTokenizer  # noqa: PLC0415 - the same

    found = prepared(run)
    if not found:
        raise RunError(
            f"{run.settings['dataset_prepared_path']} holds no prepared data; prepare it with: "
            f"python -m axolotl.cli.preprocess {run.config}"
        )
    revision = run.settings.get("revision_of_model") or "main"
    tokenizer = AutoTokenizer.from_pretrained(
        run.base_model, revision=revision, trust_remote_code=False
    )
    rows = load_from_disk(str(found[0]))
    for number in range(min(count, len(rows))):
        row = rows[number]
        in_loss = sum(label != _NOT_IN_LOSS for label in row["labels"])
        if not in_loss:
            raise RunError(
                f"row {number + 1} of {found[0]} trains nothing: all of it is prompt; look at the "
                f"format and the field_ keys of datasets[0].type in {run.config}"
            )
        head = f"row {number + 1} of {len(rows)}: {len(row['labels'])} tokens, {in_loss} of them in"
        text = marked(row["input_ids"], row["labels"], tokenizer)
        yield f"{head} the loss, between {OPEN} and {CLOSE}\n{text}\n"


def marked(input_ids: Sequence[int], labels: Sequence[int], tokenizer: Any) -> str:
    """Decode tokens, with the stretches that have labels between marks."""
    parts = []
    pairs = zip(input_ids, labels, strict=True)
    for in_loss, stretch in groupby(pairs, key=lambda pair: pair[1] != _NOT_IN_LOSS):
        text = tokenizer.decode([token for token, _ in stretch], skip_special_tokens=False)
        parts.append(f"{OPEN}{text}{CLOSE}" if in_loss else text)
    return "".join(parts)
