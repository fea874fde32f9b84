"""The report as Markdown: headline, tables and settings, for reading in a terminal or a forge."""

from __future__ import annotations

import html
from collections.abc import Iterator

from eval.pages.page import Page
from eval.pages.tables import Table


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
    yield f"항목 {first.items}개, {page.subject.counted(first.essays)}. 구간은 모두 95%입니다."
    for title, table in tables_of(page):
        if table.rows:
            yield from ["", f"## {plain(title)}", "", *table_lines(table)]
    for section in page.sections:
        yield from ["", f"## {plain(section.title)}", ""]
        yield from (f"- {plain(sentence)}" for sentence in section.sentences)
        for caption, table in section.tables:
            yield from ["", f"### {plain(caption)}", "", *table_lines(table)]
    yield from explained(page)


def tables_of(page: Page) -> Iterator[tuple[str, Table]]:
    """Yield the tables of the scores, each with its title."""
    yield "결과", page.main
    yield "차이", page.changes
    yield "세부 결과", page.detail
    if page.parting is not None:
        yield "전문가와 갈리는 문장", page.parting.systems
    for part in page.slices:
        yield f"{part.metric}: {part.by}", part.table


def explained(page: Page) -> Iterator[str]:
    """Write what the words mean and how the numbers were made."""
    yield from ["", "## 지표", ""]
    yield from (f"- **{w.name}**: {w.meaning}" for w in page.words)
    yield from (f"- **{name}**: 계산하지 않았습니다: {plain(why)}." for name, why in page.absent)
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
    yield f"| {plain(table.first)} | " + " | ".join(map(plain, table.heads)) + " |"
    yield "|---|" + "---:|" * len(table.heads)
    for row in table.rows:
        cells = (f"{c.value} {c.interval}" if c.interval else c.value for c in row.cells)
        yield f"| {plain(row.label)} | " + " | ".join(map(plain, cells)) + " |"


def plain(text: str) -> str:
    """Keep a text from being read as HTML or as a table's border."""
    return html.escape(text, quote=False).replace("|", "\\|")
