"""How a crawl can end early: an error for each exit code, whose message says what and the cure."""

from __future__ import annotations


class CrawlError(Exception):
    """A crawl that ends before it is done."""

    exit_code = 1


class CrawlFailedError(CrawlError):
    """Something did not work: exit code 1."""


class WrongUsageError(CrawlError):
    """The crawl was asked for in a way that cannot be: exit code 2."""

    exit_code = 2


class RefusedError(CrawlError):
    """No permission, robots.txt, or an unwelcoming site: exit code 3."""

    exit_code = 3
