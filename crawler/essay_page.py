"""An essay's page, in either of the site's layouts, as an `Essay`.

The two layouts differ in their head, so each has a head parser of its own; the questions and
answers (`dl.qnaLists`) are the same in both. All selectors are scoped: `.tx` and `.advice` stand
elsewhere on the page too, and no path counts positions, since every block may be absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Literal

from crawler.items import Essay, Record
from crawler.landmarks import Landmarks
from crawler.markup import QUESTIONS, parse_tree, require_essay_page
from crawler.node_text import node_text
from crawler.page_errors import TruncatedPageError, UnreadableFieldError, raise_missing_block
from crawler.questions import parse_questions
from crawler.selection import Node, select, select_first
from crawler.titles import Title, parse_count, parse_grade, parse_title

VIEW_COMPANY = ".viewTitWrap h2.hd strong"
VIEW_COMPANY_LINKS = ".viewTitWrap h2.hd strong a"
VIEW_TITLE = ".viewTitWrap h2.hd em"
VIEW_SPECS = ".selfTopBx ul.specLists li"
VIEW_COUNT_CLASS = "txViewNum"

COMPANY_SIGNS = "article.detailView, .company-header-branding-body"
COMPANY_NAME = ".company-header-branding-body .name"
COMPANY_TITLE = "article.detailView h2.tit"
COMPANY_ARTICLE = "article.detailView"
COMPANY_SPECS = "div.items span.trm span.cell"

GRADE = ".adviceTotal .grade"
OVERALL = ".adviceTotal .tx"
WRITE_LINK = "a.linkWrite[href]"
LANDMARKS = (
    QUESTIONS,
    VIEW_COMPANY,
    VIEW_COMPANY_LINKS,
    VIEW_TITLE,
    VIEW_SPECS,
    COMPANY_NAME,
    COMPANY_TITLE,
    COMPANY_ARTICLE,
    GRADE,
    OVERALL,
)
PAGE_ADDRESSES = ("link[rel=canonical]", "meta[property='og:url']", "meta[name='og:url']")

_LIST_NAME = "qnaLists"
_LIST_OPEN = re.compile(rf"<dl\b[^>]{{0,2000}}\b{_LIST_NAME}\b", re.IGNORECASE)
_LIST_EDGE = re.compile(r"<(?:!--(?!-?>)|script\b|(/?)dl\b)", re.IGNORECASE)
_HIDING = re.compile(r"<!--(?!-?>)|<script\b", re.IGNORECASE)
_SHOWING = {"<!--": re.compile("--!?>"), "<script": re.compile("</script", re.IGNORECASE)}
_ANY_EDGE = re.compile(r"<(?:!--|/[dD][lL]\b|[dD][lL]\b|[sS][cC][rR])")
_ID_IN_ADDRESS = re.compile(r"/PassAssay/(?:View/(\d{1,9})|(\d{5,6})(?!\d))", re.IGNORECASE)
_ID_IN_QUERY = re.compile(r"[?&]PflNo=(\d{1,9})", re.IGNORECASE)
_ID_IN_NAME = re.compile(r"(?<!\d)(\d{5,6})(?!\d)")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
_VIEW_COUNT = re.compile(r"\d[\d,]*\s*읽음")


class Head(Record, frozen=True):
    """What stands above the questions."""

    source: Literal["view", "company"]
    company: str | None
    title: Title
    specs: tuple[str, ...]
    views: int | None


def parse_essay(text: str, url: str, *, crawled_at: str | None) -> Essay:
    """Read an essay off its page.

    Args:
        text: The page's HTML, whole or without the outer page.
        url: Its address; for a saved page, the name of its file.
        crawled_at: When it was fetched, as `2026-11-20T03:00:00Z`, if that is known.

    Raises:
        WrongPageError: The page is no essay (`MissingEssayError`: the site says it has none).
        RefusedPageError: The site refuses the visit (`LoginWallError`: it asks to log in).
        BrokenPageError: The essay cannot be read (`TruncatedPageError`, `UnreadableFieldError`,
            `ChangedPageError`).

    """
    root = parse_tree(text, url)
    page = Landmarks(root, text, LANDMARKS)
    questions = page.first(QUESTIONS)
    if questions is None:
        require_essay_page(root, text, url)
        raise_missing_block(text, url, QUESTIONS, field="questions")
    _require_closed(text, url)
    head = _parse_head(root, page)
    return Essay(
        id=essay_id(root, text, url),
        url=url,
        source=head.source,
        crawled_at=crawled_at,
        company=head.company,
        company_types=(),
        position=head.title.position,
        year=head.title.year,
        half=head.title.half,
        career=head.title.career,
        specs=head.specs,
        views=head.views,
        grade=parse_grade(page.first(GRADE), url),
        overall_advice=node_text(page.first(OVERALL)) or None,
        questions=parse_questions(questions, url),
    )


def essay_id(root: Node, text: str, url: str) -> str:
    """Find an essay's number: in its address, in the page's hints, or in the file's name.

    Links to other essays stand at the foot of every page, so only hints about this one count.

    Raises:
        UnreadableFieldError: There is none.

    """
    for address in chain((url,), _hints(root, text)):
        found = _ID_IN_ADDRESS.search(address) or _ID_IN_QUERY.search(address)
        if found:
            return next(number for number in found.groups() if number)
    named = _ID_IN_NAME.search(url.rsplit("/", maxsplit=1)[-1])
    if named is None:
        raise UnreadableFieldError(url, "neither address nor page gives its number", field="id")
    return named.group(1)


def written_number(root: Node) -> str | None:
    """Return the number that the page's own link to write such an essay gives, if it has one."""
    for node in select(root, WRITE_LINK):
        found = _ID_IN_QUERY.search(node.get("href") or "")
        if found:
            return found.group(1)
    return None


def _hints(root: Node, text: str) -> Iterator[str]:
    """Yield the addresses that may tell a page's number; looking for them takes a while."""
    yield from _page_addresses(root, text)
    yield from (node.get("href") or "" for node in select(root, WRITE_LINK))


def stated_url(text: str) -> str | None:
    """Return the address that a saved page states as its own, if that is an essay's."""
    stated = _page_addresses(parse_tree(text), text)
    return next((address for address in stated if _ID_IN_ADDRESS.search(address)), None)


def _page_addresses(root: Node, text: str) -> list[str]:
    """Return what the page states as its own address, and what the browser noted that saved it."""
    nodes = [node for css in PAGE_ADDRESSES for node in select(root, css)]
    saved_from = _SAVED_FROM.search(text)
    stated = [node.get("href") or node.get("content") or "" for node in nodes]
    return [*stated, saved_from.group(1) if saved_from else ""]


def _require_closed(text: str, url: str) -> None:
    """Check that the list of questions has its end: a parser mends a cut page in silence."""
    named = text.find(_LIST_NAME)
    edge = _ANY_EDGE.search(text, named)
    if edge is not None and edge.group() == "</dl" and text.rfind(_LIST_NAME) == named:
        return  # what nearly every page comes to, and quickly seen
    bare = "".join(_outside_scripts(text))
    opening = _LIST_OPEN.search(bare)
    if opening is None:
        return
    depth = 1
    for found in _LIST_EDGE.finditer(bare, opening.end()):
        if found[1] is None:
            break  # a comment or script without an end: the browser takes all the rest for it
        depth += -1 if found[1] else 1
        if depth == 0:
            return
    raise TruncatedPageError(url, "the list of questions has no end (</dl>)", field="questions")


def _outside_scripts(text: str) -> Iterator[str]:
    """Yield what is outside comments and scripts; those without an end are left in."""
    done = 0
    endless: set[str] = set()
    for hiding in _HIDING.finditer(text):
        kind = hiding.group().lower()
        if hiding.start() >= done and kind not in endless:
            showing = _SHOWING[kind].search(text, hiding.end())
            if showing is None:
                endless.add(kind)
            else:
                yield text[done : hiding.start()]
                done = showing.end()
    yield text[done:]


def _parse_head(root: Node, page: Landmarks) -> Head:
    title = page.first(VIEW_TITLE)
    if title is not None:
        return _view_head(page, title)
    article = page.first(COMPANY_ARTICLE)
    if article is not None or select_first(root, COMPANY_SIGNS) is not None:
        return _company_head(root, page, article)
    return _view_head(page, title)


def _view_head(page: Landmarks, title: Node | None) -> Head:
    items = [(item, node_text(item)) for item in page.select(VIEW_SPECS)]
    count = next((item for item, text in reversed(items) if _is_view_count(item, text)), None)
    specs = [text for item, text in items if item is not count]
    return Head(
        source="view",
        company=_view_company(page),
        title=parse_title(node_text(title)),
        specs=tuple(spec for spec in specs if spec),
        views=parse_count(count),
    )


def _view_company(page: Landmarks) -> str | None:
    linked = (node_text(link) for link in page.select(VIEW_COMPANY_LINKS))
    name = next((name for name in linked if name), None)
    return name or node_text(page.first(VIEW_COMPANY)) or None


def _is_view_count(item: Node, text: str) -> bool:
    classes = (item.get("class") or "").split()
    return VIEW_COUNT_CLASS in classes or _VIEW_COUNT.fullmatch(text) is not None


def _company_head(root: Node, page: Landmarks, article: Node | None) -> Head:
    cells = [] if article is None else select(article, COMPANY_SPECS)
    specs = [node_text(cell) for cell in cells or select(root, COMPANY_SPECS)]
    return Head(
        source="company",
        company=node_text(page.first(COMPANY_NAME)) or None,
        title=parse_title(node_text(page.first(COMPANY_TITLE))),
        specs=tuple(spec for spec in specs if spec),
        views=None,
    )
