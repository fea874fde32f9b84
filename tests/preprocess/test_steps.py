"""The steps from essays to rows."""

from __future__ import annotations

import pytest

from crawler.items import Advice, Essay, Passage, Question
from preprocess.grouping import drop_repeats, group_essays
from preprocess.prepare import prepare
from preprocess.sentences import split_sentences
from preprocess.split import Shares, split_of
from preprocess.steps import (
    Located,
    Tally,
    advice_row,
    anchored_row,
    locate,
)
from tests.preprocess.essays import ANSWER, CLOSING, OPENING, essay, passage, question


def located(one: Question, tally: Tally | None = None, **facts: object) -> Located | None:
    """Locate the points of a question in an essay."""
    (spans,) = split_sentences([one.answer])
    return locate(essay(questions=(one,), **facts), "12345", one, spans, tally or Tally())


def test_an_advice_row_points_at_sentence_numbers() -> None:
    """The row has numbered sentences and points in the order of the text."""
    item = located(question())
    assert item is not None
    row = advice_row(item)
    assert row.instruction.startswith("데이터분석 직무의 자기소개서입니다.")
    assert row.input == (
        "문항: 지원 동기를 써 주세요.\n"
        "[1] 저는 바다를 좋아합니다.\n"
        "[2] 방과 후에 조류 관측 모임을 만들었습니다.\n"
        "[3] 30개의 지점을 매주 기록했습니다.\n"
        "[4] 어떤 일이든 최선을 다하겠습니다."
    )
    assert row.output == (
        "좋은점 1 [1-2] 본인의 이야기로 시작했습니다.\n아쉬운점 1 [4] 누구나 쓸 수 있는 다짐입니다."
    )
    assert (row.id, row.group, row.source_id) == ("12345-1", "12345", "12345")


def test_an_anchored_row_keeps_the_marks_in_the_text() -> None:
    """Marks are glued to the ends of passages, the form in which the study was published."""
    item = located(question(), position=None)
    assert item is not None
    row = anchored_row(item)
    assert row.instruction == "지원 직무의 자기 소개서에 대해 평가해주세요."
    marked = ANSWER.replace(OPENING, OPENING + "좋은점 1").replace(CLOSING, CLOSING + "아쉬운점 1")
    assert row.input == f"지원 동기를 써 주세요.\n{marked}"
    assert row.output == (
        "좋은점 1 본인의 이야기로 시작했습니다.\n아쉬운점 1 누구나 쓸 수 있는 다짐입니다."
    )


BAD = Advice(polarity="bad", number=1, text="다짐뿐입니다.")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"passages": (), "advice": ()}, "question: no advice"),
        ({"passages": ()}, "point: advice without passage"),
        ({"advice": ()}, "point: passage without advice"),
        (
            {"passages": (Passage("bad", 1, 5, 900),), "advice": (BAD,)},
            "point: passage outside the answer",
        ),
        (
            {"passages": (Passage("bad", 1, 9, 4),), "advice": (BAD,)},
            "point: passage outside the answer",
        ),
        (
            {"passages": (passage("bad", 1, "최선을 다하"),), "advice": (BAD,)},
            "point: passage is not whole sentences",
        ),
        ({"advice": (BAD, BAD)}, "point: advice number doubled"),
        (
            {"answer": ANSWER + "아쉬운점 1"},
            "question: a mark of the site left in the answer",
        ),
    ],
)
def test_what_is_dropped_is_counted_under_its_reason(
    changes: dict[str, object], reason: str
) -> None:
    """Each fault of a question has a reason of its own, with the place behind it."""
    tally = Tally()
    located(question(**changes), tally)
    assert tally.counts[reason] >= 1
    assert len(tally.ids[reason]) == tally.counts[reason]


def test_a_question_without_points_makes_no_row() -> None:
    """Advice without any passage leaves nothing to locate."""
    tally = Tally()
    assert located(question(passages=()), tally) is None
    assert tally.counts == {"point: advice without passage": 2, "question: no point left": 1}


@pytest.mark.parametrize("words", ["아쉬운점 1가지를", "아쉬운점 12 가지를", "좋은 점 2번을"])
def test_words_of_the_applicant_that_look_like_marks_are_kept(words: str) -> None:
    """'아쉬운점 1가지' is the applicant's own, not a mark of the site."""
    assert located(question(answer=f"{ANSWER} {words} 고쳤습니다.")) is not None


@pytest.mark.parametrize("words", ["아쉬운점 130개의 항구", "아쉬운점1슬로우", "좋은점 12"])
def test_marks_with_text_glued_to_them_are_found(words: str) -> None:
    """A mark left by an import may touch the words behind it."""
    assert located(question(answer=ANSWER + words)) is None


def test_of_passages_that_overlap_the_first_stays() -> None:
    """The one that begins later is dropped and counted; one that touches it is kept."""
    second = OPENING.split(". ")[1]
    advice = (BAD, Advice(polarity="good", number=1, text="좋습니다."))
    for good, kept in ((second, 1), (CLOSING, 2)):
        tally = Tally()
        marked = (passage("good", 1, good), passage("bad", 1, OPENING))
        item = located(question(passages=marked, advice=advice), tally)
        assert item is not None
        assert [point.polarity for point, _ in item.pairs] == ["bad", "good"][:kept]
        assert tally.counts["point: passage overlaps another"] == 2 - kept


def test_repeats_are_dropped_and_the_advised_one_kept() -> None:
    """Of two essays with one text the one with advice stays; a doubled id goes."""
    bare = essay(id="1", questions=(question(passages=(), advice=()),))
    advised = essay(id="2")
    tally = Tally()
    given = map(prepare, [bare, advised, essay(id="2")])
    assert drop_repeats(given, tally) == [1]
    assert tally.ids == {
        "essay: exact repeat of another": ["1"],
        "essay: id seen before": ["2"],
    }


def test_an_essay_without_answers_is_dropped() -> None:
    """An essay whose questions are gone is counted, not passed on."""
    tally = Tally()
    assert drop_repeats([prepare(essay(questions=()))], tally) == []
    assert tally.counts == {"essay: no answers": 1}


def written(number: int, text: str) -> Essay:
    """Make an essay with another answer."""
    return essay(id=str(number), questions=(question(answer=text, passages=(), advice=()),))


def test_a_resent_essay_shares_the_group_of_the_first() -> None:
    """The same text for another firm is one group, named by the smaller id; others stand alone."""
    resent = ANSWER.replace("바다를", "숲을")
    other = "전혀 다른 글입니다. 도서관에서 책을 정리하며 분류 기준을 새로 만들었습니다."
    essays = [written(99, ANSWER), written(100, resent), written(7, other)]
    assert group_essays([prepare(one) for one in essays]) == ["99", "99", "7"]


def test_splits_follow_the_group_alone() -> None:
    """A group's split never changes, and the shares come out within a tenth of what was asked."""
    shares = Shares(validation=0.2, test=0.3)
    splits = [split_of(str(i), shares) for i in range(5000)]
    assert splits == [split_of(str(i), shares) for i in range(5000)]
    assert splits.count("test") / 5000 == pytest.approx(0.3, abs=0.03)
    assert splits.count("validation") / 5000 == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize(("validation", "test"), [(0.5, 0.5), (-0.1, 0.2), (0.0, 1.0)])
def test_shares_that_leave_nothing_for_training_are_refused(validation: float, test: float) -> None:
    """Shares are parts of a whole."""
    with pytest.raises(ValueError, match="leave something for training"):
        Shares(validation, test)
