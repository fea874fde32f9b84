"""What is measured of a vocabulary, and of two beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from eval.studies.alphabet import BYTES
from eval.studies.vocabulary import Vocabulary
from preprocess.alpaca import Record

#: A syllable that stands in the training text so often at most is rare.
RARE = 10
FIRST_SYLLABLE, LAST_SYLLABLE = "가", "힣"


class Measured(Record, frozen=True):
    """A vocabulary on texts that it was not trained on.

    Attributes:
        kind: How it was trained.
        size: How many tokens were asked for.
        tokens: How many it has; a trainer may find no more to join.
        characters_a_token: Characters of the texts for each of their tokens.
        rare: Rare Hangul syllables in the texts.
        rare_known: Those of them that are cut as letters and not as bytes.
        rare_tokens: Tokens for each character of the white-space words that hold a rare syllable;
            `None` where there is none.
        whole: Texts that come back from their tokens as they were, of `texts`.
        texts: Texts that it was tried on, the training texts among them.
        bits: Bits a character of the same small model, one for each seed.

    """

    kind: str
    size: int
    tokens: int
    characters_a_token: float
    rare: int
    rare_known: int
    rare_tokens: float | None
    whole: int
    texts: int
    bits: tuple[float, ...]


class Compared(Record, frozen=True):
    """Two vocabularies of one size.

    `shared` is the Jaccard index of their tokens longer than a letter, which all have alike;
    `pieces_alike` the share of running pieces of the texts that both cut alike, and
    `texts_alike` that of the texts.
    """

    one: str
    other: str
    size: int
    shared: float
    pieces_alike: float
    texts_alike: float


def measure(
    vocabulary: Vocabulary, train: Sequence[str], texts: Sequence[str], bits: tuple[float, ...]
) -> Measured:
    """Measure a vocabulary.

    Args:
        vocabulary: The vocabulary.
        train: The texts that it was trained on.
        texts: Other texts.
        bits: What a model trained on its tokens reached.

    """
    counts = Counter(syllable for text in train for syllable in text if is_syllable(syllable))
    rare = [one for text in texts for one in text if is_syllable(one) and counts[one] <= RARE]
    tried = (*train, *texts)
    return Measured(
        kind=vocabulary.kind,
        size=vocabulary.size,
        tokens=len(vocabulary.tokens),
        characters_a_token=sum(map(len, texts)) / sum(len(vocabulary.encode(t)) for t in texts),
        rare=len(rare),
        rare_known=sum(one in vocabulary.alphabet.known for one in rare),
        rare_tokens=tokens_a_character(vocabulary, texts, frozenset(rare)),
        whole=sum(vocabulary.decode(vocabulary.encode(text)) == text for text in tried),
        texts=len(tried),
        bits=bits,
    )


def is_syllable(character: str) -> bool:
    """Whether a character is a Hangul syllable."""
    return FIRST_SYLLABLE <= character <= LAST_SYLLABLE


def tokens_a_character(
    vocabulary: Vocabulary, texts: Sequence[str], rare: frozenset[str]
) -> float | None:
    """Count tokens for each character of the white-space words that hold a rare syllable."""
    words = [word for text in texts for word in text.split() if rare & set(word)]
    if not words:
        return None
    return sum(len(vocabulary.encode(word)) for word in words) / sum(map(len, words))


def compare(one: Vocabulary, other: Vocabulary, texts: Sequence[str]) -> Compared:
    """Hold two vocabularies against each other."""
    mine, others = (
        {token for token in of.tokens[1:] if len(token) > 1 and token not in BYTES}
        for of in (one, other)
    )
    pieces = Counter(piece for text in texts for piece in one.alphabet.pieces(text))
    alike = sum(count for piece, count in pieces.items() if one.cut(piece) == other.cut(piece))
    same = sum(one.strings(text) == other.strings(text) for text in texts)
    return Compared(
        one=one.kind,
        other=other.kind,
        size=one.size,
        shared=len(mine & others) / len(mine | others) if mine | others else 1.0,
        pieces_alike=alike / pieces.total(),
        texts_alike=same / len(texts),
    )
