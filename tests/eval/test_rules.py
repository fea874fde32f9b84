"""The rules: each on essays worked by hand."""

from __future__ import annotations

import pytest

from eval.systems.rule_words import rule_words
from eval.systems.rules import Essay, Limits, anchored, choose_limits, faults, located, rules
from eval.tasks import Item, read_answer
from preprocess.alpaca import Point, write_points
from tests.eval.rows import BAD, item, point
from tests.eval.rows import anchored as anchored_item

#: Nothing in the essays below is short or long by these.
LIMITS = Limits(short=10, repeats=4, long=60)
WORDS = rule_words()


def essay(*sentences: str, question: str = "자유롭게 적어 주세요.") -> Essay:
    """Make an essay."""
    return Essay(question, sentences)


FINE = "창고 동선을 바꾸어 출고 시간을 20% 줄였습니다."


@pytest.mark.parametrize(
    ("sentences", "where", "said"),
    [
        # 9 code points are fewer than 10.
        (("2년 일했습니다",), (1,), "8자로 분량이 짧습니다"),
        # Four times in three sentences; the second does not say it.
        (
            (
                "창고와 창고를 오갔습니다.",
                FINE.replace("창고 ", ""),
                "창고를 비우고 창고를 채웠다.",
            ),
            (1, 3),
            "'창고' 같은 말이 4번",
        ),
        (("저는 엄격하신 아버지 밑에서 자랐습니다.", FINE), (1,), "'엄격하신 아버지'"),
        # The same phrase, spaced in another way.
        ((FINE, "무슨일이든 최선을 다합니다."), (2,), "'무슨 일이든 최선을'"),
        # No figure anywhere: the sentence that claims a result is at fault.
        (("동아리에서 일했습니다.", "그 결과 매출이 크게 늘었습니다."), (2,), "수치가 없습니다"),
        # No figure and no claim: all of it.
        (("동아리에서 일했습니다.", "즐거웠습니다."), (1, 2), "수치가 없습니다"),
        ((FINE, "가" * 61), (2,), "61자로 너무 길어"),
    ],
)
def test_each_fault_is_found_where_it_is(
    sentences: tuple[str, ...], where: tuple[int, ...], said: str
) -> None:
    """One fault, at its sentences, in words that name it; nothing else is found."""
    (found,) = faults(essay(*sentences), LIMITS, WORDS)
    assert (found.polarity, found.sentences) == ("bad", where)
    assert said in found.text


@pytest.mark.parametrize(
    ("question", "answer", "missing"),
    [
        ("성격의 장단점을 적어 주세요.", "저의 장점은 3년을 이어 온 끈기입니다.", "단점"),
        ("성격의 장단점을 적어 주세요.", "장점은 끈기이고, 더딘 속도는 5분 표로 보완합니다.", None),
        ("지원동기와 입사 후 포부", "2020년부터 이 일에 관심을 두었습니다.", "입사 후의 포부"),
        ("지원 동기와 입사후 포부", "관심이 있어 3년 안에 창고를 맡겠습니다.", None),
        ("팀에서 생긴 갈등을 적어 주세요.", "5명이 밤을 새웠습니다.", "갈등"),
        ("취미를 적어 주세요.", "10년째 낚시를 합니다.", None),
    ],
)
def test_what_the_question_asks_must_be_mentioned(
    question: str, answer: str, missing: str | None
) -> None:
    """The fault names what is missing and marks all of the answer; a mention is enough."""
    found = faults(essay(answer, question=question), LIMITS, WORDS)
    assert [p.sentences for p in found] == [(1,)] * (missing is not None)
    assert all(f"물은 {missing}에 대한" in p.text for p in found)


def test_an_essay_without_fault_is_praised_for_its_figures() -> None:
    """There is always an answer: the sentences with a figure are good."""
    found = located(essay("동료와 일했습니다.", FINE, "즐거웠습니다."), LIMITS, WORDS)
    assert found == [Point("good", (2,), WORDS.says.praise)]


def test_several_faults_are_several_points() -> None:
    """A cliché in a short essay without figures is all three."""
    found = faults(essay("뼈를 묻겠습니다."), Limits(short=20, repeats=4, long=60), WORDS)
    assert [p.sentences for p in found] == [(1,), (1,), (1,)]
    assert len({p.text for p in found}) == 3


def test_the_list_of_cliches() -> None:
    """There are sixty at least, each once, none of them part of another, none too short."""
    phrases = [p.replace(" ", "") for sort in WORDS.cliches for p in sort.phrases]
    assert len(phrases) >= 60
    assert not [(a, b) for a in phrases for b in phrases if a != b and a in b]
    assert len(set(phrases)) == len(phrases)
    assert min(map(len, phrases)) >= 3


def train_of(lengths: list[int]) -> list[Item]:
    """Make training rows of one sentence each, so many code points long."""
    made = [item(BAD, item_id=f"{n}-1", source_id=str(n)) for n in range(len(lengths))]
    return [Item(i.row, i.task, "", ("가" * n,), ()) for i, n in zip(made, lengths, strict=True)]


def test_limits_are_the_tenths_of_the_training_rows() -> None:
    """Of 11 answers with 0, 10, … 100 letters the tenths begin at 10 and 90."""
    assert choose_limits(train_of(list(range(0, 101, 10))), WORDS) == Limits(10, 4, 90)


def test_anchors_are_answered_by_what_stands_in_front_of_them() -> None:
    """Each anchor of the input has one point, of its polarity and number, about its passage."""
    text = (
        "문항입니다.\n매출을 20% 늘렸습니다.좋은점 1 무슨 일이든 최선을 다합니다.아쉬운점 1 "
        "그 결과 많이 늘었습니다.아쉬운점 2 조용히 일했습니다.아쉬운점 3"
    )
    found = anchored(text, LIMITS, WORDS)
    assert [(p.polarity, p.sentences) for p in found] == [
        ("good", (1,)),
        ("bad", (1,)),
        ("bad", (2,)),
        ("bad", (3,)),
    ]
    assert found[0].text == WORDS.says.praise
    assert "'무슨 일이든 최선을'" in found[1].text
    assert found[2].text == WORDS.says.figures
    assert found[3].text == WORDS.says.criticism_else


def test_the_baseline_answers_both_tasks_readably() -> None:
    """Located points for `advice`, the anchors' lines for `advice-anchored`; how is told."""
    train = [item(BAD, item_id=f"{e}-1", source_id=str(e)) for e in range(3)]
    test = [item(point("bad", 1), item_id="t-1", source_id="t")]
    made = rules(train, test)
    # The second sentence has a figure; the last two speak of 보람 and of the best of all firms.
    assert made.answers["t-1"] == write_points(
        Point("bad", (n,), WORDS.cliche(test[0].sentences[n - 1]) or "") for n in (3, 4)
    )
    assert "상투구 1" in made.how
    marked = rules([anchored_item("좋은점 1 가")], [anchored_item("좋은점 1 나", "t-1", "t")])
    assert "80자를 넘는" in marked.how
    assert "학습 글" not in marked.how
    read = read_answer(marked.answers["t-1"], "advice-anchored", 0)
    assert [p.polarity for p in read] == ["good", "bad"]  # type: ignore[union-attr]
