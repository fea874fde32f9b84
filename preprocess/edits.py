"""Changes to a text that leave the places of everything else known: masking moves passages along.

A masker finds `Edit`s in a text; `apply` makes them, and `moved` tells where a span of the old text
is in the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from preprocess.sentences import Span


class Edit(NamedTuple):
    """Put `text` in the place of `[start, end)` (code points); `kind` is what stood there."""

    start: int
    end: int
    text: str
    kind: str


def ordered(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Sort edits by place; of two that overlap the longer one stays, of equal ones the first."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda e: (e.start - e.end, e.start)):
        if all(edit.end <= other.start or other.end <= edit.start for other in kept):
            kept.append(edit)
    return tuple(sorted(kept))


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Make the edits, which are in order and apart (see `ordered`)."""
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, text[position:]])


def moved(span: Span, edits: Sequence[Edit]) -> Span:
    """Return where a span is after the edits; one that cuts an edited stretch takes it whole."""
    return Span(_moved(span.start, edits, at_end=False), _moved(span.end, edits, at_end=True))


def _moved(position: int, edits: Sequence[Edit], *, at_end: bool) -> int:
    shift = 0
    for edit in edits:
        if edit.end <= position:
            shift += len(edit.text) - (edit.end - edit.start)
        elif edit.start < position:
            return edit.start + shift + (len(edit.text) if at_end else 0)
    return position + shift
