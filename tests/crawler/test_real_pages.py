"""The parser on real saved pages, where the operator has them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from crawler.import_pages import import_page
from crawler.pages import parse_list
from tests.real_data import real_data


@pytest.fixture
def pages() -> Path:
    """Give the folder of the saved pages, or skip the test with the reason."""
    return real_data() / "jobkorea" / "pages"


def test_real_essay_page(pages: Path) -> None:
    """Head, counts and exact ends of a real essay page."""
    essay = import_page(pages / "view_237137.html")
    assert (essay.id, essay.url, essay.source) == ("237137", None, "import")
    assert (essay.year, essay.half, essay.career) == (2021, "상반기", "신입")
    assert essay.position == "수출입·무역사무"
    assert essay.specs == ("고졸", "자격증 5개")
    assert (essay.views, essay.grade) == (1462, 2.0)
    assert len(essay.overall_advice or "") > 200
    assert [question.site_chars for question in essay.questions] == [604, 612, 609]
    assert [question.site_bytes for question in essay.questions] == [1045, 1054, 1052]
    passages = [[msgspec.structs.astuple(p) for p in q.passages] for q in essay.questions]
    assert passages == [
        [("bad", 1, 27, 555)],
        [("bad", 1, 0, 392), ("bad", 2, 394, 610)],
        [("good", 1, 0, 371), ("bad", 1, 373, 607)],
    ]
    assert [[(a.polarity, a.number) for a in q.advice] for q in essay.questions] == [
        [("bad", 1)],
        [("bad", 1), ("bad", 2)],
        [("good", 1), ("bad", 1)],
    ]
    for question in essay.questions:
        assert 1 <= (question.site_chars or 0) - len(question.answer) <= 5


def test_real_list_page(pages: Path) -> None:
    """Twenty essays, a 0 grade read as none, ten links and the next block's."""
    text = (pages / "list_search.html").read_text(encoding="utf-8")
    page = parse_list(text, "https://www.jobkorea.co.kr/starter/PassAssay")
    assert len({entry.id for entry in page.entries}) == 20
    assert page.entries[0].id == "237137"
    assert [entry.id for entry in page.entries if entry.grade is None] == ["235456"]
    assert all(entry.company and entry.position and entry.year for entry in page.entries)
    assert [link.number for link in page.next_pages] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
