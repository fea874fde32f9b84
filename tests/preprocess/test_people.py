"""Names of people in essays: what is masked, and the ordinary words that stay."""

from __future__ import annotations

import pytest

from preprocess.name_lexicon import NameLexicon, name_lexicon
from preprocess.personal_data import find_personal_data
from tests.preprocess.masked import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("저 홍길동은", "저 <이름>은"),
        ("지원자 김민수입니다", "지원자 <이름>입니다"),
        ("제 이름은 남궁민아입니다", "제 이름은 <이름>입니다"),
        ("성명: 박보람", "성명: <이름>"),
        ("저는 이하늘이라고 합니다", "저는 <이름>이라고 합니다"),
        ("한지호 올림", "<이름> 올림"),
        ("김민수 교수님과 박 과장님", "<이름> 교수님과 <이름> 과장님"),
        ("김팀장님, 최지우 씨", "<이름>팀장님, <이름> 씨"),
        ("지훈이 형과 민지 씨", "<이름>이 형과 <이름> 씨"),
        ("마이클 교수님", "<이름> 교수님"),
        ("친구 지훈이와", "친구 <이름>이와"),
        ("팀장 김태윤이", "팀장 <이름>이"),
        ("그때 김도현이 손을 들고", "그때 <이름>이 손을 들고"),
        ("'민호야, 너라면 할 수 있어.'", "'<이름>야, 너라면 할 수 있어.'"),
        ("'서현아, 끝까지 해 보자.'", "'<이름>아, 끝까지 해 보자.'"),
        ("지원자: 강나루, 본인 : 강나루", "지원자: <이름>, 본인 : <이름>"),
        ("홍 길 동 올림, 홍길동", "<이름> 올림, <이름>"),
        ("성명: 홍 길 동", "성명: <이름>"),
        ("홍 길동 드림", "<이름> 드림"),
        ("민수야 고마워. 지훈아.", "<이름>야 고마워. <이름>아."),
        ("PARK SEOYEON입니다", "<이름>입니다"),
        ("저는 Park Seo-yeon입니다", "저는 <이름>입니다"),
        ("성명: KIM MIN SU", "성명: <이름>"),
        ("My name is KIM MINSU.", "My name is <이름>."),
        # A given name that was found is sought with a surname, a public figure's too.
        ("택진이 형이라고 부르는 김택진 대표님", "<이름>이 형이라고 부르는 <이름> 대표님"),
        # Found once by its title, then without.
        ("고나울 교수님. 고나울의 책", "<이름> 교수님. <이름>의 책"),
    ],
)
def test_names(text: str, expected: str) -> None:
    """Applicants, colleagues and friends, by what stands beside them."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "전공 교수님과 지도 교수님, 담당 교수님",
        "우리 팀장, 신입 사원, 이전 사장님",
        "이 교수님과 한 선배님, 그 과장님",
        "입사 3년 차 팀장, 전 대표",
        "이사장님과 지점장님, 부회장",
        "친구 사이, 팀원 모두, 고객 서비스",
        "정말 이유이자 문제인 하지만 정해진 최대한 우수한 안정화",
        "제 이름을 걸고",
        "이순신 장군과 정주영 회장",
        "선배 유재석의 진행, 김택진 대표",
        "이 마음 드림, 이 글 올림, 저 이 한 몸",
        "본인 이 상 없음, 이름: 한 국 인",
        "HAN RIVER입니다. IM BANK입니다. NAM SAN입니다",
        "미숙아 돌봄, 수재야, 보아야 안다, 이제야 알았다. 현재야",
        "김OO 교수님",
        "서울 앞으로 12",
        "2019-03-04, 20190304, 4.3/4.5, 1,234,000원, SM-G998N, ISO 9001-2015",
    ],
)
def test_kept(text: str) -> None:
    """Ordinary words, public figures, what is masked already, dates and figures stay."""
    assert find_personal_data(text) == ()


def test_a_public_name_that_introduces_the_applicant_goes() -> None:
    """The applicant may be called like a figure of history."""
    assert masked("제 이름은 이순신입니다.") == "제 이름은 <이름>입니다."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("대학 동기 유재석과", "대학 동기 <이름>과"),
        ("친구 유재석이", "친구 <이름>이"),
        ("지원자 유재석입니다", "지원자 <이름>입니다"),
        ("유재석 드림", "<이름> 드림"),
    ],
)
def test_a_public_name_of_somebody_near_goes(text: str, expected: str) -> None:
    """A friend or the applicant may be called like an entertainer."""
    assert masked(text) == expected


def test_names_from_elsewhere() -> None:
    """A given name or one in Latin letters goes as a word, not as a part of one."""
    text = "가람은 Kim Garam이고 가람휘와 Garams가 아니다."
    assert masked(text, "가람", "Kim Garam") == "<이름>은 <이름>이고 가람휘와 Garams가 아니다."


def test_lexicon_is_consistent() -> None:
    """Syllables stand once, and the lists of surnames are of surnames."""
    lexicon: NameLexicon = name_lexicon()
    surnames = lexicon.people.surnames
    every = surnames.frequent + surnames.seldom
    assert len(set(every)) == len(every)
    assert set(surnames.alone) <= set(every)
    assert set(surnames.honoured) <= set(every)
    assert set(surnames.distinct) <= set(every)
    for first, seconds in lexicon.people.given.items():
        assert len(first) == 1
        assert len(set(seconds)) == len(seconds), first
