"""List pages: entries, total, codes and pager."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.pages import (
    ChangedPageError,
    ListEntry,
    RefusedPageError,
    TruncatedPageError,
    WrongPageError,
    parse_list,
)

PAGE = Path(__file__).parent / "pages" / "list_page.html"
URL = "https://site.test/starter/PassAssay?Page=2"


def test_list_page() -> None:
    """Entries, numbers of five digits, a 0 grade, codes and pager are read; noise is skipped."""
    page = parse_list(PAGE.read_text(encoding="utf-8"), URL)
    assert page.entries == (
        ListEntry(
            id="98765",
            url="https://site.test/Starter/passassay/view/98765",
            company="(주)온샘물산",
            year=2021,
            half="상반기",
            career="신입",
            position="수출입 · 무역",
            grade=2.0,
            views=2152,
        ),
        ListEntry(
            id="237136",
            url="https://site.test/starter/PassAssay/View/237136",
            company="누리(주)",
            year=2021,
            half="하반기",
            career=None,
            position=None,
            grade=None,
            views=None,
        ),
    )
    assert (page.total, page.page) == (6770, 2)
    assert page.codes == {
        "Co": {"대기업": "13", "매출1000대기업": "12"},
        "Part": {"개발·데이터": "10031"},
    }
    assert [(link.number, link.url) for link in page.next_pages] == [
        (1, "https://site.test/starter/PassAssay?Page=1"),
        (11, "https://site.test/starter/PassAssay?Page=11"),
    ]


def test_company_list() -> None:
    """A company's own list names its essays."""
    link = '<a href="/company/7/PassAssay/View/20748?Page=1">2018년</a>'
    html = f'<div class="starList"><ul><li class="assay">{link}</li></ul></div>'
    page = parse_list(html, "https://site.test/company/7/PassAssay")
    assert [(entry.id, entry.url) for entry in page.entries] == [
        ("20748", "https://site.test/company/7/PassAssay/View/20748")
    ]


def test_empty_list() -> None:
    """A list with no entry is a list; its address tells the page where no pager does."""
    page = parse_list('<div class="stTopWrap">총 0건</div><form id="frmPassAssay"></form>', URL)
    assert (page.entries, page.total, page.page) == ((), 0, 2)


def test_total_of_the_sentence() -> None:
    """The total stands in a sentence too."""
    page = parse_list('<div class="stTopWrap">총 1,234건</div><ul class="selfLists"></ul>', URL)
    assert page.total == 1234


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ('<dl class="qnaLists"></dl>', WrongPageError),
        ("<p>오류</p>", WrongPageError),
        ("<p>접근이 제한되었습니다</p>", RefusedPageError),
    ],
)
def test_no_list(html: str, kind: type[Exception]) -> None:
    """What is no list is said to be none, and a refusal to be one."""
    with pytest.raises(kind):
        parse_list(html, URL)


CUTS = {
    "in an entry": '<html><ul class="selfLists"><li>',
    "before the list": '<html><form id="frmPassAssay"></form>',
    "in a company's list": '<div class="starList"><ul><li class="assay"></li></ul>',
}


@pytest.mark.parametrize("page", CUTS.values(), ids=CUTS.keys())
def test_list_that_was_cut(page: str) -> None:
    """A list without its end is an error: it would look like the last page."""
    with pytest.raises(TruncatedPageError):
        parse_list(page, URL)


TOTAL = '<form id="frmPassAssay"></form><b id="titSelCount">{}</b>'
PAGER = '<div class="tplPagination"><span class="now">{}</span></div>'


@pytest.mark.parametrize(
    ("total", "page", "kind"),
    [(1, 1, ChangedPageError), (21, 2, ChangedPageError), (20, 2, None), (0, 1, None)],
)
def test_list_that_is_not_where_it_was(total: int, page: int, kind: type[Exception] | None) -> None:
    """A whole page without a list is an error where its own total says that it has entries."""
    html = f"<html>{TOTAL.format(total)}{PAGER.format(page)}</html>"
    if kind is None:
        assert parse_list(html, URL).entries == ()
        return
    with pytest.raises(kind, match=r"entries: .* there is no ul\.selfLists or div\.starList"):
        parse_list(html, URL)


def test_list_that_is_not_in_a_part_of_a_page() -> None:
    """Where the page has no end, the list may just be cut off."""
    with pytest.raises(TruncatedPageError, match=r"there is no ul\.selfLists"):
        parse_list(TOTAL.format(21), URL)


def test_empty_list_of_a_whole_page() -> None:
    """A whole page without a list is an empty one."""
    page = '<html><form id="frmPassAssay"></form></html>'
    assert parse_list(page, URL).entries == ()
