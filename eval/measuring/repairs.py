"""Is a planted defect repaired? Rules over the words of a rewritten answer, without a model.

A draft and the answer that it was made from differ in the row's defects alone. Around each defect a
stretch is taken that begins and ends at white space in both. Other defects of that stretch may be
repaired or not; so there are some ways in which it reads with the defect (the planted wordings) and
some without (the wanted ones).

    exchanged text (spelling, spacing, register, run_on, figures): left where a planted wording
        stands in the output more often than in the answer, and repaired where it does not and a
        wanted one stands there more often than in the draft with all other defects taken back; so
        many of those that read the same;
    added text (cliche, praise, repetition): repaired if it is gone and what stood before or behind
        it is still there. It is gone unless it stands there as it was, or two thirds of its words
        stand in the output more often than in the answer.

What is neither repaired nor left is `reworded`: the sentence went, or says something else. That may
be a good repair, which no rule can tell, so it is counted apart. Wordings are compared as whole
words. Who hands the draft back repairs nothing, and neither does who writes another text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product, repeat
from typing import Literal, NamedTuple

from preprocess.outputs import Defect, ReviseRow

Outcome = Literal["repaired", "left", "reworded"]

#: Of so many words in excess an added sentence counts as still there.
STILL_THERE = 2 / 3
#: Letters beside an added sentence by which its place is known again.
BESIDE = 8
#: Other defects of one stretch that are tried both ways; in a stretch of more the rest is repaired.
BOTH_WAYS = 4


class Text(NamedTuple):
    """A text as wordings are looked for: its words, two spaces around each, and its letters."""

    words: str
    letters: str
    counts: Counter[str]

    def count(self, wording: str) -> int:
        """Count where whole words of a text read so."""
        sought = wording.split()
        # Neighbours share no space, so that `수 수` holds `수` twice.
        return self.words.count(spaced(sought)) if sought else 0


def spaced(words: Sequence[str]) -> str:
    """Write words with two spaces around each pair of neighbours and one at both ends."""
    return f" {'  '.join(words)} "


def as_text(text: str) -> Text:
    """Prepare a text."""
    words = text.split()
    return Text(f" {spaced(words)} ", "".join(words), Counter(words))


@dataclass(frozen=True)
class Judged:
    """A defect of a draft, with the wordings that decide about it.

    `planted` and `wanted` are the ways in which its stretch reads. For added text, `planted` is
    that text alone, `wanted` is empty, and `beside` holds what stands before it and behind it, each
    as it is in the draft and in the answer.
    """

    kind: str
    planted: tuple[str, ...]
    wanted: tuple[str, ...]
    beside: tuple[str, ...]

    @property
    def added(self) -> bool:
        """Whether the answer has nothing in its place."""
        return not self.wanted

    def outcome_of_added(self, output: Text, answer: Text) -> Outcome:
        """Say what became of an added text."""
        added = self.planted[0].split()
        dense = "".join(added)
        excess = output.counts - answer.counts
        there = sum((Counter(added) & excess).values()) >= STILL_THERE * len(added)
        if there or output.letters.count(dense) > answer.letters.count(dense):
            return "left"
        placed = any(one in output.letters for one in self.beside if one)
        return "repaired" if placed else "reworded"

    def outcomes_of_exchanged(self, output: Text, source: Source) -> Iterator[Outcome]:
        """Say what became of the defects that read like this one, the ones left first."""
        left = gained(self.planted, output, source.answer.count)
        back = gained(self.wanted, output, source.wanted[self].__getitem__)
        yield from repeat("left", left)
        yield from repeat("repaired", back)
        yield from repeat("reworded")


class Source(NamedTuple):
    """What an output is compared with: its answer, and the draft as it is for each defect.

    `wanted` counts a defect's wanted wordings in the draft with all defects taken back but those
    that read like it: another one may take such a wording away, or leave half a word that is one.
    """

    wanted: Mapping[Judged, Mapping[str, int]]
    answer: Text


def source_of(row: ReviseRow, answer: str, defects: Sequence[Judged]) -> Source:
    """Prepare a row, the answer behind it, and its defects in their order."""
    alike: dict[Judged, list[Defect]] = {}
    for one, defect in zip(defects, row.defects, strict=True):
        if not one.added:
            alike.setdefault(one, []).append(defect)
    wanted = {}
    for one, own in alike.items():
        others = [defect for defect in row.defects if defect not in own]
        draft = as_text(reading(row.input, (0, len(row.input)), others))
        wanted[one] = {wording: draft.count(wording) for wording in one.wanted}
    return Source(wanted, as_text(answer))


def gained(wordings: Sequence[str], output: Text, before: Callable[[str], int]) -> int:
    """Count how much more often wordings stand in an output than they did before."""
    return sum(max(0, output.count(one) - before(one)) for one in dict.fromkeys(wordings))


def outcomes(defects: Sequence[Judged], output: Text, source: Source) -> list[Outcome]:
    """Say what became of each defect of a draft."""
    alike: dict[Judged, Iterator[Outcome]] = {}
    found = list[Outcome]()
    for defect in defects:
        if defect.added:
            found.append(defect.outcome_of_added(output, source.answer))
        else:
            same = alike.setdefault(defect, defect.outcomes_of_exchanged(output, source))
            found.append(next(same))
    return found


def judged_defects(row: ReviseRow) -> tuple[Judged, ...]:
    """Prepare the defects of a row."""
    stretches = list(stretches_of(row))
    return tuple(
        judged(row, defect, stretch) for defect, stretch in zip(row.defects, stretches, strict=True)
    )


def judged(row: ReviseRow, defect: Defect, stretch: tuple[int, int]) -> Judged:
    """Prepare one defect, whose stretch of the draft is known."""
    if not defect.original:
        added = row.input[defect.start : defect.end]
        return Judged(defect.kind, (added,), (), beside(row, defect))
    within = [d for d in row.defects if stretch[0] <= d.start and d.end <= stretch[1]]
    planted, wanted = list[str](), list[str]()
    others = [d for d in within if d is not defect]
    for choice in product((False, True), repeat=min(len(others), BOTH_WAYS)):
        kept = [d for d, keep in zip(others, choice, strict=False) if keep]
        planted.append(reading(row.input, stretch, [d for d in within if d not in [defect, *kept]]))
        wanted.append(reading(row.input, stretch, [d for d in within if d not in kept]))
    return Judged(defect.kind, tuple(planted), tuple(wanted), ())


def reading(draft: str, stretch: tuple[int, int], repaired: Sequence[Defect]) -> str:
    """Read a stretch of a draft with some defects taken back."""
    pieces, done = list[str](), stretch[0]
    for defect in repaired:
        pieces += [draft[done : defect.start], defect.original]
        done = defect.end
    return "".join([*pieces, draft[done : stretch[1]]])


def beside(row: ReviseRow, defect: Defect) -> tuple[str, ...]:
    """Take the letters before and behind an added text, in the draft and in the answer."""
    end = len(row.input)
    before = [d for d in row.defects if d.end <= defect.start]
    behind = [d for d in row.defects if d.start >= defect.end]
    sides = [
        row.input[: defect.start],
        reading(row.input, (0, defect.start), before),
    ]
    found = ["".join(side.split())[-BESIDE:] for side in sides]
    sides = [
        row.input[defect.end :],
        reading(row.input, (defect.end, end), behind),
    ]
    return (*found, *("".join(side.split())[:BESIDE] for side in sides))


def stretches_of(row: ReviseRow) -> Iterator[tuple[int, int]]:
    """Yield around each defect the shortest stretch of the draft that ends at white space.

    Both ends stand at white space in the draft and in the answer.
    """
    cuts = list(cuts_of(row))
    for defect in row.defects:
        start = max(cut for cut in cuts if cut <= defect.start)
        yield start, min(cut for cut in cuts if cut >= defect.end)


def cuts_of(row: ReviseRow) -> Iterator[int]:
    """Yield the places of the draft at which a word begins or ends, in the answer too."""
    draft = row.input
    answer = reading(draft, (0, len(draft)), row.defects)
    shift, left = 0, list(row.defects)
    for place in range(len(draft) + 1):
        while left and left[0].end <= place:
            shift += len(left[0].original) - (left[0].end - left[0].start)
            left.pop(0)
        inside = bool(left) and left[0].start < place
        if not inside and at_edge(draft, place) and at_edge(answer, place + shift):
            yield place


def at_edge(text: str, place: int) -> bool:
    """Tell whether white space, or an end of the text, is on either side of a place."""
    return not text[place - 1 : place].strip() or not text[place : place + 1].strip()
