"""Manners: permission, names, pace, and staying on the site."""

from __future__ import annotations

import pytest

from crawler import settings
from crawler.hosts import is_loopback
from crawler.outcomes import RefusedError
from crawler.politeness import (
    AGENT,
    delay_for,
    refusal_by_status,
    require_permission,
    robots_refusal,
    user_agent,
)

LIVE = "https://site.test"


def test_user_agent_names_project_and_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent names the project, the operator's contact where it is given, and no browser."""
    monkeypatch.delenv("JASOSEO_CONTACT", raising=False)
    assert user_agent() == settings.USER_AGENT
    assert user_agent().startswith(f"{AGENT}/")
    monkeypatch.setenv("JASOSEO_CONTACT", "lab@site.test")
    assert "contact: lab@site.test" in user_agent()
    assert not any(name in user_agent() for name in ("Mozilla", "Scrapy", "Chrome"))


def test_robots_are_obeyed_under_our_own_name() -> None:
    """Scrapy's settings obey robots.txt for the name that the agent bears."""
    assert settings.ROBOTSTXT_OBEY
    assert settings.ROBOTSTXT_USER_AGENT == AGENT


@pytest.mark.parametrize("site", ["http://127.0.0.1:8017", "http://localhost", "http://[::1]:80"])
def test_loopback_needs_no_permission(site: str) -> None:
    """This machine's own addresses are free, and without delay."""
    require_permission(site, None)
    assert is_loopback(site)
    assert delay_for(site) == 0


@pytest.mark.parametrize("site", [LIVE, "http://127.0.0.1.site.test", "http://10.0.0.1"])
@pytest.mark.parametrize("permission", [None, "", "  "])
def test_live_site_needs_permission(site: str, permission: str | None) -> None:
    """Every other address needs a stated permission, and is asked once a second."""
    with pytest.raises(RefusedError, match="--permission"):
        require_permission(site, permission)
    require_permission(site, "the owner, 2026-11-01, for research")
    assert delay_for(site) == 1


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_refusing_status(status: int) -> None:
    """A status that refuses the visit is told as such."""
    assert str(status) in (refusal_by_status(status) or "")


@pytest.mark.parametrize("status", [200, 404, 500, 503])
def test_other_status(status: int) -> None:
    """Any other status is no refusal."""
    assert refusal_by_status(status) is None


@pytest.mark.parametrize(
    ("status", "refused"), [(200, False), (404, False), (403, True), (503, True)]
)
def test_robots_refusal(status: int, *, refused: bool) -> None:
    """Rules that are not there allow everything; rules that cannot be had allow nothing."""
    assert (robots_refusal(status) is not None) == refused
