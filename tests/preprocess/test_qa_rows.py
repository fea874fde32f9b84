"""Rows of `qa`: groups in one split, pairs, joined and reworded questions, counted by how."""

from __future__ import annotations

import pytest

from preprocess.qa import INVENTED
from preprocess.qa_csv import Asked, QaError, read_asked
from preprocess.qa_records import QaRow, dice, grams
from preprocess.qa_rows import Placed, count_made, group_rows, make_rows, place
from preprocess.qa_rules import joined, reworded
from preprocess.split import Shares


def asked(name: str, *questions: str, answers: tuple[str, ...] = ()) -> Asked:
    """Make a row of a question file; its answers are its own where none are given."""
    given = answers or (f"{name * 9} 첫째", f"{name * 9} 둘째")
    return Asked(name, questions, given, None, 2)


SOME = (
    asked("가", "대출 기간은 얼마야?", "책은 며칠 볼 수 있나요?"),
    asked("나", "주차할 수 있어?", "차를 댈 곳이 있나요?"),
)


def test_near_duplicates_share_a_group() -> None:
    """Rows with nearly one question, or nearly one answer, belong together; others do not."""
    answer = ("정문 왼쪽의 무인 반납함에 넣어 주세요.",)
    rows = [
        asked("1", "도서관은 언제 문을 여나요?"),
        asked("2", "도서관은 언제 문을 여나요"),
        asked("3", "책은 어디에 반납해?", answers=answer),
        asked("4", "밤에도 돌려줄 수 있을까요?", answers=(answer[0].replace("왼쪽", "오른쪽"),)),
        asked("5", "개와 함께 가도 되나요?"),
    ]
    assert group_rows(rows) == ["1", "1", "3", "3", "5"]


def test_no_group_is_in_two_splits() -> None:
    """The project's own questions: every split has rows, and no group two splits."""
    placed = place(read_asked(INVENTED), Shares(0.15, 0.2, 0))
    splits: dict[str, set[str]] = {}
    for one in placed:
        splits.setdefault(one.group, set()).add(one.split)
    assert {len(of) for of in splits.values()} == {1}
    assert len(placed) >= 60
    assert len(splits) < len(placed)  # the set holds near-duplicates, or this would show nothing


def test_too_few_questions_name_the_empty_split() -> None:
    """A split without a row is an error that says which."""
    with pytest.raises(QaError, match="no rows for validation, test: 2 groups"):
        place(SOME, Shares(0.0, 0.0, 0))


@pytest.mark.parametrize(
    ("names", "shares", "cure"),
    [
        ("가", Shares(0.1, 0.2), "1 group of questions is .* at least 3 groups"),
        ("가나", Shares(0.1, 0.2), "2 groups of questions are .* at least 3 groups"),
        ("가나다라마", Shares(0.0, 0.0), "5 groups .* larger shares"),
        ("가나다라마", Shares(0.5, 0.4999), "no rows for train: .* smaller shares"),
    ],
)
def test_the_cure_for_an_empty_split_helps(names: str, shares: Shares, cure: str) -> None:
    """Shares are named only where another share fills the split."""
    with pytest.raises(QaError, match=cure):
        place([asked(name, f"{name * 9}?") for name in names], shares)


def rows_of(split: str, *, plain: bool = False) -> list[QaRow]:
    """Make the rows of `SOME`, all in one split."""
    placed = [Placed(row, row.id, split) for row in SOME]  # type: ignore[arg-type]
    return make_rows(placed, seed=0, plain=plain)[split]  # type: ignore[index]


def test_training_rows_are_all_pairs_and_what_is_made_of_them() -> None:
    """Two wordings times two answers, as many joined; a reworded question has one answer."""
    rows = rows_of("train")
    made = count_made({"train": rows})["train"]
    assert made == {"plain": 8, "joined": 8, "polite": 1, "casual": 2, "no-mark": 4} | {
        "no-spaces": 4,
        "opening": 4,
    }
    pairs = {(row.input, row.output) for row in rows if row.made == "plain"}
    assert pairs == {(q, a) for row in SOME for q in row.questions for a in row.answers}
    assert len({row.id for row in rows}) == len(rows)
    assert not any(row.references for row in rows)
    assert rows_of("train", plain=True) == [row for row in rows if row.made == "plain"]


def test_held_out_questions_keep_all_answers_as_references() -> None:
    """One row a question, alone and joined; no rule words a held-out question anew."""
    rows = rows_of("test")
    assert count_made({"test": rows}) == {"test": {"plain": 4, "joined": 4}}
    assert all(row.output == row.references[0] and len(row.references) == 2 for row in rows)
    both = next(row for row in rows if row.made == "joined" and row.source_id == "가")
    assert both.input.startswith("대출 기간은 얼마야? ")
    assert both.input.endswith(" 주차할 수 있어?")
    assert both.references[1] == f"{'가' * 9} 둘째 {'나' * 9} 둘째"


def test_a_row_is_not_joined_with_its_own_group() -> None:
    """Where all rows are of one group, there is no question of two topics."""
    placed = [Placed(row, "가", "test") for row in SOME]
    assert count_made(make_rows(placed, seed=0, plain=False))["test"] == {"plain": 4}


def test_halves_are_joined_by_words_in_turn() -> None:
    """A first half without a mark gets one."""
    assert joined("왜 쉬어?", "언제 열어?", 0) == "왜 쉬어? 그리고 언제 열어?"
    assert joined("까닭을 알려줘", "언제 열어?", 1) == "까닭을 알려줘. 또한, 언제 열어?"


@pytest.mark.parametrize(
    ("question", "rule", "expected"),
    [
        ("휴관일이 뭐야?", "polite", "휴관일이 무엇인가요?"),
        ("방법 좀 알려줘", "polite", "방법 좀 알려 주세요."),
        ("어떻게 해?", "polite", "어떻게 하나요?"),
        ("휴관일은 무엇인가요?", "casual", "휴관일은 뭐야?"),
        ("반납할 수 있나요?", "casual", "반납할 수 있어?"),
        ("왜 쉬어?", "no-mark", "왜 쉬어"),
        ("왜 쉬어?", "no-spaces", "왜쉬어?"),
        ("왜 쉬어?", "opening", "궁금한 점이 있습니다. 왜 쉬어?"),
        ("왜 쉬어?", "polite", None),
        ("모양이 이상해", "polite", None),
        ("왜?", "no-spaces", None),
    ],
)
def test_rules_by_hand(question: str, rule: str, expected: str | None) -> None:
    """A rule words a question anew, or leaves it out where none of its patterns is there."""
    assert reworded(question).get(rule) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("가나다라", "가나다라", 1.0),
        ("가 나다\n라", "가나다라", 1.0),  # white space is no character
        ("가나다라", "나다라마", 0.5),
        ("가가가가", "가가가", 2 / 3),  # a run counts as often as it is there
        ("가나", "가나", 1.0),
        ("가나다", "라마바", 0.0),
        ("", "가나다", 0.0),
        ("", "", 0.0),
    ],
)
def test_dice_by_hand(one: str, other: str, expected: float) -> None:
    """Twice the common runs of three characters over all runs of both."""
    assert dice(grams(one), grams(other)) == pytest.approx(expected)
