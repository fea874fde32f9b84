"""Questions of an essay page: answers, marks, advice and counts."""

from __future__ import annotations

import pytest

from crawler.pages import parse_essay

URL = "https://site.test/starter/PassAssay/View/98765"
Q = '<dt><span class="tx">문</span></dt><dd><div class="tx">답</div></dd>'
DL = '<dl class="qnaLists">'
DT = '<dt><span class="tx">문</span></dt>'
BAD_1 = '<i class="sup">아쉬운점 1</i>'
MARKED = {
    "label behind its mark": (
        '<b class="bad">가</b><i class="sup">아쉬운점 1</i>나',
        [("bad", 1, "가")],
    ),
    "label without a space, blanks around": (
        '<b class="good"> 가 <span class="sup"> 좋은점1 </span> </b>나',
        [("good", 1, "가")],
    ),
    "mark that was not closed": (
        f'<b class="bad">가{BAD_1} <b class="good">나<i class="sup">좋은점 1</i></b>',
        [("bad", 1, "가 나"), ("good", 1, "나")],
    ),
    "labels in another order": (
        f'<b class="bad">가<i class="sup">아쉬운점 2</i></b><b class="bad">나{BAD_1}</b>',
        [("bad", 2, "가"), ("bad", 1, "나")],
    ),
    "label typed as words beside a usual one": (
        f'<b class="bad">가{BAD_1}</b> <b class="bad">나.아쉬운점2</b>',
        [("bad", 1, "가"), ("bad", 2, "나.아쉬운점2")],
    ),
    "nothing marked": ('가<b class="bad"></b><b class="bad"><i class="sup">좋은점 1</i></b>', []),
}


@pytest.mark.parametrize(("html", "expected"), MARKED.values(), ids=MARKED.keys())
def test_marks(html: str, expected: list[tuple[str, int, str]]) -> None:
    """Each mark has its own label, wherever that stands."""
    page = f'<dl class="qnaLists">{DT}<dd><div class="tx">{html}</div></dd></dl>'
    [question] = parse_essay(page, URL, crawled_at=None).questions
    found = [(p.polarity, p.number, question.answer[p.start : p.end]) for p in question.passages]
    assert found == expected


ADVICE = {
    "two paragraphs": ("<p><strong>아쉬운점 1</strong> 가.</p><p>나.</p>", [("bad", 1, "가. 나.")]),
    "label with a colon, not strong": ('<b class="bad">아쉬운점 1 :</b> 가', [("bad", 1, "가")]),
    "words of a label": ("<strong>좋은점 1</strong> 좋은점 2는", [("good", 1, "좋은점 2는")]),
    "hidden heading": (
        '<h4 class="skip">조언</h4><strong>좋은점 1</strong>가',
        [("good", 1, "가")],
    ),
}


@pytest.mark.parametrize(("html", "expected"), ADVICE.values(), ids=ADVICE.keys())
@pytest.mark.parametrize("before", [True, False])
def test_advice(html: str, expected: list[tuple[str, int, str]], *, before: bool) -> None:
    """A label's advice reaches to the next label; it is never taken for the answer."""
    parts = [f'<div class="advice"><div class="tx">{html}</div></div>', '<div class="tx">답</div>']
    body = "".join(parts if before else reversed(parts))
    page = f'<dl class="qnaLists">{DT}<dd>{body}</dd></dl>'
    [question] = parse_essay(page, URL, crawled_at=None).questions
    assert question.answer == "답"
    assert [(a.polarity, a.number, a.text) for a in question.advice] == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ("글자수 <b>12,049</b>자<b>20122</b>Byte", (12049, 20122)),
        ("글자수: 1 049 자\n1.122 byte", (1049, 1122)),
        ("", (None, None)),
    ],
)
def test_counts(counts: str, expected: tuple[int | None, int | None]) -> None:
    """Counts are read with any digit grouping, inside the answer or behind it."""
    block = f'<div class="txSpllChk">{counts}</div>'
    for inside, behind in ((block, ""), ("", block)):
        page = f'{DL}{DT}<dd><div class="tx">답{inside}</div>{behind}</dd></dl>'
        [question] = parse_essay(page, URL, crawled_at=None).questions
        assert (question.answer, question.site_chars, question.site_bytes) == ("답", *expected)


def test_list_of_questions_in_a_script() -> None:
    """Markup in a script is no markup."""
    page = f"<script>var a = '{DL}'; // <!-- </script>{DL}{Q}</dl>"
    assert len(parse_essay(page, URL, crawled_at=None).questions) == 1


def test_empty_block_of_advice() -> None:
    """A block of advice with nothing in it is no advice."""
    page = Q.replace("</dd>", '<div class="advice">\n<p><strong></strong></p></div></dd>')
    essay = parse_essay(f'<dl class="qnaLists">{page}</dl>', URL, crawled_at=None)
    assert essay.questions[0].advice == ()
