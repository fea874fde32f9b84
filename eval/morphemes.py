"""Korean text metrics: ROUGE-L over Kiwi's morphemes, and chrF++.

rouge-score's own tokenizer drops every Korean letter, so it is given one that cuts with Kiwi.
Each text is analysed once in a process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version

from kiwipiepy import Kiwi
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.chrf import CHRF

#: Kiwi's tags for punctuation and symbols; letters (SL), Hanja (SH) and numbers (SN) stay, as
#: they do with rouge-score's own tokenizer.
PUNCTUATION = frozenset({"SF", "SP", "SS", "SSO", "SSC", "SE", "SO", "SW", "SB"})


@dataclass(frozen=True)
class Similarity:
    """How alike two texts are, each from 0 to 1."""

    rouge_l: float
    chrf: float


@cache
def analyser() -> Kiwi:
    """Load Kiwi, once; it takes a second or two."""
    return Kiwi(num_workers=1)


@lru_cache(maxsize=100_000)
def morphemes(text: str) -> tuple[str, ...]:
    """Cut a text into the forms of its morphemes, without punctuation."""
    return tuple(t.form for t in analyser().tokenize(text) if t.tag not in PUNCTUATION)


class MorphemeTokenizer:
    """What rouge-score asks of a tokenizer."""

    def tokenize(self, text: str) -> list[str]:
        """Cut a text into the forms of its morphemes."""
        return list(morphemes(text))


@cache
def rouge() -> RougeScorer:
    """Make the ROUGE-L scorer, once."""
    return RougeScorer(["rougeL"], tokenizer=MorphemeTokenizer())


@cache
def chrf() -> CHRF:
    """Make the chrF++ scorer (character 6-grams, word 2-grams, beta 2), once."""
    return CHRF(word_order=2)


@lru_cache(maxsize=100_000)
def similarity(said: str, wanted: str) -> Similarity:
    """Compare a system's advice with the expert's.

    Returns:
        ROUGE-L as the F-measure of the longest common subsequence of morphemes (Lin 2004), and
        sentence-level chrF++ (Popović 2017), sacrebleu's score divided by 100.

    """
    return Similarity(
        rouge_l=float(rouge().score(wanted, said)["rougeL"].fmeasure),
        chrf=chrf().sentence_score(said, [wanted]).score / 100,
    )


def signatures() -> dict[str, str]:
    """Say which versions and settings made the text metrics."""
    chrf().sentence_score("가", ["가"])  # the signature is only whole after a first score
    return {
        "chrf": str(chrf().get_signature()),
        "rouge_l": f"rouge-score {version('rouge-score')}, F1, morphemes without punctuation",
        "morphemes": f"kiwipiepy {version('kiwipiepy')}, model {version('kiwipiepy-model')}",
    }
