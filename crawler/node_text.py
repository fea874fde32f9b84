"""The text of a page's node, and where its marks lie in it.

A `<br>` is a new line; every other run of white space (CR, LF, tab, no-break, zero-width) is one
space, and so is the edge of a paragraph or another block; lines are stripped; two or more new
lines are exactly two; the ends are stripped; the text is in composed form (NFC). Marks
(`span.sup`), counters (`p.txSpllChk`), hidden helper words (`.skip`: 답변, 관심기업), buttons and a
block of advice inside an answer that was not closed are no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from unicodedata import category, normalize

import msgspec

from crawler.selection import Node

BREAK = "\0"  # stands for <br>: the parser never yields it as text
EDGE = "\ud800"  # stands for the start or end of a mark: nor does it yield halves of characters
BLANKS = frozenset(" \n")  # those of a text in order
ZERO_WIDTH = "\u180e\u200b\u200c\u200d\u2060\ufeff"
REMOVED_CLASSES = frozenset({"sup", "txSpllChk", "skip", "advice"})
SILENT_TAGS = frozenset({"script", "style", "button"})
BLOCK_TAGS = frozenset({"p", "div", "li", "ul", "ol", "tr", "td", "blockquote", "h3", "h4", "h5"})

_EDGES = re.compile(rf"[ \n]*{EDGE}[{EDGE} \n]*")
_EMPTY_LINES = re.compile(r"\n{3,}")

IsMark = Callable[[Node, str, str | None], bool]  # asked of a node with its tag and class


class Span(msgspec.Struct, frozen=True):
    """A node's stretch of a text: code points, trimmed, never empty."""

    node: Node
    start: int
    end: int


class MarkedText(msgspec.Struct, frozen=True):
    """The text of a node, and the stretches of the marks in it, in the page's order."""

    text: str
    spans: tuple[Span, ...]


def node_text(node: Node | None) -> str:
    """Return the text of a node; of no node, the empty text."""
    if node is None:
        return ""
    return tidy_text(_read(node, None)[0] if len(node) else node.text or "")


def marked_text(node: Node, is_mark: IsMark) -> MarkedText:
    """Return the text of a node and the stretches of those nodes in it that are marks.

    A mark around white space alone has no stretch and is left out; a bare `<br>` is no mark.
    """
    raw, edges = _read(node, is_mark)
    if not edges:
        return MarkedText(tidy_text(raw), ())
    return _composed(*_without_edges(_lines(raw), edges))


def tidy_text(raw: str) -> str:
    """Bring plain text into the form that a node's text has; its new lines are white space."""
    text = raw.strip()
    if not text.isprintable() or "  " in text:  # else there is no blank in it but single spaces
        text = _lines(raw)
    return normalize("NFC", text)


def _read(node: Node, is_mark: IsMark | None) -> tuple[str, list[Node | None]]:
    """Return the raw text under a node, with the edges of marks in it, and those edges.

    An edge is the mark that starts there, or `None` where the last one that is open ends. There is
    no recursion, since broken pages nest deeply.
    """
    edges: list[Node | None] = []
    pieces = [node.text or ""]
    levels: list[tuple[Iterator[Node], str, bool]] = [(iter(node), "", False)]
    while levels:
        children, end, ends_mark = levels[-1]
        for child in children:
            tag, classes, tail = child.tag, child.get("class"), child.tail or ""
            blank = " " if tag in BLOCK_TAGS else ""
            if tag == "br" and classes is None:
                pieces.append(BREAK + tail)
            elif tag in SILENT_TAGS or (classes is not None and _is_removed_class(classes)):
                pieces.append(blank + tail)
            else:
                before, behind = BREAK if tag == "br" else blank, blank + tail
                marked = is_mark is not None and is_mark(child, tag, classes)
                if marked:
                    edges.append(child)
                    before, behind = EDGE + before, EDGE + behind
                pieces.append(before + (child.text or ""))
                if len(child):
                    levels.append((iter(child), behind, marked))
                    break
                pieces.append(behind)
                if marked:
                    edges.append(None)
        else:
            levels.pop()
            pieces.append(end)
            if ends_mark:
                edges.append(None)
    return "".join(pieces), edges


@lru_cache(maxsize=512)
def _is_removed_class(classes: str) -> bool:
    return not REMOVED_CLASSES.isdisjoint(classes.split())


def _lines(raw: str) -> str:
    """Put the blanks of a raw text in order, but for those around the edges of marks."""
    lines = "\n".join([_line(line) for line in raw.split(BREAK)]).strip("\n")
    return _EMPTY_LINES.sub("\n\n", lines) if "\n\n\n" in lines else lines


def _line(raw: str) -> str:
    line = raw.strip()
    words = line.replace(EDGE, "")
    if words.isprintable() and "  " not in words:  # then no blank in it but single spaces
        return line
    for blank in ZERO_WIDTH:
        line = line.replace(blank, " ")
    return " ".join(line.split())


def _without_edges(lines: str, edges: list[Node | None]) -> tuple[str, tuple[Span, ...]]:
    """Take the edges of marks out of a text; return it, and the stretches of the marks.

    Blanks that stood on both sides of edges are one; a mark begins after and ends before it.
    """
    parts = lines.split(EDGE)
    text = "".join(parts)
    if _has_loose_blanks(text):
        parts = _EDGES.sub(_blank_first, lines).split(EDGE)
        text = "".join(parts)
    spans: list[Span | None] = []
    opened: list[tuple[int, Node, int]] = []
    for edge, position in zip(edges, accumulate(map(len, parts)), strict=False):
        at = position
        if edge is not None:
            while text[at : at + 1] in BLANKS:
                at += 1
            opened.append((len(spans), edge, at))
            spans.append(None)
        else:
            while text[at - 1 : at] in BLANKS:
                at -= 1
            index, mark, start = opened.pop()
            spans[index] = Span(mark, start, at) if start < at else None
    return text, tuple([span for span in spans if span is not None])


def _has_loose_blanks(text: str) -> bool:
    """Whether blanks met, or came to an end of the text, where edges were taken out."""
    return (
        "  " in text
        or " \n" in text
        or "\n " in text
        or "\n\n\n" in text
        or text != text.strip(" \n")
    )


def _blank_first(run: re.Match[str]) -> str:
    """Put the blanks around edges before them, as one; at the ends of a text there is none."""
    around = run.group()
    blank = "\n" * min(around.count("\n"), 2) or " " * (" " in around)
    inside = run.start() > 0 and run.end() < len(run.string)
    return blank * inside + EDGE * around.count(EDGE)


def _composed(text: str, spans: tuple[Span, ...]) -> MarkedText:
    """Bring text into composed form and move the spans along.

    A span whose edge cuts a letter from its signs takes the whole of it.
    """
    whole = normalize("NFC", text)
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
    return category(letter).startswith("M") or "\u1160" <= letter <= "\u11ff"


def _composed_places(text: str, positions: Iterable[int]) -> dict[int, int]:
    """Return where positions between letters lie once the text is in composed form."""
    places: dict[int, int] = {}
    done = length = 0
    for position in sorted(positions):
        length += len(normalize("NFC", text[done:position]))
        places[position] = length
        done = position
    return places
