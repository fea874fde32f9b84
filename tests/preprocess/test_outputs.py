"""What judges of outputs are told: firms named, ways to misspell, worn phrases."""

from __future__ import annotations

import pytest

from preprocess.outputs import Misspelling, firm_names, misspellings, worn_phrases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("삼성전자에 지원해 네이버를 씁니다.", ("삼성전자", "네이버")),
        ("㈜한들식품과 (주)누리소프트에서 일했습니다.", ("한들식품", "누리소프트")),
        ("한들(주)에서, 주식회사 가람에서", ("한들", "가람")),
        ("XX와 (주)XX, OO팀에서 일했습니다.", ()),
        ("주식회사에 다니며 대상을 받았습니다.", ()),
        ("", ()),
    ],
)
def test_firms_are_found_by_table_and_legal_form(text: str, expected: tuple[str, ...]) -> None:
    """Names that the table knows, and any beside a legal form; masks are none."""
    assert firm_names(text) == expected


def test_a_name_said_for_ever_is_counted_each_time() -> None:
    """An output of a hundred thousand characters is one of the cases that must be quick."""
    assert firm_names("삼성전자 " * 20_000) == ("삼성전자",) * 20_000


def test_misspellings_tell_place_and_wording() -> None:
    """Each way in which the rules could damage a text, put there, changes it."""
    text = "자료가 되지 않았습니다. 모을 수 있는 것입니다."
    found = list(misspellings(text))
    assert Misspelling("spelling", 4, 5, "돼") in found
    for _, start, end, written in found:
        assert text[start:end] != written
    assert {kind for kind, *_ in found} == {"spelling", "spacing"}


def test_worn_phrases_have_their_kinds() -> None:
    """Openings and closings are clichés, flattery is praise, and none stands there twice."""
    worn = worn_phrases()
    assert {kind for kind, _ in worn} == {"cliche", "praise"}
    assert len({phrase for _, phrase in worn}) == len(worn)
