"""The site's pages, read from text and address alone: `parse_list` and `parse_essay`.

Parsing knows nothing of Scrapy or a browser. What can go wrong with a page is in
`crawler.page_errors`, all of it a `PageError`; what a node's text is, in `crawler.node_text`.
"""

from __future__ import annotations

from crawler.essay_page import parse_essay, stated_url, written_number
from crawler.list_page import PAGE_SIZE, ListEntry, ListPage, parse_list
from crawler.markup import BLOCK_TEXTS, MISSING_TEXT, decode_page
from crawler.page_errors import (
    BrokenPageError,
    ChangedPageError,
    LoginWallError,
    MissingEssayError,
    PageError,
    RefusedPageError,
    TruncatedPageError,
    UnreadableFieldError,
    WrongPageError,
)

__all__ = [
    "BLOCK_TEXTS",
    "MISSING_TEXT",
    "PAGE_SIZE",
    "BrokenPageError",
    "ChangedPageError",
    "ListEntry",
    "ListPage",
    "LoginWallError",
    "MissingEssayError",
    "PageError",
    "RefusedPageError",
    "TruncatedPageError",
    "UnreadableFieldError",
    "WrongPageError",
    "decode_page",
    "parse_essay",
    "parse_list",
    "stated_url",
    "written_number",
]
