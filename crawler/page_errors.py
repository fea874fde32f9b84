"""What can be wrong with a page of the site: one class for each cure.

Every error is a `PageError` whose message names the address (or file), the field and the cure:

- `WrongPageError`: the page is whole, but of another kind than was asked for.
  `MissingEssayError`: the site says that it has no such essay.
- `RefusedPageError`: the site does not want to be read by us.
  `LoginWallError`: it wants an account.
- `BrokenPageError`: the right kind of page that cannot be read.
  `TruncatedPageError`: its end is missing.
  `ChangedPageError`: it is whole, and a block that every such page has is not in it.
  `UnreadableFieldError`: one field is not as it should be.
"""

from __future__ import annotations

import re
from typing import NoReturn

_PAGE_OPEN = re.compile(r"<html[\s>]", re.IGNORECASE)
_PAGE_END = re.compile("</html", re.IGNORECASE)


class PageError(ValueError):
    """A page that gives no record.

    Args:
        url: The page's address, or the name of its file.
        reason: What is wrong.
        field: The field of the record that could not be read, if it is one.

    """

    cure = "look at the page"

    def __init__(self, url: str, reason: str, *, field: str | None = None) -> None:
        self.url = url
        self.reason = reason
        self.field = field
        where = f"{url}, {field}" if field else url
        super().__init__(f"{where}: {reason}; {self.cure}")


class WrongPageError(PageError):
    """The page is of another kind: leave it out."""

    cure = "leave it out, or give the address of an essay or a list"


class MissingEssayError(WrongPageError):
    """The site says that there is no essay with this number."""

    cure = "nothing to do: the essay is gone"


class RefusedPageError(PageError):
    """The site refuses us. Never worked around: the crawl stops."""

    cure = "stop, and ask the site's owner before going on"


class LoginWallError(RefusedPageError):
    """The site asks for an account, which this crawler does not use."""

    cure = "stop: this crawler does not log in"


class BrokenPageError(PageError):
    """An essay or list page that cannot be read."""

    cure = "fetch or save it again, or mend the parser"


class TruncatedPageError(BrokenPageError):
    """The page's end is missing."""

    cure = "fetch or save the whole page again"


class UnreadableFieldError(BrokenPageError):
    """A field is not as it should be: the site may have changed."""

    cure = "compare the page with the selectors in crawler/, and mend them"


class ChangedPageError(UnreadableFieldError):
    """A whole page lacks a block that every page of its kind has: the site has changed.

    Args:
        url: The page's address, or the name of its file.
        looked_for: The selector that found nothing.
        field: The field of the record that the block holds.

    """

    def __init__(self, url: str, looked_for: str, *, field: str) -> None:
        super().__init__(url, f"the site has changed: there is no {looked_for}", field=field)


def refuse_cut_page(text: str, url: str, field: str | None = None) -> None:
    """Refuse a page that begins as one and has no end; a part of a page does neither.

    Raises:
        TruncatedPageError: It is cut.

    """
    if _PAGE_OPEN.search(text) and not _PAGE_END.search(text):
        raise TruncatedPageError(url, "the page has no end (</html>)", field=field)


def raise_missing_block(text: str, url: str, looked_for: str, *, field: str) -> NoReturn:
    """Say why a page has no such block: it was cut before it, or it has changed.

    Args:
        text: The page's HTML; only one that ends as a page does is whole.
        url: See `ChangedPageError`, as the others.
        looked_for: See there.
        field: See there.

    Raises:
        TruncatedPageError: The page has no end.
        ChangedPageError: It is whole.

    """
    if _PAGE_END.search(text) is None:
        reason = f"there is no {looked_for}, and the page has no end (</html>)"
        raise TruncatedPageError(url, reason, field=field)
    raise ChangedPageError(url, looked_for, field=field)
