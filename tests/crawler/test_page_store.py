"""Fetched pages are kept compressed, whole, and can be read again."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from crawler.import_pages import import_page
from crawler.items import RecordError
from crawler.page_store import Fetched, PageStore, StoredPage
from crawler.replica.site import essay_body, outer_page
from tests.crawler.invented import make_essay

URL = "https://site.test/starter/PassAssay/View/98765"
FETCHED = Fetched("2026-11-20T03:00:00Z", ("대기업", "외국계"))


def page(text: str, number: str = "98765", url: str = URL) -> StoredPage:
    """Make a page."""
    return StoredPage(number, url, FETCHED, text)


@pytest.mark.parametrize("text", ["", "<p>가나</p>\r\n-->\n<!-- fetched {} -->\n", "끝 없는 줄"])
def test_round_trip(tmp_path: Path, text: str) -> None:
    """A page comes back as it was, whatever stands in it."""
    store = PageStore(tmp_path / "pages")
    store.save(page(text))
    assert store.load("98765") == page(text)
    assert list(store) == ["98765"]


def test_words_that_would_end_a_comment(tmp_path: Path) -> None:
    """Two hyphens in an address or a list's name do not end the comment that holds them."""
    store = PageStore(tmp_path)
    odd = StoredPage("1", f"{URL}?a=--%3E", Fetched("2026", ("-->",)), "text")
    store.save(odd)
    assert store.load("1") == odd._replace(url=f"{URL}?a=-%2d%3E")


def test_many_pages(tmp_path: Path) -> None:
    """Pages stand by number; a second one of an essay takes the first one's place."""
    store = PageStore(tmp_path)
    for number, text in (("100001", "a"), ("50002", "b"), ("50002", "c")):
        store.save(page(text, number))
    (tmp_path / "50003.html.gz.partial").write_bytes(b"cut")
    assert store.numbers() == {"100001", "50002"}
    kept = [store.load(number) for number in store]
    assert kept == [page("c", "50002"), page("a", "100001")]
    store.clear()
    assert store.numbers() == frozenset()


def test_absent(tmp_path: Path) -> None:
    """A page that is not kept is `None`, also where there is no folder."""
    assert PageStore(tmp_path / "none").load("1") is None


@pytest.mark.parametrize(
    "body",
    [b"", b"no gzip", gzip.compress(b"<p>no head</p>"), gzip.compress(b"\xff\xfe")],
    ids=["empty", "no gzip", "no head", "no UTF-8"],
)
def test_damaged_page(tmp_path: Path, body: bytes) -> None:
    """A damaged file is an error that names it and the cure."""
    (tmp_path / "50002.html.gz").write_bytes(body)
    with pytest.raises(RecordError, match=r"50002\.html\.gz.*remove the file"):
        PageStore(tmp_path).load("50002")


def test_kept_page_can_be_imported(tmp_path: Path) -> None:
    """A kept page is a saved page like any other, with its address."""
    store = PageStore(tmp_path)
    store.save(page(outer_page("글", essay_body(make_essay(), []), first_visit=False)))
    essay = import_page(store.path("98765"))
    assert (essay.id, essay.url, essay.source) == ("98765", URL, "import")
