"""Where a system and the experts part: sentences that one of the two marks and the other does not.

Counted over sentence × polarity as the headline metric counts (`eval.measuring.advice`), by the
place of the sentence in the answer and by the kind of question. Only `advice` numbers its
sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from eval.comparing.slices import UNKNOWN
from eval.measuring.advice import POLARITIES
from eval.pages.glossary import system_word
from eval.pages.results import Scored
from eval.pages.tables import Cell, Row, Table
from eval.records import Prediction
from eval.tasks import Item, read_answer
from preprocess.alpaca import POLARITY_WORDS, Point, Polarity, Unreadable

Whose = Literal["expert", "both", "system"]
WHOSE: Final[Mapping[Whose, str]] = {"expert": "전문가만", "both": "둘 다", "system": "시스템만"}
#: From such a share of marked sentences on, where is hardly a question.
NEARLY_ALL: Final = 0.9
PLACES: Final = ("첫 문장", "앞부분", "가운데", "뒷부분", "마지막 문장")


@dataclass(frozen=True)
class Marked:
    """A sentence with a polarity that the expert marks, the system, or both."""

    item: Item
    sentence: int
    polarity: Polarity
    whose: Whose


@dataclass(frozen=True)
class Bar:
    """One row of the plot: counts by whose mark it is, and their widths in percent of the plot."""

    label: str
    counts: tuple[int, int, int]
    widths: tuple[float, float, float]


@dataclass(frozen=True)
class Parting:
    """The plot of one system by place, and tables by kind of question and of all systems."""

    system: str
    groups: tuple[tuple[str, Polarity, tuple[Bar, ...]], ...]
    kinds: Table | None
    systems: Table


def marked_sentence(items: Sequence[Item]) -> Iterator[str]:
    """Warn where experts mark nearly every sentence, so that pointing at all of them is right."""
    sentences = sum(len(item.sentences) for item in items)
    marked = sum(len({n for p in item.points for n in p.sentences}) for item in items)
    if sentences and marked / sentences > NEARLY_ALL:
        yield (
            f"전문가가 문장 {sentences:,}개 가운데 {marked:,}개({marked / sentences:.0%})를 "
            "표시했습니다. 모든 문장을 짚으면 위치가 거의 맞으므로, 위치 점수로는 시스템을 가리기 "
            "어렵습니다."
        )


def parting(scored: Scored, system: str) -> Parting | None:
    """Tell where a system parts from the experts; nothing where sentences have no numbers."""
    if scored.result.task != "advice":
        return None
    marked = {s: tuple(marks(scored.items, said)) for s, said in scored.predictions.items()}
    return Parting(
        system=system_word(system, scored.result.task),
        groups=groups(marked[system]),
        kinds=kinds(marked[system], scored) if scored.facts else None,
        systems=systems(marked, scored.result.task),
    )


def marks(items: Sequence[Item], predictions: Sequence[Prediction]) -> Iterator[Marked]:
    """Yield every sentence × polarity that either side marks."""
    for item, prediction in zip(items, predictions, strict=True):
        read = read_answer(prediction.output, item.task, len(item.sentences))
        said = marked_sentences(() if isinstance(read, Unreadable) else read)
        wanted = marked_sentences(item.points)
        for sentence, polarity in sorted(said | wanted):
            key = (sentence, polarity)
            whose: Whose = "both" if key in said & wanted else "expert"
            yield Marked(item, sentence, polarity, whose if key in wanted else "system")


def marked_sentences(points: Iterable[Point]) -> set[tuple[int, Polarity]]:
    """Collect the sentences of points, each with its polarity."""
    return {(number, point.polarity) for point in points for number in point.sentences}


def place(mark: Marked) -> str:
    """Say where in its answer a sentence stands; those between first and last in three parts."""
    last = len(mark.item.sentences)
    if mark.sentence in {1, last}:
        return PLACES[0] if mark.sentence == 1 else PLACES[-1]
    return PLACES[1 + 3 * (mark.sentence - 2) // (last - 2)]


def groups(marked: Sequence[Marked]) -> tuple[tuple[str, Polarity, tuple[Bar, ...]], ...]:
    """Make the bars of both polarities, all on one scale."""
    counts = Counter((m.polarity, place(m), m.whose) for m in marked)
    by_row = {
        (p, at): tuple(counts[p, at, whose] for whose in WHOSE) for p in POLARITIES for at in PLACES
    }
    most = max(1, *(sum(of) for of in by_row.values()))
    return tuple(
        (POLARITY_WORDS[p], p, tuple(bar(at, by_row[p, at], most) for at in PLACES))
        for p in POLARITIES
    )


def bar(label: str, counts: tuple[int, ...], most: int) -> Bar:
    """Lay out one bar."""
    expert, both, system = counts
    left, middle, right = (round(100 * count / most, 2) for count in counts)
    return Bar(label, (expert, both, system), (left, middle, right))


def kinds(marked: Sequence[Marked], scored: Scored) -> Table:
    """Count by kind of question, the commonest first."""
    of = {row: facts.question_kind or UNKNOWN for row, facts in scored.facts.items()}
    counts = Counter((of.get(m.item.row.id, UNKNOWN), f"{m.polarity}-{m.whose}") for m in marked)
    sizes = Counter(of.get(m.item.row.id, UNKNOWN) for m in marked)
    return Table(
        "문항 종류", heads(), tuple(row(kind, kind, counts) for kind, _ in in_order(sizes))
    )


def systems(marked: Mapping[str, Sequence[Marked]], task: str) -> Table:
    """Count for every system; last, the sentences that both mark, but as opposites."""
    rows = []
    for system, of in marked.items():
        counts = Counter((system, f"{m.polarity}-{m.whose}") for m in of)
        told = row(system, system_word(system, task), counts)
        rows.append(Row(told.label, (*told.cells, Cell(str(crossed(of))))))
    return Table("시스템", (*heads(), "종류가 엇갈림"), tuple(rows))


def crossed(marked: Iterable[Marked]) -> int:
    """Count sentences that the expert marks one way and the system the other way alone."""
    sides: dict[tuple[str, int], set[str]] = {}
    for m in marked:
        sides.setdefault((m.item.row.id, m.sentence), set()).add(f"{m.polarity}-{m.whose}")
    opposites = ({"good-expert", "bad-system"}, {"bad-expert", "good-system"})
    return sum(any(pair <= of for pair in opposites) for of in sides.values())


def heads() -> tuple[str, ...]:
    """Name the columns: polarity and whose mark it is."""
    return tuple(f"{POLARITY_WORDS[p]} {word}" for p in POLARITIES for word in WHOSE.values())


def row(key: str, label: str, counts: Counter[tuple[str, str]]) -> Row:
    """Write the counts of a kind or of a system."""
    cells = (Cell(str(counts[key, f"{p}-{whose}"])) for p in POLARITIES for whose in WHOSE)
    return Row(label, tuple(cells))


def in_order(sizes: Counter[str]) -> list[tuple[str, int]]:
    """Order by size, ties by name."""
    return sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0]))
