"""Words of essay pages: those that are known, and how the others are reported."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from crawler import titles
from crawler.page_words import IGNORED, MAPPED, unknown_title_word
from crawler.pages import WrongPageError, decode_page
from crawler.replica.site import company_body, essay_body, outer_page
from crawler.specs import Spec, read_career, read_half, read_spec, read_specs
from crawler.vocabulary import CURES, Unknown, Vocabulary, VocabularyRecord, unknown_words
from tests.crawler.invented import make_essay
from tests.real_data import real_data

PAGES = Path(__file__).parent / "pages"
URL = "https://site.test/starter/PassAssay/View/98765"
NONE = Unknown()

SPECS = {
    "서울4년": Spec("school", "서울4년"),
    "지방4년": Spec("school", "지방4년"),
    "수도권4년제": Spec("school", "수도권4년제"),
    "대졸4년": Spec("school", "대졸4년"),
    "초대졸": Spec("school", "초대졸"),
    "고졸": Spec("school", "고졸"),
    "석사": Spec("school", "석사"),
    "박사": Spec("school", "박사"),
    "대학원": Spec("school", "대학원"),
    "해외대": Spec("school", "해외대"),
    "해외대학": Spec("school", "해외대학"),
    "항만물류학과": Spec("major", "항만물류학과"),
    "학점 3.9/4.5": Spec("grade_average", 3.9, "/4.5"),
    "학점 4/4.5": Spec("grade_average", 4, "/4.5"),
    "학점 88/100": Spec("grade_average", 88, "/100"),
    "학점 5.1/4.5": None,
    "학점 0/4.5": None,
    "토익 975": Spec("toeic", 975, "점"),
    "TOEIC 990점": Spec("toeic", 990, "점"),
    "토익 995": None,
    "토익": None,
    "텝스 812": Spec("teps", 812, "점"),
    "토플 105": Spec("toefl", 105, "점"),
    "IELTS 6.5": Spec("ielts", 6.5, "점"),
    "JPT 860": Spec("jpt", 860, "점"),
    "JLPT N1": Spec("jlpt", 1, "급"),
    "JLPT 2급": Spec("jlpt", 2, "급"),
    "HSK 6급": Spec("hsk", 6, "급"),
    "HSK 60급": None,
    "토스 Lv7": Spec("toeic_speaking", "7"),
    "토스 Level 6": Spec("toeic_speaking", "6"),
    "토스 IM3": Spec("toeic_speaking", "IM3"),
    "토스 Lv9": None,
    "오픽 IH": Spec("opic", "IH"),
    "OPIc im2": Spec("opic", "IM2"),
    "오픽 XX": None,
    "자격증 5개": Spec("certificates", 5, "개"),
    "해외연수 1회": Spec("overseas", 1, "회"),
    "어학연수 1회": Spec("overseas", 1, "회"),
    "해외경험 2회": Spec("overseas", 2, "회"),
    "인턴 2회": Spec("internships", 2, "회"),
    "수상 1회": Spec("awards", 1, "회"),
    "봉사 3회": Spec("volunteering", 3, "회"),
    "자원봉사 1회": Spec("volunteering", 1, "회"),
    "교내/사회활동 2회": Spec("activities", 2, "회"),
    "제2외국어 1개": Spec("languages", 1, "개"),
    "경력 6개월": Spec("experience", 6, "개월"),
    "드론 3회": None,
    "": None,
}
TITLES = {
    "2021년 상반기 신입 기획·전략": None,
    "2021년 수시 인턴": None,
    "2021년 하반기 영업 관리": None,
    "2021년 하반기 신입·경력 영업": None,
    "2021년 신입 영업": None,
    "2016년": None,
    "": None,
    "2021년 여름 신입 영업": "여름",
    "2021년 상반기 경력직 영업": "경력직",
    "2021년 상반기 신입/계약직 영업": "신입/계약직",
    "2021년 상반기 신입·사무 영업": None,
    "2021년 상반기 계약직 영업": "계약직",
    "2021년 상반기 생산직": None,
    "21년 상반기 신입 영업": "21년",
}
#: What stands on a page, what takes its place, and what is then unknown.
CHANGES = {
    "a spec of a new kind": (
        "토익 975",
        "지게차 3대",
        Unknown(specs=("지게차 #대",)),
    ),
    "a score in another form": ("토익 975", "TOEIC: 975", Unknown(specs=("TOEIC: #",))),
    "a department behind a school": ("토익 975", "항만물류", NONE),
    "a career word": ("상반기 신입", "상반기 경력직", Unknown(titles=("경력직",))),
    "a half": ("상반기 신입", "3분기 신입", Unknown(titles=("#분기",))),
    "the end of the title": (
        "</em>합격자소서",
        "</em>합격 이야기",
        Unknown(labels=("behind the title: 합격 이야기",)),
    ),
    "a mark's label": (
        '"sup">아쉬운점 1',
        '"sup">보완점 1',
        Unknown(labels=("span.sup: 보완점 #",)),
    ),
    "an advice's label": (
        'stSpAfter">아쉬운점 1',
        'stSpAfter">보완점 1',
        Unknown(labels=("strong.bad: 보완점 #",)),
    ),
    "a mark's label as the parser takes it too": ('"sup">아쉬운점 1', '"sup">아쉬운 점 1 :', NONE),
    "the count of characters": (
        "글자수 <strong>",
        "길이 <strong>",
        Unknown(labels=("p.txSpllChk: 길이 #자#Byte",)),
    ),
    "the count of bytes": (
        "Byte",
        "바이트",
        Unknown(labels=("p.txSpllChk: 글자수 #자#바이트",)),
    ),
    "the count of views": ("읽음", "조회", Unknown(labels=("li.txViewNum: #조회",))),
    "a heading": (
        "전문가 자소서 총평",
        "AI 총평",
        Unknown(labels=("h3.tit: AI 총평",)),
    ),
    "a class that the site makes by number": ("stars lv03", "stars lv05", NONE),
    "a class in an answer": ("저는 ", '<i class="hint">저는</i> ', Unknown(classes=("hint",))),
    "the class of the shell": ("stContainer", "stShell", Unknown(classes=("stShell",))),
    "the class around the questions": ("selfQnaWrap", "qnaBox", Unknown(classes=("qnaBox",))),
    "a class at the page's foot": ("viewBtns", "viewButtons", NONE),
}


def page() -> str:
    """Write an invented essay's page."""
    return outer_page("합격자소서", essay_body(make_essay(), [make_essay(50000)]), first_visit=True)


@pytest.mark.parametrize(("text", "expected"), SPECS.items())
def test_spec(text: str, expected: Spec | None) -> None:
    """A spec has a kind, a value and what the value counts; an impossible one is unknown."""
    assert read_spec(text) == expected


def test_department_behind_a_school() -> None:
    """Free words are a department behind a school alone, and hide no spec that lost its number."""
    assert read_specs(("서울4년", "해양문학", "해양문학", "토익 900")) == (
        Spec("school", "서울4년"),
        Spec("major", "해양문학"),
        None,
        Spec("toeic", 900, "점"),
    )
    assert read_specs(("서울4년", "토익 있음")) == (Spec("school", "서울4년"), None)


def test_halves_and_careers() -> None:
    """Every half and career that a title is split at has a typed form, and no other word has."""
    assert [read_half(word) for word in titles.HALVES] == ["first", "second", "rolling", "rolling"]
    assert [read_career(word) for word in titles.CAREERS] == [
        ("new",),
        ("intern",),
        ("experienced",),
    ]
    assert read_career("신입·경력") == ("new", "experienced")
    assert (read_half("여름"), read_career("신입·계약직"), read_career("")) == (None, None, None)


@pytest.mark.parametrize(("title", "expected"), TITLES.items())
def test_title_word(title: str, expected: str | None) -> None:
    """A word where a year or half should be, or like a career, is reported; a position is not."""
    assert unknown_title_word(title) == expected


def test_mapped_or_ignored() -> None:
    """The parser's selectors name the mapped classes, and none of them is ignored as well."""
    assert {"qnaLists", "txSpllChk", "cell", "grade", "sup", "good", "bad", "txViewNum"} <= MAPPED
    assert not MAPPED & IGNORED.keys()


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_changed_word(old: str, new: str, expected: Unknown) -> None:
    """A changed word of the essay's own part of the page is reported, and nothing else is."""
    text = page()
    assert unknown_words(text, URL) == NONE
    assert old in text
    assert unknown_words(text.replace(old, new), URL) == expected


def test_company_layout() -> None:
    """The firm's page is looked into as well: its head, its specs and its title's end."""
    text = company_body(make_essay())
    assert unknown_words(text, URL) == NONE
    for old, new in (("summary-item", "menu"), ('"cell"', '"cell x"'), ("토익 975", "토익")):
        text = text.replace(old, new)
    text = text.replace("합격자소서</h2>", "합격수기</h2>")
    assert unknown_words(text, URL) == Unknown(
        classes=("menu", "x"), specs=("토익",), labels=("behind the title: 합격수기",)
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("essay_page", Unknown(classes=("last",))), ("company_page", Unknown(classes=("list",)))],
)
def test_hand_written_page(name: str, expected: Unknown) -> None:
    """The only unknown words of the hand-written pages are the classes invented for them."""
    assert unknown_words((PAGES / f"{name}.html").read_text(encoding="utf-8"), URL) == expected


def test_real_page() -> None:
    """A real saved page has no unknown word."""
    body = (real_data() / "jobkorea" / "pages" / "view_237137.html").read_bytes()
    assert unknown_words(decode_page(body), URL) == NONE


def test_bare_questions() -> None:
    """Questions with nothing around them are looked into all the same."""
    text = '<dl class="qnaLists"><dt class="opened"></dt><dd></dd></dl><p class="foot"></p>'
    assert unknown_words(text, URL) == Unknown(classes=("opened",))


def test_a_list_is_no_essay() -> None:
    """A page of another kind is an error, as it is to the parser."""
    with pytest.raises(WrongPageError, match="this is a list"):
        unknown_words('<ul class="selfLists"></ul>', URL)


def test_words_are_cut() -> None:
    """A label that has swallowed an answer is reported with its first characters only."""
    text = page().replace('"sup">아쉬운점 1', '"sup">' + "가나다라 " * 10)
    assert unknown_words(text, URL).labels == (
        "span.sup: 가나다라 가나다라 가나다라 가나다라 가나다라…",
    )


def test_tally() -> None:
    """Pages are counted for each word, three are named, and the most frequent word comes first."""
    vocabulary = Vocabulary()
    vocabulary.add(Unknown(specs=("지게차 #대",)), "a")
    for url in "abcd":
        vocabulary.add(Unknown(classes=("adviceSum",)), url)
    vocabulary.add(NONE, "e")
    assert vocabulary.report() == [
        f"unknown class 'adviceSum' on 4 page(s), for example a, b, c; {CURES['class']}",
        f"unknown spec '지게차 #대' on 1 page(s), for example a; {CURES['spec']}",
    ]
    record = msgspec.json.decode(msgspec.json.encode(vocabulary.record()), type=VocabularyRecord)
    assert record == vocabulary.record()
    assert (record.pages, record.left_out, [word.pages for word in record.words]) == (6, 0, [4, 1])


def test_tally_is_bounded() -> None:
    """A site that makes its class names up anew does not fill memory and manifest."""
    vocabulary = Vocabulary()
    for number in range(150):
        vocabulary.add(Unknown(classes=("same", f"css-{number}")), "a")
    assert len(vocabulary.words()) == 100
    assert vocabulary.words()[0].pages == 150
    assert vocabulary.report()[-1] == "51 more sightings of unknown words are not listed"
