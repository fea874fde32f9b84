"""The report as Markdown: headline, tables and settings, for reading in a terminal or a forge."""

from __future__ import annotations

import html
from collections.abc import Iterator

from eval.page import Page
from eval.tables import Table


def markdown(page: Page) -> str:
    """Write the page without its examples."""
    return "\n".join(lines_of(page)) + "\n"


def lines_of(page: Page) -> Iterator[str]:
    """Write the lines one after another."""
    first = page.result.systems[0]
    yield f"# {plain(page.frame.title)}"
    if page.frame.notice:
        yield from ["", f"> **{plain(page.frame.notice)}**"]
    yield from ["", *(f"- {plain(sentence)}" for sentence in page.sentences), ""]
    yield f"항목 {first.items}개, 자기소개서 {first.essays}편. 구간은 모두 95%입니다."
    for title, table in (
        ("결과", page.main),
        ("차이", page.changes),
        ("세부 결과", page.detail),
    ):
        if table.rows:
            yield from ["", f"## {title}", "", *table_lines(table)]
    yield from ["", "## 지표", ""]
    yield from (f"- **{w.name}**: {w.meaning}" for w in (*page.main.words, *page.detail.words))
    yield from ["", "## 시스템", ""]
    yield from (f"- **{plain(n)}** (`{own}`): {plain(note)}" for n, own, note in page.system_notes)
    if page.failures:
        yield from ["", "## 읽을 수 없는 출력", ""]
        yield from (f"- {plain(name)}: {plain(told)}" for name, told in page.failures)
    for note in page.frame.notes:
        yield from ["", "## 메모", "", plain(note)]
    yield from ["", "## 설정", ""]
    yield from (f"- {plain(name)}: `{value}`" for name, value in page.settings)


def table_lines(table: Table) -> Iterator[str]:
    """Write a table, each value with its interval."""
    yield "| 시스템 | " + " | ".join(word.name for word in table.words) + " |"
    yield "|---|" + "---:|" * len(table.words)
    for row in table.rows:
        cells = (f"{c.value} {c.interval}" if c.interval else c.value for c in row.cells)
        yield f"| {plain(row.label)} | " + " | ".join(cells) + " |"


def plain(text: str) -> str:
    """Keep a text from being read as HTML or as a table's border."""
    return html.escape(text, quote=False).replace("|", "\\|")
