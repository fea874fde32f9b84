"""A list of essays, the site's own or a company's, as a `ListPage`."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from crawler.items import Record
from crawler.markup import Node, parse_tree, require_list_page, select, select_first
from crawler.node_text import node_text
from crawler.page_errors import TruncatedPageError, raise_missing_block, refuse_cut_page
from crawler.titles import parse_count, parse_grade, parse_title

LISTS = ("ul.selfLists", "div.starList")
ENTRIES = "ul.selfLists > li"
COMPANY_ENTRIES = "div.starList li.assay"
LINKS = "a[href]"
COMPANY = ".titTx"
TITLE_PARTS = ".linkArray .career, .linkArray .field"
GRADE = ".advice .grade"
VIEWS = ".txViewNum"
TOTAL = "#titSelCount"
TOTAL_SENTENCE = ".stTopWrap"
PAGE_NOW = ".tplPagination .now"
PAGE_LINKS = ".tplPagination a[data-page][href]"
FILTERS = "li.itemCheck[data-type][data-code]"

PAGE_SIZE = 20

_PAGE_NUMBER = re.compile(r"\d{1,9}")
_ESSAY_PATH = re.compile(r"/PassAssay/View/(\d{1,9})", re.IGNORECASE)
_PAGE_IN_QUERY = re.compile(r"[?&]Page=(\d{1,9})", re.IGNORECASE)
_LIST_OPEN = re.compile(r"<(ul|div)\b[^>]{0,2000}\b(?:selfLists|starList)\b", re.IGNORECASE)
_TOTAL = re.compile(r"총\s*(\d[\d,]{0,11})\s*건")


class ListEntry(Record, frozen=True):
    """One essay of a list, as far as the list tells."""

    id: str
    url: str
    company: str | None
    year: int | None
    half: str | None
    career: str | None
    position: str | None
    grade: float | None
    views: int | None


class PageLink(Record, frozen=True):
    """A link of the pager."""

    number: int
    url: str


class ListPage(Record, frozen=True):
    """A page of a list.

    `total` is the number of essays that the page states for the whole list; `codes` are the
    codes of the filter panel, by kind (Co, Part, Work, Edu, Group) and label. A panel or a total
    that is not on the page is empty or `None`.
    """

    entries: tuple[ListEntry, ...]
    total: int | None
    page: int
    codes: dict[str, dict[str, str]]
    next_pages: tuple[PageLink, ...]


def parse_list(text: str, url: str) -> ListPage:
    """Read a list page; one with no entry is an empty list.

    Raises:
        WrongPageError: The page is no list of essays.
        RefusedPageError: The site refuses the visit (`LoginWallError`: it asks to log in).
        UnreadableFieldError: An entry's grade is no number.
        TruncatedPageError: The list has no end: some of its entries may be missing.
        ChangedPageError: By its own total there are entries, and there is no list.

    """
    root = parse_tree(text, url)
    require_list_page(root, text, url)
    _require_closed(text, url)
    entries = [_parse_entry(item, url) for item in select(root, ENTRIES)]
    entries += [_parse_entry(item, url) for item in select(root, COMPANY_ENTRIES)]
    total = _parse_total(root)
    page = parse_count(select_first(root, PAGE_NOW)) or _page_in_address(url)
    if not entries and (total or 0) > (page - 1) * PAGE_SIZE:
        _require_list(root, text, url)
    return ListPage(
        entries=tuple(entry for entry in entries if entry is not None),
        total=total,
        page=page,
        codes=_parse_codes(root),
        next_pages=tuple(
            _page_link(node, address)
            for node in select(root, PAGE_LINKS)
            if (address := _address(node, url))
        ),
    )


def _require_closed(text: str, url: str) -> None:
    """Check that the list has its end, and where there is no list, that the page has.

    Else a page that was cut would look like the last one.
    """
    opening = _LIST_OPEN.search(text)
    if opening is None:
        refuse_cut_page(text, url, "entries")
        return
    tag, depth = opening.group(1), 1
    for edge in re.finditer(rf"<(/?){tag}\b", text[opening.end() :], re.IGNORECASE):
        depth += -1 if edge.group(1) else 1
        if depth == 0:
            return
    raise TruncatedPageError(url, f"the list of essays has no end (</{tag}>)", field="entries")


def _require_list(root: Node, text: str, url: str) -> None:
    if all(select_first(root, css) is None for css in LISTS):
        raise_missing_block(text, url, " or ".join(LISTS), field="entries")


def _parse_entry(item: Node, url: str) -> ListEntry | None:
    """Read an entry; an item without a link to an essay (an advertisement) is none."""
    for link in select(item, LINKS):
        address = _address(link, url)
        found = _ESSAY_PATH.search(urlsplit(address).path)
        if found:
            return _entry(item, found.group(1), address, url)
    return None


def _address(link: Node, url: str) -> str:
    """Return where a link leads; where its address is none (`http://[`), the empty text."""
    try:
        return urljoin(url, link.get("href") or "")
    except ValueError:
        return ""


def _entry(item: Node, number: str, address: str, url: str) -> ListEntry:
    title = parse_title(" ".join(node_text(node) for node in select(item, TITLE_PARTS)))
    return ListEntry(
        id=number,
        url=_without_query(address),
        company=node_text(select_first(item, COMPANY)) or None,
        year=title.year,
        half=title.half,
        career=title.career,
        position=title.position,
        grade=parse_grade(select_first(item, GRADE), url),
        views=parse_count(select_first(item, VIEWS)),
    )


def _without_query(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _parse_total(root: Node) -> int | None:
    total = parse_count(select_first(root, TOTAL))
    if total is not None:
        return total
    found = _TOTAL.search(node_text(select_first(root, TOTAL_SENTENCE)))
    return int(found.group(1).replace(",", "")) if found else None


def _page_in_address(url: str) -> int:
    found = _PAGE_IN_QUERY.search(url)
    return int(found.group(1)) if found else 1


def _parse_codes(root: Node) -> dict[str, dict[str, str]]:
    codes: dict[str, dict[str, str]] = {}
    for item in select(root, FILTERS):
        label = (item.get("data-value") or "").strip() or node_text(item)
        codes.setdefault(item.get("data-type") or "", {})[label] = item.get("data-code") or ""
    return codes


def _page_link(node: Node, url: str) -> PageLink:
    number = _PAGE_NUMBER.fullmatch((node.get("data-page") or "").strip())
    return PageLink(number=int(number.group()) if number else 0, url=url)
