"""Sentences of an answer with their verb endings, and the same sentences with other endings.

Kiwi takes the last word of a sentence apart and puts it together again with another ending, so that
contractions and irregular stems come out right. A word that it does not put together as it stood is
left alone, unless it is a past, whose endings are syllables of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from preprocess.sentences import Span, kiwi, split_sentences

Style = Literal["polite", "plain"]
Form = tuple[str, str]
#: The endings of statements, as Kiwi names them (ᆸ and ᆫ are conjoining finals).
STYLES: Final[dict[str, Style]] = {
    "습니다": "polite",
    "ᆸ니다": "polite",
    "다": "plain",
    "ᆫ다": "plain",
    "는다": "plain",
}
END: Final = "다."
TAIL: Final = 3  # words at the end of a sentence
#: How many such ends a process remembers: a quarter of those of real answers come again.
TAILS: Final = 1 << 13
#: What stands for a past or a will, in Kiwi's words; 았 is 었 to it.
PAST: Final = frozenset({("었", "EP"), ("었었", "EP"), ("겠", "EP")})
#: Endings that take another form behind these.
AFTER_PAST: Final = {"며": "으며"}
#: Auxiliaries that are conjugated as adjectives.
ADJECTIVAL: Final = frozenset({"싶", "있", "없"})
#: Stems that end so are adjectives by class and verbs before a noun: 있는, 재미없는.
EXISTENCE: Final = ("있", "없")
#: Auxiliaries whose class hangs on the verb before them, and stems that people do not write so.
UNCERTAIN: Final = frozenset({"않", "못하", "아니하"})


@dataclass(frozen=True)
class Sentence:
    """A sentence of an answer that ends in a statement and a full stop.

    `start`, `end` are its code points in the answer, `word` where its last word begins,
    `line_start` where its line does. `stem` are the morphemes of the last word before the ending,
    `bare` is that word as it stands up to there, if the ending is a syllable of its own.
    """

    text: str
    start: int
    end: int
    word: int
    line_start: int
    stem: tuple[Form, ...]
    bare: str
    style: Style

    @property
    def head(self) -> str:
        """All before the last word."""
        return self.text[: self.word - self.start]

    @property
    def last_word(self) -> str:
        """The last word with its full stop."""
        return self.text[self.word - self.start :]

    @property
    def past(self) -> bool:
        """Whether the ending follows a past or a will (았, 었, 겠)."""
        return self.stem[-1] in PAST

    @property
    def will(self) -> bool:
        """Whether the ending follows 겠."""
        return self.stem[-1] == ("겠", "EP")

    @property
    def descriptive(self) -> bool:
        """Whether the last verb is an adjective, the copula, or conjugated as one."""
        form, tag = next(m for m in reversed(self.stem) if m[1] != "EP")
        kind = tag.split("-", maxsplit=1)[0]
        return kind in {"VA", "XSA", "VCP", "VCN"} or form in ADJECTIVAL

    @property
    def adnominal(self) -> Form:
        """The ending that puts the present verb before a noun: 하는, 좋은, 있는."""
        form = self.stem[-1][0]
        return ("ᆫ" if self.descriptive and not form.endswith(EXISTENCE) else "는", "ETM")

    @property
    def copula(self) -> bool:
        """Whether the last word is a noun with 이다, without past."""
        return self.stem[-1][1].startswith("VCP")

    def with_ending(self, *morphemes: Form, without: int = 0) -> str:
        """Return the last word with other morphemes behind its stem.

        Args:
            morphemes: Forms and tags, as Kiwi writes them.
            without: How many morphemes the stem loses at its end first.

        """
        if self.past and not without:
            # As it stands, so that 바꾸었 does not become 바꿨.
            return self.bare + "".join(AFTER_PAST.get(form, form) for form, _ in morphemes)
        stem = self.stem[: len(self.stem) - without]
        return str(kiwi().join([*stem, *morphemes]))


class _LastWord(NamedTuple):
    """The last word of a sentence: where it and its ending begin in the sentence's end."""

    start: int
    ending: int
    stem: tuple[Form, ...]
    style: Style


def statements(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a text whose endings can be changed, in order."""
    (spans,) = split_sentences([text])
    found = (_statement(text, span) for span in spans if text.endswith(END, span.start, span.end))
    return tuple(filter(None, found))


def _statement(text: str, span: Span) -> Sentence | None:
    # The end of the sentence is enough to take its last word apart, and read five times as fast.
    words = text[span.start : span.end].split(" ")
    tail = span.end - len(" ".join(words[-TAIL:]))
    last = _last_word(text[tail : span.end])
    if last is None:
        return None
    return Sentence(
        text=text[span.start : span.end],
        start=span.start,
        end=span.end,
        word=tail + last.start,
        line_start=text.rfind("\n", 0, span.start) + 1,
        stem=last.stem,
        bare=text[tail + last.start : tail + last.ending],
        style=last.style,
    )


@lru_cache(TAILS)
def _last_word(tail: str) -> _LastWord | None:
    """Take the last word of a sentence's end apart; `None` where its ending cannot be changed."""
    tokens = kiwi().tokenize(tail)
    if len(tokens) < 3 or tokens[-1].form != "." or tokens[-2].tag != "EF":  # noqa: PLR2004
        return None
    *before, ending, stop = tokens
    style = STYLES.get(ending.form)
    last = [token for token in before if token.word_position == ending.word_position]
    if style is None or not last or {token.form for token in last} & UNCERTAIN:
        return None
    stem = tuple((token.form, str(token.tag)) for token in last)
    past = stem[-1] in PAST and tail[ending.start : stop.start] == ending.form
    # Kiwi must put the word together as it stands, to be trusted with another ending.
    whole = tail[last[0].start : stop.start]
    if not past and str(kiwi().join([*stem, (ending.form, "EF")])) != whole:
        return None
    return _LastWord(last[0].start, ending.start, stem, style)
