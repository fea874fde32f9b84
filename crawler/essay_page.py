"""An essay's page, in either of the site's layouts, as an `Essay`.

The two layouts differ in their head, so each has a head parser of its own; the questions and
answers (`dl.qnaLists`) are the same in both. All selectors are scoped: `.tx` and `.advice` stand
elsewhere on the page too, and no path counts positions, since every block may be absent.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from crawler.items import Essay
from crawler.markup import QUESTIONS, Node, parse_tree, require_essay_page, select, select_first
from crawler.node_text import node_text
from crawler.page_errors import TruncatedPageError, UnreadableFieldError
from crawler.questions import parse_questions
from crawler.titles import Title, parse_title

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
PAGE_ADDRESSES = ("link[rel=canonical]", "meta[property='og:url']", "meta[name='og:url']")

_BEST_GRADE = 5.0
_NOT_MARKUP = re.compile(r"<!--.*?-->|<script\b.*?</script", re.DOTALL | re.IGNORECASE)
_LIST_OPEN = re.compile(r"<dl\b[^>]*\bqnaLists\b", re.IGNORECASE)
_LIST_EDGE = re.compile(r"<(/?)dl\b", re.IGNORECASE)
_ID_IN_ADDRESS = re.compile(r"/PassAssay/(?:View/(\d{1,9})|(\d{5,6})(?!\d))", re.IGNORECASE)
_ID_IN_QUERY = re.compile(r"[?&]PflNo=(\d{1,9})", re.IGNORECASE)
_ID_IN_NAME = re.compile(r"(?<!\d)(\d{5,6})(?!\d)")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
_VIEW_COUNT = re.compile(r"\d[\d,]*\s*읽음")
_NUMBER = re.compile(r"\d[\d,]{0,11}")


class Head(NamedTuple):
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
        BrokenPageError: The essay cannot be read (`TruncatedPageError`, `UnreadableFieldError`).

    """
    root = parse_tree(text)
    require_essay_page(root, text, url)
    questions = select_first(root, QUESTIONS)
    if questions is None:
        raise TruncatedPageError(url, "there are no questions (dl.qnaLists)", field="questions")
    _require_closed(text, url)
    head = _company_head(root) if _is_company_layout(root) else _view_head(root)
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
        grade=parse_grade(select_first(root, GRADE), url),
        overall_advice=node_text(select_first(root, OVERALL)) or None,
        questions=parse_questions(questions, url),
    )


def essay_id(root: Node, text: str, url: str) -> str:
    """Find an essay's number: in its address, in the page's hints, or in the file's name.

    Links to other essays stand at the foot of every page, so only hints about this one count.

    Raises:
        UnreadableFieldError: There is none.

    """
    written = [node.get("href") or "" for node in select(root, WRITE_LINK)]
    for address in (url, *_page_addresses(root, text), *written):
        found = _ID_IN_ADDRESS.search(address) or _ID_IN_QUERY.search(address)
        if found:
            return next(number for number in found.groups() if number)
    named = _ID_IN_NAME.search(url.rsplit("/", maxsplit=1)[-1])
    if named is None:
        raise UnreadableFieldError(url, "neither address nor page gives its number", field="id")
    return named.group(1)


def stated_url(text: str) -> str | None:
    """Return the address that a saved page states as its own, if that is an essay's."""
    stated = _page_addresses(parse_tree(text), text)
    return next((address for address in stated if _ID_IN_ADDRESS.search(address)), None)


def parse_grade(node: Node | None, url: str) -> float | None:
    """Read a grade of 0.5 to 5 stars; 0 means that there is none.

    Raises:
        UnreadableFieldError: It is not such a number.

    """
    text = node_text(node).removesuffix("점").strip()
    if not text:
        return None
    try:
        grade = float(text)
    except ValueError:
        raise UnreadableFieldError(url, f"{text!r} is not a grade", field="grade") from None
    if not 0 <= grade <= _BEST_GRADE:
        raise UnreadableFieldError(url, f"{text} is not between 0 and 5", field="grade")
    return grade or None


def parse_count(node: Node | None) -> int | None:
    """Read the first number of a node: `1,462읽음` is 1462."""
    found = _NUMBER.search(node_text(node))
    return int(found.group().replace(",", "")) if found else None


def _page_addresses(root: Node, text: str) -> list[str]:
    """Return what the page states as its own address, and what the browser noted that saved it."""
    nodes = [node for css in PAGE_ADDRESSES for node in select(root, css)]
    saved_from = _SAVED_FROM.search(text)
    stated = [node.get("href") or node.get("content") or "" for node in nodes]
    return [*stated, saved_from.group(1) if saved_from else ""]


def _require_closed(text: str, url: str) -> None:
    """Check that the list of questions has its end: a parser mends a cut page in silence."""
    bare = _NOT_MARKUP.sub("", text)
    opening = _LIST_OPEN.search(bare)
    if opening is None:
        return
    depth = 1
    for edge in _LIST_EDGE.finditer(bare, opening.end()):
        depth += -1 if edge.group(1) else 1
        if depth == 0:
            return
    raise TruncatedPageError(url, "the list of questions has no end (</dl>)", field="questions")


def _is_company_layout(root: Node) -> bool:
    return select_first(root, VIEW_TITLE) is None and select_first(root, COMPANY_SIGNS) is not None


def _view_head(root: Node) -> Head:
    names = [node_text(link) for link in select(root, VIEW_COMPANY_LINKS)]
    names.append(node_text(select_first(root, VIEW_COMPANY)))
    items = select(root, VIEW_SPECS)
    count = next((item for item in reversed(items) if _is_view_count(item)), None)
    specs = [node_text(item) for item in items if item is not count]
    return Head(
        source="view",
        company=next((name for name in names if name), None),
        title=parse_title(node_text(select_first(root, VIEW_TITLE))),
        specs=tuple(spec for spec in specs if spec),
        views=parse_count(count),
    )


def _is_view_count(item: Node) -> bool:
    classes = (item.get("class") or "").split()
    return VIEW_COUNT_CLASS in classes or _VIEW_COUNT.fullmatch(node_text(item)) is not None


def _company_head(root: Node) -> Head:
    article = select_first(root, COMPANY_ARTICLE)
    cells = [] if article is None else select(article, COMPANY_SPECS)
    specs = [node_text(cell) for cell in cells or select(root, COMPANY_SPECS)]
    return Head(
        source="company",
        company=node_text(select_first(root, COMPANY_NAME)) or None,
        title=parse_title(node_text(select_first(root, COMPANY_TITLE))),
        specs=tuple(spec for spec in specs if spec),
        views=None,
    )
