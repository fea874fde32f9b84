"""An invented answer that an expert criticised, and a rewrite that counts."""

from __future__ import annotations

from preprocess.alpaca import Point
from preprocess.rewrites_checks import Criticised
from preprocess.sentences import Span, split_sentences

TEXT = (
    "저는 어떤 일이든 최선을 다하는 사람입니다. 창고에서 3주 동안 일하며 물건의 자리를 "
    "기록했습니다. 출고 시간을 20% 줄였습니다. 앞으로도 최선을 다하겠습니다."
)
GOOD = (
    "저는 물건의 자리를 기록해 길을 줄이는 사람입니다. 창고에서 3주 동안 일하며 물건의 자리를 "
    "기록했습니다. 출고 시간을 20% 줄였습니다. 입사 후에도 창고의 길부터 재어 보겠습니다."
)


def item(text: str = TEXT, number: str = "1") -> Criticised:
    """Make an answer whose first and last sentence an expert criticised."""
    spans: tuple[Span, ...] = next(iter(split_sentences([text])))
    points = (
        Point("bad", (1,), "누구나 쓸 수 있는 말입니다."),
        Point("bad", (len(spans),), "다짐만 있습니다."),
    )
    return Criticised(number, "지원 동기를 써 주세요.", text, spans, points)
