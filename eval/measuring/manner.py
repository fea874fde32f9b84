"""How an output speaks: whose voice, of which document, in whose words, and how often the same.

What is judged is what the output says: the texts of its points, or the whole output where it
cannot be read as advice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The first person of an applicant. None of 204 pieces of real experts' advice has it, once
#: quotations from the essay are set aside.
APPLICANT = re.compile(r"(?<![가-힣])(?:저는|제가|저의|저를|저에게|저도|저만의)(?![가-힣])")
QUOTATION = re.compile(r"'[^'\n]{0,200}'|\"[^\"\n]{0,200}\"|‘[^’\n]{0,200}’|“[^”\n]{0,200}”")

#: Documents that have no part in an application: whoever speaks of one that the essay does not
#: name has lost the document.
FOREIGN = (
    *("추천서", "추천사", "독후감", "연설문", "기사문"),
    *("수필", "서평", "진술서", "사유서", "반성문"),
)
#: What experts speak of rightly, as another part of the application or as a work to tell of ("면접
#: 에서 질문을 받습니다", "보고서를 쓴 경험"); wrong only as the name of the text itself.
NEIGHBOURS = (
    *("이력서", "경력기술서", "포트폴리오", "면접", "학업계획서", "연구계획서", "논문", "보고서"),
    *("제안서", "발표문", "소설", "일기", "편지", "칼럼", "대본", "시나리오"),
)

#: Comparison with another document is an expert's way to speak of style, and one document of
#: several ("논문, 공모전 등") is an example.
_COMPARED = (
    r"(?!\s*(?:처럼|같|식|형식|투|체|듯|보다|이 아니|가 아니|나 |이나 |을 쓰듯|를 쓰듯|"
    r"을 작성하듯|를 작성하듯|작성하듯|쓰듯|에서나|[,·/]))"
)
#: 본 behind a verb is no demonstrative but "tried" ("써 본 보고서를").
_THIS = r"(?:이|(?<![어아여해써] )본|위|해당|작성하신|제출하신|보내\s?주신|귀하의)\s?"
#: Sides of a written text; nobody says them of what lies beside the letter.
_PART = r"의\s?(?:첫 ?문장|첫 ?문단|서두|서론|본론|결론|도입부?|마무리|소제목|분량|글자 ?수)"


def _said_of_text(document: str) -> re.Pattern[str]:
    """Match a document's name where it is given to the text that is judged."""
    start = rf"(?<![가-힣]){_THIS}{document}(?:은|는|이|가|을|를|의|도)(?![가-힣])"
    return re.compile(rf"{start}|(?<![가-힣]){document}{_PART}")


_NAMED = {name: re.compile(rf"(?<![가-힣]){name}{_COMPARED}") for name in FOREIGN} | {
    name: _said_of_text(name) for name in NEIGHBOURS
}

#: Characters of an n-gram whose return counts as repetition: half of the real experts' answers
#: repeat none of ten, and all of them together 1.6 % (of eight 2.4 %, of five 6.7 %).
REPEATED = 10


def without_quotations(text: str) -> str:
    """Blank out what stands in quotation marks: the essay's words, not the adviser's."""
    return QUOTATION.sub(" ", text)


def speaks_as_applicant(output: str) -> bool:
    """Tell whether advice says 저는, 제가, … outside quotation marks.

    Expert advice never does; a model that does has lost its role.
    """
    return APPLICANT.search(without_quotations(output)) is not None


def wrong_document(said: Iterable[str], essay: str) -> bool:
    """Tell whether advice speaks of another document than a cover letter, as of a 추천서.

    A document that the essay, its question or its instruction names is never wrong, nor what
    stands in quotation marks, nor a comparison with one ("보고서처럼"). Of an interview and of the
    other parts of an application an adviser may speak; they are wrong as the name of the text
    alone ("이 이력서는", "이력서의 서두").

    Args:
        said: The texts that the output says.
        essay: Everything that the input says.

    """
    return any(
        name in text and name not in essay and pattern.search(text) is not None
        for text in map(without_quotations, said)
        for name, pattern in _NAMED.items()
    )


def one_line(text: str) -> str:
    """Make every run of white space one space."""
    return " ".join(text.split())


def longest_shared_run(said: str, essay: str) -> int:
    """Length in characters of the longest run that stands in both texts.

    A run that ends one character further is one longer at most, so each character asks once for a
    run one longer than the longest so far: a search in the essay, at the interpreter's own speed.
    """
    longest = 0
    for stop in range(1, len(said) + 1):
        if said[stop - longest - 1 : stop] in essay:
            longest += 1
    return longest


def copied_share(said: Iterable[str], essay: str) -> float | None:
    """Longest run that one of the texts shares with the essay, as a share of all, 0 to 1.

    Returns:
        The share, or `None` where nothing is said.

    """
    texts, essay = [one_line(text) for text in said], one_line(essay)
    whole = sum(map(len, texts))
    return max(longest_shared_run(text, essay) for text in texts) / whole if whole else None


def repeated_share(said: Iterable[str]) -> float | None:
    """Share of character n-grams that were there before (seq-rep-n, Welleck et al. 2020), 0 to 1.

    n-grams do not run from one text into the next.

    Returns:
        The share, or `None` where all texts are shorter than an n-gram.

    """
    grams = [
        text[start : start + REPEATED]
        for text in map(one_line, said)
        for start in range(len(text) - REPEATED + 1)
    ]
    return 1 - len(set(grams)) / len(grams) if grams else None
