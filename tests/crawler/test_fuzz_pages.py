"""The parser on pages broken at random, and on what such pages once found."""

from __future__ import annotations

import random
import unicodedata
from itertools import count
from pathlib import Path

import msgspec
import pytest
from lxml.cssselect import CSSSelector  # type: ignore[import-untyped]

from crawler import essay_page, list_page, markup, questions
from crawler.items import Essay, Passage
from crawler.markup import decode_page, parse_tree
from crawler.pages import (
    BrokenPageError,
    PageError,
    TruncatedPageError,
    UnreadableFieldError,
    WrongPageError,
    parse_essay,
    parse_list,
)
from crawler.selection import select
from tests.crawler.fuzz_pages import Page, break_page, examine, fuzz, load_pages, main
from tests.crawler.invented import make_essay

URL = "https://site.test/starter/PassAssay/View/98765"
DT = '<dt><span class="tx">문</span></dt>'
SELECTORS = (
    markup.QUESTIONS,
    markup.ESSAY_SIGNS,
    essay_page.VIEW_COMPANY,
    essay_page.VIEW_COMPANY_LINKS,
    essay_page.VIEW_TITLE,
    essay_page.VIEW_SPECS,
    essay_page.COMPANY_SIGNS,
    essay_page.COMPANY_ARTICLE,
    essay_page.COMPANY_NAME,
    essay_page.COMPANY_TITLE,
    essay_page.COMPANY_SPECS,
    essay_page.GRADE,
    essay_page.OVERALL,
    questions.ANSWER,
    list_page.ENTRIES,
    list_page.COMPANY_ENTRIES,
    list_page.GRADE,
)


def page_of(answer: str) -> str:
    """Write a page with one question and this answer."""
    return f'<dl class="qnaLists">{DT}<dd><div class="tx">{answer}</div></dd></dl>'


def broken_pages(number: int) -> list[Page]:
    """Break some pages, always the same way."""
    rng = random.Random(f"selectors {number}")  # noqa: S311 - no cryptography
    return [break_page(rng, load_pages(None)) for _ in range(number)]


def test_broken_pages(tmp_path: Path) -> None:
    """Fifteen hundred broken pages each give a record in order, or an error of the right kind."""
    outcomes = fuzz(range(1500), seed=3, corpus=None, out=tmp_path)
    assert outcomes["findings"] == 0
    assert outcomes.total() == 1500
    assert outcomes["record"] > 500
    kinds = [BrokenPageError, TruncatedPageError, UnreadableFieldError, WrongPageError]
    assert set(outcomes) >= {kind.__name__ for kind in [*kinds, UnicodeDecodeError]}


def test_pages_are_broken_the_same_way_again() -> None:
    """A seed and a number decide a page, so that what was found can be made again."""
    pages = broken_pages(30)
    assert pages == broken_pages(30)
    assert len(set(pages)) == 30


@pytest.mark.parametrize("css", SELECTORS)
def test_selectors(css: str) -> None:
    """However broken a page is, a selector finds in it what the library's own finds."""
    library = CSSSelector(css, translator="html")
    found = 0
    for page in broken_pages(60):
        try:
            root = parse_tree(page.text)
        except BrokenPageError:
            continue
        nodes = select(root, css)
        assert nodes == library(root)
        found += len(nodes)
        for node in nodes[:2]:
            assert select(node, css) == library(node)
    assert found > 0


class Raising:
    """A parser that goes wrong in its own way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, _: Page) -> Essay:
        """Go wrong."""
        raise self.error


def endless(_: Page) -> Essay:
    """Never come back."""
    for _again in count():
        pass
    raise AssertionError


def ill_trimmed(_: Page) -> Essay:
    """Return an essay whose passage begins with a blank."""
    essay = make_essay()
    question = msgspec.structs.replace(essay.questions[0], passages=(Passage("bad", 1, 2, 27),))
    return msgspec.structs.replace(essay, questions=(question,))


def test_what_is_found() -> None:
    """Another error, a wrong record and a hang are found; a page's own error is not."""
    page = Page("", URL, is_list=False)
    assert examine(page, Raising(WrongPageError(URL, "it is none"))) == ("WrongPageError", "")
    for parse, outcome, told in (
        (Raising(KeyError("answer")), "KeyError", "answer"),
        (Raising(UnicodeDecodeError("utf-8", b"a", 0, 1, "no")), "UnicodeDecodeError", "utf-8"),
        (ill_trimmed, "AssertionError", "a passage is not trimmed"),
        (endless, "TimeoutError", "too long"),
    ):
        found = examine(page, parse, patience=0.1)
        assert found[0] == outcome
        assert told in found[1].splitlines()[-1]


def test_what_is_found_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that found something is left as the parser got it, and told with seed and number."""
    wrong = Raising(KeyError("answer"))
    outcomes = fuzz(range(40, 50), seed=5, corpus=None, out=tmp_path / "found", parse=wrong)
    assert outcomes == {"KeyError": 10, "findings": 10}
    told = capsys.readouterr().out
    for number in range(40, 50):
        rng = random.Random(f"5-{number}")  # noqa: S311 - no cryptography
        page = break_page(rng, load_pages(None))
        [file] = (tmp_path / "found").glob(f"5-{number}-*.html")
        body = page.text.encode("utf-8", errors="surrogatepass")
        assert file.read_bytes() == (body if page.body is None else page.body)
        assert f"seed 5, page {number} of {page.url}, {file}:" in told


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command takes saved pages too, and ends in one line that sums up."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "view_1.html").write_text(page_of("저장한 답"), encoding="utf-8")
    options = ["--pages", "30", "--out", str(tmp_path / "found")]
    assert main([*options, "--corpus", str(corpus)]) == 0
    assert capsys.readouterr().out.startswith("30 pages, ")
    assert any("저장한 답" in page.text for page in load_pages(corpus))
    assert not (tmp_path / "found").exists()
    assert main([*options, "--corpus", str(tmp_path / "missing")]) == 2
    assert "missing is no folder" in capsys.readouterr().err


# What broken pages found, made small.


@pytest.mark.parametrize("page", ["<div><p>가</p></div>", "", " ", "\0"])
def test_page_behind_a_broken_one(page: str) -> None:
    """The parser remembers nothing of a page on which it gave up."""
    with pytest.raises(BrokenPageError, match="depth"):
        parse_tree("<div>" * 20_000)
    assert len(list(parse_tree(page).iter("p"))) == ("가" in page)


def test_charset_that_is_none() -> None:
    """A page may declare what Python has a codec for and no page is written in."""
    for name in ("base64", "undefined", "rot13"):
        page = f"<meta charset={name}>한글".encode("cp949")
        assert decode_page(page) == f"<meta charset={name}>한글"


def test_link_to_no_address() -> None:
    """A link whose address cannot be read leads nowhere; the rest of the list is read."""
    link = '<a href="/starter/PassAssay/View/20748">글</a>'
    pager = '<div class="tplPagination"><a data-page="2" href="http://[">2</a></div>'
    html = f'<ul class="selfLists"><li><a href="http://[1">x</a>{link}</li></ul>{pager}'
    page = parse_list(html, "https://site.test/starter/PassAssay")
    assert [entry.id for entry in page.entries] == ["20748"]
    assert page.next_pages == ()


@pytest.mark.parametrize("tag", ["b", "div", 'b class="bad"', "strong"])
def test_deep_nesting(tag: str) -> None:
    """An answer is whole however deeply it nests; where the parser gives up, that is an error."""
    essay = parse_essay(page_of(f"가{f'<{tag}>' * 1500}나"), URL, crawled_at=None)
    assert essay.questions[0].answer in {"가나", "가 나"}
    with pytest.raises(BrokenPageError, match="depth"):
        parse_essay(page_of(f"가{f'<{tag}>' * 20_000}나"), URL, crawled_at=None)


@pytest.mark.parametrize("opening", ["<!--", "<script>"])
def test_list_that_ends_in_what_was_not_closed(opening: str) -> None:
    """What stands behind a comment or script without an end is no part of the page."""
    whole = page_of("답")
    cut = whole.replace("</dl>", f"{opening} </dl>")
    assert parse_essay(whole, URL, crawled_at=None).questions[0].answer == "답"
    with pytest.raises(TruncatedPageError):
        parse_essay(cut, URL, crawled_at=None)


ENDED = ("<!-->", "<!--->", "<!-- a --!>")
NO_MARKUP = ('<i title="<script>"></i>', '<i title="<!--"></i>')


@pytest.mark.parametrize(
    "page",
    [*(page_of(f"{one}답") for one in ENDED), *(one + page_of("답") for one in ENDED + NO_MARKUP)],
)
def test_what_looks_like_an_endless_comment(page: str) -> None:
    """What only looks like a comment or script without an end hides no list, and no lack of one."""
    assert parse_essay(page, URL, crawled_at=None).questions[0].answer == "답"
    with pytest.raises(TruncatedPageError):
        parse_essay(page.replace("</dl>", ""), URL, crawled_at=None)


@pytest.mark.parametrize("noise", ["<!-- ", "<script ", "<dl ", "<!-- saved from url=(1)"])
def test_noise_without_an_end(noise: str) -> None:
    """Openings without ends, ten thousand of them, are read once each and not again and again."""
    with pytest.raises(PageError):
        parse_essay(f"{noise * 10_000}{page_of('답')}", "a.html", crawled_at=None)


def test_marks_in_decomposed_text() -> None:
    """Many marks in decomposed text each keep their place, and none cuts a letter."""
    word = unicodedata.normalize("NFD", "각오")
    label = '<i class="sup">아쉬운점 1</i>'
    html = f'{word[0]}<b class="bad">{word[1:]}{label}</b> ' * 3000
    [question] = parse_essay(page_of(html), URL, crawled_at=None).questions
    assert question.answer == " ".join(["각오"] * 3000)
    assert [(one.start, one.end) for one in question.passages] == [
        (3 * i, 3 * i + 2) for i in range(3000)
    ]
