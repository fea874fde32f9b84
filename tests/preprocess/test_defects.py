"""Drafts: defects that are really there, can be taken back, and leave all else alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.replica.essays import generate_essays
from preprocess.defects import KINDS, NAMES, Defect, Draft, make_draft, restore
from preprocess.defects_content import (
    phrases,
)
from preprocess.defects_sentences import statements

SENTENCES = [
    "저는 창고의 물건 배치를 바꾸는 일을 맡았습니다.",
    "그 결과 출고 시간을 20% 줄였습니다.",
    "동료 12명과 함께 3주 동안 동선을 기록했습니다.",
    "무엇을 먼저 옮길지 고민하지 않고 자주 찾는 물건부터 앞에 놓았습니다.",
    "역할을 나누는 일이 얼마나 중요한지 깨달았습니다.",
    "귀사의 물류 센터에서도 같은 방법으로 일할 수 있습니다.",
    "앞으로도 기록하는 사람이 되겠습니다.",
    "오류는 월 13건에서 3건으로 줄었고, 표는 지금도 쓰이고 있습니다.",
    "“먼저 재어 보자”",
    "그는 말없이 걸었다.",
    "왜 그랬을까요?",
    "🙂 20190304 𠮷野 ABC",
]
ANSWERS = st.lists(
    st.tuples(st.sampled_from(SENTENCES), st.sampled_from([" ", "\n", "\n\n", ""])), max_size=9
).map(lambda parts: "".join(sentence + gap for sentence, gap in parts))


def untouched(draft: Draft) -> list[str]:
    """Cut the defects out of a draft."""
    edges = [0, *(edge for one in draft.defects for edge in (one.start, one.end)), len(draft.text)]
    return [draft.text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def check(draft: Draft, answer: str) -> None:
    """Hold what is true of every draft."""
    assert restore(draft) == answer
    assert (draft.text == answer) == (draft.defects == ())
    position = 0
    for piece, defect in zip(untouched(draft), [*draft.defects, None], strict=True):
        assert answer.startswith(piece, position)
        position += len(piece)
        if defect is not None:
            assert 0 <= defect.start < defect.end <= len(draft.text)
            assert draft.text[defect.start : defect.end] != defect.original
            assert answer.startswith(defect.original, position)
            assert defect.name == NAMES[defect.kind]
            position += len(defect.original)
    assert position == len(answer)
    ends = [0, *(one.end for one in draft.defects)]
    assert all(end <= one.start for end, one in zip(ends, draft.defects, strict=False))


def test_a_figure_gives_way_to_a_vague_word() -> None:
    """A draft says of a figure only that it was much, and knows the figure."""
    answer = "출고 시간을 20% 줄였습니다."
    drafts = {make_draft(answer, seed=str(i), kinds=["figures"]) for i in range(20)}
    assert drafts == {
        Draft(f"출고 시간을 {word}줄였습니다.", (Defect("figures", "수치가 빠짐", 7, 10, "20% "),))
        for word in ("크게 ", "많이 ")
    }


@pytest.mark.parametrize(
    ("sentence", "slips"),
    [
        ("일을 맡았습니다.", {"일을 맡았어요.", "일을 맡았다."}),
        ("기록을 남깁니다.", {"기록을 남겨요.", "기록을 남긴다."}),
        ("저는 개발자입니다.", {"저는 개발자예요.", "저는 개발자다."}),
        ("범인이 아닙니다.", {"범인이 아니에요.", "범인이 아니다."}),
        ("목표는 AI입니다.", {"목표는 AI입니다.", "목표는 AI이다."}),
        ("그것이 이유입니다.", {"그것이 이유예요.", "그것이 이유다."}),
        ("제가 만든 것입니다.", {"제가 만든 것이에요.", "제가 만든 것이다."}),
        ("그 일이 좋습니다.", {"그 일이 좋아요.", "그 일이 좋다."}),
        ("일하고 싶습니다.", {"일하고 싶어요.", "일하고 싶다."}),
        ("끝까지 하겠습니다.", {"끝까지 하겠어요.", "끝까지 하겠다."}),
        ("표를 만듭니다.", {"표를 만들어요.", "표를 만든다."}),
        ("서로 돕습니다.", {"서로 도와요.", "서로 돕는다."}),
        ("힘이 되었습니다.", {"힘이 되었어요.", "힘이 되었다."}),
        ("순서를 바꿨습니다.", {"순서를 바꿨어요.", "순서를 바꿨다."}),
        ("나는 표를 만든다.", {"나는 표를 만듭니다."}),
        ("나는 오래 걸었다.", {"나는 오래 걸었습니다."}),
        ("그 일은 쉽지 않습니다.", {"그 일은 쉽지 않습니다."}),
    ],
)
def test_a_slip_of_speech_is_sound_korean(sentence: str, slips: set[str]) -> None:
    """Endings of another style fit their stems; a stem that cannot be told is left alone."""
    made = {make_draft(sentence, seed=str(i), kinds=["register"]).text for i in range(20)}
    assert made == slips


@pytest.mark.parametrize(
    ("first", "run_on"),
    [
        ("저는 오래된 창고의 물건 배치를 바꾸었습니다.", "저는 오래된 창고의 물건 배치를 바꾸었{}"),
        ("저는 날마다 창고의 물건 배치를 바꿉니다.", "저는 날마다 창고의 물건 배치를 바꾸{}"),
        ("바꿀 것은 오래된 창고의 물건 배치입니다.", "바꿀 것은 오래된 창고의 물건 배치{}"),
    ],
)
def test_sentences_are_run_together(first: str, run_on: str) -> None:
    """A full stop gives way to an ending that goes on, and nothing else changes."""
    second = "자주 찾는 물건을 앞으로 옮기고 이름표를 새로 써서 하나씩 붙였습니다."
    made = {make_draft(f"{first} {second}", seed=str(i), kinds=["run_on"]).text for i in range(40)}
    joined = {run_on.format(f"{e}{gap}") for e in ("고", "며", "으며") for gap in (" ", ", ")}
    assert len(made) == 4
    assert {text.removesuffix(second) for text in made} < joined


@pytest.mark.parametrize(
    ("sentence", "again"),
    [
        ("그래서 저는 표를 먼저 만들었습니다.", "저는 표를 우선 만든 것입니다."),
        ("표를 벽에 걸었고, 모두가 매일 표를 보았습니다.", "전부가 날마다 표를 본 것입니다."),
        ("저는 기록하는 사람이 되겠습니다.", "저는 기록하는 사람이 되겠다는 뜻입니다."),
        ("창고의 물건을 셀 수 있습니다.", "창고의 물건을 셀 수 있는 것입니다."),
        ("창고의 물건이 아주 많았습니다.", "창고의 물건이 아주 많았던 것입니다."),
    ],
)
def test_a_sentence_is_said_again_in_other_words(sentence: str, again: str) -> None:
    """What follows a sentence says the same with another ending."""
    draft = make_draft(sentence, seed="1", kinds=["repetition"])
    assert draft.text in {f"{sentence} {lead}{again}" for lead in phrases().again}


def test_worn_phrases_frame_an_answer() -> None:
    """An opening stands before the first sentence below a headline, a closing behind the last."""
    headline, body = "“먼저 재어 보자”", "저는 창고를 맡았습니다. 표를 만들었습니다."
    made = {make_draft(f"{headline}\n{body}", seed=str(i), kinds=["cliche"]) for i in range(30)}
    assert all(draft.text.startswith(headline) for draft in made)
    added = {draft.text[one.start : one.end] for draft in made for one in draft.defects}
    openings = {f"{one} " for one in phrases().openings}
    closings = {f" {one}" for one in phrases().closings}
    assert added <= openings | closings
    assert added & openings
    assert added & closings


def test_flattery_stands_beside_the_firm() -> None:
    """Praise comes before a sentence that speaks of the firm, and nowhere else."""
    answer = "저는 창고를 맡았습니다. 귀사의 창고도 맡고 싶습니다."
    draft = make_draft(answer, seed="1", kinds=["praise"])
    assert [one.start for one in draft.defects] == [answer.index("귀사")]
    assert make_draft("저는 당사자에게 물었습니다.", seed="1", kinds=["praise"]).defects == ()


@pytest.mark.parametrize("kind", ["cliche", "praise", "repetition"])
def test_a_plain_answer_gets_no_polite_sentence(kind: str) -> None:
    """Sentences in the polite form are added to polite answers only."""
    answer = "나는 회사에 지원하는 까닭을 오래 적었다. 그 까닭을 회사에 말하고 싶다."
    assert make_draft(answer, seed="1", kinds=[kind]).defects == ()


def test_a_kind_without_a_place_is_not_listed() -> None:
    """A draft lists what was really done, here nothing."""
    assert make_draft("가.", seed="1") == Draft("가.", ())
    assert make_draft("", seed="1", kinds=KINDS) == Draft("", ())


def test_an_unknown_kind_is_an_error() -> None:
    """The message names the kind and those that there are."""
    with pytest.raises(ValueError, match=r"unknown kinds of defects: typo; known: .*spelling"):
        make_draft("저는 갔습니다.", seed="1", kinds=["typo"])


@settings(max_examples=60, deadline=None)
@given(ANSWERS, st.text(max_size=5), st.none() | st.sets(st.sampled_from(KINDS)))
def test_every_draft_can_be_taken_back(answer: str, seed: str, kinds: set[str] | None) -> None:
    """The originals put back give the answer, outside them nothing changed, the kinds are those."""
    draft = make_draft(answer, seed=seed, kinds=kinds)
    check(draft, answer)
    assert {one.kind for one in draft.defects} <= (set(KINDS) if kinds is None else kinds)
    assert make_draft(answer, seed=seed, kinds=kinds) == draft


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_drafted(text: str) -> None:
    """Text that is no Korean is no error."""
    check(make_draft(text, seed="1", kinds=KINDS), text)


def test_drafts_of_whole_answers() -> None:
    """Each has two defects at least, and over many answers every kind comes up."""
    answers = [q.answer for e in generate_essays(seed=3, count=30) for q in e.questions]
    drafts = [make_draft(answer, seed=str(i)) for i, answer in enumerate(answers)]
    for draft, answer in zip(drafts, answers, strict=True):
        check(draft, answer)
    assert min(len(draft.defects) for draft in drafts) >= 2
    assert {one.kind for draft in drafts for one in draft.defects} == set(KINDS)


def test_another_seed_gives_another_draft() -> None:
    """The seed decides which places are damaged."""
    answer = " ".join(SENTENCES[:8])
    assert len({make_draft(answer, seed=str(i)).text for i in range(10)}) == 10


def test_sentences_know_their_places() -> None:
    """Of a text in lines, statements are found where they stand; questions and titles are none."""
    text = "제목\n저는 갔습니다. 왜 갔을까요?\n\n표를 만든다."
    found = statements(text)
    assert [text[one.start : one.end] for one in found] == ["저는 갔습니다.", "표를 만든다."]
    assert [text[one.word : one.end] for one in found] == ["갔습니다.", "만든다."]
    assert [one.style for one in found] == ["polite", "plain"]
