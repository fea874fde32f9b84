"""The replica's list pages: the site's own list with its filter panel and pager, and a company's.

Templates only. Everything that comes from an essay or an address is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from crawler.items import Essay
from crawler.replica.site import LIST_PATH, grade_html, title_words

PAGE_SIZE = 20
PAGER_BLOCK = 10
EXCERPT = 150
ORDERS = ("등록일순", "조회순", "평점높은순", "평점낮은순")


class ListView(NamedTuple):
    """What a list page shows: this page's essays, the whole number, the query and the panel."""

    essays: Sequence[Essay]
    total: int
    page: int
    query: Mapping[str, str]
    panel: Mapping[str, Mapping[str, str]]


def list_body(view: ListView) -> str:
    """Write the body of a page of the list."""
    items = "".join(_list_item(essay, view) for essay in view.essays)
    found = f'<ul class="selfLists">\n{items}</ul>' if items else '<p class="noData">없습니다.</p>'
    options = "".join(f'<option value="{i}">{name}</option>' for i, name in enumerate(ORDERS))
    return f"""<div class="starListsWrap ctTarget">
<div class="stTopWrap"><h2>합격자소서 <span id="titSelCount">{view.total}</span></h2>
<span>총 {view.total:,}건</span></div>
<div class="stSortWrap"><form action="{LIST_PATH}" id="frmPassAssay" method="get">
{_panel_html(view.panel)}
<select name="OrderBy">{options}</select>
<input maxlength="30" name="schTxt" type="text" value="{escape(view.query.get("schTxt", ""))}"/>
</form></div>
{found}
{_pager(view)}
</div>"""


def company_list_body(company_id: str, view: ListView) -> str:
    """Write the body of a page of a company's own list."""
    items = "".join(
        f'<li class="assay"><a href="/company/{company_id}/PassAssay/View/{escape(essay.id)}'
        f'?Page={view.page}">{title_words(essay)} 합격자소서</a></li>\n'
        for essay in view.essays
    )
    return f"""<div class="company-header"><div class="company-header-branding-body">
<div class="name">{escape(view.essays[0].company or "") if view.essays else ""}</div></div></div>
<div class="starList"><ul>
{items}</ul></div>
{_pager(view, path=f"/company/{company_id}/PassAssay")}"""


def _panel_html(panel: Mapping[str, Mapping[str, str]]) -> str:
    items = [
        f'<li class="itemCheck" data-type="{escape(kind)}" data-code="{escape(code)}"'
        f' data-value="{escape(name)}"><label>{escape(name)}</label></li>\n'
        for kind, codes in panel.items()
        for name, code in codes.items()
    ]
    return f'<div class="filterLy"><ul>\n{"".join(items)}</ul></div>'


def _list_item(essay: Essay, view: ListView) -> str:
    query = escape(urlencode({**view.query, "Page": view.page}))
    link = f'href="{LIST_PATH}/View/{escape(essay.id)}?{query}"'
    first = essay.questions[0]
    advice = escape((essay.overall_advice or "")[:EXCERPT])
    return f"""<!-- 읽었을경우 li 클래스 read -->
<li><a class="logo" {link}></a>
<div class="txBx"><p class="tit"><a {link}>
<span class="titTx">{escape(essay.company or "")}</span></a>
<span class="linkArray">{_list_title(essay)}</span></p>
<div class="ctBx"><div class="item question"><a {link}><strong class="stSpImg">질문</strong>
 {_highlighted(first.question, view.query.get("schTxt", ""))}
</a></div><div class="item answer"><a {link}><strong class="stSpImg">답변</strong>
 {escape(first.answer[:EXCERPT])}</a></div></div></div>
<div class="advice"><span class="hd">전문가 총평</span>{grade_html(essay)}
<span class="tx">{advice}</span></div>
<div class="etcEle">
<a class="linkWrite" href="/selfintroduction/passassayindex?bizNo=1">자소서 작성</a>
<span class="txViewNum">{essay.views or 0:,}<span class="stSpImg">읽음</span></span></div></li>
"""


def _list_title(essay: Essay) -> str:
    year = f"{essay.year}년" if essay.year else None
    season = " ".join(word for word in (year, essay.half) if word)
    fields = [escape(word) for word in (essay.career, essay.position) if word]
    spans = "".join(f'<span class="field">{word}</span>' for word in fields)
    return f'<span class="career">{escape(season)}</span>{spans}'


def _highlighted(text: str, searched: str) -> str:
    html = escape(text)
    hit = escape(searched)
    return html.replace(hit, f'<span class="point">{hit}</span>') if hit else html


def _pager(view: ListView, path: str = LIST_PATH) -> str:
    """Write ten page links and the buttons to the blocks before and after."""
    pages = max(1, -(-view.total // PAGE_SIZE))
    first = (view.page - 1) // PAGER_BLOCK * PAGER_BLOCK + 1
    last = min(first + PAGER_BLOCK - 1, pages)

    def link(number: int, text: object, kind: str = "") -> str:
        query = escape(urlencode({**view.query, "Page": number}))
        return f'<a{kind} data-page="{number}" href="{path}?{query}">{text}</a>'

    items = [
        f'<li><span class="now">{n}</span></li>' if n == view.page else f"<li>{link(n, n)}</li>"
        for n in range(first, last + 1)
    ]
    previous = link(first - 1, "이전 페이지", ' class="tplBtn btnPgnPrev"') if first > 1 else ""
    following = link(last + 1, "다음 페이지", ' class="tplBtn btnPgnNext"') if last < pages else ""
    buttons = f"<p>{previous}{following}</p>" if previous or following else ""
    return f'<div class="tplPagination"><ul>{"".join(items)}</ul>{buttons}</div>'
