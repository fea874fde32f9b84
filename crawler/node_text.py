"""The text of a page's node, and where its marks lie in it.

A `<br>` is a new line; every other run of white space (CR, LF, tab, no-break, zero-width) is one
space, and so is the edge of a paragraph or another block; lines are stripped; two or more new
lines are exactly two; the ends are stripped; the text is in composed form (NFC). Marks
(`span.sup`), counters (`p.txSpllChk`), hidden helper words (`.skip`: 답변, 관심기업), buttons and a
block of advice inside an answer that was not closed are no part of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from crawler.markup import Node

BREAK = "\0"  # stands for <br>: the parser never yields it as text
OPEN, CLOSE = "\ud800", "\ud801"  # the edges of a mark: nor does it yield halves of characters
ZERO_WIDTH = "\u180e\u200b\u200c\u200d\u2060\ufeff"
REMOVED_CLASSES = frozenset({"sup", "txSpllChk", "skip", "advice"})
SILENT_TAGS = frozenset({"script", "style", "button"})
BLOCK_TAGS = frozenset({"p", "div", "li", "ul", "ol", "tr", "td", "blockquote", "h3", "h4", "h5"})

_EDGES = re.compile(rf"[{OPEN}{CLOSE}](?:[{OPEN}{CLOSE} \n]*)")
_EMPTY_LINES = re.compile(r"\n{3,}")


class Span(NamedTuple):
    """A node's stretch of a text: code points, trimmed, never empty."""

    node: Node
    start: int
    end: int


class MarkedText(NamedTuple):
    """The text of a node, and the stretches of the marks in it, in the page's order."""

    text: str
    spans: tuple[Span, ...]


def node_text(node: Node | None) -> str:
    """Return the text of a node; of no node, the empty text."""
    if node is None:
        return ""
    if len(node) == 0:
        return tidy_text(node.text or "")
    return tidy_text(_read(node, None)[0])


def marked_text(node: Node, is_mark: Callable[[Node], bool]) -> MarkedText:
    """Return the text of a node and the stretches of those nodes in it that are marks.

    A mark around white space alone has no stretch and is left out; a bare `<br>` is no mark.
    """
    raw, marks = _read(node, is_mark)
    if not marks:
        return MarkedText(tidy_text(raw), ())
    text, places = _without_edges(_lines(raw))
    spans = (Span(mark, *place) for mark, place in zip(marks, places, strict=True))
    return _composed(text, tuple(span for span in spans if span.start < span.end))


def tidy_text(raw: str) -> str:
    """Bring plain text into the form that a node's text has; its new lines are white space."""
    return unicodedata.normalize("NFC", _lines(raw))


def _read(node: Node, is_mark: Callable[[Node], bool] | None) -> tuple[str, list[Node]]:
    """Return the raw text under a node, with the edges of marks in it, and the marks.

    There is no recursion, since broken pages nest deeply.
    """
    marks: list[Node] = []
    pieces = [node.text or ""]
    levels: list[tuple[Iterator[Node], Node, str]] = [(iter(node), node, "")]
    while levels:
        children, around, closing = levels[-1]
        for child in children:
            tag, classes = child.tag, child.get("class")
            blank = " " if tag in BLOCK_TAGS else ""
            if tag in SILENT_TAGS or (classes is not None and _is_removed_class(classes)):
                pieces += (blank, child.tail or "")
            elif tag == "br" and classes is None:
                pieces += (BREAK, child.tail or "")
            else:
                marked = is_mark is not None and is_mark(child)
                if marked:
                    marks.append(child)
                    pieces.append(OPEN)
                pieces += (BREAK if tag == "br" else blank, child.text or "")
                levels.append((iter(child), child, CLOSE if marked else ""))
                break
        else:
            levels.pop()
            if levels:
                pieces += (closing, " " if around.tag in BLOCK_TAGS else "", around.tail or "")
    return "".join(pieces), marks


@lru_cache(maxsize=512)
def _is_removed_class(classes: str) -> bool:
    return not REMOVED_CLASSES.isdisjoint(classes.split())


def _lines(raw: str) -> str:
    """Put the blanks of a raw text in order, but for those around the edges of marks."""
    if BREAK not in raw:
        return _line(raw)
    lines = "\n".join([_line(line) for line in raw.split(BREAK)]).strip("\n")
    return _EMPTY_LINES.sub("\n\n", lines) if "\n\n\n" in lines else lines


def _line(raw: str) -> str:
    line = raw.strip()
    if line.isprintable() and "  " not in line:  # then no blank in it but single spaces
        return line
    for blank in ZERO_WIDTH:
        line = line.replace(blank, " ")
    return " ".join(line.split())


def _without_edges(lines: str) -> tuple[str, list[tuple[int, int]]]:
    """Take the edges of marks out of a text; return it, and the start and end of each mark.

    Blanks that stood on both sides of edges are one; a mark begins after and ends before it.
    """
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    opened: list[int] = []
    length = done = 0
    for run in _EDGES.finditer(lines):
        before, edges = lines[done : run.start()], run.group()
        piece = before.rstrip(" \n")
        end = length + len(piece)
        inside = end > 0 and run.end() < len(lines)
        blank = _blank(before[len(piece) :] + edges) if inside else ""
        length = end + len(blank)
        for edge in edges:
            if edge == OPEN:
                opened.append(len(places))
                places.append((length, length))
            elif edge == CLOSE:
                mark = opened.pop()
                places[mark] = (places[mark][0], end)
        pieces += (piece, blank)
        done = run.end()
    return "".join([*pieces, lines[done:]]), places


def _blank(edges: str) -> str:
    return "\n" * min(edges.count("\n"), 2) or " " * (" " in edges)


def _composed(text: str, spans: tuple[Span, ...]) -> MarkedText:
    """Bring text into composed form and move the spans along.

    A span whose edge cuts a letter from its signs takes the whole of it.
    """
    whole = unicodedata.normalize("NFC", text)
    if whole == text:
        return MarkedText(text, spans)
    wide = [(_letter_start(text, span.start), _letter_end(text, span.end)) for span in spans]
    places = _composed_places(text, {position for pair in wide for position in pair})
    moved = tuple(
        Span(span.node, places[start], places[end])
        for span, (start, end) in zip(spans, wide, strict=True)
    )
    return MarkedText(whole, moved)


def _letter_start(text: str, position: int) -> int:
    while 0 < position < len(text) and _is_sign(text[position]):
        position -= 1
    return position


def _letter_end(text: str, position: int) -> int:
    while position < len(text) and _is_sign(text[position]):
        position += 1
    return position


def _is_sign(letter: str) -> bool:
    """Whether a character may melt into the one before: a mark, or a jamo that is not the first."""
    return unicodedata.category(letter).startswith("M") or "\u1160" <= letter <= "\u11ff"


def _composed_places(text: str, positions: Iterable[int]) -> dict[int, int]:
    """Return where positions between letters lie once the text is in composed form."""
    places: dict[int, int] = {}
    done = length = 0
    for position in sorted(positions):
        length += len(unicodedata.normalize("NFC", text[done:position]))
        places[position] = length
        done = position
    return places
