"""What people said of a run's answers, as a section of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.in_force import OlderAnswers, OlderRatings
from eval.judging.prompts import rubric
from eval.pages.glossary import system_word
from eval.pages.page_section import Section, measured_cell
from eval.pages.tables import Cell, Row, Table
from eval.pages.told_words import told_word
from eval.rating.records import Agreement, Comparison, CriterionResult, RatingsResult
from eval.records import Estimate, Unscored


def people_section(result: RatingsResult | OlderAnswers | None, chosen: str) -> Section:
    """Tell what people said, or that nobody was asked of the answers that there are now."""
    title = "사람의 평가"
    if result is None:
        return Section(title, (f"사람의 평가가 없습니다(make rate {chosen}).",), ())
    if isinstance(result, OlderRatings):
        told = (
            "사람의 평가를 셈한 뒤에 평가가 더해지거나 바뀌었으므로 앞서 셈한 것은 싣지 않습니다"
            f"({result.cure})."
        )
        return Section(title, (told,), ())
    if isinstance(result, OlderAnswers):
        told = (
            "사람의 평가는 지금의 답이 아니라 바뀌기 전의 답에 대한 것이므로 싣지 않습니다"
            f"({result.cure})."
        )
        return Section(title, (told,), ())
    tables = [("선호", wins(result))]
    tables += [
        (f"기준별 점수(1~5): {pair(c, result.task)}", marks(c, result)) for c in result.comparisons
    ]
    tables.append(("일치도", agreements(result)))
    return Section(title, tuple(sentences(result)), tuple(tables))


def pair(of: Comparison, task: str) -> str:
    """Name the two systems of a comparison."""
    return f"{system_word(of.system, task)} 대 {system_word(of.other, task)}"


def sentences(result: RatingsResult) -> Iterator[str]:
    """Say who rated how much, and whether place, length or chance decided."""
    raters = ", ".join(
        f"{r.rater} {r.rated}쌍(건너뜀 {r.skipped}, 옛 답 {r.stale})" for r in result.raters
    )
    yield f"평가자 {len(result.raters)}명: {raters}."
    yield f"먼저 보인 답을 고른 비율: {said(result.first_side)} (0.5에서 멀면 자리에 끌린 것)."
    yield f"더 긴 답을 고른 비율: {said(result.longer)} (0.5에서 멀면 길이에 끌린 것)."
    yield (
        f"같은 글을 본 두 전문가 사이의 문장 위치 F1(글 {result.expert_pairs}쌍): "
        f"{said(result.experts)}. 시스템이 오를 수 있는 높이의 어림입니다."
    )
    if not result.with_judge:
        yield f"심사 모델과의 일치도: {told_word(result.judge)}."


def said(found: Estimate | Unscored) -> str:
    """Write a share with its interval, or why there is none."""
    cell = measured_cell(found, "{:.3f}")
    return f"{cell.value} {cell.interval}"


def wins(result: RatingsResult) -> Table:
    """Write how often each system was preferred to the other."""
    rows = tuple(
        Row(
            pair(c, result.task),
            (
                measured_cell(c.win_rate, "{:.3f}"),
                *(Cell(str(n)) for n in (c.wins, c.ties, c.losses, c.essays)),
            ),
        )
        for c in result.comparisons
    )
    return Table("비교", ("승률", "승", "무", "패", "자기소개서"), rows)


def marks(of: Comparison, result: RatingsResult) -> Table:
    """Write the mean marks of both systems."""
    names = {criterion.key: criterion.name for criterion in rubric().criteria}
    heads = (system_word(of.system, result.task), system_word(of.other, result.task), "차이")
    return Table("기준", heads, tuple(Row(names[c.criterion], mark_cells(c)) for c in of.criteria))


def mark_cells(of: CriterionResult) -> tuple[Cell, ...]:
    """Write the marks of one criterion."""
    return (
        measured_cell(of.system, "{:.2f}"),
        measured_cell(of.other, "{:.2f}"),
        measured_cell(of.difference, "{:+.2f}"),
    )


def agreements(result: RatingsResult) -> Table:
    """Write how well raters agree with each other, and with the judge."""
    found = (("평가자끼리", result.between_raters), ("심사 모델과 평가자", result.with_judge))
    rows = tuple(row for who, of in found for row in agreement_rows(of, who))
    return Table("무엇", ("값", "항목"), rows)


def agreement_rows(found: Sequence[Agreement], who: str) -> Iterator[Row]:
    """Write a row for each thing that is agreed on."""
    names = {criterion.key: criterion.name for criterion in rubric().criteria}
    for a in found:
        of = names.get(a.of, "선호" if a.of == "preference" else a.of)
        label = f"{who}: {of} ({told_word(a.measure)})"
        yield Row(label, (measured_cell(a.value, "{:.3f}"), Cell(str(a.items))))
