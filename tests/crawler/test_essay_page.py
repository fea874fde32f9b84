"""Essay pages of both layouts, and what is wrong with a page."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from crawler.items import Essay
from crawler.pages import (
    ChangedPageError,
    LoginWallError,
    MissingEssayError,
    PageError,
    RefusedPageError,
    TruncatedPageError,
    UnreadableFieldError,
    WrongPageError,
    parse_essay,
)

PAGES = Path(__file__).parent / "pages"
GOLDEN = {
    "essay_page": ("page.html", None),
    "company_page": (
        "https://site.test/company/1881139/PassAssay/View/20748?Page=1",
        "2026-11-20T03:00:00Z",
    ),
}
URL = "https://site.test/starter/PassAssay/View/98765"
Q = '<dt><span class="tx">문</span></dt><dd><div class="tx">답</div></dd>'

TITLES = {
    "full": ("2021년 상반기 신입 기획·전략·경영", (2021, "상반기", "신입", "기획·전략·경영")),
    "no career": ("2021년 하반기 영업 관리", (2021, "하반기", None, "영업 관리")),
    "no position": ("2021년 수시 인턴", (2021, "수시", "인턴", None)),
    "season alone": ("2016년 상반기", (2016, "상반기", None, None)),
    "two careers": ("2021년 상반기 신입·경력 영업", (2021, "상반기", "신입·경력", "영업")),
    "a position that begins like a career": ("신입사원 교육", (None, None, None, "신입사원 교육")),
    "nothing": ("", (None, None, None, None)),
}
GRADES = {" 2 ": 2.0, "3.5": 3.5, " 0 ": None, "": None, "4.5점": 4.5}

REFUSALS = {
    "captcha": ("<p>보안문자를 입력하세요</p>", RefusedPageError),
    "blocked": ("<script>alert('비정상적인 접근입니다.')</script>", RefusedPageError),
    "for a while": ("<p>일시적으로 차단되었습니다</p>", RefusedPageError),
    "log in": ('<form><input name="pw" type="password"></form>', LoginWallError),
}
DL = '<dl class="qnaLists">'
DT = '<dt><span class="tx">문</span></dt>'
BROKEN: dict[str, tuple[str, type[PageError], str]] = {
    "no end": (DL + Q, TruncatedPageError, "questions"),
    "end of another list": (f"{DL}{Q}<dl></dl>", TruncatedPageError, "questions"),
    "end in a comment": (f"{DL}{Q}<!-- </dl> -->", TruncatedPageError, "questions"),
    "no questions": (
        '<div class="selfTopBx"><div class="viewTitWrap"></div></div>',
        TruncatedPageError,
        "questions",
    ),
    "questions renamed": (
        '<html><div class="selfTopBx"><div class="viewTitWrap"></div></div></html>',
        ChangedPageError,
        "questions",
    ),
    "question without answer": (f"{DL}{Q}{DT}</dl>", TruncatedPageError, "questions[1].answer"),
    "empty list": (f"{DL}</dl>", TruncatedPageError, "questions[0].answer"),
    "answer renamed": (
        f'{DL}{DT}<dd><div class="t">답</div></dd></dl>',
        UnreadableFieldError,
        "questions[0].answer",
    ),
    "empty answer": (
        f'{DL}{DT}<dd><div class="tx"><br></div></dd></dl>',
        UnreadableFieldError,
        "questions[0].answer",
    ),
    "empty question": (
        f'{DL}<dt></dt><dd><div class="tx">답</div></dd></dl>',
        UnreadableFieldError,
        "questions[0].question",
    ),
    "label renamed": (
        f'{DL}{DT}<dd><p class="tx"><b class="bad">답<i>아쉬운점 1</i></b></p></dd></dl>',
        UnreadableFieldError,
        "questions[0].passages",
    ),
    "advice without label": (
        f'{DL}{DT}<dd><p class="tx">답</p><div class="advice"><p>그냥</p></div></dd></dl>',
        UnreadableFieldError,
        "questions[0].advice",
    ),
    "grade of a strange kind": (
        f'<div class="adviceTotal"><b class="grade">좋음</b></div>{DL}{Q}</dl>',
        UnreadableFieldError,
        "grade",
    ),
    "grade of six": (
        f'<div class="adviceTotal"><b class="grade">6</b></div>{DL}{Q}</dl>',
        UnreadableFieldError,
        "grade",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_page(name: str) -> None:
    """A hand-written page with the site's traps gives exactly the hand-written record."""
    url, crawled_at = GOLDEN[name]
    text = (PAGES / f"{name}.html").read_text(encoding="utf-8")
    expected = msgspec.json.decode((PAGES / f"{name}.json").read_bytes(), type=Essay)
    assert parse_essay(text, url, crawled_at=crawled_at) == expected


@pytest.mark.parametrize(("title", "expected"), TITLES.values(), ids=TITLES.keys())
def test_title(title: str, expected: tuple[object, ...]) -> None:
    """Every part of a title may be absent."""
    head = f'<div class="viewTitWrap"><h2 class="hd"><em>{title}</em>합격자소서</h2></div>'
    essay = parse_essay(f'{head}<dl class="qnaLists">{Q}</dl>', URL, crawled_at=None)
    assert (essay.year, essay.half, essay.career, essay.position) == expected


@pytest.mark.parametrize(("text", "expected"), GRADES.items())
def test_grade(text: str, expected: float | None) -> None:
    """Halves occur; 0 means none."""
    head = f'<div class="adviceTotal"><span class="grade">{text}</span><p class="tx"></p></div>'
    essay = parse_essay(f'{head}<dl class="qnaLists">{Q}</dl>', URL, crawled_at=None)
    assert (essay.grade, essay.overall_advice) == (expected, None)


def test_bare_list_of_questions() -> None:
    """Every block but the questions may be absent."""
    essay = parse_essay(f'<DL CLASS="a qnaLists">{Q}</DL>', URL, crawled_at=None)
    assert (essay.id, essay.company, essay.specs, essay.views) == ("98765", None, (), None)
    assert (essay.questions[0].question, essay.questions[0].answer) == ("문", "답")


@pytest.mark.parametrize(
    "company",
    [
        '<a title="기업 홈 이동">온샘 (주)</a><button><i class="skip">관심기업</i></button>',
        "온샘 (주) <button>관심기업</button>",
        '온샘\n (주) <a href="#"><span class="skip">관심기업</span></a>',
        '<a href="#"><span class="skip">관심기업</span></a><a title="기업 홈 이동">온샘 (주)</a>',
        '<a title="기업 홈 이동"></a>온샘 (주)',
    ],
)
def test_company(company: str) -> None:
    """A company has a link or none, and the button beside it is no part of its name."""
    head = f'<div class="viewTitWrap"><h2 class="hd"><strong>{company}</strong><em></em></h2></div>'
    essay = parse_essay(f'{head}<dl class="qnaLists">{Q}</dl>', URL, crawled_at=None)
    assert essay.company == "온샘 (주)"


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("<li>토익\r\n  975</li><li>1,462읽음</li>", (("토익 975",), 1462)),
        ('<li class="txViewNum">1,462</li><li>고졸</li>', (("고졸",), 1462)),
        ("<li>고졸</li><li>책 많이 읽음</li>", (("고졸", "책 많이 읽음"), None)),
        ("", ((), None)),
    ],
)
def test_specs(items: str, expected: tuple[object, ...]) -> None:
    """Every spec is optional, and so is the view count."""
    head = f'<div class="selfTopBx"><ul class="specLists">{items}</ul></div>'
    essay = parse_essay(f'{head}<dl class="qnaLists">{Q}</dl>', URL, crawled_at=None)
    assert (essay.specs, essay.views) == expected


def test_specs_of_another_essay() -> None:
    """Specs beside a company's essay are not its own."""
    other = '<div class="items"><span class="trm"><span class="cell">석사</span></span></div>'
    page = (PAGES / "company_page.html").read_text(encoding="utf-8") + other
    assert parse_essay(page, "a_20748.html", crawled_at=None).specs == ("지방4년", "오픽 IH")


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("", "/starter/passassay/view/98765?Page=1"),
        ('<a class="linkWrite" href="/x?PflNo=98765">쓰기</a>', "saved/page.html"),
        ('<link rel="canonical" href="https://s.test/starter/PassAssay/View/98765">', "a.html"),
        ("", "saved/view_98765.html"),
        ("", "PassAssay/2021/view_98765.html"),
        ("", "saved/1881139_98765.html"),
        ("", "/company/1/PassAssay/98765?Page=1"),
        ("<!-- saved from url=(0045)https://s.test/starter/PassAssay/View/98765 -->", "2021.html"),
    ],
)
def test_number_of_an_essay(page: str, url: str) -> None:
    """The number comes from address, hints or file name, never from a link to another essay."""
    foot = '<a href="/starter/PassAssay/View/198804">다른 글</a>'
    essay = parse_essay(f'{page}<dl class="qnaLists">{Q}</dl>{foot}', url, crawled_at=None)
    assert essay.id == "98765"


def test_no_number() -> None:
    """A page that does not tell its number is an error that names the field."""
    with pytest.raises(UnreadableFieldError, match="id") as caught:
        parse_essay(f'<dl class="qnaLists">{Q}</dl>', "page.html", crawled_at=None)
    assert caught.value.field == "id"


def test_words_of_a_refusal_in_an_answer() -> None:
    """An applicant may write of 비정상적인 접근 without being taken for a refusal."""
    page = f'<dl class="qnaLists">{Q.replace("답", "비정상적인 접근과 보안문자")}</dl>'
    essay = parse_essay(page, URL, crawled_at=None)
    assert essay.questions[0].answer == "비정상적인 접근과 보안문자"


@pytest.mark.parametrize(("page", "kind"), REFUSALS.values(), ids=REFUSALS.keys())
def test_refusal(page: str, kind: type[PageError]) -> None:
    """A page that refuses us is told apart, and its message says to stop."""
    with pytest.raises(kind, match="stop"):
        parse_essay(page, URL, crawled_at=None)


def test_login_address() -> None:
    """A visit that ends at the log-in address is a log-in wall."""
    with pytest.raises(LoginWallError):
        parse_essay("<p>회원</p>", "https://site.test/Login/Login_Tot.asp", crawled_at=None)


@pytest.mark.parametrize("page", ["", "<html></html>", "hello", "\0", "<p>검색 결과</p>"])
def test_another_page(page: str) -> None:
    """Any other page is no essay."""
    with pytest.raises(WrongPageError, match="not an essay"):
        parse_essay(page, URL, crawled_at=None)


def test_list_page_is_no_essay() -> None:
    """A list page is named as what it is."""
    text = (PAGES / "list_page.html").read_text(encoding="utf-8")
    with pytest.raises(WrongPageError, match="list of essays"):
        parse_essay(text, URL, crawled_at=None)


def test_missing_essay() -> None:
    """The site's message that there is no such essay is an error of its own."""
    page = '<script>alert("선택하신 합격자소서 정보가 없습니다.");</script>'
    with pytest.raises(MissingEssayError):
        parse_essay(page, URL, crawled_at=None)


@pytest.mark.parametrize(("page", "kind", "field"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_page(page: str, kind: type[PageError], field: str) -> None:
    """A broken page names address, field and cure."""
    with pytest.raises(kind) as caught:
        parse_essay(page, URL, crawled_at=None)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{URL}, {field}: ")
    assert str(caught.value).endswith(f"; {kind.cure}")


def test_every_cut_of_a_page() -> None:
    """A page cut anywhere is an error, or the same essay once its questions are closed."""
    text = (PAGES / "essay_page.html").read_text(encoding="utf-8")
    whole = parse_essay(text, URL, crawled_at=None)
    closed = text.rindex("</dl>") + len("</dl>")
    for end in range(0, len(text), 7):
        if end >= closed:
            assert parse_essay(text[:end], URL, crawled_at=None) == whole
        else:
            with pytest.raises(PageError):
                parse_essay(text[:end], URL, crawled_at=None)
