"""Names of firms in an answer of `write`: those of a table, and those that training answers held.

The data step writes XX for the firm applied to. What it wrote that for is known to who made rows
with masking off, `python -m preprocess.write_unmasked`: a file of names, one a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from eval.measuring.measures import Measures
from eval.measuring.metrics import mean
from eval.tasks import Item
from eval.text.shared_runs import WORDS, TrainingTexts
from preprocess.alpaca import RecordError

NAMES_CURE: Final = "python -m preprocess.write_unmasked"
LEAKED: Final = "firm_leaked"
#: Heading and name of each number, the one that a reader looks at first before the others.
COLUMNS: Final = (
    ("leaked", LEAKED),
    ("known", "firm_known"),
    ("memorised", "firm_memorised"),
    ("copied", "firm_copied"),
)
MEASURES: Final = Measures(
    tuple(mean(name, name) for _, name in COLUMNS), LEAKED, LEAKED, (LEAKED,), COLUMNS
)


class FirmNames:
    """The firms applied to, as training answers write them; longer names come before shorter."""

    def __init__(self, names: Sequence[str]) -> None:
        longest = sorted(names, key=len, reverse=True)
        # Particles follow a name, and Latin letters before it make another word.
        self._pattern = re.compile(f"(?<![A-Za-z])(?:{'|'.join(map(re.escape, longest))})")

    def unasked(self, item: Item, text: str) -> list[str]:
        """Find the names that a text holds and its question and job do not."""
        asked = f"{item.row.instruction}\n{item.row.input}"
        return [name for name in self._pattern.findall(text) if name not in asked]


def read_names(path: Path) -> FirmNames:
    """Read the names, one a line.

    Raises:
        RecordError: There are none.

    """
    if path.is_dir():
        raise RecordError(f"{path} is a folder; name the file of names in it: --names")
    if not path.is_file():
        raise RecordError(f"{path} is missing; make it with: {NAMES_CURE}")
    names = path.read_text(encoding="utf-8").split("\n")
    if not any(names):
        raise RecordError(f"{path} names no firm; make it of essays that name theirs: {NAMES_CURE}")
    return FirmNames([name for name in names if name])


def leak_counts(
    text: str, known: Sequence[str], memorised: Sequence[str], train: TrainingTexts
) -> dict[str, float]:
    """Count one answer, in which these names were found."""
    every = {*known, *memorised}
    return {
        "items": 1.0,
        LEAKED: float(bool(every)),
        "firm_known": float(bool(known)),
        "firm_memorised": float(bool(memorised)),
        "firm_copied": float(any(train.shared(run).copied for run in runs_with(every, text))),
    }


def runs_with(names: set[str], text: str) -> Iterator[str]:
    """Yield the runs of eight words that hold one of the names."""
    words = text.split() if names else []
    for start in range(len(words) - WORDS + 1):
        run = " ".join(words[start : start + WORDS])
        if any(name in run for name in names):
            yield run
