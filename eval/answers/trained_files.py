"""Is what a training left whole? Asked before answers of another training make way.

A copy that was cut off, or a folder without its tokenizer, else ends in the libraries' own errors,
none of which names the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from axolotl_configs.run_yaml import RunError

#: A tokenizer is in one of these files.
TOKENIZERS: Final = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt")


def refuse_damaged(weights: Path, run: str) -> None:
    """Refuse a folder whose files cannot be read.

    Args:
        weights: The file of weights in it, of an adapter or a whole model.
        run: The run's name.

    Raises:
        RunError: It is one; the message names all that is wrong.

    """
    found = list(damages(weights))
    if found:
        raise RunError(
            f"{weights.parent} cannot be asked: {'; '.join(found)}. Copy the folder again, or "
            f"train again: make train RUN={run} FRESH=1"
        )


def damages(weights: Path) -> Iterator[str]:
    """Yield what is wrong with the files of a training."""
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - of the training extra

    folder = weights.parent
    config = "adapter_config.json" if weights.name.startswith("adapter") else "config.json"
    if not any((folder / name).is_file() for name in TOKENIZERS):
        yield f"{TOKENIZERS[0]} is missing"
    for name in (config, "tokenizer_config.json", TOKENIZERS[0]):
        path = folder / name
        if not path.is_file() and name != TOKENIZERS[0]:
            yield f"{name} is missing"
        elif path.is_file() and not is_json(path):
            yield f"{name} is not whole"
    try:
        with safe_open(weights, framework="np"):
            pass
    except (OSError, SafetensorError) as error:
        yield f"{weights.name} is not whole ({error})"


def is_json(path: Path) -> bool:
    """Tell whether a file is JSON to its end."""
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True
