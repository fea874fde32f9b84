"""Answers written anew: firms named, fit to the question, repetition, what training texts hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measuring.field_fit import Fields
from eval.measuring.measures import NO_FIELD
from eval.measuring.question_fit import Fit, Questions, content_words
from eval.measuring.write import score_write
from eval.records import ItemScore, Unscored
from eval.text.shared_runs import WORDS, Shared, TrainingTexts
from tests.eval.rows import prediction
from tests.eval.task_rows import LETTERS, QUESTIONS, write_item

TRAIN = ("하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열", "가 나 다 라 마 바 사 아")
#: Three fields whose answers share no letters.
FIELDS = Fields(
    ["창고 출고 물류 재고", "물류 창고 재고를 셌습니다", "간호 병동 환자", "설계 도면 용접"],
    ["물류 직무", "물류 직무", "간호 직무", "설계 직무"],
)
TEXTS = st.lists(st.sampled_from("가나다"), max_size=30).map(" ".join)


def scored(output: str, k: int = 0, train: tuple[str, ...] = TRAIN) -> ItemScore:
    """Score one output to the k-th question of two."""
    items = [write_item(0), write_item(1)]
    given = [prediction(items[k], output)]
    return score_write(items, given, train=TrainingTexts(train), fields=FIELDS)[0]


def test_questions_are_told_by_their_nouns() -> None:
    """Words that both questions have weigh less: ln(3/2) of 적어 주세요 is none, it has no noun."""
    questions = Questions(["지원 동기", "지원 포부"])
    said = content_words(["저의 동기는 이렇습니다."])[0]
    fit = questions.fit("지원 동기", said)
    assert fit == Fit(met=math.log(3), words=fit.words, rank=1.0, first=1.0)
    assert fit.words == pytest.approx(math.log(3) + math.log(3 / 2))
    other = questions.fit("지원 포부", said)
    assert (other.met, other.rank, other.first) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("questions", "said", "rank", "first"),
    [
        (["지원 동기", "장점", "포부"], "날씨", 0.5, 1 / 3),
        (["지원 동기", "장점", "포부"], "장점", 0.25, 0.0),
        (["지원 동기", "장점", "포부"], "동기", 1.0, 1.0),
        (["지원 동기", "지원 동기"], "동기", None, 1.0),
    ],
)
def test_rank_by_hand(questions: list[str], said: str, rank: float | None, first: float) -> None:
    """Equal fits count half, and each is first with equal chance; repeats are one question."""
    found = Questions(questions).fit("지원 동기", frozenset([said]))
    assert found.rank == rank
    assert found.first == pytest.approx(first)


@given(st.permutations(["지원 동기", "장점과 단점", "입사 후 포부", "성장 과정"]))
def test_order_of_questions_makes_no_difference(questions: list[str]) -> None:
    """The fit of an answer hangs on which questions there are, not on their order."""
    said = frozenset(["동기", "성장", "장점"])
    expected = Questions(sorted(questions)).fit("성장 과정", said)
    found = Questions(questions).fit("성장 과정", said)
    assert found.met == pytest.approx(expected.met)
    assert (found.rank, found.first) == (expected.rank, expected.first)


def shared_by_hand(text: str, train: list[str]) -> Shared:
    """Compare every pair of places, one word at a time."""
    words, longest, covered = text.split(), 0, set[int]()
    for one in (other.split() for other in train):
        for i in range(len(words)):
            for j in range(len(one)):
                run = 0
                while (
                    i + run < len(words) and j + run < len(one) and words[i + run] == one[j + run]
                ):
                    run += 1
                if run >= WORDS:
                    longest = max(longest, run)
                    covered |= set(range(i, i + run))
    return Shared(len(words), len(covered), longest)


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=4))
def test_shared_runs_are_all_found(text: str, train: list[str]) -> None:
    """Longest run and covered words are those of the plain comparison of all places."""
    assert TrainingTexts(train).shared(text) == shared_by_hand(text, train)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Shared(0, 0, 0)),
        ("하나 둘 셋 넷 다섯 여섯 일곱", Shared(7, 0, 0)),
        ("다시 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 스물", Shared(10, 8, 8)),
        (f"{TRAIN[0]} {TRAIN[1]}", Shared(18, 18, 10)),  # no run goes from one text to the next
        (f"{TRAIN[1]} {TRAIN[1]}", Shared(16, 16, 8)),
    ],
)
def test_shared_runs_by_hand(text: str, expected: Shared) -> None:
    """Runs of eight words or more count, and only within one training text."""
    assert TrainingTexts(TRAIN).shared(text) == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (LETTERS[0], {"question_rank": 1.0, "question_first": 1.0, "ends": 1.0}),
        (LETTERS[1], {"question_rank": 0.0, "question_first": 0.0, "firm_named": 0.0}),
        ("삼성전자와 ㈜한들에서 일했습니다", {"firm_named": 1.0, "firm_names": 2.0, "ends": 0.0}),
        ("XX에서 일했습니다.)", {"firm_named": 0.0, "ends": 1.0}),
        ("지원한 이유는 1.", {"ends": 0.0}),
        ("기록함.", {"ends": 1.0}),
        ("창고에서 재고를 셌습니다", {"field_rank": 1.0, "field_first": 1.0, "ends": 0.0}),
        ("병동에서 환자를 만났습니다.", {"field_rank": 0.5, "field_first": 0.0}),
        ("가 나 가 나 가", {"distinct_1": 2 / 5, "distinct_2": 2 / 4}),
        ("가 나 다 라 가 나 다 라", {"repetition": 1 / 5, "from_training": 0.0}),
        (f"{TRAIN[0]} 끝", {"from_training": 10 / 11, "training_run": 10.0}),
        ("<b>가</b>", {"markup": 1.0, "readable": 1.0}),
        ("<이름>입니다. <|tel|>", {"markup": 0.0}),
    ],
)
def test_metrics_by_hand(output: str, expected: dict[str, float]) -> None:
    """One output each, as worked out on paper."""
    metrics = scored(output).metrics
    assert {name: metrics[name] for name in expected} == pytest.approx(expected)


def test_a_firm_that_was_asked_about_is_no_leak() -> None:
    """Only what the row does not say is from elsewhere."""
    item = write_item(question="삼성전자에 지원한 동기를 적어 주세요.")
    given = [prediction(item, "삼성전자와 네이버를 좋아합니다.")]
    texts = TrainingTexts(TRAIN)
    score = score_write([item, write_item(1)], given, train=texts, fields=FIELDS)[0]
    assert score.metrics["firm_names"] == 1.0


def test_empty_output_fails() -> None:
    """It fits less than all others, has no shares, and is told to be empty."""
    score = scored(" \n ")
    assert score.unreadable == "empty"
    assert (score.metrics["question_rank"], score.metrics["question_first"]) == (0.0, 0.0)
    assert (score.metrics["field_rank"], score.metrics["field_first"]) == (0.0, 0.0)
    assert score.metrics["repetition"] == Unscored("no output has four words")
    assert score.metrics["from_training"] == Unscored("no output has words")
    assert score.counts.keys() == scored("가").counts.keys()


def test_distinct_words_are_counted_over_all_answers_of_a_system() -> None:
    """Two answers that share a word have three different ones of four; systems are apart."""
    items = [write_item(0), write_item(1)]
    given = [prediction(items[0], "가 나"), prediction(items[1], "가 다")]
    given.append(prediction(items[0], "가 나", system="base"))
    scores = score_write(items, given, train=TrainingTexts(TRAIN), fields=FIELDS)
    different = sum(score.counts["distinct_words"] for score in scores[:2])
    assert (different, sum(score.counts["words"] for score in scores[:2])) == (3.0, 4.0)
    assert [score.metrics["distinct_2"] for score in scores] == [1.0, 1.0, 1.0]
    assert scores[2].metrics["distinct_1"] == 1.0


@pytest.mark.parametrize("fields", [["물류 직무"], ["간호 직무", "설계 직무"]])
def test_a_field_that_cannot_be_told_has_no_rank(fields: list[str]) -> None:
    """One field alone, or none of this one in training: there is no number, and no 0."""
    learnt = Fields(["창고 재고", "도면 용접"][: len(fields)], fields)
    given = [prediction(write_item(), "창고")]
    score = score_write([write_item()], given, train=TrainingTexts(TRAIN), fields=learnt)[0]
    for name in ("field_rank", "field_first"):
        assert score.metrics[name] == Unscored(NO_FIELD)


def test_a_hundred_thousand_characters() -> None:
    """An output that runs on is counted like any other."""
    score = scored("가 나 다 라 마 바 사 아 " * 6_250)
    assert score.counts["output_chars"] == 100_000
    assert score.metrics["from_training"] == 1.0
    assert score.metrics["training_run"] == 8.0
    assert score.counts["grams_again"] == 50_000 - 3 - 8


def test_one_question_ranks_nothing() -> None:
    """With no other question there is no rank, and the reason is told."""
    item = write_item()
    given = [prediction(item, LETTERS[0])]
    score = score_write([item], given, train=TrainingTexts(TRAIN), fields=FIELDS)[0]
    assert score.metrics["question_rank"] == Unscored("there is no other question")
    assert item.question == QUESTIONS[0]
