"""What counts as a rewrite."""

from __future__ import annotations

import unicodedata

import pytest

from preprocess.rewrites import checked
from preprocess.rewrites_checks import Criticised, fault, numbers, shared
from preprocess.rewrites_kept import Refused, Rewrite
from tests.preprocess.rewritten import GOOD, TEXT, item


def test_every_criticised_point_counts() -> None:
    """Changing one of two criticised sentences is not enough."""
    half = TEXT.replace("저는 어떤 일이든 최선을 다하는", "저는 물건의 자리를 살펴 길을 줄이는")
    assert fault(item(), half) == "unaddressed: 아쉬운점 2"
    assert fault(item(), GOOD) is None


def test_numbers_are_compared_as_numbers() -> None:
    """Commas and full-width digits make no other number; a number of the question is known."""
    assert numbers("1,200명과 ３.5%, 그리고 3월") == {"1200", "3.5", "3"}
    asked = Criticised("1", "5년 뒤의 모습은?", TEXT, item().sentences, item().points)
    assert fault(asked, GOOD.replace("입사 후에도", "5년 뒤에도")) is None
    assert fault(item(), GOOD.replace("입사 후에도", "5년 뒤에도")) == "invented figure: 5"


def test_texts_share_pairs_of_letters() -> None:
    """A text shares all with itself, nothing with nothing."""
    assert shared(TEXT, TEXT) == 1
    assert shared("", TEXT) == 0
    assert shared("가나다", "가나라") == 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, Rewrite("1", "m", TEXT, GOOD)),
        (f"{GOOD} 김\u200b민수 팀장님께 배웠습니다.", Refused("1", "personal data: name")),
    ],
)
def test_a_rewrite_is_read_in_plain_form(text: str, expected: Rewrite | Refused) -> None:
    """Decomposed Hangul and letters that nobody sees neither hide a name nor reach a row."""
    output = unicodedata.normalize("NFD", f"[첨삭]\n\n{text}")
    assert checked(item(), output, "m") == expected
