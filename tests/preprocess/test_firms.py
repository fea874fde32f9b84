"""Names of firms in essays: what is masked, what stays, and that nothing of the firm is left."""

from __future__ import annotations

import re
from itertools import cycle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiwipiepy import Kiwi

from crawler.replica.essays import generate_essays
from crawler.replica.library import load as load_replica
from preprocess.edits import apply
from preprocess.firm_folding import fold
from preprocess.firm_names import Firm, Word, derived, key, load, problems_of
from preprocess.firms import aliases_of, find_firms, leaks
from preprocess.sentences import Span

PARTICLES = ("는", "에서", "의", "을", "과", "처럼", "이라는", "입니다", "", "에게는")
#: Names that the dictionary lists as common nouns, though nothing else is called so.
ONLY_FIRMS = {"싼타페", "이노텍", "금감원", "건보", "코카콜라"}
#: Kiwi numbers words that it does not know by their tag alone.
KNOWN_WORD = 100


def masked(text: str, company: str, *, others: bool = False) -> str:
    """Return the text with its firms masked."""
    return apply(text, find_firms(text, company, others=others))


CASES = [
    ("삼성전자(주)", "삼성전자를 고른 이유", "XX를 고른 이유"),
    ("삼성전자(주)", "삼성 전자의 갤럭시와 삼성인", "XX의 XX와 XX인"),
    ("삼성전자(주)", "삼성전자서비스에서 삼성그룹까지", "OO에서 XX그룹까지"),
    ("삼성전자(주)", "삼성메디슨과 삼성의 전문가", "OO과 XX의 전문가"),
    ("삼성전자(주)", "삼성동에 사는 르노삼성 직원", "삼성동에 사는 르노삼성 직원"),
    ("삼성전자서비스(주)", "삼성전자서비스에서 본 삼성전자", "XX에서 본 OO"),
    ("LG전자(주)", "LG전자가 엘지전자이고 lg전자다", "XX가 XX이고 XX다"),
    ("엘지전자 주식회사", "LG디스플레이는 LG와 다르다", "OO는 XX와 다르다"),
    ("한국방송공사", "KBS에서 한국방송공사까지, 케이비에스", "XX에서 XX까지, XX"),
    ("한국방송공사", "EBS와 KBSN, ask", "EBS와 KBSN, ask"),
    ("SK하이닉스(주)", "에스케이하이닉스와 SK hynix", "XX와 XX"),
    ("SK하이닉스(주)", "SK텔레콤에서 TASK를 SKY처럼", "OO에서 TASK를 SKY처럼"),
    ("(주)버킷플레이스", "오늘의집으로 오늘의 집을 꾸민다", "XX으로 XX을 꾸민다"),
    ("(주)버킷플레이스", "오늘의 집안일", "XX안일"),
    ("(주)당근마켓", "당근마켓의 당근을 당근 앱에서", "XX의 XX을 XX 앱에서"),
    ("", "당근과 채찍", "당근과 채찍"),
    ("(주)우아한형제들", "배달의민족, 배민과 우아한 형제들", "XX, XX과 XX"),
    ("쿠팡(주)", "쿠팡은 로켓배송이다. Coupang", "XX은 XX이다. XX"),
    ("(주)하나은행(KEB하나은행)", "하나은행은 KEB하나은행이다", "XX은 XX이다"),
    ("(주)하나은행", "하나의 목표, 하나금융그룹", "하나의 목표, XX"),
    ("한국전력공사", "한전과 KEPCO, 한국전력", "XX과 XX, XX"),
    ("한국전력공사", "한전KPS는 전력을 편한전기로", "OO는 전력을 편한전기로"),
    ("(주)카카오", "카카오톡과 (주)카카오가", "XX과 XX가"),
    ("(주)카카오", "카카오뱅크의 카카오닙스", "OO의 카카오닙스"),
    ("(주)카카오뱅크", "카카오뱅크와 카카오, 카카오톡", "XX와 XX, OO"),
    ("현대자동차(주)", "현대차와 HMC, 현대 자동차", "XX와 XX, XX"),
    ("현대자동차(주)", "현대 사회의 현대인, 현대모비스", "현대 사회의 현대인, OO"),
    ("네이버(주)", "NAVER와 네이버웹툰, 스마트스토어", "XX와 OO, XX"),
    ("라인플러스(주)", "생산 라인에서 라인 메신저까지", "생산 라인에서 XX 메신저까지"),
    ("㈜대상", "고객을 대상으로, ㈜대상은 대상그룹의", "고객을 대상으로, XX은 XX의"),
    ("대상(주)", "대상(주)에서 주식회사 대상, 종가집", "XX에서 XX, XX"),
    ("(주)이마트", "이마트와 신세계그룹, 트레이더스", "XX와 XX그룹, XX"),
    ("(주)이마트", "하이마트는 다른 가게", "OO는 다른 가게"),
    ("(주)신세계", "신세계의 신세계백화점", "XX의 XX"),
    ("GS리테일", "GS25와 지에스25, GS 리테일", "XX와 XX, XX"),
    ("GS리테일", "GSK와 GS칼텍스", "GSK와 OO"),
    ("CJ제일제당(주)", "비비고와 씨제이제일제당, 제일제당", "XX와 XX, XX"),
    ("CJ제일제당(주)", "스팸을 팔고 스팸메일은 지운다", "XX을 팔고 스팸메일은 지운다"),
    ("롯데지주㈜", "롯데의 롯데월드와 LOTTE", "XX의 OO와 XX"),
    ("농협은행(주)", "NH농협은행, 지역 농협에서 농협인으로", "XX, 지역 XX에서 XX인으로"),
    ("한국철도공사", "코레일의 KTX, 철도공사", "XX의 XX, XX"),
    ("(주)포스코인터내셔널", "대우인터내셔널이던 포스코에서", "XX이던 XX에서"),
    ("(주)신한은행", "쇄신한 은행, 혁신한 신한은행", "쇄신한 은행, 혁신한 XX"),
    ("(주)대한항공", "환경에 대한 항공 규정과 대한 항공", "환경에 대한 항공 규정과 XX"),
    ("(주)효성", "실효성 있는 효성人", "실효성 있는 XX人"),
    ("우리은행", "우리 은행에서 우리의 미래", "XX에서 우리의 미래"),
    ("(주)비바리퍼블리카", "토스는 토스트를 판토스에 배송", "XX는 토스트를 판토스에 배송"),
    ("동방건설산업(주)", "동방건설산업은 東方", "XX은 東方"),
    ("가온들㈜", "가온들에서 가온들판을 본다", "XX에서 XX판을 본다"),
    ("㈜나루", "나루에서 나루터를 지나 마루", "XX에서 나루터를 지나 마루"),
    ("", "삼성전자와 LG", "삼성전자와 LG"),
    # A word that is the firm's whole name, beside what applicants do there.
    ("대상(주)", "대상에 지원한 이유, 대상의 일원", "XX에 지원한 이유, XX의 일원"),
    ("대상(주)", "봉사 대상에 지원을, 대상으로 지원하는", "봉사 대상에 지원을, 대상으로 지원하는"),
    ("(주)사람인", "사람인 입사 후, 정직한 사람인 저는", "XX 입사 후, 정직한 사람인 저는"),
    ("(주)동서", "동서에 지원한 동서고금, 동서 방향", "XX에 지원한 동서고금, 동서 방향"),
    ("동서식품(주)", "동서에 입사해 동서로 난 길", "XX에 입사해 동서로 난 길"),
    ("(주)신원", "신원 그룹에 입사하여 신원 확인", "XX 그룹에 입사하여 신원 확인"),
    ("(주)우진", "우진의 일원, 배우 우진에게", "XX의 일원, 배우 우진에게"),
    # Names cut short, in Latin, with an ending.
    ("(주)경신", "경신이었습니다. 경신만의 기록을 경신한", "XX이었습니다. XX만의 기록을 경신한"),
    ("YK스틸(주)", "YK Steel과 YKSteel", "XX과 XX"),
    ("LG디스플레이", "LGenius의 genius", "XX의 genius"),
    ("LS Nikko 동제련(주)", "LSNCian Academy", "XX Academy"),
    ("㈜보령바이오파마", "보령바이오팜이기에", "XX이기에"),
    ("㈜씨티케이코스메틱스", "씨티케이코스메틱과 코스메틱", "XX과 코스메틱"),
    ("한국인터텍테스팅서비스㈜", "한국인터텍과 인터텍", "XX과 XX"),
    ("한국주택금융공사", "한국주택공사를 고른", "XX를 고른"),
]


@pytest.mark.parametrize(("company", "text", "expected"), CASES)
def test_firms_are_masked(company: str, text: str, expected: str) -> None:
    """Own names become XX, longer names of others that hold one OO, everything else stays."""
    assert masked(text, company) == expected
    assert leaks(expected, company) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OOO에서 인턴, 한국OOOO협회", "OO에서 인턴, 한국OO협회"),
        ("○○대학교 ◯◯과 ㅇㅇ생명, ooo몰", "OO대학교 OO과 OO생명, OO몰"),
        ("ＯＯＯ전자 O○O기업", "OO전자 OO기업"),
        ("00회사 000에서 00 대학교, 00대학교", "OO회사 OO에서 OO 대학교, OO대학교"),
        ("XXX의 OO", "OO의 OO"),
        ("XX의 2XL, 120x80", "XX의 2XL, 120x80"),
        ("GOOD FOOD COO Hadoop O2O", "GOOD FOOD COO Hadoop O2O"),
        ("100 2000년 1,000원 00:00 3.00점", "100 2000년 1,000원 00:00 3.00점"),
        ("00년 00명 000원 00시", "00년 00명 000원 00시"),
        ("O월 H2O ○ 첫째", "O월 H2O ○ 첫째"),
    ],
)
def test_masking_of_the_page(text: str, expected: str) -> None:
    """What the page masked becomes OO; words, numbers, sizes and times with such letters stay."""
    assert masked(text, "") == expected


def test_other_firms() -> None:
    """Other firms stay, or become OO where that is asked for; ordinary words do not."""
    text = "네이버에서 당근 앱과 당근을 보고 대상으로 삼은 LG전자"
    assert masked(text, "쿠팡(주)") == text
    expected = "OO에서 OO 앱과 당근을 보고 대상으로 삼은 OO"
    assert masked(text, "쿠팡(주)", others=True) == expected
    assert masked("쿠팡의 네이버", "쿠팡(주)", others=True) == "XX의 OO"


def test_edits_name_what_stood_there() -> None:
    """Places are code points of the text as it is, full-width letters and ㈜ included."""
    text = "ＬＧ전자와 ㈜엘지 OOO, LG화학"
    found = [(text[e.start : e.end], e.text, e.kind) for e in find_firms(text, "LG전자")]
    assert found == [
        ("ＬＧ전자", "XX", "firm applied to"),
        ("㈜엘지", "XX", "firm applied to"),
        ("OOO", "OO", "masked on the page"),
        ("LG화학", "OO", "firm with a name like it"),
    ]


@pytest.mark.parametrize(
    ("page_name", "names"),
    [
        (
            "(주)하나은행(KEB하나은행)",
            {"하나은행", "KEB하나은행", "외환은행", "하나금융지주", "하나"},
        ),
        ("엘지전자 주식회사", {"엘지전자", "LG전자", "LG", "휘센"}),
        ("㈜ＧＳ리테일", {"GS리테일", "지에스리테일", "GS25"}),
        ("에이치케이이노엔(주)", {"HK이노엔", "CJ헬스케어", "콜마"}),
        ("한국방송공사", {"KBS", "한국방송공사", "방송공사", "케이비에스"}),
        ("한화생명보험(주)", {"한화생명", "대한생명", "한화"}),
        ("삼성가나다(주)", {"삼성가나다", "삼성", "SAMSUNG"}),
        ("네이버가나다(주)", {"네이버가나다", "네이버"}),
        ("한국가나다라(유)", {"한국가나다라", "가나다라"}),
        ("가나다라코리아㈜", {"가나다라코리아", "가나다라"}),
        ("재단법인 가나다문화재단", {"가나다문화재단"}),
        ("가나다제약홀딩스(주)", {"가나다제약홀딩스", "가나다제약"}),
        ("(주)ABC가나다", {"ABC가나다", "에이비씨가나다"}),
        ("디이에프솔라(주)", {"디이에프솔라", "DEF솔라"}),
        ("Saebyeok Trading Korea", {"Saebyeok Trading", "새벽트레이딩"}),
    ],
)
def test_aliases_of(page_name: str, names: set[str]) -> None:
    """A page's name gives its derived forms, and the table's names of the firm and its group."""
    assert names - set(aliases_of(page_name)) == set()


@pytest.mark.parametrize(
    ("page_name", "name"),
    [
        ("한국은행", "은행"),
        ("한국전력공사", "전력"),
        ("한국투자증권(주)", "투자증권"),
        ("일동홀딩스(주)", "일동"),
        ("KT&G", "KT"),
        ("GSK코리아", "GS"),
    ],
)
def test_what_a_firm_is_not_called(page_name: str, name: str) -> None:
    """What is left of a name when too much is taken off is not a name."""
    assert name not in aliases_of(page_name)


def test_the_longest_name_comes_first() -> None:
    """The aliases come in the order in which a search must try them."""
    names = aliases_of("삼성전자(주)")
    assert list(names) == sorted(names, key=lambda name: (-len(name), name))


def test_the_table_is_large_and_sound() -> None:
    """At least 300 firms, and no fault that the loader looks for."""
    table = load()
    assert len(table.firm) >= 300
    assert list(problems_of(table)) == []


def test_faults_of_a_table_are_told() -> None:
    """A shared name, a missing group, a legal form: each is told with the firm and the cure."""
    firms = (
        Firm(name="가나다", aliases=("마바사",), group="없음"),
        Firm(name="라마바", word=(Word(name="마바사"),)),
        Firm(name="아자차(주)"),
    )
    table = msgspec.structs.replace(load(), firm=firms, group=())
    assert list(problems_of(table)) == [
        "가나다: there is no group 없음; add it or mend its name",
        "아자차(주): '아자차(주)' is one letter or has a legal form; take it out",
        "마바사: of 2 firms or groups; leave it to one, or to their group alone",
    ]


def test_a_name_may_be_the_firms_and_its_groups() -> None:
    """A group's name is shared by its members."""
    firms = (Firm(name="가나", group="가나"), Firm(name="가나전자", group="가나"))
    table = msgspec.structs.replace(load(), firm=firms, group=(Firm(name="가나"),))
    assert list(problems_of(table)) == []


def test_ordinary_words_are_flagged() -> None:
    """No name in the table is a word of Kiwi's dictionary, other than a proper name, unflagged."""
    kiwi, ordinary, seen = Kiwi(), set(), 0
    for one in (*load().firm, *load().group):
        for name in set(one.called()) - {word.name for word in one.word}:
            if re.fullmatch("[가-힣]+", name):
                tokens = kiwi.tokenize(name)
                seen += 1
                if len(tokens) == 1 and tokens[0].tag != "NNP" and tokens[0].id > KNOWN_WORD:
                    ordinary.add(name)
    assert seen > 1000
    assert ordinary == ONLY_FIRMS


def test_every_name_of_every_firm() -> None:
    """Each name in the table, with a particle, is masked for its firm, and nothing leaks."""
    particles = cycle(PARTICLES)
    for firm in load().firm:
        written, expected = [], []
        for name in firm.called():
            end = next(particles)
            legal = "주식회사 " if name in {word.name for word in firm.word} else ""
            written.append(f"저는 {legal}{name}{end} 알고 있습니다.")
            expected.append(f"저는 XX{end} 알고 있습니다.")
        text, wanted = "\n".join(written), "\n".join(expected)
        assert len(leaks(text, firm.name)) >= len(written), firm.name
        assert masked(text, firm.name) == wanted
        assert leaks(wanted, firm.name) == ()


def test_invented_firms_by_rules_alone() -> None:
    """In the replica's essays nothing is left of the firm, nor of how its applicants write it."""
    shorts = {firm.name: firm.short for firm in load_replica().firms}
    named = set()
    for essay in generate_essays(seed=5, count=200):
        company = essay.company or ""
        for question in essay.questions:
            for text in (question.question, question.answer, *(a.text for a in question.advice)):
                result = masked(text, company)
                assert leaks(result, company) == ()
                assert shorts[company] not in result
                if shorts[company] in text:
                    named.add(company)
    assert len(named) > len(shorts) // 2


def test_leaks_tells_where() -> None:
    """A leak is a span of the text as it is, spaces in the name included."""
    text = "저는 ＬＧ 전자와 LG에"
    assert leaks(text, "LG전자") == (Span(3, 8), Span(10, 12))
    assert text[3:8] == "ＬＧ 전자"


@pytest.mark.parametrize(
    ("company", "text", "count"),
    [
        ("삼성전자(주)", "새삼성전자의", 1),
        ("삼성전자(주)", "삼성동과 르노삼성", 0),
        ("㈜대상", "대상으로 대상을 대상그룹 임직원", 1),
        ("㈜대상", "(주)대상 대상(주)", 2),
        ("현대자동차(주)", "현대 차량과 현대 사회", 0),
        ("㈜나루", "나루터와 나루에서", 1),
        ("KT", "KTX와 kt", 1),
    ],
)
def test_leaks_counts(company: str, text: str, count: int) -> None:
    """A name in longer words that explain it is no leak; anywhere else it is."""
    assert len(leaks(text, company)) == count


WORDS = (
    "삼성전자는 삼성전자서비스 삼성 전자 ＬＧ전자 GS25와 OOO이 "
    "㈜대상 대상을 대상그룹 ㎡ … ㅇㅇ XXX 00회사"
)


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join))
def test_masking_twice_changes_nothing(text: str) -> None:
    """What is masked stays as it is, and does not leak."""
    for company in ("삼성전자(주)", "㈜대상", "엘지전자"):
        once = masked(text, company)
        assert masked(once, company) == once
        assert leaks(once, company) == ()


@given(st.text("가ㄱＡa㈜①각é…\u1100\u1161\u11a8\u200b ", max_size=20))
def test_every_folded_letter_has_its_place(text: str) -> None:
    """Places of folded letters are inside the text, in order, and hold what folds into them."""
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    for letter, start, end in zip(*folded, strict=True):
        assert 0 <= start < end <= len(text)
        assert letter in fold(text[start:end]).text


def test_derived_forms_of_a_name_without_any() -> None:
    """A plain name is its only form; a name of one letter is none."""
    assert derived("가나다") == ("가나다",)
    assert derived("(주)") == ()
    assert key("L&F·가 나") == "l&f가나"
