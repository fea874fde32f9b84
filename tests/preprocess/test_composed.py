"""Essays whose text is decomposed."""

from __future__ import annotations

import unicodedata

import msgspec
import pytest

from crawler.items import Advice, Passage
from preprocess.composed import composed
from preprocess.prepare import prepare
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


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("010\u200b-1234-56\u00ad78", "010-1234-5678"),
        ("김\u200b하\ufeff늘과 도래\u2060울", "김하늘과 도래울"),
        ("\u202e도래울\u202c, \u3164나루", "도래울, 나루"),
        ("ㅇ\u200d나\u200d루", "ㅇ나루"),
        # Taken out first: what it parts may be one letter.
        ("\u1112\u200b\u1161\u11ab", "한"),
        ("가족 \U0001f469\u200d\U0001f467과 \u2764\ufe0f\u200d\U0001f525", None),
    ],
)
def test_letters_that_nobody_sees_go(answer: str, expected: str | None) -> None:
    """Zero-width letters, soft hyphens and marks of direction go; joined emoji stay whole."""
    given = essay(company=answer, questions=(question(answer=answer, passages=()),))
    found = composed(given)
    wanted = answer if expected is None else expected
    assert (found.company, found.questions[0].answer) == (wanted, wanted)


def test_passages_move_with_the_letters_that_go() -> None:
    """A passage marks the same words, and one that cuts a joined emoji takes the whole of it."""
    answer = "하\u200b늘을 봅니다. \u200b물\u00ad결 \U0001f469\u200d\U0001f467도."
    edges = ((0, 9), (9, 14), (14, 17))
    marks = tuple(Passage("bad", n, a, b) for n, (a, b) in enumerate(edges, 1))
    advice = tuple(Advice("bad", n, "말") for n in range(1, len(marks) + 1))
    asked = question(answer=answer, passages=marks, advice=advice)
    [found] = composed(essay(questions=(asked,))).questions
    assert found.answer == "하늘을 봅니다. 물결 \U0001f469\u200d\U0001f467도."
    told = [found.answer[p.start : p.end] for p in found.passages]
    assert told == ["하늘을 봅니다.", " 물결", " \U0001f469\u200d\U0001f467"]


def test_what_unseen_letters_part_is_masked() -> None:
    """A number, a name and the firm are found through unseen letters; the passage still holds."""
    answer = "물\u200b결기상에 지원합니다. 김\u00ad하늘 교수님, 010\u200b-2345-\ufeff6789입니다."
    marked = "물\u200b결기상에 지원합니다."
    asked = question(
        answer=answer,
        passages=(passage("bad", 1, marked, answer),),
        advice=(Advice("bad", 1, "물\u200b결기상을 고른 까닭이 없습니다."),),
    )
    [found] = prepare(essay(questions=(asked,))).essay.questions
    [mark] = found.passages
    assert found.answer == "XX에 지원합니다. <이름> 교수님, <|tel|>입니다."
    assert found.answer[mark.start : mark.end] == "XX에 지원합니다."
    assert found.advice[0].text == "XX을 고른 까닭이 없습니다."
