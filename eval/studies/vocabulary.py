"""Kinds of tokenizer, trained on the same pieces of the same text to the same size.

BPE and Unigram are those of `tokenizers`; WordPiece is trained by likelihood
(`eval.studies.wordpiece`) and cuts a piece into its longest known beginnings, one after the other.
`wordpiece-bpe` is what `tokenizers` calls a WordPiece: it cuts like one and is trained like BPE.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, get_args

from eval.studies.alphabet import Alphabet, alphabet_of, read_spelt
from eval.studies.wordpiece import likelihood_tokens

Kind = Literal["bpe", "unigram", "wordpiece", "wordpiece-bpe"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: The token that ends an answer, before all others.
END = "<end>"
#: How often a character, and a pair of neighbours, must stand in the text to be taken: the number
#: of the study that is repeated here.
LEAST = 3
#: A WordPiece of `tokenizers` gives up on longer pieces.
LONGEST = 1_000_000


class VocabularyError(ValueError):
    """A vocabulary that cannot be had from this text; the message says which is the smallest."""


class Vocabulary:
    """A trained tokenizer: texts to numbers and back, exactly.

    Args:
        kind: How it was trained.
        size: How many tokens were asked for.
        alphabet: Its letters.
        model: A model of `tokenizers` that cuts one piece.
        tokens: Token by number; the first is `END`.

    """

    def __init__(
        self, kind: Kind, size: int, alphabet: Alphabet, model: Any, tokens: Sequence[str]
    ) -> None:
        self.kind, self.size, self.alphabet, self.tokens = kind, size, alphabet, tuple(tokens)
        self._model = model
        self._known: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str) -> list[int]:
        """Cut a text into tokens."""
        return [token for piece in self.alphabet.pieces(text) for token in self._numbers(piece)]

    def strings(self, text: str) -> list[str]:
        """Cut a text into tokens as spelt strings."""
        return [self.tokens[token] for token in self.encode(text)]

    def cut(self, piece: str) -> list[str]:
        """Cut one piece of a spelt text into tokens as spelt strings."""
        return [self.tokens[token] for token in self._numbers(piece)]

    def decode(self, tokens: Iterable[int]) -> str:
        """Put a text together again; `END` is no text."""
        return read_spelt("".join(self.tokens[token] for token in tokens if token))

    def _numbers(self, piece: str) -> tuple[int, ...]:
        if piece not in self._known:
            self._known[piece] = tuple(token.id for token in self._model.tokenize(piece))
        return self._known[piece]


def train_vocabularies(
    texts: Sequence[str],
    sizes: Iterable[int],
    part: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> list[Vocabulary]:
    """Train all kinds to all sizes.

    Args:
        texts: What they are trained on.
        sizes: How many tokens are asked for.
        part: Is given the name of each vocabulary, and entered while that is trained.

    Raises:
        VocabularyError: The letters alone are more than a size.

    """
    wanted = sorted(sizes)
    alphabet, pieces = _counted(texts, wanted[0])
    most = wanted[-1] - len(alphabet.letters) - 1
    made: list[str] = []
    found = []
    for kind in KINDS:
        for size in wanted:
            with part(f"{kind} of {size:,}"):
                if kind == "wordpiece":  # all sizes are beginnings of one list
                    made = made or likelihood_tokens(pieces, most=most, least=LEAST)
                    found.append(_wordpiece(alphabet, made, size))
                else:
                    found.append(_trained(kind, alphabet, pieces, size))
    return found


def train_bpe(texts: Sequence[str], size: int) -> Vocabulary:
    """Train a BPE vocabulary of at most `size` tokens.

    Raises:
        VocabularyError: The letters alone are more.

    """
    return _trained("bpe", *_counted(texts, size), size)


def _counted(texts: Sequence[str], size: int) -> tuple[Alphabet, Counter[str]]:
    alphabet = alphabet_of(texts, least=LEAST)
    if size <= len(alphabet.letters) + 1:
        raise VocabularyError(
            f"a vocabulary of {size} cannot hold the {len(alphabet.letters)} letters of this text "
            "beside tokens; take a greater one"
        )
    return alphabet, Counter(piece for text in texts for piece in alphabet.pieces(text))


def _trained(kind: Kind, alphabet: Alphabet, pieces: Counter[str], size: int) -> Vocabulary:
    """Train with `tokenizers`, which is told each piece as often as it stands in the text."""
    from tokenizers import Tokenizer, models, trainers  # noqa: PLC0415 - wanted here alone

    settings: dict[str, Any] = {
        "vocab_size": size,
        "special_tokens": [END],
        "initial_alphabet": list(alphabet.letters),
        "show_progress": False,
    }
    model: Any
    trainer: Any
    match kind:
        case "bpe":
            model, trainer = models.BPE(), trainers.BpeTrainer(min_frequency=LEAST, **settings)
        case "unigram":
            model, trainer = models.Unigram(), trainers.UnigramTrainer(**settings)
        case _:
            model = models.WordPiece(unk_token=END, max_input_chars_per_word=LONGEST)
            trainer = trainers.WordPieceTrainer(
                min_frequency=LEAST, continuing_subword_prefix="", **settings
            )
    tokenizer = Tokenizer(model)
    tokenizer.train_from_iterator(pieces.elements(), trainer)
    numbers: dict[str, int] = tokenizer.get_vocab()
    tokens = sorted(numbers, key=numbers.__getitem__)
    return Vocabulary(kind, size, alphabet, tokenizer.model, tokens)


def _wordpiece(alphabet: Alphabet, made: Sequence[str], size: int) -> Vocabulary:
    from tokenizers import models  # noqa: PLC0415 - wanted here alone

    tokens = (END, *alphabet.letters, *made)[:size]
    model = models.WordPiece(
        {token: number for number, token in enumerate(tokens)},
        unk_token=END,  # is never given: each letter is a token
        continuing_subword_prefix="",
        max_input_chars_per_word=LONGEST,
    )
    return Vocabulary("wordpiece", size, alphabet, model, tokens)
