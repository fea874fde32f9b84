"""How an output speaks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measuring.manner import (
    FOREIGN,
    NEIGHBOURS,
    copied_share,
    longest_shared_run,
    repeated_share,
    speaks_as_applicant,
    wrong_document,
)

ESSAY = "지원 동기\n저는 한들식품의 물류 직무에 지원합니다. 출고 시간을 20% 줄였습니다."
TEXTS = st.text(st.sampled_from("가나다 \n"), max_size=30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("아쉬운점 1 [1] 저는 노력했습니다.", True),
        ("제가 보기에는 좋습니다.", True),
        ("아쉬운점 1 [1] '저는 성실합니다'라는 표현은 흔합니다.", False),
        ("“제가 맡은 일”이 무엇인지 적어 주세요.", False),
        ("먼저는 좋습니다. 문제가 있습니다.", False),
    ],
)
def test_voice_of_the_applicant(text: str, *, expected: bool) -> None:
    """The first person counts outside quotations, as a word of its own."""
    assert speaks_as_applicant(text) is expected


@pytest.mark.parametrize(
    "said",
    [
        "추천서에 지원자의 장점이 잘 드러납니다.",
        "이 추천서는 구체적입니다.",
        "논문의 서론이 너무 깁니다.",
        "위 보고서는 근거가 부족합니다.",
        "이력서의 첫 문장이 강렬합니다.",
        "이 이력서는 짜임새가 있습니다.",
        "본 포트폴리오의 구성이 좋습니다.",
        "따라서 본 논문은 설득력이 있습니다.",
        "본 면접은 준비가 부족했습니다.",
    ],
)
def test_another_document_is_noticed(said: str) -> None:
    """Advice on a 추천서, or a letter that is called an 이력서, is of another document."""
    assert wrong_document([said], ESSAY)


@pytest.mark.parametrize(
    "said",
    [
        "자기소개서는 면접에서 활용되는 문서입니다.",
        "그래야 면접에서 다양한 질문을 받을 수 있습니다.",
        "이 면접관이 궁금해할 내용이 빠졌습니다.",
        "이력서에 적을 내용을 그대로 옮겼습니다.",
        "경력기술서 작성하듯 요약한 점이 아쉽습니다.",
        "포트폴리오와 이어지는 점이 좋습니다.",
        "보고서처럼 딱딱하게 읽힙니다.",
        "논문 같은 문체를 피해 주세요.",
        "수필 형식으로 적어 아쉽습니다.",
        "독후감이 아니라 경험을 적어 주세요.",
        "보고서를 쓴 경험을 더해 주세요.",
        "직접 써 본 보고서를 예로 들어 주세요.",
        "독후감, 논문, 공모전 등 여러 예시 가운데 하나를 고르세요.",
        "'추천서를 받았다'는 말은 빼세요.",
        "소설가라는 꿈과 이어 주세요.",
        "새서평고등학교 시절의 일입니다.",
        "20% 줄였다는 수치가 좋습니다.",
        "",
    ],
)
def test_a_word_of_another_document_may_be_right(said: str) -> None:
    """Interviews, comparisons, quotations, lists and longer words are no other document."""
    assert not wrong_document([said], ESSAY)


@pytest.mark.parametrize("document", [*FOREIGN, *NEIGHBOURS])
def test_a_document_that_the_essay_names_is_right(document: str) -> None:
    """Advice may speak of whatever the essay or its question speaks of."""
    said = f"이 {document}의 첫 문장이 좋습니다."
    assert wrong_document([said], ESSAY)
    assert not wrong_document([said], f"{ESSAY} 대학에서 {document} 두 편을 썼습니다.")


@pytest.mark.parametrize(
    ("said", "essay", "expected"),
    [
        ("가나다라", "마가나다바", 3),
        ("가나", "가나", 2),
        ("가나", "다라", 0),
        ("나가나다", "가나 나다 가나다", 3),
        ("", "가나", 0),
        ("가나", "", 0),
    ],
)
def test_longest_shared_run_by_hand(said: str, essay: str, expected: int) -> None:
    """The longest run of characters in both texts."""
    assert longest_shared_run(said, essay) == expected


@given(TEXTS, TEXTS)
def test_longest_shared_run_is_the_longest(said: str, essay: str) -> None:
    """No longer run stands in both, and the two sides may change places."""
    spans = {said[a:b] for a in range(len(said)) for b in range(a, len(said) + 1)} | {""}
    assert longest_shared_run(said, essay) == max(len(s) for s in spans if s in essay)
    assert longest_shared_run(essay, said) == longest_shared_run(said, essay)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        # 물류 직무에 지원합니다 with its spaces: 12 of 20 characters, whatever the white space.
        (["물류\n직무에  지원합니다 정말로 좋아요"], 12 / 20),
        # The longest run of one text over all that is said: 20% is 3 of 3 + 7.
        (["20%", "라마바사아자차"], 3 / 10),
        ([ESSAY], 1.0),
        (["XYZ"], 0.0),
        ([""], None),
        (["\n "], None),
    ],
)
def test_copied_share_by_hand(said: list[str], expected: float | None) -> None:
    """The longest run out of the essay over all that is said; nothing said has no share."""
    assert copied_share(said, ESSAY) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["가나다라마바사아자차"], 0.0),
        # 20 characters have 11 n-grams of ten; with a period of 2 there are two different ones.
        (["가나" * 10], 9 / 11),
        # The same 11 characters twice: 4 n-grams, 2 different ones; none across the texts.
        (["가나다라마바사아자차카", "가나다라마바사아자차카"], 1 / 2),
        (["가나다", "가나다"], None),
        ([], None),
    ],
)
def test_repeated_share_by_hand(said: list[str], expected: float | None) -> None:
    """The share of n-grams that were there before; short texts have none."""
    assert repeated_share(said) == pytest.approx(expected)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_order_of_texts_is_irrelevant(said: list[str], chance: object) -> None:
    """In whatever order the points stand, the shares are the same."""
    before = copied_share(said, "가나 다가나"), repeated_share(said)
    chance.shuffle(said)  # type: ignore[attr-defined]
    assert (copied_share(said, "가나 다가나"), repeated_share(said)) == before


@pytest.mark.parametrize("unit", ["가", "가나다라마바사", "<script>alert('x')</script>", "'"])
def test_an_endless_output_is_judged_in_a_moment(unit: str) -> None:
    """100,000 characters of anything are counted, and quickly."""
    said, essay = (unit * 100_000)[:100_000], unit * 100 + "하"
    started = time.process_time()
    assert not speaks_as_applicant(said)
    assert not wrong_document([said], ESSAY)
    assert copied_share([said], essay) == pytest.approx(len(unit) * 100 / 100_000)
    assert repeated_share([said]) == pytest.approx(1, abs=1e-3)
    assert time.process_time() - started < 5
