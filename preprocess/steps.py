"""The steps from essays to rows: each a pure function that keeps, or drops with a named reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler.items import Essay, Question, Text
from preprocess.alpaca import (
    INSTRUCTIONS,
    POLARITY_WORDS,
    AlpacaRow,
    Point,
    Record,
    number_sentences,
    write_places,
    write_points,
)
from preprocess.sentences import Span, cover

#: A passage must coincide this well with whole sentences (intersection over union of characters).
LEAST_COVER = 0.8
#: A mark that an import left in the text; it would tell the model where advice belongs. What
#: follows may be glued to it ("아쉬운점 1" + "30개의"); "아쉬운점 2가지" is the applicant's own.
SITE_MARK = re.compile(r"(?:좋은점|아쉬운점) ?\d+(?!\d| ?가지)")
#: What stands for the job where an essay does not name it: "지원 직무의 …".
ANY_POSITION = "지원"
LOCATE_INSTRUCTION = (
    "{position} 직무의 자기소개서입니다. 좋은점과 아쉬운점의 문장 번호만 들어 주세요."
)


@dataclass
class Tally:
    """What the steps kept and dropped, counted by step and reason, with the ids behind it.

    `masked` counts what was replaced in the texts of the kept essays, by kind, and `named` the
    names of the firms applied to that are left in them.
    """

    counts: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)
    ids: dict[str, list[str]] = field(default_factory=dict)
    named: int = 0

    def drop(self, reason: str, where: str) -> None:
        """Count a dropped thing under its reason and remember where it was."""
        self.counts[reason] += 1
        self.ids.setdefault(reason, []).append(where)

    def add(self, other: Tally) -> None:
        """Count what another tally counted, after what is here."""
        self.counts += other.counts
        self.masked += other.masked
        self.named += other.named
        for reason, ids in other.ids.items():
            self.ids.setdefault(reason, []).extend(ids)


@dataclass(frozen=True)
class Located:
    """A question whose points are paired with their passages, and where those end."""

    essay: Essay
    group: str
    question: Question
    sentences: tuple[Span, ...]
    pairs: tuple[tuple[Point, Span], ...]


class TextRow(Record, frozen=True):
    """What a page says of one question, as plain text for training a small model from scratch.

    The answer's sentences are numbered as in the `advice` task, with the number again behind each,
    so that a small model learns early which sentence it is in. The experts' words follow, one a
    line; of which sentences they speak is not told.
    """

    text: Text
    id: Text
    group: Text


def locate(
    essay: Essay, group: str, question: Question, sentences: tuple[Span, ...], tally: Tally
) -> Located | None:
    """Pair passages with advice and find their sentences; `None` where no point is left."""
    where = row_id(essay, question)
    if SITE_MARK.search(question.answer):
        tally.drop("question: a mark of the site left in the answer", where)
        return None
    if not question.advice and not question.passages:
        tally.drop("question: no advice", where)
        return None
    advice = {(a.polarity, a.number): a.text for a in question.advice}
    passages = {(p.polarity, p.number): p for p in question.passages}
    _count_doubles(question, where, tally)
    pairs: list[tuple[Point, Span]] = []
    end = 0  # of the last passage that was kept
    for key in sorted(advice.keys() - passages.keys()):
        tally.drop("point: advice without passage", f"{where}/{key[0]}-{key[1]}")
    for key, passage in sorted(passages.items(), key=lambda item: item[1].start):
        at = f"{where}/{key[0]}-{key[1]}"
        if key not in advice:
            tally.drop("point: passage without advice", at)
        elif passage.end > len(question.answer) or passage.start >= passage.end:
            tally.drop("point: passage outside the answer", at)
        elif passage.start < end:
            tally.drop("point: passage overlaps another", at)
        else:
            span = Span(passage.start, passage.end)
            numbers, share = cover(sentences, span)
            if share < LEAST_COVER:
                tally.drop("point: passage is not whole sentences", at)
            else:
                text = " ".join(advice[key].split())
                pairs.append((Point(passage.polarity, numbers, text), span))
                end = passage.end
    if not pairs:
        tally.drop("question: no point left", where)
        return None
    return Located(essay, group, question, sentences, tuple(pairs))


def _count_doubles(question: Question, where: str, tally: Tally) -> None:
    for kind, items in (("advice", question.advice), ("passage", question.passages)):
        keys = Counter((item.polarity, item.number) for item in items)
        for (polarity, number), count in keys.items():
            for _ in range(count - 1):
                tally.drop(f"point: {kind} number doubled", f"{where}/{polarity}-{number}")


def row_id(essay: Essay, question: Question) -> str:
    """The id of the row made from an essay's question."""
    return f"{essay.id}-{question.number}"


def text_row(essay: Essay, group: str, question: Question, sentences: Sequence[Span]) -> TextRow:
    """Make the plain text of a question, whether or not experts spoke of it."""
    texts = [
        f"{question.answer[span.start : span.end]} [{number}]"
        for number, span in enumerate(sentences, start=1)
    ]
    said = [f"조언: {' '.join(advice.text.split())}" for advice in question.advice]
    text = "\n".join([number_sentences(question.question, texts), *said])
    return TextRow(text, row_id(essay, question), group)


def advice_row(item: Located) -> AlpacaRow:
    """Make the `advice` row: numbered sentences in, located advice out."""
    answer = item.question.answer
    sentences = [answer[span.start : span.end] for span in item.sentences]
    return AlpacaRow(
        instruction=INSTRUCTIONS["advice"].format(position=item.essay.position or ANY_POSITION),
        input=number_sentences(item.question.question, sentences),
        output=write_points(point for point, _ in item.pairs),
        id=row_id(item.essay, item.question),
        group=item.group,
        source_id=item.essay.id,
    )


def locate_row(item: Located) -> AlpacaRow:
    """Make the `locate` row: the input of `advice`, and the places of its points alone.

    Most of an advice row's loss is on what is said; this one's is all on where.
    """
    row = advice_row(item)
    return AlpacaRow(
        instruction=LOCATE_INSTRUCTION.format(position=item.essay.position or ANY_POSITION),
        input=row.input,
        output=write_places(point for point, _ in item.pairs),
        id=row.id,
        group=row.group,
        source_id=row.source_id,
    )


def anchored_row(item: Located) -> AlpacaRow:
    """Make the `advice-anchored` row: the site's marks glued to the passages' ends, advice out.

    Points are numbered by polarity in the order of the text, in marks and advice alike.
    """
    numbers: Counter[str] = Counter()
    marks: list[tuple[int, str]] = []
    lines: list[str] = []
    for point, span in item.pairs:
        numbers[point.polarity] += 1
        mark = f"{POLARITY_WORDS[point.polarity]} {numbers[point.polarity]}"
        marks.append((span.end, mark))
        lines.append(f"{mark} {point.text}")
    answer = item.question.answer
    for end, mark in marks[::-1]:  # from the back, so that positions hold
        answer = answer[:end] + mark + answer[end:]
    position = item.essay.position or ANY_POSITION
    return AlpacaRow(
        instruction=INSTRUCTIONS["advice-anchored"].format(position=position),
        input=f"{' '.join(item.question.question.split())}\n{answer}",
        output="\n".join(lines),
        id=row_id(item.essay, item.question),
        group=item.group,
        source_id=item.essay.id,
    )
