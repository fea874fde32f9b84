"""The numbers of n-grams are those of the libraries that define them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from eval.text.ngrams import (
    bleu,
    chrf,
    chrf_words,
    common_subsequence,
    match_grams,
    rouge_l,
    rouge_n,
)

#: Few different words and letters, so that random texts have much in common.
WORDS = st.lists(st.sampled_from(["성과", "가", "막연", "하", "ᆸ니다", "20%", "("]), max_size=12)
TEXTS = st.text(st.sampled_from("성과가 막연.,(!)\n\t　A1"), max_size=40)


class Spaces:
    """A tokenizer for rouge-score that cuts at spaces."""

    def tokenize(self, text: str) -> list[str]:
        """Cut a text at spaces."""
        return text.split()


@pytest.mark.parametrize(
    ("said", "wanted", "one", "two", "longest"),
    [
        # 가 나 다 | 가 다 나: all three words, no two in a row, 가 나 or 가 다 in order.
        ("가 나 다", "가 다 나", 1.0, 0.0, 2 / 3),
        # Precision 2/4, recall 2/2; of two in a row 1/3 and 1/1; in order 2/4 and 2/2.
        ("가 나 가 나", "가 나", 2 / 3, 1 / 2, 2 / 3),
        ("가", "가", 1.0, 0.0, 1.0),
        ("", "가", 0.0, 0.0, 0.0),
        ("", "", 0.0, 0.0, 0.0),
    ],
)
def test_rouge_by_hand(said: str, wanted: str, one: float, two: float, longest: float) -> None:
    """ROUGE-1, -2 and -L are those worked out on paper."""
    ours, theirs = tuple(said.split()), tuple(wanted.split())
    matches = match_grams(ours, theirs, 2)
    found = (rouge_n(matches, 1), rouge_n(matches, 2), rouge_l(ours, theirs))
    assert found == pytest.approx((one, two, longest))


@pytest.mark.parametrize(
    ("said", "wanted", "expected"),
    [
        # 4/4 and 3/3 of one and two words, 2/2 of three, 1/1 of four; e^(1 − 5/4) for brevity.
        ("가 나 다 라", "가 나 다 라 마", 0.7788007830714049),
        # 2/2 of one word, none of one pair: half of it by smoothing; the root of 1/2.
        ("나 가", "가 나", 0.7071067811865476),
        ("다", "가 나", 0.0),
        ("", "가 나", 0.0),
    ],
)
def test_bleu_by_hand(said: str, wanted: str, expected: float) -> None:
    """BLEU is that worked out on paper."""
    assert bleu(tuple(said.split()), tuple(wanted.split())) == pytest.approx(expected)


def test_chrf_by_hand() -> None:
    """A pair whose orders can be counted on the fingers.

    가나 | 가나다: letters 2/2 and 2/3, pairs of letters 1/1 and 1/2, words 0/1 and 0/1; longer
    orders do not exist on one side. Precision (1 + 1 + 0) / 3, recall (2/3 + 1/2 + 0) / 3.
    """
    precision, recall = 2 / 3, (2 / 3 + 1 / 2) / 3
    expected = 5 * precision * recall / (4 * precision + recall)
    assert chrf("가나", "가나다") == pytest.approx(expected)


@given(WORDS, WORDS)
def test_rouge_is_rouge_scores(said: list[str], wanted: list[str]) -> None:
    """ROUGE-1, -2 and -L are rouge-score's."""
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=Spaces())
    theirs = scorer.score(" ".join(wanted), " ".join(said))
    matches = match_grams(tuple(said), tuple(wanted), 2)
    expected = {name: score.fmeasure for name, score in theirs.items()}
    found = {
        "rouge1": rouge_n(matches, 1),
        "rouge2": rouge_n(matches, 2),
        "rougeL": rouge_l(said, wanted),
    }
    assert found == pytest.approx(expected, abs=1e-9)


@given(WORDS, WORDS)
def test_bleu_is_sacrebleus(said: list[str], wanted: list[str]) -> None:
    """BLEU of tokens is sacrebleu's of the text that they make."""
    scorer = BLEU(tokenize="none", effective_order=True, force=True)
    expected = scorer.sentence_score(" ".join(said), [" ".join(wanted)]).score / 100
    assert bleu(tuple(said), tuple(wanted)) == pytest.approx(expected, abs=1e-9)


@given(TEXTS, TEXTS)
def test_chrf_is_sacrebleus(said: str, wanted: str) -> None:
    """chrF++ is sacrebleu's."""
    expected = CHRF(word_order=2).sentence_score(said, [wanted]).score / 100
    assert chrf(said, wanted) == pytest.approx(expected, abs=1e-9)


@given(WORDS, WORDS)
def test_common_subsequence_mirrors(one: list[str], other: list[str]) -> None:
    """Either side may come first, and one side's every word is in order in itself."""
    found = common_subsequence(one, other)
    assert found == common_subsequence(other, one)
    assert common_subsequence(one, one) == len(one)
    assert common_subsequence([*one, *other], other) == len(other)


def test_words_of_chrf() -> None:
    """One mark is split off at a word's end, or else at its start; a mark alone stays."""
    assert chrf_words("(성과) '막연 . 좋다!!") == ("(성과", ")", "'", "막연", ".", "좋다!", "!")


def test_long_texts_take_no_square() -> None:
    """100,000 words against a hundred are compared in a moment."""
    said, wanted = tuple("가나다라" * 25_000), tuple("라다나가" * 25)
    started = time.process_time()
    assert rouge_l(said, wanted) == pytest.approx(2 * 100 / 100_100)
    assert chrf("".join(said), "".join(wanted)) < 0.1
    assert bleu(said, wanted) < 0.1
    assert time.process_time() - started < 5
