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
from bisect import bisect_right
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from crawler.markup import Node

BREAK = "\0"  # stands for <br>: the parser never yields it as text
BLANK = re.compile(r"[\s\u180e\u200b-\u200d\u2060\ufeff\0]+")
REMOVED_CLASSES = frozenset({"sup", "txSpllChk", "skip", "advice"})
SILENT_TAGS = ("script", "style", "button")
BLOCK_TAGS = frozenset({"p", "div", "li", "ul", "ol", "tr", "td", "blockquote", "h3", "h4", "h5"})


class Span(NamedTuple):
    """A node's stretch of a text: code points, trimmed, never empty."""

    node: Node
    start: int
    end: int


class MarkedText(NamedTuple):
    """The text of a node, and the stretches of the marks in it, in the page's order."""

    text: str
    spans: tuple[Span, ...]


class _Piece(NamedTuple):
    """Raw text, or the edge of a mark."""

    text: str
    opens: Node | None = None
    closes: bool = False


class _Tidied(NamedTuple):
    """A text with its blanks in order, and the runs of blanks: before, and after."""

    text: str
    raw: list[tuple[int, int]]
    out: list[tuple[int, int]]

    def start(self, position: int) -> int:
        """Where a stretch that starts at this raw position starts in the text, blanks skipped."""
        index = bisect_right(self.raw, position, key=itemgetter(0)) - 1
        if index < 0:
            return position
        return self.out[index][1] + max(0, position - self.raw[index][1])

    def end(self, position: int) -> int:
        """Where a stretch that ends at this raw position ends in the text, blanks skipped."""
        index = bisect_right(self.raw, position, key=itemgetter(0)) - 1
        if index < 0:
            return position
        after = position - self.raw[index][1]
        return self.out[index][0] if after <= 0 else self.out[index][1] + after


def node_text(node: Node | None) -> str:
    """Return the text of a node; of no node, the empty text."""
    return "" if node is None else marked_text(node, lambda _: False).text


def marked_text(node: Node, is_mark: Callable[[Node], bool]) -> MarkedText:
    """Return the text of a node and the stretches of those nodes in it that are marks.

    A mark around white space alone has no stretch and is left out.
    """
    raw: list[str] = []
    length = 0
    opened: list[int] = []
    marks: list[tuple[Node, int, int]] = []
    for piece in _pieces(node, is_mark):
        if piece.opens is not None:
            opened.append(len(marks))
            marks.append((piece.opens, length, length))
        elif piece.closes:
            index = opened.pop()
            marks[index] = (*marks[index][:2], length)
        else:
            raw.append(piece.text)
            length += len(piece.text)
    tidied = _tidy("".join(raw))
    spans = [Span(mark, tidied.start(start), tidied.end(end)) for mark, start, end in marks]
    return _composed(tidied.text, tuple(span for span in spans if span.start < span.end))


def tidy_text(raw: str) -> str:
    """Bring plain text into the form that a node's text has; its new lines are white space."""
    return unicodedata.normalize("NFC", _tidy(raw).text)


def _pieces(node: Node, is_mark: Callable[[Node], bool]) -> Iterator[_Piece]:
    walk = etree.iterwalk(node, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start":
            if element is not node and _is_removed(element):
                walk.skip_subtree()
                continue
            if element is not node and is_mark(element):
                yield _Piece("", opens=element)
            yield _Piece(BREAK if element.tag == "br" else _edge_blank(element))
            yield _Piece(element.text or "")
            continue
        if element is node:
            continue
        if event == "end" and not _is_removed(element) and is_mark(element):
            yield _Piece("", closes=True)
        yield _Piece(_edge_blank(element) + (element.tail or ""))


def _edge_blank(element: Node) -> str:
    return " " if element.tag in BLOCK_TAGS else ""


def _is_removed(element: Node) -> bool:
    classes = (element.get("class") or "").split()
    return element.tag in SILENT_TAGS or not REMOVED_CLASSES.isdisjoint(classes)


def _tidy(raw: str) -> _Tidied:
    text: list[str] = []
    length = 0
    before: list[tuple[int, int]] = []
    after: list[tuple[int, int]] = []
    done = 0
    for run in BLANK.finditer(raw):
        start, end = run.span()
        text.append(raw[done:start])
        length += start - done
        blank = "" if start == 0 or end == len(raw) else _blank(run.group())
        text.append(blank)
        before.append((start, end))
        after.append((length, length + len(blank)))
        length += len(blank)
        done = end
    text.append(raw[done:])
    return _Tidied("".join(text), before, after)


def _blank(run: str) -> str:
    breaks = run.count(BREAK)
    return "\n" * min(breaks, 2) or " "


def _composed(text: str, spans: tuple[Span, ...]) -> MarkedText:
    """Bring text into composed form and move the spans along.

    A span whose edge cuts a composed character takes the whole of it.
    """
    if unicodedata.is_normalized("NFC", text):
        return MarkedText(text, spans)
    whole = unicodedata.normalize("NFC", text)
    moved = tuple(
        Span(span.node, _edge(text, whole, span.start, -1), _edge(text, whole, span.end, 1))
        for span in spans
    )
    return MarkedText(whole, moved)


def _edge(text: str, whole: str, position: int, step: int) -> int:
    while True:
        before = unicodedata.normalize("NFC", text[:position])
        if before + unicodedata.normalize("NFC", text[position:]) == whole:
            return len(before)
        position += step
