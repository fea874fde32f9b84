"""The rules and phrases that drafts are damaged with."""

from __future__ import annotations

from pathlib import Path

import pytest

from preprocess import defects_content
from preprocess.defects import Draft, make_draft
from preprocess.defects_content import (
    ContentError,
    Rule,
    Ruled,
    patterns,
    phrases,
    rules,
    syllables,
)

RULED: tuple[Ruled, ...] = ("spelling", "spacing", "figures")
EXAMPLES = [(kind, number) for kind in RULED for number in range(len(rules(kind).rules))]
KEPT = [(kind, text) for kind in RULED for text in rules(kind).keep]


@pytest.mark.parametrize(("kind", "number"), EXAMPLES)
def test_each_rule_does_what_its_example_shows(kind: Ruled, number: int) -> None:
    """The right sentence becomes the wrong one, by this rule."""
    rule: Rule = rules(kind).rules[number]
    pattern, put = patterns(kind)[number]
    right, wrong = rule.example
    assert wrong in {pattern.sub(one, right) for one in put}
    assert right != wrong


@pytest.mark.parametrize(("kind", "text"), KEPT)
def test_what_only_looks_like_it_is_kept(kind: Ruled, text: str) -> None:
    """No rule of the kind touches a word that is another one."""
    assert make_draft(text, seed="1", kinds=[kind]) == Draft(text, ())


def test_other_words_take_the_same_particles() -> None:
    """A noun and its other word both end in a consonant, or both in a vowel."""
    closed = [[word[-1] not in syllables(" ") for word in pair] for pair in phrases().other_nouns]
    assert all(first == second for first, second in closed)
    assert {first for first, _ in closed} == {True, False}


@pytest.mark.parametrize(
    ("text", "reason"),
    [("rules = [", "Invalid"), ("keep = ['x']", "rules"), ("rules = []\nkeep = ['x']", "length")],
)
def test_a_broken_content_file_is_named(
    text: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the file and what is wrong with it."""
    (tmp_path / "defects_spacing.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(defects_content, "CONTENT", tmp_path)
    with pytest.raises(ContentError, match=rf"defects_spacing\.toml: .*{reason}"):
        rules.__wrapped__("spacing")


def test_a_broken_pattern_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file and the pattern."""
    bad = defects_content.Rules((Rule("(", ("x",), "a → b"),), ("x",))
    monkeypatch.setattr(defects_content, "rules", lambda _: bad)
    with pytest.raises(ContentError, match=r"defects_spacing\.toml: the pattern '\('"):
        patterns.__wrapped__("spacing")
