"""What the study of tokenizers found, as a record and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.pages.page_section import Section
from eval.pages.tables import Cell, Row, Table
from eval.studies.page import StudyPage, over_seeds
from eval.studies.tokens import RARE, Compared, Measured
from eval.studies.vocabulary import LEAST
from preprocess.alpaca import Record

KIND_WORDS = {
    "bpe": "BPE",
    "unigram": "Unigram",
    "wordpiece": "WordPiece 우도",
    "wordpiece-bpe": "WordPiece 라이브러리",
}


class TokensResult(Record, frozen=True):
    """All vocabularies, measured and compared.

    `texts` answers of `characters` trained them, `looked_at` others measured them, and the small
    model learnt from `learnt` answers, `epochs` times each.
    """

    texts: int
    characters: int
    looked_at: int
    learnt: int
    epochs: int
    measured: tuple[Measured, ...]
    compared: tuple[Compared, ...]


def tokens_page(result: TokensResult, notice: str) -> StudyPage:
    """Make the page."""
    return StudyPage(
        title="토크나이저 비교",
        notice=notice,
        lead=tuple(lead(result)),
        figures=(),
        sections=(measured_section(result), compared_section(result)),
        settings=tuple(settings_of(result)),
    )


def lead(result: TokensResult) -> Iterator[str]:
    """Answer whether BPE and WordPiece give the same strings."""
    library = pairs(result, "bpe", "wordpiece-bpe")
    likelihood = pairs(result, "bpe", "wordpiece")
    yield (
        "‘BPE와 WordPiece는 같은 문자열을 낸다’는 라이브러리의 WordPiece에서만 나온 결과입니다. 그 "
        f"학습기는 안에서 BPE를 돌려 어휘의 {span([p.shared for p in library])}가 BPE와 같습니다."
    )
    yield (
        f"우도로 합치는 WordPiece는 BPE와 어휘의 {span([p.shared for p in likelihood])}만 같고, "
        f"검증 답변의 조각 {span([p.pieces_alike for p in likelihood])}를 똑같이 나눕니다."
    )


def pairs(result: TokensResult, one: str, other: str) -> list[Compared]:
    """Take the comparisons of two kinds, of all sizes."""
    return [pair for pair in result.compared if {pair.one, pair.other} == {one, other}]


def span(shares: Sequence[float]) -> str:
    """Write the least and the greatest of some shares."""
    low, high = (f"{share:.0%}" for share in (min(shares), max(shares)))
    return low if low == high else f"{low}~{high}"


def measured_section(result: TokensResult) -> Section:
    """Tell what was measured of each vocabulary."""
    heads = (
        *("어휘 크기", "토큰당 글자", "글자당 비트", "드문 음절을 글자로"),
        *("드문 낱말의 글자당 토큰", "그대로 돌아온 답변"),
    )
    sizes = sorted({one.size for one in result.measured})
    tables = tuple(
        (
            f"크기 {size:,}",
            Table("방식", heads, tuple(row(one) for one in result.measured if one.size == size)),
        )
        for size in sizes
    )
    return Section(
        "재어 본 값",
        (
            "토큰당 글자는 클수록 짧게 나눈 것이고, 글자당 비트는 작을수록 잘 배운 것입니다.",
            "글자당 비트는 같은 작은 모델을 같은 답변으로 학습한 검증 손실의 최솟값입니다.",
            "라이브러리의 WordPiece는 BPE와 같은 학습기라 모델을 따로 학습하지 않았습니다.",
            f"드문 음절은 학습 글에 {RARE}번 이하로 나온 한글 음절입니다.",
            f"학습 글에 {LEAST}번이 안 되는 글자는 바이트로 적으므로 모르는 글자가 없습니다.",
        ),
        tables,
    )


def row(one: Measured) -> Row:
    """Tell what was measured of one vocabulary."""
    rare = f"{one.rare_known / one.rare:.0%}" if one.rare else "–"
    return Row(
        KIND_WORDS[one.kind],
        (
            Cell(f"{one.tokens:,}"),
            Cell(f"{one.characters_a_token:.2f}"),
            over_seeds(one.bits) if one.bits else Cell("–"),
            Cell(rare, f"{one.rare:,}개 가운데"),
            Cell("–" if one.rare_tokens is None else f"{one.rare_tokens:.2f}"),
            Cell(f"{one.whole:,}", f"{one.texts:,}개 가운데"),
        ),
    )


def compared_section(result: TokensResult) -> Section:
    """Tell how alike two vocabularies are."""
    heads = ("겹치는 어휘", "똑같이 나눈 조각", "똑같이 나눈 답변")
    sizes = sorted({pair.size for pair in result.compared})
    tables = tuple(
        (
            f"크기 {size:,}",
            Table("두 방식", heads, tuple(alike(p) for p in result.compared if p.size == size)),
        )
        for size in sizes
    )
    return Section(
        "서로 얼마나 같은가",
        (
            "겹치는 어휘는 두 글자 이상인 토큰의 자카드 지수입니다.",
            "똑같이 나눈 조각은 검증 답변의 낱말과 부호 가운데 두 방식이 같게 나눈 비율입니다.",
        ),
        tables,
    )


def alike(pair: Compared) -> Row:
    """Tell how alike two vocabularies of one size are."""
    shares = (pair.shared, pair.pieces_alike, pair.texts_alike)
    return Row(
        f"{KIND_WORDS[pair.one]}, {KIND_WORDS[pair.other]}",
        tuple(Cell(f"{share:.1%}") for share in shares),
    )


def settings_of(result: TokensResult) -> Iterator[tuple[str, str]]:
    """Say how the numbers were made."""
    yield "학습 글", f"답변 {result.texts:,}개, {result.characters:,}자"
    yield "검증 글", f"다른 묶음의 답변 {result.looked_at:,}개"
    yield (
        "작은 모델",
        (f"GPT-2, 너비 64, 층 2, 머리 4; 답변 {result.learnt:,}개를 {result.epochs}번씩"),
    )
    yield "우도 점수", f"쌍의 수 ÷ (앞 토큰의 수 × 뒤 토큰의 수), {LEAST}번 이상 나온 쌍 가운데서"
