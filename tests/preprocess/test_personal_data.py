"""Personal data in essays: what is found, what is kept, and how well on the labelled sentences."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preprocess import personal_kinds
from preprocess.edits import apply
from preprocess.measure_masking import (
    CASES,
    PARTS,
    Case,
    CasesError,
    MaskingRow,
    faults,
    main,
    masking_table,
    read_cases,
)
from preprocess.name_lexicon import NameLexicon, People, name_lexicon
from preprocess.personal_data import KINDS, PLACEHOLDERS, find_personal_data
from preprocess.personal_kinds import MASKED, ContentError, read_content
from preprocess.sentences import Span


def masked(text: str, *names: str) -> str:
    """Mask a text."""
    return apply(text, find_personal_data(text, names=names))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("번호는 010-1234-5678입니다.", "번호는 <|tel|>입니다."),
        ("01012345678, 010.1234.5678", "<|tel|>, <|tel|>"),
        ("(02) 345-6789 또는 031)234-5678", "<|tel|> 또는 <|tel|>"),
        ("+82-10-1234-5678과 +82 (0)2-345-6789", "<|tel|>과 <|tel|>"),
        ("０１０－１２３４－５６７８로", "<|tel|>로"),
        ("공일공 일이삼사 오육칠팔", "<|tel|>"),
        ("070-1234-5678, 080-123-4567, 0505-123-4567", "<|tel|>, <|tel|>, <|tel|>"),
        ("회사(010-1234-5678)", "회사(<|tel|>)"),
        # The second is found only once the first is masked.
        ("010-1234-5678-+82-10-2345-6789", "<|tel|>-<|tel|>"),
    ],
)
def test_phones(text: str, expected: str) -> None:
    """Mobile, land line, internet, forwarding, with the country's code, in digits and in words."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("050312-1234567", "<|rrn|>"),
        ("외국인등록번호 080615-5123456", "외국인등록번호 <|rrn|>"),
        ("050312-1******", "<|rrn|>"),
        # Masked by somebody: the birth date still goes, the mask stays.
        ("050312-1XXXXXX", "<|rrn|>XXXXXX"),
        # Thirteen bare digits: with a word, or with the check digit.
        ("주민번호 0503121234567", "주민번호 <|rrn|>"),
        ("0503121234567", "0503121234567"),
        ("0503121234560", "<|rrn|>"),
        ("0806155123453", "<|rrn|>"),
        ("0806155123451", "0806155123451"),
        # No such day; a bar code.
        ("050230-1234567", "050230-1234567"),
        ("001301-1234567", "001301-1234567"),
        ("8801234567895", "8801234567895"),
    ],
)
def test_resident_numbers(text: str, expected: str) -> None:
    """A real date with the hyphen is enough; bare digits need the check digit or a word."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("국민은행 123456-04-123456으로", "국민은행 <|acc|>으로"),
        ("356-1234-5678-03(농협)", "<|acc|>(농협)"),
        ("계좌번호: 110234567890", "계좌번호: <|acc|>"),
        ("110-234-567890", "110-234-567890"),
        ("우리은행에서 2,000,000원", "우리은행에서 2,000,000원"),
        ("여권번호 M12345678", "여권번호 <여권번호>"),
        ("여권은 M123A4567", "여권은 <여권번호>"),
        ("부품 M12345678", "부품 M12345678"),
        ("면허 11-15-123456-01", "면허 <면허번호>"),
        ("11-15-123456-01", "<면허번호>"),
        ("면허번호 서울 15-123456-01", "면허번호 <면허번호>"),
        ("사업자등록번호 123-45-67891", "사업자등록번호 <사업자번호>"),
        # The check digit is right, or it is not.
        ("(220-81-62517)", "(<사업자번호>)"),
        ("(220-81-62518)", "(220-81-62518)"),
    ],
)
def test_other_numbers(text: str, expected: str) -> None:
    """Accounts, passports, licences and business numbers need their word or their own form."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hong_gd@hanmail.net으로", "<이메일>으로"),
        ("a.b+c@x.co.kr.", "<이메일>."),
        ("hong(at)naver.com", "<이메일>"),
        ("sora골뱅이naver.com", "<이메일>"),
        ("https://github.com/hong/app에서", "<링크>에서"),
        ("(blog.naver.com/cook)", "(<링크>)"),
        ("jiwoo.tistory.com.", "<링크>."),
        ("ASP.NET/C#과 Node.js, Booking.com", "ASP.NET/C#과 Node.js, Booking.com"),
        ("인스타그램 @daily_minsu에", "인스타그램 <계정>에"),
        ("카톡 아이디는 jiwoo_95입니다", "카톡 아이디는 <계정>입니다"),
        ("@Override와 @media", "@Override와 @media"),
        ("서울특별시 강남구 테헤란로 123, 4층", "<주소>"),
        ("수원시 영통구 매탄동 123-4번지에", "<주소>에"),
        ("래미안아파트 101동 1203호", "<주소>"),
        ("서울 강남구에서 서로 3명씩", "서울 강남구에서 서로 3명씩"),
    ],
)
def test_contacts(text: str, expected: str) -> None:
    """E-mails, links, handles and addresses go, particles and full stops stay."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("저 홍길동은", "저 <이름>은"),
        ("지원자 김민수입니다", "지원자 <이름>입니다"),
        ("제 이름은 남궁민아입니다", "제 이름은 <이름>입니다"),
        ("성명: 박보람", "성명: <이름>"),
        ("저는 이하늘이라고 합니다", "저는 <이름>이라고 합니다"),
        ("한지호 올림", "<이름> 올림"),
        ("김민수 교수님과 박 과장님", "<이름> 교수님과 <이름> 과장님"),
        ("김팀장님, 최지우 씨", "<이름>팀장님, <이름> 씨"),
        ("지훈이 형과 민지 씨", "<이름>이 형과 <이름> 씨"),
        ("마이클 교수님", "<이름> 교수님"),
        ("친구 지훈이와", "친구 <이름>이와"),
        ("팀장 김태윤이", "팀장 <이름>이"),
        ("그때 김도현이 손을 들고", "그때 <이름>이 손을 들고"),
        ("'민호야, 너라면 할 수 있어.'", "'<이름>야, 너라면 할 수 있어.'"),
        ("'서현아, 끝까지 해 보자.'", "'<이름>아, 끝까지 해 보자.'"),
        # Found once by its title, then without.
        ("고나울 교수님. 고나울의 책", "<이름> 교수님. <이름>의 책"),
    ],
)
def test_names(text: str, expected: str) -> None:
    """Applicants, colleagues and friends, by what stands beside them."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "전공 교수님과 지도 교수님, 담당 교수님",
        "우리 팀장, 신입 사원, 이전 사장님",
        "이 교수님과 한 선배님, 그 과장님",
        "입사 3년 차 팀장, 전 대표",
        "이사장님과 지점장님, 부회장",
        "친구 사이, 팀원 모두, 고객 서비스",
        "정말 이유이자 문제인 하지만 정해진 최대한 우수한 안정화",
        "제 이름을 걸고",
        "이순신 장군과 정주영 회장",
        "김OO 교수님",
        "서울 앞으로 12",
        "2019-03-04, 20190304, 4.3/4.5, 1,234,000원, SM-G998N, ISO 9001-2015",
    ],
)
def test_kept(text: str) -> None:
    """Ordinary words, public figures, what is masked already, dates and figures stay."""
    assert find_personal_data(text) == ()


def test_a_public_name_that_introduces_the_applicant_goes() -> None:
    """The applicant may be called like a figure of history."""
    assert masked("제 이름은 이순신입니다.") == "제 이름은 <이름>입니다."


def test_names_from_elsewhere() -> None:
    """A given name or one in Latin letters goes as a word, not as a part of one."""
    text = "가람은 Kim Garam이고 가람휘와 Garams가 아니다."
    assert masked(text, "가람", "Kim Garam") == "<이름>은 <이름>이고 가람휘와 Garams가 아니다."


CASE_LIST = read_cases()
FRAGMENTS = sorted({word for case in CASE_LIST for word in case.text.split(" ")})
#: Words of cases in any order, glued or apart, and what could be the edge of a placeholder.
MIXED = st.lists(
    st.tuples(
        st.sampled_from(FRAGMENTS)
        | st.sampled_from([*PLACEHOLDERS.values(), "XX", "OO", "<", ">"]),
        st.sampled_from([" ", " ", " ", "", "\n", ", "]),
    ),
    max_size=14,
).map(lambda pairs: "".join(word + gap for word, gap in pairs))


@given(MIXED)
@settings(max_examples=400, deadline=None)
def test_masking_twice_is_masking_once(text: str) -> None:
    """Masked text holds nothing more to mask."""
    once = masked(text)
    assert find_personal_data(once) == ()


@given(MIXED)
@settings(max_examples=200, deadline=None)
def test_edits_are_in_order_apart_and_tight(text: str) -> None:
    """Every edit lies in the text, holds no space at its ends, and touches nothing masked."""
    edits = find_personal_data(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(edits))
    for edit in edits:
        piece = text[edit.start : edit.end]
        assert piece
        assert piece == piece.strip(" \n,.")
        assert edit.text == PLACEHOLDERS[next(kind for kind in KINDS if kind == edit.kind)]
        for done in MASKED.finditer(text):
            assert edit.end <= done.start() or done.end() <= edit.start


ORDINARY = [
    "이유",
    "정말",
    "한국",
    "최고",
    "주장",
    "강조",
    "문제",
    "조사",
    "유지",
    "신입",
    "고객",
    "구성원",
    "전문",
    "담당",
    "우리",
    "안전",
    "지원",
    "저는",
    "했습니다.",
    "그래서",
    "팀장",
    "교수님",
]


@given(st.lists(st.sampled_from(ORDINARY), max_size=12).map(" ".join))
@settings(deadline=None)
def test_ordinary_words_stay(text: str) -> None:
    """A text without digits, @ and names is left as it is."""
    assert find_personal_data(text) == ()


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_can_be_searched(text: str) -> None:
    """Odd characters neither fail nor move the places of what is found."""
    marked = f"{text}\n메일 hong@example.com"
    found = [marked[e.start : e.end] for e in find_personal_data(marked) if e.kind == "e-mail"]
    assert found[-1] == "hong@example.com"


NUMBERS = ("phone", "resident number", "account", "passport", "licence", "business number")
SURE = (*NUMBERS, "e-mail")


@pytest.fixture(scope="module")
def table() -> tuple[MaskingRow, ...]:
    """Measure once."""
    return masking_table(CASE_LIST)


def test_the_labelled_set_is_large_enough() -> None:
    """At least 400 sentences by hand, 160 of them unmarked, and a third held."""
    written = [case for case in CASE_LIST if case.part != "filled"]
    assert len(written) >= 400
    assert sum(not case.spans for case in written) >= 160
    assert 0.28 < sum(case.part == "held" for case in written) / len(written) < 0.39
    assert {kind for case in written for _, kind in case.spans} == set(KINDS)


@pytest.mark.parametrize("kind", SURE)
def test_numbers_and_e_mails_are_found(table: tuple[MaskingRow, ...], kind: str) -> None:
    """Recall of at least 0.99, and as much precision, over all parts."""
    rows = [row for row in table if row.kind == kind]
    true, found = sum(row.true for row in rows), sum(row.found for row in rows)
    touched = sum((row.overlap_recall or 0) * row.true for row in rows)
    right = sum((row.overlap_precision or 0) * row.found for row in rows)
    assert true > 0
    assert touched / true >= 0.99
    assert right / found >= 0.99


@pytest.mark.parametrize("part", ["tuned", "held"])
def test_names_are_found(table: tuple[MaskingRow, ...], part: str) -> None:
    """Recall of at least 0.90 at a precision of at least 0.95, exactly at both ends."""
    (row,) = [row for row in table if (row.part, row.kind) == (part, "name")]
    assert row.exact_recall is not None
    assert row.exact_precision is not None
    assert row.exact_recall >= 0.90
    assert row.exact_precision >= 0.95


def test_table_of_a_known_case() -> None:
    """Shares are counted span by span, and a kind without any is left out."""
    text = "연락처 010-1234-5678, 이상한 이름 가나다라"
    case = Case(text, ((Span(4, 15), "phone"), (Span(24, 28), "name")), "tuned", "x")
    phone, name, every = masking_table([case])
    assert phone == MaskingRow("tuned", "phone", 1, 1, 0.0, 0.0, 1.0, 1.0)
    assert name == MaskingRow("tuned", "name", 1, 0, 0.0, None, 0.0, None)
    assert every == MaskingRow("tuned", "all", 2, 1, 0.0, 0.0, 0.5, 1.0)
    assert len(list(faults([case], "tuned"))) == 1
    assert list(faults([case], "held")) == []


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints a line for each part and kind."""
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"\d+ tuned, \d+ held, \d+ filled sentences, \d+ unmarked", lines[0])
    assert {line.split()[0] for line in lines[2:]} == set(PARTS)
    assert sum(" all " in line for line in lines) == len(PARTS)


EMPTY = "[written]\n[negatives]\n"
FILLED = '[[filled]]\nkind = "phone"\nframes = ["{slot}"]\nforms = ["1"]\n'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[written]\na = ["{nickname:x}"]\n[negatives]\n', "'nickname'"),
        ('[written]\na = ["{name:x"]\n[negatives]\n', "close or remove the bracket"),
        ('[written]\n[negatives]\na = ["{name:x}"]\n', "negatives.a has a mark"),
        ('[written]\na = ["x"]\n[negatives]\nb = ["x"]\n', "twice the same sentence: 'x'"),
        ("[written]\n[negatives]\n[more]\n", "unknown field"),
        ("written = ", "mend the file"),
    ],
)
def test_faulty_cases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, expected: str
) -> None:
    """A faulty file of sentences is an error that says what is wrong."""
    path = tmp_path / "cases.toml"
    path.write_text(f"{content}{FILLED if 'more' not in content else ''}", encoding="utf-8")
    with pytest.raises(CasesError, match=re.escape(expected)):
        read_cases(path)
    assert main(["--cases", str(path)]) == 1
    assert expected in capsys.readouterr().err


def test_missing_cases(tmp_path: Path) -> None:
    """A missing file names itself and the cure."""
    with pytest.raises(CasesError, match=r"none\.toml is missing; .*git restore"):
        read_cases(tmp_path / "none.toml")


def test_faulty_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown key in a content file is an error, not a default."""
    (tmp_path / "people.toml").write_text("[surname]\n", encoding="utf-8")
    monkeypatch.setattr(personal_kinds, "CONTENT", tmp_path)
    with pytest.raises(ContentError, match=r"preprocess/content/people\.toml: .*mend the file"):
        read_content("people.toml", People)


def test_lexicon_is_consistent() -> None:
    """Syllables stand once, and the lists of surnames are of surnames."""
    lexicon: NameLexicon = name_lexicon()
    surnames = lexicon.people.surnames
    every = surnames.frequent + surnames.seldom
    assert len(set(every)) == len(every)
    assert set(surnames.alone) <= set(every)
    assert set(surnames.honoured) <= set(every)
    assert set(surnames.distinct) <= set(every)
    for first, seconds in lexicon.people.given.items():
        assert len(first) == 1
        assert len(set(seconds)) == len(seconds), first
    assert CASES.is_file()
