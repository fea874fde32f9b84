"""How many essays of a crawl carry each field: the sign that a selector no longer finds its node.

A page whose class is renamed gives a record all the same, only without the field. So the share of
essays that has a field is held against a declared one. A share may be low by chance: what is
declared lies well under what was measured, and few pages are judged only when none has the field.
A field that many pages in a row lack is told too, so that a change in the middle of a crawl shows
at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from crawler.items import Advice, Essay, Passage, Record

EXAMPLES = 3
MINIMUM_PAGES = 20
NEVER_ABSENT = 0.9  # a field expected so often does not stay away for long by itself
FEWEST = 5  # so many without one that has the field are judged, even below the minimum

#: The least share of each field, under what was measured on: the list, a real saved list of 20
#: essays; the page, a real saved essay page; the answers, 2,758 real answers of 2021; the experts,
#: 24 real essays with advice (chosen for having it); the replica, its 1,000 essays (invented, so
#: its shares prove nothing of the site).
EXPECTED: Mapping[str, float] = MappingProxyType(
    {
        "company": 0.95,  # list 20 of 20, experts 24 of 24, replica 1.00
        "position": 0.80,  # list 20 of 20, replica 0.96; the facts say that it may be absent
        "year": 0.95,  # list 20 of 20, replica 1.00
        "half": 0.90,  # list 20 of 20, replica 1.00
        "career": 0.70,  # list 20 of 20, replica 0.94; the facts say that it may be absent
        "specs": 0.50,  # page 1 of 1, replica 0.83; the facts say that each is optional
        "views": 0.95,  # list 20 of 20, page 1 of 1, replica 1.00; only in the layout `view`
        "site_chars": 0.95,  # answers 2,758 of 2,758, page 3 of 3, replica 1.00
        "site_bytes": 0.95,  # the same
        "analysis": 0.95,  # answers 2,734 of 2,758 have marks; essays that lists show a grade of
        "grade": 0.90,  # answers 2,748 of 2,758, replica 1.00; this and the next: of the analysed
        "overall_advice": 0.80,  # experts 23 of 24, replica 1.00
        "passages": 0.90,  # answers 2,734 of 2,758, experts 24 of 24, replica 1.00
        "advice": 0.90,  # experts 24 of 24, replica 1.00
        "pairs": 0.80,  # experts 24 of 24 (204 of 204 pieces), replica 0.95 (3,308 of 3,341)
        "saved": 0.95,  # replica 1.00; essays that are gone are not counted
        "found": 0.95,  # replica 1.00; the real lists shift while they are walked
    }
)
ESSAY_PAGE = "compare {} in crawler/essay_page.py with a page that lacks it"
QUESTIONS = "compare {} in crawler/questions.py with a page that lacks it"
CURES: Mapping[str, str] = MappingProxyType(
    {
        "company": ESSAY_PAGE.format("VIEW_COMPANY and COMPANY_NAME"),
        "position": ESSAY_PAGE.format("VIEW_TITLE and COMPANY_TITLE (and crawler/titles.py)"),
        "year": ESSAY_PAGE.format("VIEW_TITLE and COMPANY_TITLE (and crawler/titles.py)"),
        "half": ESSAY_PAGE.format("VIEW_TITLE and COMPANY_TITLE (and crawler/titles.py)"),
        "career": ESSAY_PAGE.format("VIEW_TITLE and COMPANY_TITLE (and crawler/titles.py)"),
        "specs": ESSAY_PAGE.format("VIEW_SPECS and COMPANY_SPECS"),
        "views": ESSAY_PAGE.format("VIEW_COUNT_CLASS"),
        "site_chars": QUESTIONS.format("COUNTS"),
        "site_bytes": QUESTIONS.format("COUNTS"),
        "analysis": "compare GRADE and OVERALL in crawler/essay_page.py, MARK_CLASSES and ADVICE "
        "in crawler/questions.py and GRADE in crawler/list_page.py with a page that lacks it",
        "grade": ESSAY_PAGE.format("GRADE"),
        "overall_advice": ESSAY_PAGE.format("OVERALL"),
        "passages": QUESTIONS.format("MARK_CLASSES and MARK"),
        "advice": QUESTIONS.format("ADVICE"),
        "pairs": QUESTIONS.format("MARK and ADVICE"),
        "saved": "look at the essays that were not saved, and crawl again",
        "found": "compare ENTRIES and LINKS in crawler/list_page.py with a page of the list",
    }
)


class Shortfall(Record, frozen=True):
    """A field that too few pages have: shares of 0 to 1, and the last pages that lack it."""

    field: str
    expected: float
    seen: float
    pages: int
    examples: tuple[str, ...]
    in_a_row: int

    def __str__(self) -> str:
        """Say the field, both shares, examples and the cure."""
        return (
            f"{self.field}: seen in {self.seen:.1%} of {self.pages}, expected in at least "
            f"{self.expected:.0%}; the last {self.in_a_row} lack it; missing in "
            f"{', '.join(self.examples)}; {CURES[self.field]}"
        )


class Share(Record, frozen=True):
    """How many of so many pages have a field, how many lacked it last, and three of those."""

    expected: float
    have: int = 0
    pages: int = 0
    in_a_row: int = 0
    lacking: tuple[str, ...] = ()

    @property
    def seen(self) -> float:
        """The share, 0 to 1; of no page it is 1."""
        return self.have / self.pages if self.pages else 1.0

    def falls_short(self, minimum_pages: int) -> bool:
        """Say whether too few have the field: in all, or, since the site changed, none any more.

        Fewer pages than the minimum are judged only when none has it. Old essays may lack an
        optional field one after the other, so only the others are taken to have ended.
        """
        if self.pages < minimum_pages:
            return self.pages >= FEWEST and self.have == 0
        ended = self.in_a_row >= minimum_pages and self.expected >= NEVER_ABSENT
        return self.seen < self.expected or ended

    def plus(self, have: int, pages: int, lacking: tuple[str, ...]) -> Share:
        """Return the share with more pages counted."""
        in_a_row = 0 if have else self.in_a_row + pages
        latest = (*self.lacking, *lacking)[-EXAMPLES:]
        return Share(self.expected, self.have + have, self.pages + pages, in_a_row, latest)


@dataclass
class Coverage:
    """The fields of a crawl's essays, counted.

    Args:
        analysed: The crawl asked for essays with an expert's analysis alone, so all should have
            one; else only those should that a list shows a grade of.

    """

    analysed: bool = False
    shares: dict[str, Share] = field(
        default_factory=lambda: {name: Share(expected) for name, expected in EXPECTED.items()}
    )

    def add(self, essay: Essay, *, listed_grade: float | None = None) -> None:
        """Count an essay; `listed_grade` is what its list showed, `None` where that was none."""
        where = essay.url or essay.id
        analysed = is_analysed(essay)
        for name, has in _facts(essay):
            self._count(name, where, has=has)
        if analysed:
            for name, has in _analysis(essay):
                self._count(name, where, has=has)
        if self.analysed or listed_grade is not None:
            self._count("analysis", where, has=analysed)

    def add_saved(self, *, saved: int, planned: int, gone: int, lacking: tuple[str, ...]) -> None:
        """Count the essays that a crawl saved of those that it planned and the site still has."""
        self.shares["saved"] = self.shares["saved"].plus(saved, planned - gone, lacking)

    def add_list(self, name: str, *, found: int, stated: int | None) -> None:
        """Count the essays found in a list that was walked to its end, of those that it states.

        A list can shrink while it is walked: to find more than it states is to find all.
        """
        if stated is not None:
            lacking = () if found >= stated else (f"list {name} ({found} of {stated})",)
            self.shares["found"] = self.shares["found"].plus(min(found, stated), stated, lacking)

    def shortfalls(self, minimum_pages: int = MINIMUM_PAGES) -> list[Shortfall]:
        """Return the fields that too few essays have, so far."""
        return [
            Shortfall(name, share.expected, share.seen, share.pages, share.lacking, share.in_a_row)
            for name, share in self.shares.items()
            if share.falls_short(minimum_pages)
        ]

    def record(self) -> dict[str, Share]:
        """Return what the manifest keeps."""
        return dict(self.shares)

    def _count(self, name: str, where: str, *, has: bool) -> None:
        self.shares[name] = self.shares[name].plus(int(has), 1, () if has else (where,))


def is_analysed(essay: Essay) -> bool:
    """Say whether an essay shows anything of an expert's analysis."""
    return any(has for name, has in _analysis(essay) if name != "pairs")


def _facts(essay: Essay) -> Iterator[tuple[str, bool]]:
    yield "company", essay.company is not None
    yield "position", essay.position is not None
    yield "year", essay.year is not None
    yield "half", essay.half is not None
    yield "career", essay.career is not None
    yield "specs", bool(essay.specs)
    if essay.source == "view":
        yield "views", essay.views is not None
    yield "site_chars", all(each.site_chars is not None for each in essay.questions)
    yield "site_bytes", all(each.site_bytes is not None for each in essay.questions)


def _analysis(essay: Essay) -> Iterator[tuple[str, bool]]:
    yield "grade", essay.grade is not None
    yield "overall_advice", bool(essay.overall_advice)
    yield "passages", any(each.passages for each in essay.questions)
    yield "advice", any(each.advice for each in essay.questions)
    if any(each.advice for each in essay.questions):
        pairs = [
            set(map(_key, each.advice)) <= set(map(_key, each.passages)) for each in essay.questions
        ]
        yield "pairs", all(pairs)


def _key(mark: Passage | Advice) -> tuple[str, int]:
    return mark.polarity, mark.number
