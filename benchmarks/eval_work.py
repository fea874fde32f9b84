"""What the scores are timed on: invented test items, and the answers of several systems to them.

The replica's answers and advice lend their sentences. An advice is two to three of them, 103
characters at the median and 2.4 an item (101 and 2.2 with real experts); hardly two are the same.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from crawler.replica.essays import generate_essays
from eval.records import Prediction
from eval.tasks import Item, take_apart
from preprocess.alpaca import AlpacaRow, Facts, Point, number_sentences, write_points

QUESTIONS: Final = 4  # an essay
SYSTEMS: Final = ("tuned", "tuned-1shot", "base", "base-1shot", *(f"system-{k}" for k in range(6)))
JOBS: Final = ("물류", "영업", "생산", "품질", "인사", "회계", "개발", "구매")
UNREADABLE: Final = 0.05


class Work(NamedTuple):
    """Items, each system's predictions in their order, and the items' facts."""

    items: tuple[Item, ...]
    predictions: dict[str, tuple[Prediction, ...]]
    facts: tuple[Facts, ...]


class Phrases(NamedTuple):
    """Sentences of answers and of advice."""

    answers: tuple[str, ...]
    advice: tuple[str, ...]


def make_work(predictions: int, seed: int = 0) -> Work:
    """Make items for so many predictions, an equal number for each system."""
    rng = random.Random(seed)  # noqa: S311 - no cryptography
    said = phrases()
    count = predictions // len(SYSTEMS)
    items = tuple(make_item(rng, said, k) for k in range(count))
    answers = {
        system: tuple(answer(rng, said, item, system, n) for item in items)
        for n, system in enumerate(SYSTEMS)
    }
    return Work(items, answers, tuple(make_facts(rng, item) for item in items))


@cache
def phrases() -> Phrases:
    """Take the sentences of the replica's essays."""
    questions = [q for essay in generate_essays(seed=3, count=400) for q in essay.questions]
    answers = {s for q in questions for s in cut(q.answer)}
    advice = {s for q in questions for a in q.advice for s in cut(a.text)}
    return Phrases(tuple(sorted(answers)), tuple(sorted(advice)))


def cut(text: str) -> list[str]:
    """Cut invented text into sentences, which all end in 다."""
    return [f"{part}다." for part in " ".join(text.split()).split("다.") if len(part) > 1]


def make_item(rng: random.Random, said: Phrases, number: int) -> Item:
    """Make an item with one to four points of advice."""
    sentences = rng.sample(said.answers, rng.randint(8, 14))
    places = sorted(rng.sample(range(len(sentences) // 2), rng.choice((1, 2, 2, 2, 3, 3, 4))))
    points = [make_point(rng, said, (2 * place + 1, 2 * place + 2)) for place in places]
    essay = f"{1000 + number // QUESTIONS}"
    row = AlpacaRow(
        instruction="자기소개서입니다.",
        input=number_sentences("지원 동기를 적어 주세요.", sentences),
        output=write_points(points),
        id=f"{essay}-{number % QUESTIONS + 1}",
        group=f"g{essay}",
        source_id=essay,
    )
    return take_apart(row, "advice")


def make_point(rng: random.Random, said: Phrases, sentences: Sequence[int]) -> Point:
    """Make a point of advice on some sentences."""
    text = " ".join(rng.sample(said.advice, rng.choice((2, 3, 3))))
    return Point("good" if rng.getrandbits(1) else "bad", tuple(sentences), text)


def answer(rng: random.Random, said: Phrases, item: Item, system: str, number: int) -> Prediction:
    """Let a system answer: the higher its number, the fewer of the expert's places it finds."""
    found = 0.6 - 0.05 * number
    points = []
    for point in item.points:
        own = make_point(rng, said, point.sentences)
        if rng.random() < found:
            points.append(Point(point.polarity, own.sentences, own.text))
    if rng.getrandbits(1) or not points:
        points.append(make_point(rng, said, (len(item.sentences),)))
    output = write_points(points) if rng.random() > UNREADABLE else "저는 지원합니다."
    return Prediction(item.row.id, item.row.source_id, "advice", system, "", output, "stop")


def make_facts(rng: random.Random, item: Item) -> Facts:
    """Make the facts of an item."""
    return Facts(
        id=item.row.id,
        source_id=item.row.source_id,
        position=rng.choice(JOBS),
        company_types=(rng.choice(("대기업", "중견기업", "외국계")),),
        grade=rng.choice((None, 2.0, 2.5, 3.0, 4.0)),
        question_kind=rng.choice(("지원 동기", "성격", "직무 역량", "성장 과정")),
        answer_chars=sum(map(len, item.sentences)),
    )
