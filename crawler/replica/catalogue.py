"""The replica's essays as the site lists them: filter panel, filters, order and pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from crawler.items import Essay

TYPES = {
    "30대그룹": "11",
    "매출1000대기업": "12",
    "대기업": "13",
    "공공기관·공사·협회": "14",
    "외국계": "15",
    "중견기업": "16",
    "주권상장": "17",
    "코스닥상장": "18",
}
WORKS = {"신입": "1", "인턴": "2"}
EDUCATIONS = {"고졸": "1", "대졸(2,3년)": "2", "대졸(4년)": "3", "석/박사": "4"}
EDUCATION_WORDS = (
    ("고졸", ("고졸", "고등학교")),
    ("대졸(2,3년)", ("전문대", "초대졸", "2년", "3년")),
    ("석/박사", ("석사", "박사", "대학원")),
)
FIELDS = {
    "기획·전략": "10026",
    "법무·사무·총무": "10027",
    "인사·HR": "10028",
    "회계·세무": "10029",
    "마케팅·광고·MD": "10030",
    "개발·데이터": "10031",
    "디자인": "10032",
    "물류·무역": "10033",
    "운전·운송·배송": "10034",
    "영업": "10035",
    "고객상담·TM": "10036",
    "금융·보험": "10037",
    "식·음료": "10038",
    "고객서비스·리테일": "10039",
    "엔지니어링·설계": "10040",
    "제조·생산": "10041",
    "교육": "10042",
    "건축·시설": "10043",
    "의료·바이오": "10044",
    "미디어·문화·스포츠": "10045",
    "공공·복지": "10046",
}
# The first word that a position holds decides its field; the order settles positions that hold two.
FIELD_WORDS = (
    ("인사·HR", ("인사", "HR", "노무", "채용")),
    ("회계·세무", ("회계", "세무", "재무", "경리", "결산")),
    ("물류·무역", ("물류", "무역", "수출", "SCM", "구매", "자재")),
    ("마케팅·광고·MD", ("마케팅", "광고", "MD", "홍보", "브랜드")),
    ("디자인", ("디자인", "UX", "UI", "그래픽")),
    ("의료·바이오", ("간호", "의료", "임상", "바이오", "제약", "약사")),
    ("금융·보험", ("금융", "은행", "보험", "여신", "증권", "자산")),
    ("고객서비스·리테일", ("매장", "리테일", "서비스", "호텔", "승무원")),
    ("고객상담·TM", ("상담", "콜센터", "CS", "고객")),
    ("제조·생산", ("생산", "품질", "제조", "공정", "설비")),
    ("건축·시설", ("건축", "토목", "시설", "시공", "안전")),
    ("엔지니어링·설계", ("설계", "기계", "전기", "전자", "반도체", "연구", "엔지니어")),
    ("개발·데이터", ("개발", "데이터", "서버", "보안", "네트워크", "소프트웨어", "웹")),
    ("교육", ("교육", "교사", "강사")),
    ("미디어·문화·스포츠", ("방송", "기자", "콘텐츠", "PD", "영상")),
    ("공공·복지", ("공공", "복지", "행정")),
    ("식·음료", ("영양", "조리", "식품")),
    ("운전·운송·배송", ("운전", "운송", "배송")),
    ("영업", ("영업", "세일즈")),
    ("법무·사무·총무", ("법무", "총무", "사무", "비서")),
)
OTHER_FIELD = "기획·전략"
GROUPS_SHOWN = 30
GROUP_LETTERS = 2


class Filters(NamedTuple):
    """A list's query: codes (empty: all), free text, order and page."""

    types: frozenset[str]
    fields: frozenset[str]
    works: frozenset[str]
    educations: frozenset[str]
    groups: frozenset[str]
    analysed: bool
    text: str
    order: str
    page: int


class Catalogue:
    """The essays with the panel that filters them. Newest first: by number, falling."""

    def __init__(self, essays: Sequence[Essay]) -> None:
        self.essays = tuple(sorted(essays, key=lambda essay: int(essay.id), reverse=True))
        self.by_id = {essay.id: essay for essay in self.essays}
        companies = sorted({essay.company or "" for essay in self.essays})
        self.company_ids = {name: str(1_000_001 + i) for i, name in enumerate(companies)}
        self.groups = _groups(companies)

    def panel(self) -> dict[str, dict[str, str]]:
        """Return the filter panel's codes by kind and label."""
        return {
            "Co": TYPES,
            "Part": FIELDS,
            "Work": WORKS,
            "Edu": EDUCATIONS,
            "Group": self.groups,
        }

    def find(self, filters: Filters) -> list[Essay]:
        """Return the essays that pass the filters, in the order asked for."""
        found = [essay for essay in self.essays if self._passes(essay, filters)]
        key = _ORDERS.get(filters.order)
        return sorted(found, key=key) if key else found

    def of_company(self, company_id: str) -> list[Essay]:
        """Return the essays that were sent to a company."""
        return [e for e in self.essays if self.company_ids[e.company or ""] == company_id]

    def _passes(self, essay: Essay, filters: Filters) -> bool:
        kinds = (
            (filters.types, {TYPES.get(label, "") for label in essay.company_types}),
            (filters.fields, {FIELDS[field_of(essay.position or "")]}),
            (filters.works, {WORKS.get(essay.career or "", "")}),
            (filters.educations, {EDUCATIONS[education_of(essay.specs)]}),
            (filters.groups, {self.groups.get(_group(essay.company or ""), "")}),
        )
        if any(wanted and wanted.isdisjoint(codes) for wanted, codes in kinds):
            return False
        return (not filters.analysed or is_analysed(essay)) and _mentions(essay, filters.text)


def read_filters(query: Mapping[str, str]) -> Filters:
    """Read a list's query as the site does: unknown parameters are ignored."""

    def codes(name: str) -> frozenset[str]:
        return frozenset(code for code in query.get(name, "").split(",") if code)

    page = query.get("Page", "1")
    return Filters(
        types=codes("schCType"),
        fields=codes("schPart"),
        works=codes("schWork"),
        educations=codes("schEduLevel"),
        groups=codes("schGroup"),
        analysed=query.get("Pass_An_Stat") == "1",
        text=query.get("schTxt", "").strip(),
        order=query.get("OrderBy", "0"),
        page=max(1, int(page)) if page.isdecimal() else 1,
    )


def is_analysed(essay: Essay) -> bool:
    """Whether an expert has analysed the essay."""
    marked = any(question.passages or question.advice for question in essay.questions)
    return marked or essay.grade is not None or essay.overall_advice is not None


def field_of(position: str) -> str:
    """Return the site's field of a position, as far as its words tell."""
    for field, words in FIELD_WORDS:
        if any(word in position for word in words):
            return field
    return OTHER_FIELD


def education_of(specs: Sequence[str]) -> str:
    """Return the site's level of education of an applicant; four years where none is told."""
    for label, words in EDUCATION_WORDS:
        if any(word in spec for spec in specs for word in words):
            return label
    return "대졸(4년)"


def _mentions(essay: Essay, text: str) -> bool:
    return text in (essay.company or "") or any(text in q.question for q in essay.questions)


def _bare(company: str) -> str:
    for mark in ("(주)", "㈜", "주식회사"):
        company = company.replace(mark, "")
    return company.strip()


def _group(company: str) -> str:
    return _bare(company)[:GROUP_LETTERS]


def _groups(companies: Sequence[str]) -> dict[str, str]:
    names = sorted({_group(company) for company in companies} - {""})[:GROUPS_SHOWN]
    return {name: str(i) for i, name in enumerate(names, start=1)}


_ORDERS: dict[str, Callable[[Essay], float]] = {
    "1": lambda essay: -(essay.views or 0),
    "2": lambda essay: -(essay.grade or 0),
    "3": lambda essay: essay.grade or 6,
}
