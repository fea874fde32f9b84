"""An essay's page read with BeautifulSoup and html.parser, as public scrapers of the site do it.

Short and direct: one tree, a selector for each field, marks turned into signs in the text so that
their places survive `get_text()`. It reads whole pages of the site's two layouts and nothing else:
no broken page, no odd saving, no nested mark.
"""

from __future__ import annotations

import re
import unicodedata

from bs4 import BeautifulSoup, Tag

from crawler.items import Advice, Essay, Passage, Polarity, Question
from crawler.titles import parse_title

BREAK, OPEN, CLOSE = "\ue000", "\ue001", "\ue002"  # private use: no page writes them

_ID = re.compile(r"/View/(\d+)", re.IGNORECASE)
_BLANK = re.compile(r"\s+")
_LINE_END = re.compile(f" ?{BREAK} ?")
_EMPTY_LINES = re.compile(r"\n{3,}")
_SIGN = re.compile(f"[{OPEN}{CLOSE}]")
_CHARS = re.compile(r"글자수\s*([\d,]+)")
_BYTES = re.compile(r"([\d,]+)Byte")
_POLARITIES: dict[str, Polarity] = {"좋은점": "good", "아쉬운점": "bad"}


def scrape_essay(text: str, url: str) -> Essay:
    """Read an essay off a whole page.

    Raises:
        AttributeError, ValueError: The page is not as the site writes it.

    """
    soup = BeautifulSoup(text, "html.parser")
    is_view = soup.select_one(".viewTitWrap") is not None
    company = ".viewTitWrap h2.hd strong a" if is_view else ".company-header-branding-body .name"
    title = ".viewTitWrap h2.hd em" if is_view else "article.detailView h2.tit"
    specs = "ul.specLists li:not(.txViewNum)" if is_view else "div.items span.trm span.cell"
    head = parse_title(_text(soup, title) or "")
    views = _text(soup, "ul.specLists li.txViewNum")
    grade = _text(soup, ".adviceTotal .grade")
    found = _ID.search(url)
    return Essay(
        id=found.group(1) if found else "",
        url=url,
        source="view" if is_view else "company",
        crawled_at=None,
        company=_text(soup, company),
        company_types=(),
        position=head.position,
        year=head.year,
        half=head.half,
        career=head.career,
        specs=tuple(_plain(node) for node in soup.select(specs)),
        views=_number(views.removesuffix("읽음")) if views else None,
        grade=float(grade) or None if grade else None,
        overall_advice=_text(soup, ".adviceTotal .tx"),
        questions=_questions(soup),
    )


def _questions(soup: BeautifulSoup) -> tuple[Question, ...]:
    asked, answered = soup.select("dl.qnaLists dt"), soup.select("dl.qnaLists dd")
    return tuple(_question(dt, dd) for dt, dd in zip(asked, answered, strict=True))


def _question(dt: Tag, dd: Tag) -> Question:
    counts = _text(dd, ".txSpllChk") or ""
    chars, size = _CHARS.search(counts), _BYTES.search(counts)
    answer, passages = _marked(dd.select_one("div.tx"))
    return Question(
        number=int((_text(dt, ".num") or "").strip("Q.")),
        question=_text(dt, ".tx") or "",
        answer=answer,
        site_chars=_number(chars.group(1)) if chars else None,
        site_bytes=_number(size.group(1)) if size else None,
        passages=passages,
        advice=tuple(_advice(line) for line in dd.select(".advice p")),
    )


def _marked(node: Tag | None) -> tuple[str, tuple[Passage, ...]]:
    """Return an answer without its counter and labels, and the marked stretches of it."""
    assert node is not None
    counter = node.select_one(".txSpllChk")
    if counter is not None:
        counter.decompose()
    labels: list[str] = []
    for mark in node.select("b.good, b.bad"):
        label = mark.select_one("span.sup")
        assert label is not None
        labels.append(label.extract().get_text())
        mark.insert(0, OPEN)
        mark.append(CLOSE)
    pieces = _SIGN.split(_plain(node))
    ends = [0]
    for piece in pieces:
        ends.append(ends[-1] + len(piece))
    passages = [
        Passage(*_label(label), start=ends[1 + 2 * i], end=ends[2 + 2 * i])
        for i, label in enumerate(labels)
    ]
    return "".join(pieces), tuple(passages)


def _advice(line: Tag) -> Advice:
    label = line.select_one("strong")
    assert label is not None
    polarity, number = _label(label.extract().get_text())
    return Advice(polarity, number, _plain(line))


def _label(text: str) -> tuple[Polarity, int]:
    word, number = text.split()
    return _POLARITIES[word], int(number)


def _text(node: Tag, css: str) -> str | None:
    found = node.select_one(css)
    return _plain(found) or None if found else None


def _plain(node: Tag) -> str:
    """Return a node's text: `<br>` is a new line, every other run of blanks a space."""
    for line_end in node.find_all("br"):
        line_end.replace_with(BREAK)
    text = _BLANK.sub(" ", node.get_text()).strip()
    text = _EMPTY_LINES.sub("\n\n", _LINE_END.sub("\n", text))
    return unicodedata.normalize("NFC", text)


def _number(text: str) -> int:
    return int(text.replace(",", ""))
