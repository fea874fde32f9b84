"""The invented essays: what the demo's site shows, and what a parser must read off it."""

from __future__ import annotations

import itertools
import random
import re
import unicodedata
from collections import Counter

import msgspec
import pytest
from kiwipiepy import Kiwi

from crawler.items import Essay, Question
from crawler.replica import library as content
from crawler.replica.essays import (
    Slip,
    generate_essays,
    plan_site,
    show,
    write_answers,
)
from crawler.replica.korean import site_counts
from crawler.replica.scene import Mark
from crawler.replica.wording import fill

SEED, COUNT = 7, 480
# A real firm's name at the start of a word; 현대 the firm, not 현대적 or 현대인.
REAL_FIRMS = re.compile(
    r"삼성|\bLG|엘지|현대(?:차|자동차|건설|중공업|백화점|모비스|카드)|\bSK|네이버|카카오|쿠팡|"
    r"롯데|포스코|한화|신한|국민은행|아모레|이마트|배달의민족|\bKT\b|\bCJ"
)
REAL_SCHOOLS = re.compile(r"(?!OOO)(?<!\w)[가-힣]{2,4}대학교|서울대|연세대|고려대|카이스트")
WRONG_PARTICLE = re.compile(r"(?:함|감|력|임|심)(?:를|는|가)(?= )")


@pytest.fixture(scope="module")
def essays() -> tuple[Essay, ...]:
    """The essays of the demo."""
    return generate_essays(seed=SEED, count=COUNT)


@pytest.fixture(scope="module")
def slips() -> tuple[Slip, ...]:
    """What decides the essays of the demo."""
    return plan_site(seed=SEED, count=COUNT)


@pytest.fixture(scope="module")
def marks(slips: tuple[Slip, ...]) -> tuple[Mark, ...]:
    """Every point shown in an analysed essay of the demo."""
    library = content.load()
    analysed = [slip for slip in slips if slip.analysed]
    return tuple(
        mark
        for slip in analysed
        for answer in write_answers(library, slip, SEED)
        for mark in answer.draft.marks
    )


def questions_of(essays: tuple[Essay, ...]) -> list[Question]:
    """Return every question of the essays; a test that loops over them has some to check."""
    questions = [question for essay in essays for question in essay.questions]
    assert len(questions) > 2 * len(essays)
    return questions


def grams(essay: Essay) -> set[str]:
    """Return the character 5-grams of an essay's answers, white space left out."""
    text = "".join("".join(question.answer.split()) for question in essay.questions)
    return {text[start : start + 5] for start in range(len(text) - 4)}


def test_same_seed_gives_the_same_essays(essays: tuple[Essay, ...]) -> None:
    """A seed decides every byte, and another seed shares no answer with it."""
    assert essays == generate_essays(seed=SEED, count=COUNT)
    others = {question.answer for question in questions_of(generate_essays(seed=8, count=COUNT))}
    shared = [question for question in questions_of(essays) if question.answer in others]
    assert not shared


@pytest.mark.parametrize("count", [1, 2, 37, 1200])
def test_any_count_works(count: int) -> None:
    """Any count up to the most gives that many essays with distinct ids, newest first."""
    ids = [slip.id for slip in plan_site(seed=3, count=count)]
    assert len(set(ids)) == count
    assert ids == sorted(ids, key=int, reverse=True)
    assert all(re.fullmatch(r"[1-9]\d{4,5}", one) for one in ids)


@pytest.mark.parametrize("count", [0, 3001])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    """A count out of range is an error that says the range."""
    with pytest.raises(ValueError, match="1 to 3000"):
        generate_essays(count=count)


def test_ids_have_five_and_six_digits_and_follow_the_date(essays: tuple[Essay, ...]) -> None:
    """Both lengths of id occur, and a later essay is never of an earlier year."""
    assert {len(essay.id) for essay in essays} == {5, 6}
    years = [essay.year for essay in essays if essay.year is not None]
    assert years == sorted(years, reverse=True)
    assert set(years) == {2017, 2018, 2019, 2020, 2021}


def test_essays_pass_the_schema_in_composed_form(essays: tuple[Essay, ...]) -> None:
    """Every essay decodes from its own JSON, and its text is NFC with tidy lines."""
    for essay in essays:
        assert msgspec.json.decode(msgspec.json.encode(essay), type=Essay) == essay
        assert (essay.source, essay.url, essay.crawled_at) == ("view", None, None)
    for question in questions_of(essays):
        assert unicodedata.is_normalized("NFC", question.answer)
        assert "\n\n\n" not in question.answer
        assert all(line == line.strip() for line in question.answer.split("\n"))
        assert "  " not in question.answer


def test_no_unfilled_template_and_no_wrong_particle(essays: tuple[Essay, ...]) -> None:
    """No slot, choice or ill-fitting particle is left in any text."""
    for essay in essays:
        text = show(essay)
        assert not re.search(r"[{}|]", text.replace(" | ", "")), essay.id
        assert not WRONG_PARTICLE.search(text), WRONG_PARTICLE.search(text)


def test_passages_are_trimmed_ordered_and_apart(essays: tuple[Essay, ...]) -> None:
    """Offsets cut trimmed text, in the order of the answer, none inside another."""
    passages = 0
    for question in questions_of(essays):
        for passage in question.passages:
            cut = question.answer[passage.start : passage.end]
            assert cut == cut.strip() != ""
            passages += 1
        for before, after in itertools.pairwise(question.passages):
            assert before.end <= after.start
    assert passages > COUNT


def test_numbering_restarts_per_question_and_polarity(essays: tuple[Essay, ...]) -> None:
    """Passages count from 1 in each question, 좋은점 and 아쉬운점 apart."""
    for question in questions_of(essays):
        for polarity in ("good", "bad"):
            numbers = [one.number for one in question.passages if one.polarity == polarity]
            assert numbers == list(range(1, len(numbers) + 1))
            told = [one.number for one in question.advice if one.polarity == polarity]
            assert told == sorted(set(told))


def test_counts_are_those_of_the_site(essays: tuple[Essay, ...]) -> None:
    """글자수 counts every character, Byte two for Hangul and for a new line."""
    assert site_counts("가나 a1\n㈜") == (7, 11)
    for question in questions_of(essays):
        assert (question.site_chars, question.site_bytes) == site_counts(question.answer)
        assert 200 <= len(question.answer) <= 800


def test_content_is_rich_enough(essays: tuple[Essay, ...], marks: tuple[Mark, ...]) -> None:
    """All jobs, kinds of question, firms, weaknesses and merits occur."""
    library = content.load()
    assert len(library.jobs) >= 12
    assert len(library.firms) >= 30
    assert len(library.questions) >= 10
    assert all(len(job.episodes) >= 6 for job in library.jobs)
    assert len(library.faults) >= 10
    assert len(library.merits) >= 6
    assert {mark.name for mark in marks} == {*library.faults, *library.merits}
    assert {essay.company for essay in essays} == {firm.name for firm in library.firms}
    positions = {essay.position for essay in essays}
    assert all(positions & set(job.positions) for job in library.jobs)


def test_shares_are_those_of_the_real_pages(essays: tuple[Essay, ...]) -> None:
    """A third is not analysed, criticism is three to one, most grades are 2 and 3."""
    plain = [essay for essay in essays if essay.grade is None]
    assert 0.25 <= len(plain) / len(essays) <= 0.42
    for essay in plain:
        assert essay.overall_advice is None
        assert not any(question.passages or question.advice for question in essay.questions)
    advice = [one for question in questions_of(essays) for one in question.advice]
    polarity = Counter(one.polarity for one in advice)
    assert 2.3 <= polarity["bad"] / polarity["good"] <= 4
    grades = Counter(essay.grade for essay in essays if essay.grade is not None)
    assert (grades[2.0] + grades[3.0]) / grades.total() > 0.6
    assert set(grades) >= {1.0, 2.0, 3.0, 4.0, 5.0}


def test_grade_follows_the_advice(essays: tuple[Essay, ...]) -> None:
    """Essays with high grades are praised more than those with low grades."""
    share: dict[bool, list[float]] = {True: [], False: []}
    for essay in essays:
        advice = [
            one.polarity == "good"
            for one in itertools.chain(*(question.advice for question in essay.questions))
        ]
        if essay.grade is not None and advice:
            share[essay.grade >= 4].append(sum(advice) / len(advice))
    assert min(share[True]) > sum(share[False]) / len(share[False])


def test_advice_varies_and_has_a_usual_length(essays: tuple[Essay, ...]) -> None:
    """No advice text makes up over 2 % of all, and each has 30 to 180 characters."""
    texts = Counter(one.text for question in questions_of(essays) for one in question.advice)
    assert texts.most_common(1)[0][1] <= 0.02 * texts.total()
    assert all(30 <= len(text) <= 180 for text in texts)


def test_advice_quotes_only_what_is_in_the_answer(marks: tuple[Mark, ...]) -> None:
    """The words that advice may quote from a passage stand in every wording of it."""
    library = content.load()
    slots = marks[0].slots
    rng = random.Random(1)  # noqa: S311 - not cryptography
    for point in (*library.faults.values(), *library.merits.values()):
        for shown in point.text:
            for _ in range(8):
                text, quoted = fill(shown.t, slots, rng), fill(shown.q, slots, rng)
                assert quoted in text, shown


def test_some_passages_and_some_advice_stand_alone(essays: tuple[Essay, ...]) -> None:
    """A few passages lack advice, a few advice texts a passage, a few answers have neither."""
    lone_passages = lone_advice = silent = 0
    for essay in essays:
        for question in essay.questions:
            marked = {(one.polarity, one.number) for one in question.passages}
            told = {(one.polarity, one.number) for one in question.advice}
            lone_passages += len(marked - told)
            lone_advice += len(told - marked)
            silent += essay.grade is not None and not marked | told
    assert 1 <= lone_passages <= 60
    assert 1 <= lone_advice <= 60
    assert 5 <= silent <= 120


def test_passages_are_whole_sentences(essays: tuple[Essay, ...]) -> None:
    """A sentence splitter begins and ends a sentence where 99 % of passages do."""
    kiwi = Kiwi()
    fits: list[bool] = []
    marked = [question for question in questions_of(essays) if question.passages]
    splits = kiwi.split_into_sents([question.answer for question in marked])
    for question, sentences in zip(marked, splits, strict=True):
        starts = {sentence.start for sentence in sentences}
        ends = {sentence.end for sentence in sentences}
        fits += [one.start in starts and one.end in ends for one in question.passages]
    assert len(fits) > COUNT
    assert sum(fits) / len(fits) >= 0.99


def test_traps_of_the_real_pages_occur(essays: tuple[Essay, ...]) -> None:
    """What breaks a careless parser is in the text."""
    questions = questions_of(essays)
    answers = [question.answer for question in questions]
    after = [question.answer[one.end :] for question in questions for one in question.passages]
    assert any(text[:1].isdigit() for text in after), "a digit glued to a passage's mark"
    assert any(text.lstrip()[:1].isdigit() for text in after), "a digit after a passage"
    pairs = [pair for question in questions for pair in itertools.pairwise(question.passages)]
    assert any(before.end == second.start for before, second in pairs), "touching passages"
    spans = [question.answer[p.start : p.end] for question in questions for p in question.passages]
    assert any("\n\n" in span for span in spans), "a passage over two paragraphs"
    assert any(text.startswith('"') for text in answers), "a quoted headline"
    for sign in ("&", "<", ">", '"', "2급", "OO"):
        assert any(sign in text for text in answers), sign
    assert any("·" in (essay.position or "") for essay in essays)
    assert any(essay.position is None for essay in essays)
    assert any(essay.career is None for essay in essays)
    assert any(essay.half == "수시" for essay in essays)
    assert {len(essay.specs) for essay in essays} == set(range(7))


def test_near_duplicates_are_planted(essays: tuple[Essay, ...], slips: tuple[Slip, ...]) -> None:
    """About 5 % are re-sent: another firm and id, nearly the same text, and nothing else is."""
    resent = [spot for spot, slip in enumerate(slips) if slip.resent]
    assert 0.02 <= len(resent) / len(slips) <= 0.09
    first = {slip.applicant: spot for spot, slip in enumerate(slips) if not slip.resent}
    for spot in resent:
        other = first[slips[spot].applicant]
        one, two = grams(essays[spot]), grams(essays[other])
        assert 0.7 < len(one & two) / len(one | two) < 1
        assert essays[spot].company != essays[other].company
        assert essays[spot].id != essays[other].id


def test_unrelated_essays_are_unlike(essays: tuple[Essay, ...], slips: tuple[Slip, ...]) -> None:
    """Two essays of different applicants share less than 40 % of their character 5-grams."""
    picked = [(slip.applicant, grams(essay)) for slip, essay in zip(slips, essays, strict=True)]
    for (applicant, one), (other, two) in itertools.combinations(picked[:150], 2):
        if applicant != other:
            shared = len(one & two)
            assert shared < 0.4 * (len(one) + len(two) - shared)


def test_no_real_firm_or_school_is_named(essays: tuple[Essay, ...]) -> None:
    """Neither texts nor facts name a real firm or university."""
    assert REAL_FIRMS.search("삼성전자")
    assert REAL_SCHOOLS.search("저는 한국대학교에서")
    for essay in essays:
        text = show(essay)
        assert not REAL_FIRMS.search(text), REAL_FIRMS.search(text)
        assert not REAL_SCHOOLS.search(text), REAL_SCHOOLS.search(text)
