"""Rewrites that count, as `rewrites_build` leaves them and the build takes them up.

A rewrite is kept with the answer that it was made of. The build makes a row of it only where that
essay is in the training split now, and its answer still is that text: a rewrite of an answer that
was since masked otherwise, or whose essay went to another split, is counted and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from crawler.items import Essay, Text
from preprocess.alpaca import Record, Split, read_jsonl
from preprocess.firms import leaks
from preprocess.steps import Tally, row_id
from preprocess.tasks import ReviseRow, rewritten_row

COMMAND: Final = "python -m preprocess.rewrites_build"


class Rewrite(Record, frozen=True):
    """A rewrite that counts.

    `id` is that of the `advice` row it was made for, `model` wrote it, and `answer` is the text,
    masked, of which it was made.
    """

    id: Text
    model: Text
    answer: Text
    text: Text


class Refused(Record, frozen=True):
    """Why the row with this id has no rewrite: the check that failed, a colon, what was found."""

    id: Text
    reason: Text


def kept_path(data: Path) -> Path:
    """Where the rewrites that count are, below the data folder."""
    return data / "rewrites" / "kept.jsonl"


def read_rewrites(path: Path) -> Mapping[str, Rewrite]:
    """Read the rewrites by the id of their row; none where there is no such file.

    A process reads a file once, however often it asks.

    Raises:
        RecordError: A line is no rewrite.

    """
    if not path.exists():
        return {}
    state = path.stat()
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=1)
def _read(path: Path, _changed: int, _size: int) -> Mapping[str, Rewrite]:
    return {one.id: one for one in read_jsonl(path, Rewrite, cure=COMMAND)}


def rewrite_rows(
    rewrites: Mapping[str, Rewrite], essay: Essay, group: str, split: Split, tally: Tally
) -> Iterator[ReviseRow]:
    """Yield the `revise` rows of an essay's rewrites, if it is for training."""
    for question in essay.questions:
        where = row_id(essay, question)
        rewrite = rewrites.get(where)
        if rewrite is None:
            continue
        if split != "train":
            tally.drop("revise: a rewrite of an answer that is not for training now", where)
        elif rewrite.answer != question.answer:
            tally.drop("revise: a rewrite of an answer that has changed since", where)
        elif leaks(rewrite.text, essay.company or ""):
            tally.drop("revise: a rewrite that names the firm", where)
        else:
            yield rewritten_row(essay, group, question, rewrite.text)
