"""Korean text metrics."""

from __future__ import annotations

import time
from dataclasses import asdict
from importlib.metadata import version

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from eval.text.morphemes import (
    PIECE,
    PUNCTUATION,
    Similarity,
    analyse,
    analyser,
    morphemes,
    signatures,
    similarities,
    similarity,
)

#: Words and marks of advice, in any order.
ADVICE = st.lists(
    st.sampled_from(
        ["성과가", "막연합니다.", "지원 동기가", "구체적입니다.", "20%", "'노력'을", "적어 주세요!"]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)


class Kiwis:
    """A tokenizer for rouge-score that asks Kiwi for one text at a time."""

    def tokenize(self, text: str) -> list[str]:
        """Cut a text into morphemes."""
        return [t.form for t in analyser().tokenize(text) if t.tag not in PUNCTUATION]


def test_punctuation_is_dropped_and_letters_stay() -> None:
    """Morphemes are forms of words, numbers and foreign letters."""
    assert morphemes("GitHub에 30개, 올렸다!") == ("GitHub", "에", "30", "개", "올리", "었", "다")


@pytest.mark.parametrize(
    ("said", "wanted", "one", "two", "longest"),
    [
        ("성과가 막연합니다.", "성과가 막연합니다", 1.0, 1.0, 1.0),
        ("수치", "성과가 막연합니다.", 0.0, 0.0, 0.0),
        # 성과 가 막연 하 ᆸ니다 | 성과 를 쓰 시 어요: one of five morphemes on each side.
        ("성과가 막연합니다.", "성과를 쓰셔요.", 0.2, 0.0, 0.2),
        # 성과 가 막연 하 ᆸ니다 | 막연 하 ᆫ 성과: three of five and of four, one pair of four and
        # of three, and 막연 하 in order.
        ("성과가 막연합니다.", "막연한 성과", 2 / 3, 2 / 7, 4 / 9),
        ("...", "성과", 0.0, 0.0, 0.0),
    ],
)
def test_rouge_by_hand(said: str, wanted: str, one: float, two: float, longest: float) -> None:
    """ROUGE is the F-measure of morphemes, of two in a row, and of the longest subsequence."""
    found = similarity(said, wanted)
    assert (found.rouge_1, found.rouge_2, found.rouge_l) == pytest.approx((one, two, longest))


def test_bleu_by_hand() -> None:
    """mecab-ko cuts 성과 / 가 / 막연 / 합니다 / . here; the last token is missing there.

    Of four tokens said all stand in the expert's five, in order: only brevity counts, e^(1 − 5/4).
    """
    assert similarity("성과가 막연합니다", "성과가 막연합니다.").bleu == pytest.approx(
        0.7788007830714049
    )


@settings(deadline=None, max_examples=50)
@given(ADVICE, ADVICE)
def test_similarity_is_the_libraries(said: str, wanted: str) -> None:
    """Every number is the one that its library gives for the pair alone."""
    found = similarity(said, wanted)
    rouge = RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=Kiwis()).score(wanted, said)
    expected = Similarity(
        rouge_1=rouge["rouge1"].fmeasure,
        rouge_2=rouge["rouge2"].fmeasure,
        rouge_l=rouge["rougeL"].fmeasure,
        chrf=CHRF(word_order=2).sentence_score(said, [wanted]).score / 100,
        bleu=sacrebleus().sentence_score(said, [wanted]).score / 100,
    )
    assert asdict(found) == pytest.approx(asdict(expected), abs=1e-9)


def sacrebleus() -> BLEU:
    """Make sacrebleu's own BLEU."""
    return BLEU(tokenize="ko-mecab", effective_order=True)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(ADVICE, ADVICE), max_size=6))
def test_many_pairs_are_compared_as_one(pairs: list[tuple[str, str]]) -> None:
    """A batch gives what its pairs give one at a time."""
    assert similarities([*pairs, *pairs]) == {pair: similarity(*pair) for pair in pairs}


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=30), st.text(max_size=30))
@example("\0성과", "성과\0")
@example("", "")
def test_whatever_a_model_writes_has_a_number(said: str, wanted: str) -> None:
    """Any characters are compared, and nothing is less than 0 or more than 1."""
    values = asdict(similarity(said, wanted)).values()
    assert all(0 <= value <= 1 + 1e-9 for value in values)


def test_the_same_text_is_wholly_alike() -> None:
    """A text compared with itself has 1 everywhere."""
    text = "성과가 막연합니다. 수치를 적어 주세요."
    assert list(asdict(similarity(text, text)).values()) == pytest.approx([1.0] * 5)


def test_an_endless_text_is_cut_in_pieces() -> None:
    """What runs on and on is analysed once and stays whole."""
    piece = ("성과가 막연합니다. " * PIECE)[:PIECE]
    started = time.process_time()
    analyse([piece * 25])
    assert time.process_time() - started < 5
    assert morphemes(piece * 25) == 25 * morphemes(piece)


def test_signatures_name_versions() -> None:
    """The number's makers are printed beside it."""
    told = signatures()
    assert "nw:2" in told["chrf"]
    assert "tok:ko-mecab" in told["bleu"]
    assert f"version:{version('sacrebleu')}" in told["bleu"]
    assert told["rouge_l"].startswith("rouge-score ")
    assert told["morphemes"].startswith("kiwipiepy ")
    assert told["mecab"].startswith("mecab-ko ")
