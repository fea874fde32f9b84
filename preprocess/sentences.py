"""Sentences of an answer, with offsets, and the sentences that an expert's passage covers.

Expert passages coincide with whole sentences, so a passage can be told by sentence numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, Literal

from preprocess.fast_sentences import Span, split_fast

if TYPE_CHECKING:
    from kiwipiepy import Kiwi

__all__ = ["SPLITTERS", "Span", "Splitter", "Splitters", "cover", "kiwi", "split_sentences"]

#: By rules, or with the morphemes of Kiwi's model, which takes some two hundred times as long.
Splitter = Literal["fast", "kiwi"]
Splitters = Mapping[Splitter, Callable[[str], tuple[Span, ...]]]
RECENT: Final = 500  # texts that Kiwi need not split again when another measure asks


@cache
def kiwi() -> Kiwi:
    """Load Kiwi's model once a process: it takes a second and some 400 MiB."""
    from kiwipiepy import Kiwi  # noqa: PLC0415 - loading the model takes a second

    return Kiwi(num_workers=1)


def split_sentences(
    texts: Iterable[str], *, splitter: Splitter = "fast"
) -> Iterator[tuple[Span, ...]]:
    """Yield the sentences of each text in order, trimmed of white space.

    A line break ends a sentence, as a headline has no full stop.
    """
    return map(SPLITTERS[splitter], texts)


@lru_cache(RECENT)
def _split_kiwi(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            found = kiwi().split_into_sents(line)
            spans.extend(Span(offset + s.start, offset + s.end) for s in found)
        offset += len(line) + 1
    return tuple(_trimmed(text, span) for span in spans if text[span.start : span.end].strip())


#: What splits one text in either way.
SPLITTERS: Final[Splitters] = {
    "fast": split_fast,
    "kiwi": _split_kiwi,
}


def _trimmed(text: str, span: Span) -> Span:
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, start + len(piece.strip()))


def cover(spans: Sequence[Span], passage: Span) -> tuple[tuple[int, ...], float]:
    """Find the sentences that a passage stands for.

    A sentence belongs to the passage when at least half of it lies inside.

    Args:
        spans: The answer's sentences, in order.
        passage: The expert's passage.

    Returns:
        The 1-based numbers of the sentences, and the intersection over union of their
        characters with the passage's (0 when no sentence belongs to it).

    """
    inside = [_overlap(span, passage) for span in spans]
    numbers = tuple(
        i
        for i, (span, common) in enumerate(zip(spans, inside, strict=True), start=1)
        if 2 * common >= span.end - span.start
    )
    if not numbers:
        return (), 0.0
    common = sum(inside[i - 1] for i in numbers)
    covered = sum(spans[i - 1].end - spans[i - 1].start for i in numbers)
    # White space between sentences counts for neither side.
    marked = sum(inside)
    return numbers, common / (covered + marked - common)


def _overlap(a: Span, b: Span) -> int:
    return max(0, min(a.end, b.end) - max(a.start, b.start))
