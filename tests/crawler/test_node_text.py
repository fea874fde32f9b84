"""The text of a node and the stretches of marks in it."""

from __future__ import annotations

import unicodedata

import pytest

from crawler.markup import parse_tree
from crawler.node_text import marked_text, node_text, tidy_text
from crawler.selection import Node, select

TEXTS = {
    "break": ("가<br>나", "가\n나"),
    "raw line ends beside breaks": ("가\r\n<br/>\r\n<br/>\r\n나", "가\n\n나"),
    "many breaks are two": ("가<br><br> <br>\t<br>나", "가\n\n나"),
    "raw line ends are spaces": ("가\r\n나\n다\t라", "가 나 다 라"),
    "no-break and zero-width": ("가\u00a0\u200b\ufeff나&nbsp;&nbsp;다", "가 나 다"),
    "stripped lines and ends": ("<br> 가 <br> 나 <br>", "가\n나"),
    "composed form": (unicodedata.normalize("NFD", "각각"), "각각"),
    "removed nodes keep their tails": ('가<span class="sup">아쉬운점 1</span>30개', "가30개"),
    "counter of another kind removed": ('가<ul class="txSpllChk">글자수 1자</ul>', "가"),
    "hidden helper removed": ('가<em class="skip">관심기업</em>', "가"),
    "advice in an answer that was not closed": ('가<ul class="advice">나</ul>', "가"),
    "paragraphs": ("<p>가</p><p>나</p>다", "가 나 다"),
    "paragraphs and breaks": ("<p>가</p><br><p>나</p>", "가\n나"),
    "counter removed": ('가<p class="x txSpllChk">글자수 1자</p>', "가"),
    "other spans stay": ('가<span class="point">나</span>', "가나"),
    "comments are silent": ("가<!-- 나 -->다", "가다"),
    "entities": ("&lt;가&gt; &amp; &#8220;나", "<가> & “나"),
    "nothing": (" <br> \u200b", ""),
}

MARKS = {
    "touching": ('<b class="m">가</b><b class="m">나</b>', "가나", ["가", "나"]),
    "trimmed": ('가 <b class="m"> 나 </b> 다', "가 나 다", ["나"]),
    "edges in breaks": ('가<b class="m"><br><br>나<br></b><br>다', "가\n\n나\n\n다", ["나"]),
    "over paragraphs": ('<b class="m">가<br><br>나</b>다', "가\n\n나다", ["가\n\n나"]),
    "nested": ('<b class="m">가<b class="m">나</b></b>', "가나", ["가나", "나"]),
    "label inside": ('<b class="m">가 <span class="sup">1</span></b>30', "가 30", ["가"]),
    "empty": ('가<b class="m"> <br></b>나', "가\n나", []),
    "composed before": ("\u1100\u1161\u11a8<b class=m>\u1100\u1161</b>다", "각가다", ["가"]),
    "blanks at both ends": ('<b class="m"> 가 </b><br>', "가", ["가"]),
    "nothing but marks": ('<b class="m"><b class="m"> </b><br></b>', "", []),
    "a blank between marks": (
        '가<b class="m">나 </b> <b class="m">다</b>',
        "가나 다",
        ["나", "다"],
    ),
    "breaks between marks": (
        '<b class="m">가<br></b> <b class="m"><br>나</b>',
        "가\n\n나",
        ["가", "나"],
    ),
    "other blanks": ('가\t<b class="m">\u200b\u00a0나</b>', "가 나", ["나"]),
    "a break that is a mark": ('가<br class="m">나', "가\n나", []),
    "edge inside a letter": ("\u1100<b class=m>\u1161나</b>다", "가나다", ["가나"]),
}


def is_m(_: Node, __: str, classes: str | None) -> bool:
    """Say whether a node is a mark of these tests: its class is m."""
    return classes == "m"


@pytest.mark.parametrize(("html", "expected"), TEXTS.values(), ids=TEXTS.keys())
def test_text_of_a_node(html: str, expected: str) -> None:
    """A node's text follows the design's rules."""
    [node] = select(parse_tree(f"<div>{html}</div>"), "div")
    assert node_text(node) == expected


@pytest.mark.parametrize(("html", "text", "stretches"), MARKS.values(), ids=MARKS.keys())
def test_stretches_of_marks(html: str, text: str, stretches: list[str]) -> None:
    """A mark's stretch is counted in the final text's code points, and trimmed."""
    [node] = select(parse_tree(f"<div>{html}</div>"), "div")
    found = marked_text(node, is_m)
    assert found.text == text
    assert [text[span.start : span.end] for span in found.spans] == stretches


def test_code_points_beyond_the_basic_plane() -> None:
    """An emoji is one code point."""
    [node] = select(parse_tree("<div>😀<b class=m>가</b></div>"), "div")
    [span] = marked_text(node, is_m).spans
    assert (span.start, span.end) == (1, 2)


def test_tidy_text_is_stable() -> None:
    """What is tidy stays as it is."""
    once = tidy_text(" 가\u00a0 \n 나\u200b ")
    assert (once, tidy_text(once)) == ("가 나", "가 나")
