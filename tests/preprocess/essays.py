"""Essays written by hand, with invented people and firms."""

from __future__ import annotations

from crawler.items import Advice, Essay, Passage, Question

ANSWER = (
    "저는 바다를 좋아합니다. 방과 후에 조류 관측 모임을 만들었습니다.\n\n"
    "30개의 지점을 매주 기록했습니다. 어떤 일이든 최선을 다하겠습니다."
)
#: What the expert marked: the first two sentences, and the last one.
OPENING = "저는 바다를 좋아합니다. 방과 후에 조류 관측 모임을 만들었습니다."
CLOSING = "어떤 일이든 최선을 다하겠습니다."


def passage(polarity: str, number: int, text: str, answer: str = ANSWER) -> Passage:
    """Mark a text that stands in an answer."""
    start = answer.index(text)
    return Passage(
        polarity="good" if polarity == "good" else "bad",
        number=number,
        start=start,
        end=start + len(text),
    )


def question(**changes: object) -> Question:
    """Make a question with one praised and one criticised passage; `changes` replace fields."""
    fields: dict[str, object] = {
        "number": 1,
        "question": "지원 동기를  써 주세요.",
        "answer": ANSWER,
        "site_chars": None,
        "site_bytes": None,
        "passages": (passage("bad", 1, CLOSING), passage("good", 1, OPENING)),
        "advice": (
            Advice(polarity="good", number=1, text="본인의 이야기로 시작했습니다."),
            Advice(polarity="bad", number=1, text="누구나 쓸 수 있는\n다짐입니다."),
        ),
    }
    return Question(**(fields | changes))  # type: ignore[arg-type]


def essay(**changes: object) -> Essay:
    """Make an essay of one question; `changes` replace fields."""
    fields: dict[str, object] = {
        "id": "12345",
        "url": None,
        "source": "import",
        "crawled_at": None,
        "company": "(주)물결기상",
        "company_types": (),
        "position": "데이터분석",
        "year": 2020,
        "half": "상반기",
        "career": "신입",
        "specs": (),
        "views": None,
        "grade": 3.0,
        "overall_advice": None,
        "questions": (question(),),
    }
    return Essay(**(fields | changes))  # type: ignore[arg-type]
