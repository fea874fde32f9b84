"""A page as a tree: decoded, parsed, selected from, and told apart by kind."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from lxml import etree  # type: ignore[import-untyped]
from lxml.cssselect import CSSSelector  # type: ignore[import-untyped]

from crawler.page_errors import LoginWallError, MissingEssayError, RefusedPageError, WrongPageError

QUESTIONS = "dl.qnaLists"
ESSAY_SIGNS = f"{QUESTIONS}, .selfTopBx .viewTitWrap, article.detailView"
LIST_SIGNS = "ul.selfLists, form#frmPassAssay, #titSelCount, div.starList"
PASSWORD = "input[type=password]"  # noqa: S105 - a selector

MISSING_TEXT = "선택하신 합격자소서 정보가 없습니다"
BLOCK_TEXTS = (
    "보안문자",
    "비정상적인 접근",
    "자동입력 방지",
    "일시적으로 차단",
    "접근이 제한",
)

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD_BYTES = 4096


class Node(Protocol):
    """What this package uses of an element of the tree."""

    tag: str
    text: str | None
    tail: str | None

    def get(self, key: str) -> str | None:
        """Return an attribute's value."""

    def getnext(self) -> Node | None:
        """Return the element that follows under the same parent."""

    def iterancestors(self) -> Iterable[Node]:
        """Return the elements around this one, the nearest first."""


def decode_page(body: bytes) -> str:
    """Decode a saved page: UTF-8 (even cut inside a character), its declared charset, or CP949.

    Raises:
        UnicodeDecodeError: It is none of these.

    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body.decode(codec).removeprefix("\ufeff")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return body.decode(_declared_codec(body))


def _declared_codec(body: bytes) -> str:
    found = _CHARSET.search(body[:_HEAD_BYTES])
    declared = found.group(1).decode("ascii").lower() if found else ""
    try:
        codec = codecs.lookup(declared).name
    except LookupError:
        return "cp949"
    return "cp949" if codec in {"utf-8", "ascii", "euc_kr"} else codec


def parse_tree(text: str) -> Node:
    """Parse a page, whole or a part of one, mended the way that browsers mend it."""
    body = text.replace("\0", "").encode("utf-8", errors="replace")
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root = etree.fromstring(body, parser) if body.strip() else None
    return cast("Node", etree.Element("html") if root is None else root)


@cache
def _selector(css: str) -> Any:
    return CSSSelector(css, translator="html")


def select(node: Node, css: str) -> list[Node]:
    """Return the nodes under a node that a CSS selector names, in the page's order."""
    return cast("list[Node]", _selector(css)(node))


def select_first(node: Node, css: str) -> Node | None:
    """Return the first node under a node that a CSS selector names."""
    found = select(node, css)
    return found[0] if found else None


def require_essay_page(root: Node, text: str, url: str) -> None:
    """Check that a page is an essay's.

    Raises:
        WrongPageError, RefusedPageError: It is not.

    """
    if select_first(root, ESSAY_SIGNS) is not None:
        return
    if select_first(root, LIST_SIGNS) is not None:
        raise WrongPageError(url, "this is a list of essays, not an essay")
    _raise_strange(root, text, url, wanted="an essay")


def require_list_page(root: Node, text: str, url: str) -> None:
    """Check that a page is a list of essays, be it an empty one.

    Raises:
        WrongPageError, RefusedPageError: It is not.

    """
    if select_first(root, QUESTIONS) is not None:
        raise WrongPageError(url, "this is an essay, not a list of essays")
    if select_first(root, LIST_SIGNS) is None:
        _raise_strange(root, text, url, wanted="a list of essays")


def _raise_strange(root: Node, text: str, url: str, *, wanted: str) -> None:
    """Say what a page is that is neither essay nor list.

    Only here are the block texts looked for: an applicant may well write 비정상적인 접근.
    """
    if MISSING_TEXT in text:
        raise MissingEssayError(url, f"the site says: {MISSING_TEXT}.")
    block = next((words for words in BLOCK_TEXTS if words in text), None)
    if block is not None:
        raise RefusedPageError(url, f"the site refuses the visit: the page says {block}")
    at_login = "login" in urlsplit(url).path.lower()
    if at_login or select_first(root, PASSWORD) is not None:
        raise LoginWallError(url, "the site asks to log in")
    raise WrongPageError(url, f"this is not {wanted}")
