"""The words of the baseline `rules`, sought ones and said ones, from `templates/rules.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from preprocess.alpaca import Record


class Says(Record, frozen=True):
    """What is said of each fault, and of an anchored passage without one."""

    short: str
    repeated: str
    figures: str
    long: str
    unanswered: str
    praise: str
    praise_else: str
    criticism_else: str


class Cliches(Record, frozen=True):
    """Phrases of one sort, and what is said of them; `{phrase}` is the one that was found."""

    says: str
    phrases: tuple[str, ...]


class Asked(Record, frozen=True):
    """Something a question may ask for: its words there, and words that an answer to it holds."""

    name: str
    asks: tuple[str, ...]
    answers: tuple[str, ...]


class Figures(Record, frozen=True):
    """Words of a sentence that claims a result."""

    claims: tuple[str, ...]


class Repeated(Record, frozen=True):
    """Forms that do not count as repeated words."""

    plain: tuple[str, ...]


class RuleWords(Record, frozen=True):
    """All words of the rules; phrases are compared without white space."""

    says: Says
    figures: Figures
    repeated: Repeated
    cliches: tuple[Cliches, ...]
    asked: tuple[Asked, ...]

    def tells(self, form: str) -> bool:
        """Tell whether a morpheme says something: two Hangul syllables or more, not plain."""
        return len(form) > 1 and all("가" <= c <= "힣" for c in form) and form not in self.plain

    @property
    def plain(self) -> tuple[str, ...]:
        """Forms that carry grammar, or that any answer repeats."""
        return self.repeated.plain

    def claims(self, sentence: str) -> bool:
        """Tell whether a sentence claims a result."""
        return any(word in sentence for word in self.figures.claims)

    def cliche(self, sentence: str) -> str | None:
        """Say what is to be said of the first cliché of the list that a sentence holds."""
        text = together(sentence)
        for sort in self.cliches:
            for phrase in sort.phrases:
                if together(phrase) in text:
                    return sort.says.format(phrase=phrase)
        return None

    def missing(self, question: str, answer: str) -> list[str]:
        """Name what a question asks for and its answer never mentions."""
        asked, said = together(question), together(answer)
        return [
            of.name
            for of in self.asked
            if any(together(word) in asked for word in of.asks)
            and not any(together(word) in said for word in of.answers)
        ]


def together(text: str) -> str:
    """Take the white space out of a text."""
    return "".join(text.split())


@cache
def rule_words() -> RuleWords:
    """Read the words, once."""
    text = files("eval").joinpath("templates", "rules.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), RuleWords)
