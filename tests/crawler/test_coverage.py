"""Shares of essays that have a field, and which alarm tells each way in which a page can change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import msgspec
import pytest

from crawler.coverage import CURES, EXPECTED, Coverage, Share, Shortfall
from crawler.items import Advice, Essay, Passage, Question
from crawler.pages import BrokenPageError, parse_essay
from crawler.replica.essays import generate_essays
from crawler.replica.site import company_body, essay_body, outer_page
from crawler.vocabulary import Vocabulary, unknown_words
from tests.crawler.invented import make_essay, make_question

TITLE_FIELDS = {"position", "year", "half", "career"}

#: A class of a layout that gets another name, and every alarm that then goes off. Where that is
#: no more than the new word, the parser does not need the class, and dropping it loses nothing.
RENAMES: dict[tuple[str, str], set[str]] = {
    ("view", "selfTopBx"): {"class selfTopBxNew", "specs", "views"},
    ("view", "viewTitWrap"): {"class viewTitWrapNew", "company", *TITLE_FIELDS},
    ("view", "specLists"): {"class specListsNew", "specs", "views"},
    ("view", "txViewNum"): {"class txViewNumNew", "spec #읽음"},
    ("view", "adviceTotal"): {"class adviceTotalNew", "grade", "overall_advice"},
    ("view", "grade"): {"class gradeNew", "grade"},
    ("view", "selfQnaWrap"): {"class selfQnaWrapNew"},
    ("view", "qnaLists"): {"ChangedPageError"},
    ("view", "num"): {"class numNew"},
    ("view", "tx"): {"UnreadableFieldError", "class txNew"},
    ("view", "txSpllChk"): {"class txSpllChkNew", "site_chars", "site_bytes"},
    ("view", "good"): {"class goodNew", "pairs"},
    ("view", "bad"): {"class badNew", "passages", "pairs"},
    ("view", "sup"): {"UnreadableFieldError", "class supNew"},
    ("view", "advice"): {"class adviceNew", "advice"},
    ("company", "company-header-branding-body"): {"company"},
    ("company", "name"): {"class nameNew", "company"},
    ("company", "detailView"): {"class detailViewNew", *TITLE_FIELDS},
    ("company", "tit"): {"class titNew", *TITLE_FIELDS},
    ("company", "items"): {"class itemsNew", "specs"},
    ("company", "trm"): {"class trmNew", "specs"},
    ("company", "cell"): {"class cellNew", "specs"},
    ("company", "adviceTotal"): {"class adviceTotalNew", "grade", "overall_advice"},
    ("company", "qnaLists"): {"ChangedPageError"},
}


@pytest.fixture(scope="module")
def essays() -> tuple[Essay, ...]:
    """Give the replica's essays."""
    return generate_essays(count=1000)


def page(essay: Essay, layout: str) -> str:
    """Write an essay's whole page in one of the layouts."""
    body = company_body(essay) if layout == "company" else essay_body(essay, [])
    return outer_page("합격자소서", body, first_visit=False)


def renamed(text: str, name: str, new: str | None) -> str:
    """Give a class a longer name wherever a page has it, or none at all."""
    put = f"{name}{new}" if new else ""

    def changed(found: re.Match[str]) -> str:
        names = [put if each == name else each for each in found[1].split()]
        return f'class="{" ".join(names)}"'

    return re.sub(r'class="([^"]*)"', changed, text)


def alarms(
    essays: Iterable[Essay], layout: str, change: Callable[[str], str] = lambda text: text
) -> set[str]:
    """Read the essays' pages as a crawl would, and return what goes off."""
    coverage, vocabulary = Coverage(), Vocabulary()
    found: set[str] = set()
    for essay in essays:
        url = f"https://site.test/starter/PassAssay/View/{essay.id}"
        text = change(page(essay, layout))
        try:
            coverage.add(parse_essay(text, url, crawled_at=None), listed_grade=essay.grade)
        except BrokenPageError as error:
            found.add(type(error).__name__)
        vocabulary.add(unknown_words(text, url), url)
    found |= {f"{word.kind} {word.word}" for word in vocabulary.words()}
    return found | {short.field for short in coverage.shortfalls()}


@pytest.mark.parametrize("layout", ["view", "company"])
def test_replica_is_quiet(essays: tuple[Essay, ...], layout: str) -> None:
    """The site as it is known sets off nothing, in either layout."""
    assert len(essays) == 1000
    assert alarms(essays, layout) == set()


@pytest.mark.parametrize("new", ["New", None], ids=["renamed", "dropped"])
@pytest.mark.parametrize(("layout", "name"), RENAMES, ids=map("-".join, RENAMES))
def test_changed_class(essays: tuple[Essay, ...], layout: str, name: str, new: str | None) -> None:
    """No class that a field rests on is renamed or dropped in silence."""
    some = essays[:60]
    assert any(renamed(page(essay, layout), name, new) != page(essay, layout) for essay in some)
    expected = {alarm for alarm in RENAMES[layout, name] if new or not alarm.startswith("class ")}
    assert alarms(some, layout, lambda text: renamed(text, name, new)) == expected


def test_analysis_gone(essays: tuple[Essay, ...]) -> None:
    """Pages that show no analysis any more, of essays that lists show a grade of, are told."""

    def without(text: str) -> str:
        text = re.sub(
            r'<div class="(adviceTotal|advice)">.*?</div>\s*(?=<d|</d)', "", text, flags=re.DOTALL
        )
        return re.sub(r'<b class="\w+">|<span class="sup">.*?</span></b>', "", text)

    assert alarms(essays[:60], "view", without) == {"analysis"}


def bare(number: int = 1) -> Essay:
    """Make an essay of which nothing is known but its questions."""
    question = Question(
        number=1,
        question="지원 동기",
        answer="바다.",
        site_chars=None,
        site_bytes=None,
        passages=(),
        advice=(),
    )
    return msgspec.structs.replace(
        make_essay(number),
        company=None,
        position=None,
        year=None,
        half=None,
        career=None,
        specs=(),
        views=None,
        grade=None,
        overall_advice=None,
        questions=(question,),
    )


def fields(coverage: Coverage, **keywords: int) -> set[str]:
    """Return the names of the fields that fall short."""
    return {short.field for short in coverage.shortfalls(**keywords)}


def test_every_field_has_a_cure() -> None:
    """Whatever falls short, the message says where to look."""
    assert CURES.keys() == EXPECTED.keys()


def test_few_pages() -> None:
    """Fewer pages than the minimum are judged only when none of at least five has the field."""
    coverage = Coverage()
    facts = {"company", *TITLE_FIELDS, "specs", "views", "site_chars", "site_bytes"}
    for number in range(1, 5):
        coverage.add(bare(number))
    assert fields(coverage) == set()
    coverage.add(bare(5))
    assert fields(coverage) == facts
    coverage.add(make_essay())
    assert fields(coverage) == set()
    assert fields(coverage, minimum_pages=6) == facts


def test_share() -> None:
    """From the minimum on, a share under the expected one falls short, with its last examples."""
    coverage = Coverage()
    for number in range(1, 21):
        essay = make_essay(number)
        lacks = number in {3, 5, 8, 13, 17}
        coverage.add(msgspec.structs.replace(essay, position=None) if lacks else essay)
    assert coverage.shortfalls() == [Shortfall("position", 0.8, 0.75, 20, ("8", "13", "17"), 0)]
    assert str(coverage.shortfalls()[0]) == (
        "position: seen in 75.0% of 20, expected in at least 80%; the last 0 lack it; missing in "
        "8, 13, 17; compare VIEW_TITLE and COMPANY_TITLE (and crawler/titles.py) in "
        "crawler/essay_page.py with a page that lacks it"
    )
    assert coverage.shortfalls(minimum_pages=21) == []


def test_change_in_the_middle() -> None:
    """Of a thousand good pages and twenty without the field, the twenty are told at once.

    Not of a field that old essays may lack for long.
    """
    coverage = Coverage()
    for number in range(1000):
        coverage.add(make_essay(number))
    for number in range(19):
        coverage.add(msgspec.structs.replace(make_essay(number), company=None, specs=()))
    assert fields(coverage) == set()
    coverage.add(msgspec.structs.replace(make_essay(19), company=None, specs=()))
    assert [(short.field, short.in_a_row) for short in coverage.shortfalls()] == [("company", 20)]


def test_analysed_alone_have_an_analysis() -> None:
    """Fields of an analysis are expected of analysed essays; of others, none is."""
    coverage = Coverage()
    for number in range(20):
        coverage.add(make_essay(number))
        coverage.add(msgspec.structs.replace(bare(number), company="온샘물산"))
    pages = {name: share.pages for name, share in coverage.record().items()}
    assert (pages["company"], pages["grade"], pages["advice"], pages["analysis"]) == (40, 20, 20, 0)


@pytest.mark.parametrize(
    ("analysed", "listed_grade", "counted"),
    [(False, None, 0), (False, 2.0, 20), (True, None, 20), (True, 2.0, 20)],
)
def test_expected_analysis(*, analysed: bool, listed_grade: float | None, counted: int) -> None:
    """An analysis is expected where the crawl asked for it, or the list shows a grade."""
    coverage = Coverage(analysed)
    for number in range(20):
        coverage.add(bare(number), listed_grade=listed_grade)
    assert coverage.record()["analysis"].pages == counted
    assert ("analysis" in fields(coverage)) == bool(counted)


def test_advice_pairs_with_a_passage() -> None:
    """One piece of advice without its passage makes an essay lack its pairs; a lone passage not."""
    coverage = Coverage()
    question = make_question()
    lone_passage = msgspec.structs.replace(
        question, passages=(*question.passages, Passage("good", 1, 0, 2))
    )
    lone_advice = msgspec.structs.replace(
        question, advice=(*question.advice, Advice("bad", 2, "짧습니다."))
    )
    for number, changed in enumerate((question, lone_passage, lone_advice), start=1):
        coverage.add(msgspec.structs.replace(make_essay(number), questions=(question, changed)))
    assert coverage.record()["pairs"] == Share(0.8, have=2, pages=3, in_a_row=1, lacking=("3",))


def test_views_of_the_other_layout() -> None:
    """The company layout states no views, so none are expected."""
    coverage = Coverage()
    for number in range(20):
        coverage.add(msgspec.structs.replace(make_essay(number), source="company", views=None))
    assert coverage.record()["views"].pages == 0
    assert coverage.shortfalls() == []


def test_yield() -> None:
    """Too few saved of those planned and still there, or found of those stated, fall short."""
    coverage = Coverage()
    coverage.add_saved(saved=95, planned=110, gone=10, lacking=("u: status 500",))
    coverage.add_list("대기업", found=96, stated=100)
    coverage.add_list("외국계", found=21, stated=20)
    coverage.add_list("중견기업", found=7, stated=None)
    assert coverage.shortfalls() == []
    coverage.add_saved(saved=0, planned=1, gone=0, lacking=("v: status 500",))
    coverage.add_list("30대그룹", found=80, stated=100)
    assert [str(short).split(";")[0] for short in coverage.shortfalls()] == [
        "saved: seen in 94.1% of 101, expected in at least 95%",
        "found: seen in 89.1% of 220, expected in at least 95%",
    ]
    assert coverage.shortfalls()[1].examples == (
        "list 대기업 (96 of 100)",
        "list 30대그룹 (80 of 100)",
    )


def test_record_for_the_manifest() -> None:
    """The shares go into JSON and come back the same."""
    coverage = Coverage()
    coverage.add(make_essay())
    coverage.add(bare())
    encoded = msgspec.json.encode(coverage.record())
    assert msgspec.json.decode(encoded, type=dict[str, Share]) == coverage.record()
    assert msgspec.json.decode(encoded)["company"] == {
        "expected": 0.95,
        "have": 1,
        "pages": 2,
        "in_a_row": 1,
        "lacking": ["1"],
    }
