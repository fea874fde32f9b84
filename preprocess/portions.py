"""From prepared essays with group and split to rows of every task, a portion of essays at a time.

A portion is made by one process into files of its own, which the build then joins in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from crawler.items import Essay
from preprocess.alpaca import AlpacaRow, AnyTask, Split
from preprocess.data import EVERY_SPLIT, ROW_KINDS, TEXT_SPLITS
from preprocess.defects import RECOVERABLE
from preprocess.firms import leaks
from preprocess.parts import Parts
from preprocess.prepare import MOST_CHARACTERS, Prepared
from preprocess.rewrites_kept import read_rewrites, rewrite_rows
from preprocess.spool import Spool
from preprocess.steps import (
    Located,
    Tally,
    TextRow,
    advice_row,
    anchored_row,
    locate,
    locate_row,
    text_row,
)
from preprocess.tasks import overall_row, revise_row, write_row

ESSAYS: Final = 500  # in a portion: a second of work

#: The rows of located advice, made from the same located questions.
LOCATED_ROWS: Final[Mapping[AnyTask, Callable[[Located], AlpacaRow]]] = {
    "advice": advice_row,
    "advice-anchored": anchored_row,
    "locate": locate_row,
}


class Placed(NamedTuple):
    """Essays with the group and the split of each, and the folder for what is made of them.

    `rewrites` is the file of the rewrites that count.
    """

    folder: Path
    essays: Parts[Prepared]
    groups: Sequence[str]
    splits: Sequence[Split]
    rewrites: Path


class Files:
    """The spools of a portion, or of a whole build, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.rows: dict[tuple[AnyTask, Split], Spool[AlpacaRow]] = {
            (task, split): Spool(folder / task / f"{split}.jsonl", kind)
            for task, kind in ROW_KINDS.items()
            for split in EVERY_SPLIT
        }
        self.texts = {
            split: Spool(folder / "text" / f"{split}.jsonl", TextRow) for split in TEXT_SPLITS
        }
        self.essays = {
            split: Spool(folder / "essays" / f"{split}.jsonl", Essay) for split in EVERY_SPLIT
        }

    def every(self) -> Iterator[Spool[Any]]:
        """Yield all spools, in the same order for each portion."""
        yield from self.rows.values()
        yield from self.texts.values()
        yield from self.essays.values()

    def close(self) -> None:
        """Close all files."""
        for spool in self.every():
            spool.close()


class Made(NamedTuple):
    """What a portion holds: its files and their numbers of records, and what was dropped."""

    paths: tuple[Path, ...]
    counts: tuple[int, ...]
    tally: Tally


def make_portion(placed: Placed) -> Made:
    """Make the rows of a portion of essays."""
    tally = Tally()
    rewrites = read_rewrites(placed.rewrites)
    with closing(Files(placed.folder)) as files:
        for one, group, split in zip(placed.essays, placed.groups, placed.splits, strict=True):
            _count_masked(one, tally)
            _add(files, one, group, split, tally)
            for row in rewrite_rows(rewrites, one.essay, group, split, tally):
                files.rows["revise", split].append(row)
        spools = list(files.every())
        return Made(tuple(s.path for s in spools), tuple(map(len, spools)), tally)


def portions(
    folder: Path,
    essays: Parts[Prepared],
    groups: Sequence[str],
    splits: Sequence[Split],
    rewrites: Path,
) -> Iterator[Placed]:
    """Cut placed essays into portions; `rewrites` is the file of those that count."""
    for number, start in enumerate(range(0, len(essays), ESSAYS)):
        run = slice(start, start + ESSAYS)
        yield Placed(folder / f"{number:05}", essays[run], groups[run], splits[run], rewrites)


def _count_masked(one: Prepared, tally: Tally) -> None:
    """Count what was masked in an essay, and the questions that are gone from it."""
    tally.masked.update(one.masked)
    # What was looked through in `prepare` holds none, or it would not be here.
    tally.named += len(leaks(one.essay.position or "", one.essay.company or ""))
    if one.overall_leaks:
        tally.drop("overall: the firm's name is left after masking", one.essay.id)
    for number in one.leaking:
        where = f"{one.essay.id}-{number}"
        tally.drop("question: the firm's name is left after masking", where)
    for number in one.too_long:
        reason = f"question: answer longer than {MOST_CHARACTERS:,} characters"
        tally.drop(reason, f"{one.essay.id}-{number}")


def _add(files: Files, one: Prepared, group: str, split: Split, tally: Tally) -> None:
    essay = one.essay
    files.essays[split].append(essay)
    _add_row(files, "overall", split, overall_row(essay, group, tally))
    for question, spans in zip(essay.questions, one.sentences, strict=True):
        if split in files.texts:
            files.texts[split].append(text_row(essay, group, question, spans))
        draft = revise_row(essay, group, question, tally, kinds=RECOVERABLE)
        _add_row(files, "revise", split, draft)
        _add_row(files, "write", split, write_row(essay, group, question, tally))
        item = locate(essay, group, question, spans, tally)
        if item is not None:
            for task, make in LOCATED_ROWS.items():
                files.rows[task, split].append(make(item))


def _add_row(files: Files, task: AnyTask, split: Split, row: AlpacaRow | None) -> None:
    if row is not None:
        files.rows[task, split].append(row)
