"""Faults that a rewritten answer has and neither its draft nor the answer behind it has.

They are of the kinds that drafts are damaged with, found by rule:

    repetition           a sentence stands there once more than in either
    cliche, praise       a phrase of the lists that drafts are damaged from does
    register             more sentences end in another style of speech than the answer's than in
                         the draft
    spelling, spacing    a word of the answer is written as the rules would damage it, and it is no
                         planted defect beside one that was repaired

Figures are looked at apart: one that stands in neither text is invented.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from eval.measuring.measures import NEW_KINDS
from eval.measuring.repairs import Text, as_text
from preprocess.outputs import misspellings, worn_phrases

#: Shorter sentences (letters) are said twice for good reason: `감사합니다.`
SHORTEST_SENTENCE = 10
_SENTENCE = re.compile(r"[^.?!…\n]+[.?!…]*")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
#: Styles of speech by the last word of a statement; 니다 ends both 합니다 and 아닙니다.
_STYLES = (
    ("polite", re.compile(r"니다[.!]+$")),
    ("yo", re.compile(r"[가-힣]요[.!]+$")),
    ("plain", re.compile(r"[가-힣]다[.!]+$")),
)


def sentences_of(text: str) -> Iterator[str]:
    """Yield the sentences of a text without white space; a dot within a figure ends none."""
    for match in _SENTENCE.finditer(re.sub(r"(?<=\d)\.(?=\d)", ",", text)):
        letters = "".join(match[0].split())
        if letters:
            yield letters


def style_of(sentence: str) -> str | None:
    """Tell the style of a sentence, or nothing where it is no statement."""
    return next((style for style, pattern in _STYLES if pattern.search(sentence)), None)


def figures_of(text: str) -> Counter[str]:
    """Count the figures of a text, written without commas: `1,200` and `1200` are one."""
    return Counter(match[0].replace(",", "") for match in _FIGURE.finditer(text))


@dataclass(frozen=True)
class Known:
    """A draft and the answer behind it: what is in either is not new.

    `planted` are the other ways in which the draft reads where some of its defects are repaired.
    """

    draft: str
    answer: str
    planted: tuple[str, ...] = ()

    @cached_property
    def sentences(self) -> Counter[str]:
        """How often each sentence stands in the one text that has it more often."""
        return Counter(sentences_of(self.draft)) | Counter(sentences_of(self.answer))

    @cached_property
    def style(self) -> str | None:
        """The style of all the answer's statements, or nothing where it mixes them."""
        styles = {style_of(sentence) for sentence in sentences_of(self.answer)} - {None}
        return styles.pop() if len(styles) == 1 else None

    def slips(self, sentences: Counter[str]) -> int:
        """Count the statements of another style than the answer's."""
        if self.style is None:
            return 0
        return sum(n for s, n in sentences.items() if style_of(s) not in {None, self.style})

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """All texts as wordings are looked for."""
        return tuple(map(as_text, (self.draft, self.answer, *self.planted)))

    @cached_property
    def misspelt(self) -> tuple[tuple[str, str], ...]:
        """Every kind and whole word in which a rule could damage the answer."""
        return tuple(dict.fromkeys(misspelt_words(self.answer)))

    @cached_property
    def figures(self) -> frozenset[str]:
        """The figures of both texts."""
        return frozenset(figures_of(self.draft) | figures_of(self.answer))

    def highest(self, wording: str) -> int:
        """Count a wording in the one text that has it more often."""
        return max(text.count(wording) for text in self.texts)

    def highest_letters(self, letters: str) -> int:
        """Count letters in the one text that has them more often."""
        return max(text.letters.count(letters) for text in self.texts)


def misspelt_words(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, wrong wording) in whole words, less those at its ends that are right."""
    for kind, start, end, written in misspellings(text):
        first, last = start, end
        while first and not text[first - 1].isspace():
            first -= 1
        while last < len(text) and not text[last].isspace():
            last += 1
        right, wrong = (
            (text[first:start] + said + text[end:last]).split()
            for said in (text[start:end], written)
        )
        before = shared_words(right, wrong)
        behind = shared_words(right[before:][::-1], wrong[before:][::-1])
        yield kind, " ".join(wrong[before : len(wrong) - behind])


def shared_words(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the words with which both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((k for k, (a, b) in pairs if a != b), min(len(one), len(other)))


def new_faults(output: str, known: Known) -> dict[str, int]:
    """Count the new faults of an output by kind, every kind named."""
    counts = Counter(dict.fromkeys(NEW_KINDS, 0))
    said, text = Counter(sentences_of(output)), as_text(output)
    for sentence, count in said.items():
        if len(sentence) >= SHORTEST_SENTENCE:
            counts["repetition"] += max(0, count - max(1, known.sentences[sentence]))
    of_draft = known.slips(Counter(sentences_of(known.draft)))
    counts["register"] = max(0, known.slips(said) - of_draft)
    for worn, phrase in worn_phrases():
        letters = "".join(phrase.split())
        counts[worn] += max(0, text.letters.count(letters) - known.highest_letters(letters))
    for kind, wording in known.misspelt:
        counts[kind] += max(0, text.count(wording) - known.highest(wording))
    return dict(counts)


def figures_invented(output: str, known: Known) -> int:
    """Count the figures that stand in neither the draft nor the answer."""
    return sum(n for figure, n in figures_of(output).items() if figure not in known.figures)
