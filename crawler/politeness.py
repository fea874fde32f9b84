"""Manners: who we say we are, when we may start, how fast we go, and when we stop."""

from __future__ import annotations

import os

from crawler.hosts import is_loopback
from crawler.outcomes import RefusedError

AGENT = "jasoseo-research"
AGENT_VERSION = "0.1"
CONTACT_VARIABLE = "JASOSEO_CONTACT"
LIVE_DELAY = 1.0  # seconds between two requests to one host
LOOPBACK_DELAY = 0.0

FIRST_SERVER_ERROR = 500
UNAUTHORISED, FORBIDDEN, TOO_MANY, LEGAL = 401, 403, 429, 451
REFUSING_STATUSES = {
    UNAUTHORISED: "it asks to log in",
    FORBIDDEN: "it forbids the visit",
    TOO_MANY: "it says that we ask too often",
    LEGAL: "it is closed for legal reasons",
}


def user_agent() -> str:
    """Name the project, and the operator's contact where the environment gives it."""
    contact = os.environ.get(CONTACT_VARIABLE, "").strip()
    about = f"; contact: {contact}" if contact else ""
    return f"{AGENT}/{AGENT_VERSION} (research on Korean cover letters, project jasoseo{about})"


def delay_for(site: str) -> float:
    """Return the seconds between two requests to a site."""
    return LOOPBACK_DELAY if is_loopback(site) else LIVE_DELAY


def require_permission(site: str, permission: str | None) -> None:
    """Let a live site be crawled only by someone who states a permission.

    Raises:
        RefusedError: There is none.

    """
    if is_loopback(site) or (permission or "").strip():
        return
    raise RefusedError(
        f"{site} is a live site, and its terms forbid copying without consent; nothing was "
        'fetched. Get its owner\'s consent and state it: --permission "who, when, for what"; '
        "to try the crawler without one: --site replica"
    )


def refusal_by_status(status: int) -> str | None:
    """Return what a status that refuses the visit says, if it is one."""
    words = REFUSING_STATUSES.get(status)
    return f"the site refuses the visit: status {status}, {words}" if words else None


def robots_refusal(status: int) -> str | None:
    """Return why a robots.txt with this status keeps us away, if it does.

    One that is not there (404) allows everything; one that cannot be had allows nothing
    (RFC 9309, 2.3.1.4).
    """
    if status >= FIRST_SERVER_ERROR:
        return f"status {status}: the rules cannot be read, so nothing is allowed; try again later"
    return refusal_by_status(status)
