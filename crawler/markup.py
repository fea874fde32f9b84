"""A page as a tree: decoded, parsed, and told apart by kind."""

from __future__ import annotations

import codecs
import re
import threading
from typing import cast
from urllib.parse import urlsplit

from lxml import etree  # type: ignore[import-untyped]

from crawler.page_errors import (
    BrokenPageError,
    LoginWallError,
    MissingEssayError,
    RefusedPageError,
    WrongPageError,
    refuse_cut_page,
)
from crawler.selection import Node, select, select_first

__all__ = [
    "BLOCK_TEXTS",
    "MISSING_TEXT",
    "QUESTIONS",
    "Node",
    "decode_page",
    "parse_tree",
    "require_essay_page",
    "require_list_page",
    "select",
    "select_first",
]

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


class _Parsers(threading.local):
    """One parser for each thread, since each keeps the log of the page that it read last."""

    def __init__(self) -> None:
        self.html = etree.HTMLParser(
            encoding="utf-8",
            remove_comments=True,
            remove_pis=True,
            huge_tree=True,
            collect_ids=False,
        )


_PARSERS = _Parsers()


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
    body = text.encode("utf-8", errors="replace").replace(b"\0", b"")
    if not body or body.isspace():
        return cast("Node", etree.Element("html"))
    parser = _PARSERS.html
    root = etree.fromstring(body, parser)
    for problem in parser.error_log:
        if problem.type_name == "ERR_RESOURCE_LIMIT":
            raise BrokenPageError(url, f"only its beginning can be read ({problem.message})")
    return cast("Node", etree.Element("html") if root is None else root)


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
    refuse_cut_page(text, url)
    raise WrongPageError(url, f"this is not {wanted}")
