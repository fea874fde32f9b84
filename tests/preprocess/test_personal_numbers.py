"""Numbers, addresses and links in essays: what is masked, and what looks like them and stays."""

from __future__ import annotations

import pytest

from tests.preprocess.masked import masked


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
    "number",
    [
        "010/2345/6789",
        "010~2345~6789",
        "010ㅡ2345ㅡ6789",
        "010--2345--6789",
        "82-10-2345-6789",
        "82 10 2345 6789",
        "0 1 0 2 3 4 5 6 7 8 9",
        "0 1 0 - 2 3 4 5 - 6 7 8 9",
        "O1O-2345-6789",
        "01O23456789",
        "o1o 2345 6789",
        "영일영-이삼사오-육칠팔구",
        "공일공 2345 육칠팔구",
        "010-234-56789",
        "010-23456-789",
        "010-2345-\n6789",
        "010\n2345\n6789",
    ],
)
def test_phones_out_of_shape(number: str) -> None:
    """Odd marks, letters for figures, parts of another length, spaces and line breaks between."""
    assert masked(f"번호는 {number}입니다.") == "번호는 <|tel|>입니다."


@pytest.mark.parametrize(
    "text",
    [
        "2019/03/04~2019/08/31",
        "031/2019/2020",
        "010/12/31",
        "0 1 0 1 1 0 0 1 0 1 1",
        "0 1 1 2 3 5 8 13",
        "190101/191231",
        "950101/1234567",
        "821012345678",
        "1982 10 1234 5678",
        "82-10-12",
        "010-12345-67890",
        "VO10-1234-5678",
        "A10-1234-5678",
        "영일만과 일이삼사",
        "3010/1234/5678",
    ],
)
def test_what_looks_like_a_phone_stays(text: str) -> None:
    """Dates, ranges, bits, parts and longer numbers with the same marks are no phones."""
    assert masked(text) == text


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
        ("주민번호는 050312/1234567", "주민번호는 <|rrn|>"),
        ("주민번호는 050312~1234567", "주민번호는 <|rrn|>"),
        ("주민번호 050312.1234567", "주민번호 <|rrn|>"),
        ("050312/1234560", "<|rrn|>"),
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
        ("sora [at] gmail [dot] com으로", "<이메일>으로"),
        ("sora(at)gmail(dot)com", "<이메일>"),
        ("sora at gmail.com, sora at gmail dot com", "<이메일>, <이메일>"),
        ("sora@네이버로, sora@네이버 닷컴으로", "<이메일>로, <이메일>으로"),
        ("sora95 골뱅이 지메일", "<이메일>"),
        ("meet at Booking.com, open at 9.30 am", "meet at Booking.com, open at 9.30 am"),
        ("단가 @네이버, 이메일@네이버", "단가 @네이버, 이메일@네이버"),
        ("카카오톡 sora1234로", "카카오톡 <계정>로"),
        ("카카오톡 chatbot, 인스타그램 top10", "카카오톡 chatbot, 인스타그램 top10"),
        ("백준 gold5, 프로그래머스 level30", "백준 gold5, 프로그래머스 level30"),
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
