"""Edits of a text, and the spans that move along."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preprocess.edits import Edit, apply, moved, ordered
from preprocess.sentences import Span

TEXT = "가나다 010-1234-5678 라마 a@b.kr 바"
TEL, MAIL = Edit(4, 17, "<|tel|>", "phone"), Edit(21, 27, "<이메일>", "e-mail")


def test_apply() -> None:
    """Each stretch is replaced, the rest stays."""
    assert apply(TEXT, [TEL, MAIL]) == "가나다 <|tel|> 라마 <이메일> 바"
    assert apply(TEXT, []) == TEXT


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span(0, 3), "가나다"),
        (Span(0, 17), "가나다 <|tel|>"),
        (Span(4, 17), "<|tel|>"),
        (Span(18, 20), "라마"),
        (Span(6, 20), "<|tel|> 라마"),
        (Span(0, 8), "가나다 <|tel|>"),
        (Span(28, 29), "바"),
        (Span(0, 29), "가나다 <|tel|> 라마 <이메일> 바"),
    ],
)
def test_moved(span: Span, expected: str) -> None:
    """A span holds the same words after the edits; a cut stretch comes in whole."""
    edits = (TEL, MAIL)
    start, end = moved(span, edits)
    assert apply(TEXT, edits)[start:end] == expected


def test_overlapping_edits() -> None:
    """The longest of overlapping edits stays, and the order is the text's."""
    short, long, far = Edit(3, 5, "x", "a"), Edit(4, 9, "y", "b"), Edit(0, 2, "z", "c")
    assert ordered([short, long, far]) == (far, long)


@given(st.text("가b ", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5))))
def test_words_between_edits_stay(text: str, places: list[tuple[int, int]]) -> None:
    """Whatever the edits, each untouched character is where `moved` says."""
    found = [Edit(s, s + n, "<X>", "k") for s, n in places if s + n <= len(text)]
    edits = ordered(found)
    new = apply(text, edits)
    for i, letter in enumerate(text):
        if not any(edit.start <= i < edit.end for edit in edits):
            start, end = moved(Span(i, i + 1), edits)
            assert new[start:end] == letter
