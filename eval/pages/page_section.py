"""A section of the page that stands beside the scores: sentences and tables of text."""

from __future__ import annotations

from dataclasses import dataclass

from eval.pages.glossary import minus
from eval.pages.tables import Cell, Table
from eval.pages.told_words import told_word
from eval.records import Estimate, Unscored


@dataclass(frozen=True)
class Section:
    """A heading, sentences, and tables with what each shows."""

    title: str
    sentences: tuple[str, ...]
    tables: tuple[tuple[str, Table], ...]


def measured_cell(found: Estimate | Unscored, form: str) -> Cell:
    """Write a value with its interval, or a dash with the reason why there is none."""
    if isinstance(found, Unscored):
        return Cell("–", told_word(found.reason))
    value, low, high = (minus(form.format(v)) for v in (found.value, found.low, found.high))
    return Cell(value, f"[{low}, {high}]")
