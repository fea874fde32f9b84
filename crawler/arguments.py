"""What an option of a command may be: readers for argparse, whose messages say what to give."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from crawler.plan import ALL_TYPES, LIVE_SITE, REPLICA

LONGEST_TIMEOUT = 3600  # seconds
MOST_DRIVERS = 32
LAST_PORT = 65535


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return a reader of whole numbers within bounds, both included; `None`: no upper one."""
    bounds = f"from {least}" if most is None else f"from {least} to {most}"

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least or (most is not None and number > most):
            raise ArgumentTypeError(f"give a whole number {bounds}, not {text!r}")
        return number

    return read


def site_address(text: str) -> str:
    """Read a site: scheme and host, written in one way; or the word `replica`.

    Raises:
        ArgumentTypeError: It is neither.

    """
    if text == REPLICA:
        return text
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # reading a port that is none is an error
    except ValueError:
        host = None
    more = host and (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    if not host or more or parts.scheme not in {"http", "https"}:
        raise ArgumentTypeError(
            f"give scheme and host, as in {LIVE_SITE}, or {REPLICA}, not {text!r}"
        )
    return f"{parts.scheme}://{parts.netloc}"


def names(text: str) -> tuple[str, ...]:
    """Read names with commas between.

    Raises:
        ArgumentTypeError: There is none.

    """
    found = tuple(name.strip() for name in text.split(",") if name.strip())
    if not found:
        raise ArgumentTypeError(f"give names with commas between, not {text!r}")
    return found


def type_names(text: str) -> tuple[str, ...]:
    """Read names of types; `all`, which asks for the one list of everything, is none of them.

    Raises:
        ArgumentTypeError: There is nothing.

    """
    return () if text == ALL_TYPES else names(text)


def text_file(text: str) -> str:
    """Read a file of UTF-8 text.

    Raises:
        ArgumentTypeError: It cannot be read.

    """
    try:
        return Path(text).read_text(encoding="utf-8")
    except OSError as error:
        raise ArgumentTypeError(f"{text} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ArgumentTypeError(f"{text} is not UTF-8 text; save it as such") from None
