"""Errors that a text holds already are found by the rules that drafts are damaged with."""

from __future__ import annotations

import pytest

from crawler.replica.essays import generate_essays
from preprocess.defects_content import Rule, rules
from preprocess.defects_found import LOOKED_FOR, RIGHT, errors
from tests.preprocess.essays import ANSWER

EVERY_RULE = [rule for kind in LOOKED_FOR for rule in rules(kind).rules]


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.shows)
def test_no_rule_calls_its_own_right_example_wrong(rule: Rule) -> None:
    """What a rule shows as right holds no error of it or of another rule."""
    assert list(errors(rule.example[0])) == []


def test_most_rules_find_their_own_wrong_example() -> None:
    """Only what is right elsewhere is passed over: under a fifth of the rules."""
    found = [rule for rule in EVERY_RULE if any(errors(rule.example[1]))]
    assert len(found) > 0.8 * len(EVERY_RULE)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("매일 기록 했습니다.", "기록 "),
        ("힘이 됬습니다.", "됬"),
        ("쉬지않았습니다.", "지"),
        ("할수 있습니다.", "수 "),
        ("처음 부터 적었습니다.", " 부터"),
        ("리더쉽을 배웠습니다.", "리더쉽"),
        ("두가지를 물었습니다.", "두가지"),
        ("두 과목을 수강 했습니다.", "수강 "),
        ("표준화 되어 빨랐습니다.", "표준화 "),
        ("품질을 향상 시켰습니다.", "향상 "),
    ],
)
def test_where_an_error_stands(text: str, wrong: str) -> None:
    """The place is that of what was put, in code points."""
    assert {text[start:end] for start, end in errors(text)} == {wrong}


@pytest.mark.parametrize(
    "text",
    [
        *RIGHT,
        "경험 한 가지를 적었습니다.",
        "생각 할 것이 많습니다.",
        "실수 없이 마쳤습니다.",
        "발표를 했고 발표도 했습니다.",
        "회의 준비 하나로 바빴습니다.",
        "저로 하여금 관찰 하나를 더 하게 했습니다.",
        "국수를 시켰고 일도 시켰습니다.",
        "먼저 시켰고 영업 사원 시켰습니다.",
    ],
)
def test_right_sentences_hold_none(text: str) -> None:
    """Words that look like an error of another word are left alone."""
    assert list(errors(text)) == []


def test_invented_essays_hold_none() -> None:
    """The replica's answers are right, so none of them is lost as a target."""
    answers = [q.answer for one in generate_essays(seed=5, count=60) for q in one.questions]
    assert len(answers) > 100
    assert [answer for answer in (ANSWER, *answers) if any(errors(answer))] == []
