"""Essays whose text is decomposed."""

from __future__ import annotations

import unicodedata

import msgspec
import pytest

from crawler.items import Advice, Passage
from preprocess.composed import composed
from tests.preprocess.essays import essay, passage, question

NFD = "\u1112\u1161\u11ab. \u1100\u1161\u11a8\u1100\u1161."  # 한. 각가.


def test_composed_text_is_left_alone() -> None:
    """An essay in composed form is the very same."""
    given = essay()
    assert composed(given) is given


def test_decomposed_essay_is_composed() -> None:
    """Every text is composed, and passages mark the same words as before."""
    given = essay()
    [asked] = given.questions
    loose = unicodedata.normalize("NFD", asked.answer)
    moved = tuple(
        passage(
            p.polarity, p.number, unicodedata.normalize("NFD", asked.answer[p.start : p.end]), loose
        )
        for p in asked.passages
    )
    decomposed = msgspec.json.decode(
        unicodedata.normalize("NFD", msgspec.json.encode(given).decode()), type=type(given)
    )
    [question_] = decomposed.questions
    decomposed = msgspec.structs.replace(
        decomposed, questions=(msgspec.structs.replace(question_, passages=moved),)
    )
    assert decomposed != given
    assert composed(decomposed) == given


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 4, (0, 2)),
        (5, 11, (3, 6)),
        (5, 8, (3, 4)),
        (9, 11, (4, 6)),
        (6, 9, (3, 5)),
        (5, 99, (3, 94)),
    ],
)
def test_edges(start: int, end: int, expected: tuple[int, int]) -> None:
    """An edge inside a letter takes the whole of it; one beyond the answer stays beyond."""
    asked = question(
        answer=NFD, passages=(Passage("bad", 1, start, end),), advice=(Advice("bad", 1, "말"),)
    )
    [found] = composed(essay(questions=(asked,))).questions
    assert found.answer == "한. 각가."
    [mark] = found.passages
    assert (mark.start, mark.end) == expected
