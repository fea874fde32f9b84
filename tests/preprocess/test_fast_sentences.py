"""Sentences by rules, without a model."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preprocess.fast_sentences import Span, split_fast
from preprocess.measure_sentences import agreement, half_of
from tests.real_data import real_data


def pieces(text: str) -> list[str]:
    """Split a text into its sentences' texts."""
    return [text[span.start : span.end] for span in split_fast(text)]


#: One text a line; a "|" stands where a sentence ends, and is not in the text.
CUT = {
    "full stops, questions and cries": [
        "저는 기록합니다. | 왜일까요? | 즐겁습니다! | 정말?! | 그렇습니다!!",
        "열심히 함. | 보고서 작성. | 끝.",
        "성공률은 30%. | 그 뒤 늘었습니다.",
        "입사했습니다 . | 그리고 배웠습니다,. | 또 배웠습니다.",
        "한 번은 넘어졌습니다. | 등을 다쳤습니다. | 하여 쉬었습니다. | 보다 나아졌습니다.",
        "2016년 3월 ~ 12월 ? 회로를 맡았습니다. | 왜 했을까 ? | 좋아서입니다.",
    ],
    "endings without a full stop": [
        "배를 만들었습니다 | 그래서 바다로 갔습니다 | OO대학교 시절입니다 | 2년 뒤였습니다",
        "바다가 좋아요 | 매일 갔죠 | 누가 갔습니까 | 제가 갔습니다",
        "파도를 기록했다 | 그러나 부족했다.",
        "그는 학교를 다니다 바다로 갔습니다.",
        "누구보다 먼저 갔으며 필요 없는 주요 품목을 줄이니까 빨라졌습니다.",
    ],
    "numbers and dates": [
        "평점은 4.3/4.5입니다. | 3.5 이상입니다.",
        "2019.03.04. 입사했고 2019. 5. 까지 일했습니다.",
        "매출이 1,200.5만 원이었습니다. | 2배였습니다.",
    ],
    "enumerations": [
        "1. 지도를 그렸습니다. | 2. 길을 냈습니다.",
        "1) 지도입니다. | 2) 길입니다. | ① 산입니다. | ② 강입니다.",
        "1-1. 언제 했는지 씁니다. | - 첫째입니다. | - 둘째입니다. | → 셋째입니다.",
        "역할\n | 1. 회로 설계\n | 2. 시험 (3주)",
    ],
    "Latin": [
        "Ph.D. 과정에서 Node.js 와 U.S. 자료를 썼습니다. | E.H. Carr를 읽었습니다.",
        "Mr. Kim과 Prof. Lee, etc. PCB를 보았습니다.",
        "도구(e.g. awk, i.e. 그 언어)를 익혔습니다.",
        "We shipped it in time. | We learned a lot. | It works.",
    ],
    "ellipses and emoticons": [
        "힘들었습니다... | 그래도 갔습니다… | 갔다.. | 왔다.",
        "등… 많은 일을 했습니다.",
        "웃었습니다^^ | 갔습니다ㅎㅎ | 좋았습니다. ㅎㅎ | 좋아요~ | 갑니다!~ | 옵니다 ㅋㅋ | 끝.",
    ],
    "a space that was forgotten": [
        "했습니다.|이후 갔다.|됐을까?|됐습니다.|2016년입니다.",
        "했다.라고 했고, 여객.화물 모두 내?외면을 보았습니다.",
    ],
    "quotations inside a sentence": [
        '"나는 했다."라고 말했습니다. | 그렇습니다.',
        '"나는 했습니다. 그는 갔습니다." 라고 말했습니다. | 그렇습니다.',
        '동료가 "왜 안 돼?" 하고 물었습니다. | 저는 웃었습니다.',
        "기준은 ‘배울 수 있는가?’ 입니다. | ‘왜?’, ‘어떻게?’를 묻습니다.",
        "왜 그런가? 라는 물음이 남았습니다. | 하겠습니다 라고 했습니다.",
        "‘물결’에서 배웠습니다. | 'Today's 날입니다. 모두의 날입니다.'라는 행사였습니다.",
        '좌우명은 "하면 된다." 저는 이 말을 믿습니다.',
        "`해 보자!`라는 마음이었습니다. | 친구가 “갑니다. 옵니다.“ 하며 웃었습니다.",
    ],
    "quotations that are sentences": [
        '"나는 안다!" | 그가 말했습니다. | "너도 안다." | 그녀가 말했습니다.',
        '"규정을 지킵니다. | 손해를 봅니다." | 손님은 웃었습니다.',
        '손님이 말했습니다. | "전에는 됐어요." | 저는 답했습니다.',
        "‘작은 차이를 봅니다’ | 저는 이 말을 압니다.",
    ],
    "an opening mark belongs to what it opens": [
        '저는 기록합니다. | "새로운 눈"\n | 기록은 힘입니다.',
        "기록합니다. | '새로운 눈'을 얻었습니다. | ‘하나’와 ‘둘’입니다. | [셋]은 큽니다.",
        "(주)물결은 큽니다. | (주)파도는 빠릅니다.",
    ],
    "headlines": [
        "[성장 과정] | 바다에서 자랐습니다.",
        '"작은 차이를 보는 눈" | 저는 기록합니다.',
        "'작은 차이를 보다' | 저는 기록합니다.",
        "\"물결\" 매장에서 일했습니다. | '물결' 매장입니다.",
        '"유도 ? 목표를 맞추다"\n | 저는 맞춥니다.',
        "[지쳐도 간다! 오뚝이처럼. 끝까지]\n | 저는 갑니다.",
        "[물결]에서 일했습니다.",
        '갔습니다. | "새로운 눈" 매장에서 일했습니다.',
    ],
    "brackets": [
        "갔습니다.(배로) | 왔습니다. (200자)\n | 또 갔습니다. | (참고로 걸었습니다.) | 끝입니다.",
        "배(물에 뜹니다. 빠릅니다)를 탔습니다.",
    ],
    "full width": ["갔습니다。|왔습니다！|또 갔습니다．|왜입니까？ | 네."],
    "marks without a partner": [
        '"국내 최대입니다. | 저는 "열정"을 봅니다.',
        "말은 이렇습니다.” | 끝입니다.",
        '국가"라는 말입니다. | 저는 갔다"고 했습니다.',
    ],
    "white space": [
        "하나입니다.  | \t둘입니다.\r\n | \n 셋입니다.\u3000 | 넷입니다.",
        "제목\n | 본문입니다.",
    ],
}


@pytest.mark.parametrize("line", [line for lines in CUT.values() for line in lines])
def test_a_text_is_cut_where_its_sentences_end(line: str) -> None:
    """Each kind of ending, and each thing that looks like one."""
    text = line.replace(" | ", " ").replace("|", "")
    assert pieces(text) == [piece.strip() for piece in line.split("|")]


@pytest.mark.parametrize("text", ["", " \n\t\n ", "\u3000"])
def test_white_space_alone_has_no_sentences(text: str) -> None:
    """Nothing to cut, nothing found."""
    assert split_fast(text) == ()


#: What the rules look at, for texts that no person would write.
WORDS = ("했습니다", "라고", "그리고", "ㅎㅎ")
SCRAPS = st.sampled_from([*WORDS, *"다요까aA1①^,.?!…\"'‘’“”`()[]<> \n\r\u3000"])
TEXTS = st.lists(SCRAPS, max_size=60).map("".join)


@given(st.one_of(TEXTS, st.text(max_size=80)))
def test_sentences_cover_the_text_in_order(text: str) -> None:
    """Spans are trimmed, apart and in order, hold every character but white space, and no line."""
    spans = split_fast(text)
    found = [text[span.start : span.end] for span in spans]
    assert all(piece and piece == piece.strip() and "\n" not in piece for piece in found)
    assert all(0 <= span.start < span.end for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert "".join("".join(found).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "scrap", ["(", ' "a', " “a", "' 'a", "[다. ", "니다 ", "?  ", "<", "다.ㅎ", "다. (a", "요~"]
)
def test_a_long_text_of_marks_without_partners_is_cut_to_its_end(scrap: str) -> None:
    """A rule that went back and forth over such a text would take hours for it."""
    text = scrap * 100_000
    assert split_fast(text)[-1].end == len(text.rstrip())


#: What the site leaves in an answer that was saved as text: marks behind passages, and a count.
MARK = re.compile(r"(?:좋은점|아쉬운점) \d+(?!\d| ?가지)")
COUNT = re.compile(r"\s*글자수 [\d,]+자\s*[\d,]+Byte\s*$")


def real_answers() -> Iterator[tuple[str, list[int]]]:
    """Yield saved answers of the half that nothing was tuned on, with the ends of passages."""
    path = real_data() / "jobkorea" / "answers_2021.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = unicodedata.normalize("NFC", COUNT.sub("", json.loads(line)["answer_raw"]))
        lines = [" ".join(one.split()) for one in MARK.sub("", raw).split("\n")]
        text = re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()
        if half_of(text) == "held":
            ends = [i for i, letter in enumerate(text, start=1) if not letter.isspace()]
            counts = accumulate(len("".join(part.split())) for part in MARK.split(raw)[:-1])
            yield text, [ends[count - 1] for count in counts if count]


def test_experts_end_their_passages_where_sentences_end() -> None:
    """Of passages that end inside a line, at least 0.97 end with a sentence by rules."""
    inside = hits = 0
    for text, ends in real_answers():
        found = {span.end for span in split_fast(text)}
        within = [end for end in ends if text[end : end + 1] not in ("", "\n")]
        inside += len(within)
        hits += sum(end in found for end in within)
    assert inside > 1_000
    assert hits / inside >= 0.97


def test_the_two_splitters_agree_on_real_answers() -> None:
    """On answers that nothing was tuned on boundaries agree (F1 of at least 0.97)."""
    texts = [text for text, _ in real_answers()][:300]
    assert len(texts) == 300
    result = agreement(texts)
    assert result.within_lines.f1 is not None
    assert result.within_lines.f1 >= 0.97


def test_a_span_counts_code_points() -> None:
    """Offsets are those of Python's strings, also behind characters outside the first plane."""
    assert split_fast("🌊 좋습니다. 네.") == (Span(0, 7), Span(8, 10))
