"""What robots.txt says against AI training."""

from __future__ import annotations

import pytest

from crawler.replica.site import ROBOTS
from crawler.robots import ai_objections

CASES = {
    "nothing": ("User-agent: *\nDisallow: /login/\n", ()),
    "an agent among others": (
        "user-agent: Yeti\nUser-Agent: GPTBot # theirs\nDisallow: /",
        ("line 3: turns GPTBot away",),
    ),
    "a group ends with its rules": (
        "User-agent: GPTBot\nAllow: /\nUser-agent: Other\nDisallow: /\n",
        (),
    ),
    "a path alone is no objection": ("User-agent: CCBot\nDisallow: /login/\n", ()),
    "signal": (
        "Content-Signal: search=yes, ai-train=no\n",
        ("line 1: Content-Signal: search=yes, ai-train=no",),
    ),
    "signal that allows": ("Content-Signal: search=yes, ai-train=yes\n", ()),
    "usage": ("Content-Usage: train-ai=n\n", ("line 1: Content-Usage: train-ai=n",)),
    "words": (
        "# AI 학습을 위한 수집을 금합니다.\n",
        ("line 1: AI 학습을 위한 수집을 금합니다.",),
    ),
    "a word within a word": ("# email the maintainer\nUser-agent: Aid\nDisallow: /\n", ()),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_objections(text: str, expected: tuple[str, ...]) -> None:
    """Groups of AI agents, signals and comments count; ordinary rules do not."""
    assert ai_objections(text) == expected


def test_the_replica_objects_as_the_site_does() -> None:
    """The replica's robots.txt turns two AI agents away."""
    assert len(ai_objections(ROBOTS)) == 2
