"""Sentences with offsets, and what a passage covers."""

from __future__ import annotations

import json

import pytest

from preprocess.sentences import Span, cover, split_sentences
from tests.preprocess.essays import ANSWER, CLOSING, OPENING
from tests.real_data import real_data


def pieces(text: str) -> list[str]:
    """Split one text into its sentences' texts."""
    (spans,) = split_sentences([text])
    return [text[span.start : span.end] for span in spans]


def test_offsets_point_into_the_answer() -> None:
    """Each span cuts out its sentence without white space at the ends."""
    assert pieces(ANSWER) == [
        "저는 바다를 좋아합니다.",
        "방과 후에 조류 관측 모임을 만들었습니다.",
        "30개의 지점을 매주 기록했습니다.",
        "어떤 일이든 최선을 다하겠습니다.",
    ]


def test_a_line_break_ends_a_sentence() -> None:
    """A headline without a full stop is a sentence of its own."""
    assert pieces('"작은 차이를 보는 눈"\n장점은 분석력입니다.') == [
        '"작은 차이를 보는 눈"',
        "장점은 분석력입니다.",
    ]


def test_an_empty_text_has_no_sentences() -> None:
    """White space alone gives none."""
    assert pieces(" \n ") == []


SPANS = (Span(0, 10), Span(11, 21), Span(23, 33))


@pytest.mark.parametrize(
    ("passage", "numbers", "share"),
    [
        (Span(0, 10), (1,), 1.0),
        (Span(0, 21), (1, 2), 1.0),  # the space between sentences counts for neither
        (Span(11, 33), (2, 3), 1.0),
        (Span(0, 8), (1,), 0.8),
        (Span(0, 13), (1,), 10 / 12),  # two characters of the second sentence
        (Span(0, 4), (), 0.0),
        (Span(21, 23), (), 0.0),
    ],
)
def test_a_passage_is_told_by_its_sentences(
    passage: Span, numbers: tuple[int, ...], share: float
) -> None:
    """Sentences at least half inside belong to it; the share is worked by hand."""
    found, found_share = cover(SPANS, passage)
    assert found == numbers
    assert found_share == pytest.approx(share)


def test_marked_passages_of_the_hand_written_answer_are_whole_sentences() -> None:
    """The fixture's passages coincide with sentences 1-2 and 4."""
    (spans,) = split_sentences([ANSWER])
    for text, numbers in ((OPENING, (1, 2)), (CLOSING, (4,))):
        start = ANSWER.index(text)
        assert cover(spans, Span(start, start + len(text))) == (numbers, 1.0)


def test_real_passages_coincide_with_sentences() -> None:
    """Every expert passage of the real essays is whole sentences (IoU of at least 0.97)."""
    path = real_data() / "jobkorea" / "essays.jsonl"
    questions = [
        question
        for line in path.read_text(encoding="utf-8").splitlines()
        for question in json.loads(line)["questions"]
    ]
    shares = [
        cover(spans, Span(passage["start"], passage["end"]))[1]
        for question, spans in zip(
            questions, split_sentences(q["answer"] for q in questions), strict=True
        )
        for passage in question["passages"]
    ]
    assert len(shares) == 204
    assert min(shares) >= 0.97
