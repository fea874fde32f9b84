"""Sentences with offsets, what a passage covers, and the measuring of both splitters."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from crawler.items import write_jsonl
from crawler.replica.essays import generate_essays
from preprocess.measure_sentences import (
    BoundaryAgreement,
    PassageCover,
    SplitterAgreement,
    agreement,
    disagreements,
    half_of,
    main,
    passage_cover,
)
from preprocess.sentences import SPLITTERS, Span, Splitter, cover, split_sentences
from tests.preprocess.essays import ANSWER, CLOSING, OPENING, essay, question
from tests.real_data import real_data

either_way = pytest.mark.parametrize("splitter", SPLITTERS)


def pieces(text: str, splitter: Splitter) -> list[str]:
    """Split one text into its sentences' texts."""
    (spans,) = split_sentences([text], splitter=splitter)
    return [text[span.start : span.end] for span in spans]


@either_way
def test_offsets_point_into_the_answer(splitter: Splitter) -> None:
    """Each span cuts out its sentence without white space at the ends."""
    assert pieces(ANSWER, splitter) == [
        "저는 바다를 좋아합니다.",
        "방과 후에 조류 관측 모임을 만들었습니다.",
        "30개의 지점을 매주 기록했습니다.",
        "어떤 일이든 최선을 다하겠습니다.",
    ]


@either_way
def test_a_line_break_ends_a_sentence(splitter: Splitter) -> None:
    """A headline without a full stop is a sentence of its own."""
    assert pieces('"작은 차이를 보는 눈"\n장점은 분석력입니다.', splitter) == [
        '"작은 차이를 보는 눈"',
        "장점은 분석력입니다.",
    ]


@either_way
def test_an_empty_text_has_no_sentences(splitter: Splitter) -> None:
    """White space alone gives none."""
    assert pieces(" \n ", splitter) == []


SPANS = (Span(0, 10), Span(11, 21), Span(23, 33))


@pytest.mark.parametrize(
    ("passage", "numbers", "share"),
    [
        (Span(0, 10), (1,), 1.0),
        (Span(0, 21), (1, 2), 1.0),  # the space between sentences counts for neither
        (Span(11, 33), (2, 3), 1.0),
        (Span(0, 8), (1,), 0.8),
        (Span(0, 13), (1,), 10 / 12),  # two characters of the second sentence
        (Span(0, 4), (), 0.0),
        (Span(21, 23), (), 0.0),
    ],
)
def test_a_passage_is_told_by_its_sentences(
    passage: Span, numbers: tuple[int, ...], share: float
) -> None:
    """Sentences at least half inside belong to it; the share is worked by hand."""
    found, found_share = cover(SPANS, passage)
    assert found == numbers
    assert found_share == pytest.approx(share)


@either_way
def test_marked_passages_of_the_hand_written_answer_are_whole_sentences(splitter: Splitter) -> None:
    """The fixture's passages coincide with sentences 1-2 and 4."""
    (spans,) = split_sentences([ANSWER], splitter=splitter)
    for text, numbers in ((OPENING, (1, 2)), (CLOSING, (4,))):
        start = ANSWER.index(text)
        assert cover(spans, Span(start, start + len(text))) == (numbers, 1.0)


@either_way
def test_real_passages_coincide_with_sentences(splitter: Splitter) -> None:
    """Every expert passage of the real essays is whole sentences (IoU of at least 0.97)."""
    path = real_data() / "jobkorea" / "essays.jsonl"
    questions = [
        question
        for line in path.read_text(encoding="utf-8").splitlines()
        for question in json.loads(line)["questions"]
    ]
    shares = [
        cover(spans, Span(passage["start"], passage["end"]))[1]
        for question, spans in zip(
            questions,
            split_sentences((q["answer"] for q in questions), splitter=splitter),
            strict=True,
        )
        for passage in question["passages"]
    ]
    assert len(shares) == 204
    assert min(shares) >= 0.97


def test_rules_split_unless_kiwi_is_asked_for() -> None:
    """The two part where Kiwi errs: it ends a sentence behind "1-1."."""
    text = "1-1. 지도를 그렸습니다."
    assert list(split_sentences([text])) == [(Span(0, len(text)),)]
    assert list(split_sentences([text], splitter="kiwi")) == [(Span(0, 4), Span(5, len(text)))]


def test_the_two_splitters_agree_on_invented_essays() -> None:
    """Boundaries agree (F1 of at least 0.97 also inside lines), and no passage is cut worse."""
    essays = generate_essays(seed=11, count=30)
    questions = [question for one in essays for question in one.questions]
    result = agreement(one.answer for one in questions)
    assert result.boundaries.shared > 500
    assert result.within_lines.f1 is not None
    assert result.within_lines.f1 >= 0.97
    fast, kiwi = (passage_cover(questions, splitter) for splitter in ("fast", "kiwi"))
    assert fast.passages == kiwi.passages > 50
    assert fast.whole >= kiwi.whole


#: Kiwi ends a sentence behind "1-1.".
NUMBERED = "1-1. 지도를 그렸습니다. 길을 냈습니다.\n끝입니다."


def test_agreement_counts_boundaries_and_answers() -> None:
    """The counts of two answers, one of them cut differently, are worked by hand."""
    assert agreement([NUMBERED, ANSWER]) == SplitterAgreement(
        answers=2,
        identical=1,
        identical_share=0.5,
        boundaries=BoundaryAgreement(
            shared=5, only_fast=0, only_kiwi=1, precision=1.0, recall=5 / 6, f1=10 / 11
        ),
        within_lines=BoundaryAgreement(
            shared=3, only_fast=0, only_kiwi=1, precision=1.0, recall=3 / 4, f1=6 / 7
        ),
    )


def test_agreement_of_nothing_has_no_shares() -> None:
    """Without answers there is nothing to share; it is not 0 and not 1."""
    none = BoundaryAgreement(0, 0, 0, None, None, None)
    assert agreement([]) == SplitterAgreement(0, 0, None, none, none)


def test_agreement_goes_into_a_report_as_json() -> None:
    """The record survives being written and read."""
    result = agreement([NUMBERED])
    assert msgspec.json.decode(msgspec.json.encode(result), type=SplitterAgreement) == result


def test_a_disagreement_shows_what_stands_around_it() -> None:
    """One line for each boundary of one splitter alone."""
    assert list(disagreements([NUMBERED, ANSWER])) == [
        "only kiwi: 1-1. | 지도를 그렸습니다. 길을 냈습니다. 끝입니다"
    ]


def test_passages_are_covered_by_whole_sentences() -> None:
    """The fixture's two passages are whole sentences; a question without one counts nothing."""
    questions = [question(), question(passages=())]
    assert passage_cover(questions, "fast") == PassageCover("fast", 2, 2, 1.0, 1.0)
    assert passage_cover(questions[1:], "kiwi") == PassageCover("kiwi", 0, 0, None, None)


def test_the_command_prints_both_halves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every number for either half, the speeds, and the disagreements that were asked for."""
    texts = [f"{ANSWER} {i}번입니다." for i in range(6)] + [f"{NUMBERED} {i}" for i in range(9)]
    essays = [essay(id=str(i), questions=(question(answer=text),)) for i, text in enumerate(texts)]
    write_jsonl(tmp_path / "essays.jsonl", essays)
    assert main(["--raw", str(tmp_path / "essays.jsonl"), "--show", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    held = sum(half_of(text) == "held" for text in texts)
    assert 0 < held < len(texts)
    assert [line.split()[:3] for line in lines if "answers" in line] == [
        ["tuned", str(len(texts) - held), "answers,"],
        ["held", str(held), "answers,"],
    ]
    assert sum("boundaries" in line for line in lines) == 4
    assert sum("passages" in line for line in lines) == 4
    assert [line.split()[0] for line in lines[-4:]] == ["fast", "kiwi", "only", "only"]


def test_a_missing_file_is_named_with_its_cure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with 1 and says what makes the file."""
    assert main(["--raw", str(tmp_path / "none.jsonl")]) == 1
    assert capsys.readouterr().err == (
        f"error: {tmp_path / 'none.jsonl'} is missing; make it with: make crawl\n"
    )
