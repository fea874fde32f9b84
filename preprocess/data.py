"""What a build makes, on disk until it is checked: rows of every task, texts, masked essays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from crawler.items import Essay
from preprocess.alpaca import AlpacaRow, AnyTask, Split
from preprocess.repeats import Capped
from preprocess.spool import Records
from preprocess.steps import Tally, TextRow
from preprocess.tasks import ReviseRow

EVERY_SPLIT: Final[tuple[Split, ...]] = get_args(Split)
TEXT_SPLITS: Final[tuple[Split, ...]] = ("train", "validation")
#: The tasks whose rows have more fields than an Alpaca row.
ROW_KINDS: Final[Mapping[AnyTask, type[AlpacaRow]]] = {
    task: ReviseRow if task == "revise" else AlpacaRow for task in get_args(AnyTask)
}


@dataclass(frozen=True)
class Data:
    """Everything that a build writes; its records are read as often as a step wants them.

    `capped` tells which advice was said too often, where that was looked at.
    """

    rows: Mapping[tuple[AnyTask, Split], Records[AlpacaRow]]
    texts: Mapping[Split, Records[TextRow]]
    essays: Mapping[Split, Records[Essay]]
    tally: Tally
    capped: Capped | None = None
