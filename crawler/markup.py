"""A page as a tree: decoded, parsed, selected from, and told apart by kind."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from lxml import etree  # type: ignore[import-untyped]
from lxml.cssselect import CSSSelector  # type: ignore[import-untyped]

from crawler.page_errors import (
    BrokenPageError,
    LoginWallError,
    MissingEssayError,
    RefusedPageError,
    WrongPageError,
)

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

_BETWEEN_CLASSES = re.compile(r"[ \t\r\n]+")
_STEP = re.compile(r"(\w*)(?:\.([\w-]+))?")

_Steps = tuple[tuple[str, str], ...]  # tag and class of each part, either may be empty


class Node(Protocol):
    """What this package uses of an element of the tree."""

    tag: str
    text: str | None
    tail: str | None

    def __len__(self) -> int:
        """Return the number of children."""

    def __iter__(self) -> Iterator[Node]:
        """Iterate over the children."""

    def iter(self, *tags: str) -> Iterator[Node]:
        """Iterate over this element and those under it, of some tags or all."""

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
        return _decode_declared(body)


def _decode_declared(body: bytes) -> str:
    found = _CHARSET.search(body[:_HEAD_BYTES])
    try:
        codec = codecs.lookup(found.group(1).decode("ascii") if found else "").name
        if codec not in {"utf-8", "ascii", "euc_kr"}:
            return body.decode(codec)
    except UnicodeDecodeError:
        raise
    except (LookupError, UnicodeError):
        pass  # base64 and idna are names of codecs, not of charsets
    return body.decode("cp949")


def parse_tree(text: str, url: str = "a page") -> Node:
    """Parse a page, whole or a part of one, mended the way that browsers mend it.

    Raises:
        BrokenPageError: Its elements nest so deeply that the parser gave up on the way.

    """
    body = text.replace("\0", "").encode("utf-8", errors="replace")
    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
        collect_ids=False,
    )
    root = etree.fromstring(body, parser) if body.strip() else None
    for problem in parser.error_log:
        if problem.type_name == "ERR_RESOURCE_LIMIT":
            raise BrokenPageError(url, f"only its beginning can be read ({problem.message})")
    return cast("Node", etree.Element("html") if root is None else root)


def select(node: Node, css: str) -> list[Node]:
    """Return the nodes under a node that a CSS selector names, in the page's order."""
    steps = _steps(css)
    return cast("list[Node]", _selector(css)(node)) if steps is None else _walk(node, steps)


@cache
def _selector(css: str) -> Any:
    return CSSSelector(css, translator="html")


@cache
def _steps(css: str) -> _Steps | None:
    """Read a selector of tags and classes inside one another, as most here are."""
    found = [_STEP.fullmatch(word) for word in css.split()]
    return None if None in found else tuple((step[1], step[2] or "") for step in found if step)


def _walk(node: Node, steps: _Steps) -> list[Node]:
    """Find the bearers of the first step with tag and class, then look around and inside them.

    Those are few, where XPath begins with the first step and asks every element for its class.
    """
    rarest = next((i for i, (tag, name) in enumerate(steps) if tag and name), 0)
    nodes = _bearers(node, *steps[rarest])
    if rarest > 0:
        nodes = [found for found in nodes if _is_inside(found, node, steps[:rarest])]
    for tag, name in steps[rarest + 1 :]:
        inner = [one for outer in nodes for one in _bearers(outer, tag, name) if one is not outer]
        nodes = list(dict.fromkeys(inner))
    return nodes


def _bearers(node: Node, tag: str, name: str) -> list[Node]:
    nodes = node.iter(tag) if tag else node.iter()
    if not name:
        return list(nodes)
    return [one for one in nodes if name in (one.get("class") or "") and has_class(one, name)]


def _is_inside(node: Node, top: Node, steps: _Steps) -> bool:
    """Whether the steps name ancestors of a node, the last step the nearest, up to `top`."""
    waiting = list(steps)
    for above in node.iterancestors() if node is not top else ():
        tag, name = waiting[-1]
        if (not tag or above.tag == tag) and (not name or has_class(above, name)):
            waiting.pop()
        if not waiting or above is top:
            break
    return not waiting


def has_class(node: Node, name: str) -> bool:
    """Whether an element has a class."""
    classes = node.get("class")
    return classes is not None and name in classes and name in class_names(classes)


@lru_cache(maxsize=512)
def class_names(classes: str) -> frozenset[str]:
    """Return the names in a `class` attribute; only the white space of markup parts them."""
    return frozenset(_BETWEEN_CLASSES.split(classes))


def select_blocks(root: Node, text: str, css: str) -> list[Node]:
    """Return the nodes of a page with a class, such as `.tx`, that is nearly always a `div`'s.

    The same as `select`, without a look at each element: where the page's text has the class as
    often as there are such `div`, nothing else has it.
    """
    named = text.count(css[1:])
    blocks = select(root, f"div{css}") if named else []
    return blocks if len(blocks) == named else select(root, css)


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
