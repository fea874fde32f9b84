"""The replica's essay pages and outer page: the real site's classes, order and traps.

Templates only. Everything that comes from an essay or an address is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from crawler.items import POLARITY_WORDS, Essay, Question
from crawler.replica.answer_html import answer_html, text_html

OPEN_QUESTIONS = 2
NEIGHBOURS = 6
LIST_PATH = "/starter/PassAssay"
FIRST_VISIT_COOKIE = "psFirstPopup=y"
MISSING = "선택하신 합격자소서 정보가 없습니다."

ROBOTS = """\
User-agent: Scrapy
Disallow: /

User-agent: GPTBot
Disallow: /

User-agent: ClaudeBot
Disallow: /

User-agent: *
Disallow: /login/
Disallow: /user/
Disallow: /my/
Disallow: /account/
Disallow: /RecrtMng/
Disallow: /corp/
Disallow: /text_co/
Disallow: /Search?stext=
"""

FIRST_VISIT_LAYER = """\
<div class="jkFulldim"></div>
<div class="toolTipCont fullLy firstPopUp"><p class="tx">합격자소서를 처음 보시나요?</p>
<button type="button" class="btnClose"><span class="skip">닫기</span></button></div>
"""

# As on the site: other blocks of an essay page use .tx and .advice too, and come after the essay.
REVIEWS = """\
<div class="devStartlist listArea reviewList" style="display:none"><ul>
<li><div class="ctgr"><a href="/starter/review/view?Ctgr_Code=5">면접질문</a></div>
<div class="tx"><a href="/starter/review/view?Ctgr_Code=5">지원 동기를 말해 보세요.</a></div></li>
<li><div class="ctgr"><a href="/starter/review/view?Ctgr_Code=3">면접후기</a></div>
<div class="tx">오전에 인성 면접,
오후에 직무 면접이 있었습니다.</div>
<div class="advice"><p><strong class="good">좋은점 1</strong> 분위기가 편안했습니다.</p></div></li>
</ul></div>
"""


def outer_page(title: str, body: str, *, first_visit: bool) -> str:
    """Put a page's body into the site's outer page."""
    layer = FIRST_VISIT_LAYER if first_visit else ""
    return f"""<!DOCTYPE html>
<html lang="ko"><head><meta charset="utf-8"/><title>{escape(title)}</title>
<script>var logined = false;</script></head>
<body>{layer}<div id="wrap"><div class="gnb"><a href="/login/">로그인</a></div>
{body}
</div></body></html>
"""


def missing_page() -> str:
    """Write the page of a number that no essay has: status 200, and an alert."""
    return outer_page(
        "합격자소서",
        f'<div class="stContainer"><p>{MISSING}</p></div><script>alert("{MISSING}");</script>',
        first_visit=False,
    )


def essay_body(essay: Essay, neighbours: Sequence[Essay]) -> str:
    """Write the body of an essay's own page (`view`)."""
    return f"""<div class="stContainer">
<!-- starViewTit 추가 -->
<h2 class="starViewTit">합격자소서</h2>
<div class="selfTopBx">
{_view_title(essay)}
<div class="selfCtWrap"><h3 class="hd">합격자 정보</h3>
<ul class="specLists">
{_spec_items(essay)}</ul></div>
</div>
{_overall(essay)}{questions_html(essay)}
{_foot(essay, neighbours)}
</div>"""


def company_body(essay: Essay) -> str:
    """Write the body of an essay's page in the company layout."""
    cells = "".join(f'<span class="cell">{text_html(spec)}</span>\n' for spec in essay.specs)
    specs = f'<div class="items"><span class="trm">\n{cells}</span></div>' if essay.specs else ""
    return f"""<div class="company-header"><div class="company-header-branding-body">
<div class="name">{escape(essay.company or "")}</div>
<div class="summary"><div class="summary-item">기업정보</div></div></div></div>
<article class="detailView"><h2 class="tit">
{title_words(essay)} 합격자소서</h2>
{specs}
{_overall(essay)}{questions_html(essay)}
</article>
{REVIEWS}"""


def questions_html(essay: Essay) -> str:
    """Write the questions, the first two of them open."""
    pairs = [_question(question, index) for index, question in enumerate(essay.questions)]
    return f"""<div class="selfQnaWrap"><h3 class="skip">합격자소서 질문 및 내용</h3>
<!-- 페이지 로드시 질답 활성화 클래스 dt : on, dd : show, dd 다음 dt : next </dl> -->
<dl class="qnaLists">
{"".join(pairs)}</dl></div>"""


def _question(question: Question, index: int) -> str:
    shown = index < OPEN_QUESTIONS
    term = "on" if shown else "next" if index == OPEN_QUESTIONS else ""
    return f"""<dt class="{term}">
<button type="button"><strong class="skip">질문</strong>\
<span class="num">Q{question.number}.</span>\
<span class="tx">{text_html(question.question)} </span>\
<span class="arr stSpImg">보기</span></button>
</dt>
<dd class="{"show" if shown else ""}">
<strong class="skip">답변</strong>
<div class="tx">\r
{answer_html(question.answer, question.passages)}                        {_counts(question)}
</div>
{_advice(question)}</dd>
"""


def _counts(question: Question) -> str:
    parts = []
    if question.site_chars is not None:
        parts.append(f"<span>글자수 <strong>{question.site_chars:,}</strong>자</span>")
    if question.site_bytes is not None:
        parts.append(f"<span><strong>{question.site_bytes:,}</strong>Byte</span>")
    return f'<p class="txSpllChk">{"".join(parts)}</p>' if parts else ""


def _advice(question: Question) -> str:
    if not question.advice:
        return ""
    lines = [
        f'<p><strong class="{advice.polarity} stSpBefore stSpAfter">'
        f"{POLARITY_WORDS[advice.polarity]} {advice.number}</strong> {text_html(advice.text)}</p>\n"
        for advice in question.advice
    ]
    return f'<div class="advice">\n{"".join(lines)}</div>\n'


def title_words(essay: Essay) -> str:
    """Write the words of an essay's title."""
    year = f"{essay.year}년" if essay.year else None
    words = (year, essay.half, essay.career, essay.position)
    return escape(" ".join(word for word in words if word))


def _view_title(essay: Essay) -> str:
    link = f'<a href="/Recruit/Co_Read/C/1" title="기업 홈 이동">{escape(essay.company or "")}</a>'
    return f"""<div class="viewTitWrap"><h2 class="hd"><strong>
<!--신입공채 페이지 호출방식변경-->
{link if essay.company else ""}
<button class="btnStarSc off" type="button"><span class="skip">관심기업</span></button>
</strong><em>{title_words(essay)}</em>합격자소서
</h2><div class="btns"><a class="linkWrite stSpImg"
 href="/SelfIntroduction/PassAssayView?PflNo={escape(essay.id)}">자소서 작성</a></div></div>"""


def _spec_items(essay: Essay) -> str:
    items = [f"<li>{text_html(spec)}</li>\n" for spec in essay.specs]
    if essay.views is not None:
        number = f'{essay.views:,}<span class="stSpImg">읽음</span>'
        items.append(f'<li class="txViewNum">{number}</li>\n')
    return "".join(items)


def _overall(essay: Essay) -> str:
    if essay.grade is None and essay.overall_advice is None:
        return ""
    return f"""<div class="adviceTotal"><div class="hd"><h3 class="tit">전문가 자소서 총평</h3>
{grade_html(essay)}</div>
<p class="tx">{text_html(essay.overall_advice or "")}</p></div>
"""


def grade_html(essay: Essay) -> str:
    """Write the grade; no grade is a 0, as on the site."""
    grade = essay.grade or 0
    return f"""<span class="grade"><span class="stars lv{int(grade):02}">
<span class="down stSpImg"></span><span class="up"></span></span>
 {grade:g}
</span>"""


def _foot(essay: Essay, neighbours: Sequence[Essay]) -> str:
    links = "".join(
        f'<li><a href="{LIST_PATH}/View/{escape(other.id)}">{escape(other.company or "")} '
        f"<b>'{escape(other.position or '')}'</b></a>"
        f'<span class="readNum">{other.views or 0:,}</span></li>\n'
        for other in neighbours[:NEIGHBOURS]
    )
    return f"""<div class="viewBtns">
<a class="linkList" href="{LIST_PATH}?Page=1">목록보기</a></div>
<div class="selfViewListsWrap"><div class="viewListsAtc">
<h3 class="hd"><strong>‘{escape(essay.company or "")}’</strong>의 인기 합격자소서</h3>
<ul class="lists">
{links}</ul></div></div>
{REVIEWS}"""
