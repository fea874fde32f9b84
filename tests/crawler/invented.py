"""Invented essays for the tests, made short."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from crawler.items import Advice, Essay, Passage, Question
from crawler.plan import DEFAULT_TYPES

ANSWER = "저는 <바다>를 봅니다.\n\n30개의 항구를 압니다. 그래서 지원합니다."


def make_question(number: int = 1) -> Question:
    """Make a question with one criticised passage over two paragraphs."""
    return Question(
        number=number,
        question="지원 동기를 쓰세요.",
        answer=ANSWER,
        site_chars=1049,
        site_bytes=2122,
        passages=(Passage("bad", 1, 3, 27),),
        advice=(Advice("bad", 1, "30개의 항구가 어디인지 없습니다."),),
    )


def make_essay(number: int = 98765, types: tuple[str, ...] = ("대기업",)) -> Essay:
    """Make an essay of two questions."""
    return Essay(
        id=str(number),
        url=None,
        source="view",
        crawled_at=None,
        company="(주)온샘물산",
        company_types=types,
        position="해외영업 · 무역 사무",
        year=2021,
        half="상반기",
        career="신입",
        specs=("서울4년", "토익 975"),
        views=1462,
        grade=3.5,
        overall_advice="사례는 좋으나\n순서가 아쉽습니다.",
        questions=(make_question(1), make_question(2)),
    )


def make_essays(count: int) -> list[Essay]:
    """Make essays spread over the four default lists; every third is in two of them."""
    essays = []
    for i in range(count):
        types = {DEFAULT_TYPES[i % 4], DEFAULT_TYPES[0] if i % 3 == 0 else DEFAULT_TYPES[i % 4]}
        essays.append(make_essay(50_000 + 977 * i, tuple(sorted(types))))
    return essays


def as_crawled(essays: Sequence[Essay], site: str, types: Sequence[str]) -> dict[str, Essay]:
    """Return the records that a crawl of these lists should write, by number, without times."""
    found = {}
    for essay in essays:
        lists = tuple(name for name in types if name in essay.company_types)
        if lists or not types:
            url = f"{site}/starter/PassAssay/View/{essay.id}"
            found[essay.id] = msgspec.structs.replace(essay, url=url, company_types=lists)
    return found
