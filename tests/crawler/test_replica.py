"""The replica: what it serves reads back as what it holds, and it behaves as the site does."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import Advice, Essay, Passage, Polarity, Question
from crawler.node_text import tidy_text
from crawler.pages import MISSING_TEXT, MissingEssayError, parse_essay, parse_list
from crawler.replica import site
from crawler.replica.answer_html import answer_html
from crawler.replica.catalogue import FIELDS, Catalogue, field_of, is_analysed, read_filters
from crawler.replica.essays import generate_essays
from crawler.replica.server import start_replica
from crawler.titles import parse_title
from tests.crawler.invented import make_essay, make_essays

HOST = "http://127.0.0.1:1"
LETTERS = "가각힣ㄱ\u1100\u1161A z0.9,'\"<>&;·()~—“㈜😀e\u0301\u00a0\u200b"

lines = st.text(LETTERS, min_size=1, max_size=20).map(tidy_text).filter(bool)
texts = st.lists(st.tuples(lines, st.sampled_from(["\n", "\n\n"])), min_size=1, max_size=4).map(
    lambda parts: "".join(line + gap for line, gap in parts).strip()
)
numbers = st.integers(1, 12)
polarities: st.SearchStrategy[Polarity] = st.sampled_from(("good", "bad"))
counts = st.none() | st.integers(0, 99_999)


@st.composite
def questions(draw: st.DrawFn, number: int) -> Question:
    """Draw a question; its passages touch or lie apart."""
    answer = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(answer)), max_size=6)))
    passages = []
    for start, end in pairwise(cuts):
        inner = answer[start:end].strip()
        if inner and draw(st.booleans()):
            first = answer.index(inner, start)
            mark = Passage(draw(polarities), draw(numbers), first, first + len(inner))
            passages.append(mark)
    advice = draw(st.lists(st.builds(Advice, polarities, numbers, texts), max_size=3))
    return Question(
        number=number,
        question=draw(texts),
        answer=answer,
        site_chars=draw(counts),
        site_bytes=draw(counts),
        passages=tuple(passages),
        advice=tuple(advice),
    )


@st.composite
def essays(draw: st.DrawFn) -> Essay:
    """Draw an essay such as a page can tell."""
    plain = st.none() | lines.filter(lambda text: parse_title(text).position == text)
    return Essay(
        id=str(draw(st.integers(10_000, 999_999))),
        url=None,
        source="view",
        crawled_at=None,
        company=draw(st.none() | lines),
        company_types=(),
        position=draw(plain),
        year=draw(st.none() | st.integers(1990, 2030)),
        half=draw(st.sampled_from([None, "상반기", "하반기", "수시"])),
        career=draw(st.sampled_from([None, "신입", "인턴"])),
        specs=tuple(draw(st.lists(lines, max_size=4))),
        views=draw(counts),
        grade=draw(st.sampled_from([None, 0.5, 1.0, 3.5, 5.0])),
        overall_advice=draw(st.none() | texts),
        questions=tuple(draw(questions(i + 1)) for i in range(draw(st.integers(1, 4)))),
    )


def read_back(essay: Essay) -> Essay:
    """Render an essay's page and parse it, without the address."""
    body = site.essay_body(essay, [make_essay()])
    page = site.outer_page("합격자소서", body, first_visit=True)
    url = f"{HOST}{site.LIST_PATH}/View/{essay.id}"
    parsed = parse_essay(page, url, crawled_at=None)
    assert parsed.url == url
    return msgspec.structs.replace(parsed, url=None)


@settings(max_examples=150, deadline=None)
@given(essays())
def test_round_trip_of_any_essay(essay: Essay) -> None:
    """Whatever a page can tell comes back as it was."""
    assert read_back(essay) == essay


def test_round_trip_of_generated_essays() -> None:
    """Every essay of the demo comes back as it was."""
    generated = generate_essays(count=60)
    assert len(generated) == 60
    for essay in generated:
        assert read_back(essay) == msgspec.structs.replace(essay, company_types=())


def test_round_trip_of_the_company_layout() -> None:
    """The other layout tells the same but for the views."""
    essay = msgspec.structs.replace(make_essay(), company_types=())
    page = site.outer_page("합격자소서", site.company_body(essay), first_visit=False)
    url = f"{HOST}/company/1000001/PassAssay/View/{essay.id}"
    expected = msgspec.structs.replace(essay, url=url, source="company", views=None)
    assert parse_essay(page, url, crawled_at=None) == expected


def test_nested_passages() -> None:
    """A passage inside another is rendered; one that crosses another cannot be."""
    outer, inner = Passage("bad", 1, 0, 4), Passage("good", 1, 1, 3)
    assert answer_html("가나다라", [outer, inner]).count("</b>") == 2
    with pytest.raises(ValueError, match="crosses"):
        answer_html("가나다라", [Passage("bad", 1, 0, 2), Passage("bad", 2, 1, 3)])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve 205 essays."""
    with start_replica(make_essays(205)) as base:
        yield base


def fetch(url: str, cookie: str = "") -> str:
    """Fetch a page of the replica."""
    request = urllib.request.Request(url, headers={"Cookie": cookie})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310 - loopback
        text: str = reply.read().decode()
    return text


def test_pages_of_the_list(address: str) -> None:
    """Twenty a page, newest first, with a short last page; an empty one after it."""
    sizes, seen = [], []
    for number in range(1, 13):
        url = f"{address}/starter/passassay?Page={number}"
        page = parse_list(fetch(url), url)
        assert (page.page, page.total) == (number, 205)
        sizes.append(len(page.entries))
        seen += [int(entry.id) for entry in page.entries]
    assert sizes == [20] * 10 + [5, 0]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 205


def test_pager_shows_ten_pages(address: str) -> None:
    """The first block ends at page ten and has a button to the next; the last block has none."""
    first = parse_list(fetch(f"{address}/starter/PassAssay"), address)
    assert [link.number for link in first.next_pages] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    last = parse_list(fetch(f"{address}/starter/PassAssay?Page=11"), address)
    assert [link.number for link in last.next_pages] == [10]


def test_first_visit_layer(address: str) -> None:
    """The layer is there until the cookie is."""
    url = f"{address}/starter/PassAssay"
    assert "firstPopUp" in fetch(url)
    assert "firstPopUp" not in fetch(url, cookie="psFirstPopup=y")


def test_missing_number(address: str) -> None:
    """A number without essay is answered with status 200, the message and an alert."""
    page = fetch(f"{address}/starter/PassAssay/View/11111")
    assert f'alert("{MISSING_TEXT}.")' in page
    with pytest.raises(MissingEssayError):
        parse_essay(page, address, crawled_at=None)


def test_company_list_and_page(address: str) -> None:
    """A company's list leads to its essays in the company layout."""
    url = f"{address}/company/1000001/PassAssay?Page=1"
    entry = parse_list(fetch(url), url).entries[0]
    essay = parse_essay(fetch(entry.url), entry.url, crawled_at=None)
    assert (essay.id, essay.source, essay.company) == (entry.id, "company", "(주)온샘물산")


def test_filters() -> None:
    """Each parameter filters as the site's does."""
    own = [
        make_essay(50_001, ("대기업",)),
        msgspec.structs.replace(
            make_essay(50_002, ("외국계",)),
            career="인턴",
            position="데이터분석",
            specs=("석사",),
            grade=None,
            overall_advice=None,
            questions=(msgspec.structs.replace(make_essay().questions[0], passages=(), advice=()),),
            views=9,
        ),
    ]
    catalogue = Catalogue(own)
    queries = {
        "": ["50002", "50001"],
        "schCType=13": ["50001"],
        "schCType=15": ["50002"],
        "schPart=10031": ["50002"],
        "schPart=10031,10033": ["50002", "50001"],
        "Pass_An_Stat=1": ["50001"],
        "schWork=2": ["50002"],
        "schEduLevel=4": ["50002"],
        "schGroup=99": [],
        "schTxt=지원": ["50002", "50001"],
        "OrderBy=1": ["50001", "50002"],
        "OrderBy=3": ["50001", "50002"],
    }
    for query, expected in queries.items():
        pairs = dict([query.split("=")]) if query else {}
        found = [essay.id for essay in catalogue.find(read_filters(pairs))]
        assert found == expected, query


def test_generated_positions_have_a_field() -> None:
    """The demo's positions are spread over fields that the panel has, and analyses over essays."""
    generated = generate_essays(count=120)
    fields = {field_of(essay.position) for essay in generated if essay.position}
    assert fields <= set(FIELDS)
    assert len(fields) > 1
    assert {is_analysed(essay) for essay in generated} == {True, False}
