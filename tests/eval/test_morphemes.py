"""Korean text metrics."""

from __future__ import annotations

import pytest
from sacrebleu.metrics.chrf import CHRF

from eval.morphemes import morphemes, signatures, similarity


def test_punctuation_is_dropped_and_letters_stay() -> None:
    """Morphemes are forms of words, numbers and foreign letters."""
    assert morphemes("GitHub에 30개, 올렸다!") == ("GitHub", "에", "30", "개", "올리", "었", "다")


@pytest.mark.parametrize(
    ("said", "wanted", "expected"),
    [
        ("성과가 막연합니다.", "성과가 막연합니다", 1.0),
        ("수치", "성과가 막연합니다.", 0.0),
        # 성과 가 막연 하 ᆸ니다 | 성과 를 쓰 시 어요: one of five morphemes on each side.
        ("성과가 막연합니다.", "성과를 쓰셔요.", 0.2),
        ("...", "성과", 0.0),
    ],
)
def test_rouge_l_by_hand(said: str, wanted: str, expected: float) -> None:
    """ROUGE-L is the F-measure of the longest common subsequence of morphemes."""
    assert similarity(said, wanted).rouge_l == pytest.approx(expected)


def test_chrf_is_sacrebleus() -> None:
    """chrF++ is what sacrebleu says, divided by 100."""
    said, wanted = "지원 동기가 구체적입니다.", "지원 동기가 매우 구체적이다."
    expected = CHRF(word_order=2).sentence_score(said, [wanted]).score / 100
    assert similarity(said, wanted).chrf == expected


def test_signatures_name_versions() -> None:
    """The number's makers are printed beside it."""
    told = signatures()
    assert "nw:2" in told["chrf"]
    assert told["morphemes"].startswith("kiwipiepy ")
