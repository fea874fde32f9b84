"""What a judge said of a run's answers, as a section of the page."""

from __future__ import annotations

from collections.abc import Iterator

from eval.in_force import OlderAnswers
from eval.judging.prompts import rubric
from eval.judging.records import MEAN, MEASURES, JudgedPairs, JudgeResult, SystemMarks
from eval.judging.table import judged_own
from eval.pages.glossary import minus, system_word
from eval.pages.page_section import Section, measured_cell
from eval.pages.people_section import agreement_rows
from eval.pages.tables import Cell, Row, Table
from eval.pages.told_words import told_word


def judge_section(result: JudgeResult | OlderAnswers | None, chosen: str) -> Section:
    """Tell what the judge said, or that none was asked of the answers that there are now."""
    title = "심사 모델의 평가"
    if result is None:
        return Section(title, (f"심사 모델의 평가가 없습니다(make judge {chosen}).",), ())
    if isinstance(result, OlderAnswers):
        told = (
            "심사 모델의 평가는 지금의 답이 아니라 바뀌기 전의 답에 대한 것이므로 싣지 않습니다"
            f"({result.cure})."
        )
        return Section(title, (told,), ())
    tables = [("기준별 점수(1~5)", marks(result)), ("둘씩 비교", pairs(result))]
    if result.with_people:
        people = tuple(agreement_rows(result.with_people, "심사 모델과 사람"))
        tables.append(("사람과의 일치도", Table("무엇", ("값", "항목"), people)))
    shown = tuple((caption, table) for caption, table in tables if table.rows)
    return Section(title, tuple(sentences(result)), shown)


def sentences(result: JudgeResult) -> Iterator[str]:
    """Say who judged what, what could not be judged, and at what cost."""
    yield f"심사 모델 {result.settings['model']}, 표본: {told_word(result.settings['rows'])}."
    if judged_own(result):
        yield "심사 모델이 자기가 쓴 답도 심사했습니다. 모델은 자기 답을 더 좋게 보곤 합니다."
    if not result.with_people:
        yield f"사람과의 일치도: {told_word(result.people)}."
    for one in result.systems:
        yield from unscored(system_word(one.system, result.task), one.unscored)
    for of in result.comparisons:
        yield from unscored(pair_word(of, result.task), of.unscored)
    cost = result.cost
    unknown = f"(세지 못한 답 {cost.uncounted}개)" if cost.uncounted else ""
    yield (
        f"답 {cost.replies}개, 읽은 토큰 {cost.prompt_tokens:,}개, 쓴 토큰 "
        f"{cost.completion_tokens:,}개{unknown}."
    )


def unscored(whose: str, reasons: dict[str, int]) -> Iterator[str]:
    """Say how many rows were not judged, and why; they are in no mean."""
    if reasons:
        told = ", ".join(f"{told_word(reason)} {count}건" for reason, count in reasons.items())
        yield f"{whose}: 심사하지 못한 것 {sum(reasons.values())}건({told})."


def pair_word(of: JudgedPairs, task: str) -> str:
    """Name the two systems of a comparison."""
    return f"{system_word(of.system, task)} 대 {system_word(of.other, task)}"


def marks(result: JudgeResult) -> Table:
    """Write the mean marks of each system, and the differences below them."""
    names = {criterion.key: criterion.name for criterion in rubric(result.task).criteria} | {
        MEAN: "평균"
    }
    rows = [mark_row(one, result.task) for one in result.systems]
    for d in result.differences:
        label = f"{system_word(d.system, result.task)} − {system_word(d.other, result.task)}"
        cells = (measured_cell(d.differences[m], "{:+.2f}") for m in MEASURES)
        rows.append(Row(label, (*cells, Cell(str(d.items)), Cell(""))))
    heads = (*(names[m] for m in MEASURES), "항목", "글자 수")
    return Table("시스템", heads, tuple(rows))


def mark_row(one: SystemMarks, task: str) -> Row:
    """Write the marks of one system."""
    cells = (measured_cell(one.means[m], "{:.2f}") for m in MEASURES)
    chars = length_cell(one.mean_chars, "{:.0f}")
    return Row(system_word(one.system, task), (*cells, Cell(str(one.items)), chars))


def length_cell(chars: float | None, form: str) -> Cell:
    """Write a length, or a dash where nothing was judged."""
    return Cell("–" if chars is None else minus(form.format(chars)))


def pairs(result: JudgeResult) -> Table:
    """Write win rates, as they are and at equal length, and whether the order played a part."""
    heads = ("승률", "길이를 맞춘 승률", "첫 자리 선택", "승·무·패", "뒤집힘", "길이 차(자)")
    return Table("비교", heads, tuple(pair_row(of, result.task) for of in result.comparisons))


def pair_row(of: JudgedPairs, task: str) -> Row:
    """Write one comparison."""
    cells = (
        measured_cell(of.win_rate, "{:.3f}"),
        measured_cell(of.length_controlled, "{:.3f}"),
        measured_cell(of.first_place, "{:.3f}"),
        Cell(f"{of.wins}·{of.ties}·{of.losses}"),
        Cell(str(of.flipped)),
        length_cell(of.mean_longer_by, "{:+.0f}"),
    )
    return Row(pair_word(of, task), cells)
