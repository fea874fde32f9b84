"""Whether a rewrite counts: checks of what a model made of a criticised answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from preprocess.alpaca import POLARITY_WORDS, Point
from preprocess.personal_data import find_personal_data
from preprocess.sentences import Span, split_sentences

#: Length of a rewrite over the length of the answer.
SHORTEST, LONGEST = 0.7, 1.4
#: Sentences as alike as this (`SequenceMatcher.ratio`) count as one and the same.
SAME: Final = 0.9
#: Least share of a rewrite's pairs of letters that the answer has too; less is another text. Two
#: answers to different questions shared 0.19 in the median of 180 pairs, and 0.32 at most.
LEAST_SHARED: Final = 0.35
NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Criticised:
    """An answer with what an expert criticised in it.

    `sentences` are spans of the answer; the points' numbers count them from 1.
    """

    id: str
    question: str
    answer: str
    sentences: tuple[Span, ...]
    points: tuple[Point, ...]

    def sentence(self, number: int) -> str:
        """The text of a sentence by its number."""
        span = self.sentences[number - 1]
        return self.answer[span.start : span.end]


def fault(item: Criticised, rewrite: str) -> str | None:
    """Say why a rewrite does not count, the kind of fault first, or return nothing.

    It has to be of similar length, about the same things, without a number that neither answer nor
    question holds and without a name or the like, all of which are masked in the answer; and of
    every criticised point some sentence must be changed or gone.
    """
    share = len(rewrite) / len(item.answer)
    if not SHORTEST <= share <= LONGEST:
        return f"length: {share:.2f} of the answer"
    if shared(rewrite, item.answer) < LEAST_SHARED:
        return "another text"
    invented = sorted(numbers(rewrite) - numbers(f"{item.answer}\n{item.question}"))
    if invented:
        return f"invented figure: {', '.join(invented)}"
    personal = find_personal_data(rewrite)
    if personal:
        return f"personal data: {personal[0].kind}"
    return _unaddressed(item, rewrite)


def numbers(text: str) -> set[str]:
    """Return the numbers written in digits in a text, without commas; full-width ones too."""
    found = NUMBER.findall(unicodedata.normalize("NFKC", text))
    return {number.replace(",", "") for number in found}


def shared(rewrite: str, answer: str) -> float:
    """Return the share of a rewrite's pairs of letters that the answer has, from 0 to 1."""
    made, given = _pairs(rewrite), _pairs(answer)
    return len(made & given) / len(made) if made else 0.0


def _pairs(text: str) -> set[str]:
    letters = "".join(letter for letter in text if letter.isalnum())
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def _unaddressed(item: Criticised, rewrite: str) -> str | None:
    spans = next(iter(split_sentences([rewrite])))
    made = [rewrite[span.start : span.end] for span in spans]
    for number, point in enumerate(item.points, start=1):
        if all(_stands(item.sentence(i), made) for i in point.sentences):
            return f"unaddressed: {POLARITY_WORDS[point.polarity]} {number}"
    return None


def _stands(sentence: str, made: Sequence[str]) -> bool:
    return any(SequenceMatcher(None, sentence, one).ratio() >= SAME for one in made)
