"""Landmarks: what selectors start from."""

from __future__ import annotations

import pytest

from crawler import essay_page
from crawler.landmarks import Landmarks, group
from crawler.markup import parse_tree
from crawler.pages import BrokenPageError
from crawler.selection import select
from tests.crawler.test_fuzz_pages import broken_pages

DIV, OTHER = '<div class="a total">가</div>', "<p><b class=total>나</b></p>"


@pytest.mark.parametrize("css", [*essay_page.LANDMARKS, essay_page.COMPANY_SPECS])
def test_broken_pages(css: str) -> None:
    """However broken a page is, from its landmarks the same is found as without them."""
    found = 0
    for page in broken_pages(60):
        try:
            root = parse_tree(page.text)
        except BrokenPageError:
            continue
        nodes = Landmarks(root, page.text, essay_page.LANDMARKS).select(css)
        assert nodes == select(root, css)
        found += len(nodes)
    assert found > 0


@pytest.mark.parametrize(
    "html",
    [
        DIV,
        OTHER,
        OTHER + DIV,
        f"{DIV}<i>total</i>{OTHER}",
        "<div class=subtotal></div>",
        "<div class='to\0tal'>가</div>",
        "<p class=total>가<div class=total>나",
        "",
    ],
)
def test_class_of_any_tag(html: str) -> None:
    """A class without a tag is found, be it a block's or not, and named elsewhere or not."""
    root = parse_tree(html)
    landmarks = Landmarks(root, html, (".total",))
    found = landmarks.select(".total")
    assert found == select(root, ".total")
    assert len(found) == html.count("가") + html.count("나")
    assert landmarks.first(".total") is (found[0] if found else None)


def test_selectors_that_share_a_start() -> None:
    """Each gives what is inside the start and around it, whichever comes first."""
    html = (
        '<h2 class="hd"><em>가</em></h2>'
        '<div class="head"><h2 class="a hd"><em>나</em></h2><h3 class="hd"><em>다</em></h3></div>'
        '<div class="foot"><h2 class="hd"><em>라</em></h2></div>'
    )
    selectors = (".head h2.hd em", ".foot h2.hd em", "h2.hd em", "h2.hd")
    texts = {
        ".head h2.hd em": ["나"],
        ".foot h2.hd em": ["라"],
        "h2.hd em": ["가", "나", "라"],
        "h3.hd em": ["다"],
    }
    for order in (texts, reversed(texts)):
        landmarks = Landmarks(parse_tree(html), html, selectors)
        for css in order:
            assert [node.text for node in landmarks.select(css)] == texts[css]


@pytest.mark.parametrize("css", ["a[href]", "ul > li", "h2 em"])
def test_selector_of_another_kind(css: str) -> None:
    """A landmark has a class, and nothing but tags and classes; anything else is told at once."""
    with pytest.raises(ValueError, match="tags and classes"):
        Landmarks(parse_tree(""), "", (css,))


def test_groups() -> None:
    """A node stands under each of the selectors that name it, in the page's order."""
    root = parse_tree('<p class="a b c">1</p><p class="b">2</p><p class="ab">3</p><p>4</p>')
    groups = group(root.iter(), frozenset({".a", ".b", ".d"}))
    texts = {css: [node.text for node in nodes] for css, nodes in groups.items()}
    assert texts == {".a": ["1"], ".b": ["1", "2"]}
