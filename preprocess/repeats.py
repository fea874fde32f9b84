"""Advice that is said too often: an expert's stock phrase must not become what a model learns.

A row that would say a text once more than its share is left out whole: without the point alone, the
row would teach that nothing is to be said of its sentences. Only training rows are capped; what
experts said of held-out answers is what a model is measured by.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from fractions import Fraction
from typing import Final, NamedTuple

from preprocess.alpaca import AlpacaRow, Record, read_points, read_sentences
from preprocess.spool import Records

#: The share of all points of the training rows that one text may be.
MOST_REPEATED: Final = 0.01
#: What is said so often is no stock phrase yet, however few rows there are.
ALWAYS_KEPT: Final = 5


class RepeatedText(Record, frozen=True):
    """An advice text said more often than its share, and how many rows went for it."""

    text: str
    said: int
    dropped: int


class Capped(NamedTuple):
    """What a cap leaves out.

    `cap` is how often one text may be said, of `points` in all; `dropped` are the ids of the rows
    over it, and `texts` the advice behind them, most often said first.
    """

    cap: int
    points: int
    dropped: tuple[str, ...]
    texts: tuple[RepeatedText, ...]


def cap_repeats(
    rows: Records[AlpacaRow], *, share: float = MOST_REPEATED, always: int = ALWAYS_KEPT
) -> Capped:
    """Find the rows of located advice that say a text more often than its share of all points.

    Texts are one when their letters and digits are, whatever their width, case, spaces and signs.
    The first rows stay. A text that one row says twice counts twice.

    Args:
        rows: Rows of the task `advice`, read twice.
        share: Above 0, up to 1; 1 leaves all rows.
        always: How often a text may be said in any case.

    Raises:
        ValueError: The share is out of range.

    """
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}; give more than 0 and at most 1")
    said: Counter[int] = Counter()
    for row in rows:
        said.update(hash(plain(text)) for text in _texts(row))
    points = said.total()
    # As it is written: 0.29 of 100 is 29, where the float's product is a little less.
    cap = max(always, int(Fraction(str(share)) * points))
    often = {key for key, count in said.items() if count > cap}
    kept: Counter[int] = Counter()
    dropped: list[str] = []
    blamed: dict[int, tuple[str, int]] = {}
    for row in rows if often else ():
        keys = [(hash(plain(text)), text) for text in _texts(row)]
        full = {key: text for key, text in keys if key in often and kept[key] >= cap}
        if full:
            dropped.append(row.id)
            for key, text in full.items():
                first, count = blamed.get(key, (text, 0))
                blamed[key] = first, count + 1
        else:
            kept.update(key for key, _ in keys if key in often)
    texts = (RepeatedText(text, said[key], count) for key, (text, count) in blamed.items())
    ordered = sorted(texts, key=lambda one: (-one.said, one.text))
    return Capped(cap, points, tuple(dropped), tuple(ordered))


def plain(text: str) -> str:
    """Reduce a text to its letters and digits, or leave it where it has none."""
    composed = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, composed)) or text


def _texts(row: AlpacaRow) -> list[str]:
    _, sentences = read_sentences(row.input)
    points = read_points(row.output, len(sentences))
    assert isinstance(points, tuple), row.id  # our own rows
    return [point.text for point in points]
