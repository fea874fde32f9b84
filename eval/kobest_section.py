"""What KoBEST measured of a run, as a section of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eval.glossary import minus, system_word
from eval.kobest_records import BENCHMARKS, Benchmark, KobestResult
from eval.page_section import Section
from eval.tables import Cell, Row, Table

#: Called so in KoBEST alone: it reads no question.
SHORTEST = "가장 짧은 답(바닥)"
#: What stands in a table, by name, number of examples and task.
Cells = Mapping[tuple[str, int, Benchmark], Cell]


def kobest_section(result: KobestResult | None, run: str) -> Section:
    """Tell what was measured, or that nothing was."""
    title = "KoBEST"
    if result is None:
        return Section(title, (f"KoBEST는 재지 않았습니다(make kobest RUN={run}).",), ())
    found = (
        ("매크로 F1과 표준오차", measured(result)),
        ("차이와 95% 구간", compared(result)),
        ("다른 곳에서 발표한 값(비교할 수 없음)", quoted(result)),
    )
    tables = tuple((caption, table_of(cells)) for caption, cells in found if cells)
    return Section(title, tuple(sentences(result)), tables)


def name_of(system: str) -> str:
    """Call a system of KoBEST by its name."""
    return SHORTEST if system == "shortest" else system_word(system, "advice")


def sentences(result: KobestResult) -> Iterator[str]:
    """Say what the floor is, and what did not fit into the model."""
    yield (
        "미세조정이 다른 한국어 능력을 해치지 않았는지 봅니다. 문제를 읽지 않고 늘 가장 짧은 답을 "
        "고르는 모델의 값이 바닥입니다."
    )
    for of in result.answered:
        if of.cut:
            yield (
                f"{name_of(of.system)}, {of.task}, 예시 {of.shots}개: 모델이 읽을 수 있는 길이를 "
                f"넘어 앞이 잘린 물음 {of.cut}개."
            )


def measured(result: KobestResult) -> Cells:
    """Write the scores."""
    return {
        (name_of(s.system), s.shots, s.task): Cell(f"{s.value:.3f}", f"± {s.stderr:.3f}")
        for s in result.scores
    }


def compared(result: KobestResult) -> Cells:
    """Write the differences."""
    return {
        (f"{name_of(d.system)} − {name_of(d.other)}", d.shots, d.task): Cell(
            minus(f"{d.value:+.3f}"), minus(f"[{d.low:+.3f}, {d.high:+.3f}]")
        )
        for d in result.differences
    }


def quoted(result: KobestResult) -> Cells:
    """Write the published values."""
    return {(q.model, q.shots, q.task): Cell(f"{q.value:.3f}") for q in result.quoted}


def table_of(cells: Cells) -> Table:
    """Make a table: a row for each name and number of examples, a column for each task."""
    rows = tuple(
        Row(
            name if name == SHORTEST else f"{name}, 예시 {shots}개",
            tuple(cells.get((name, shots, task), Cell("–")) for task in BENCHMARKS),
        )
        for name, shots in dict.fromkeys((name, shots) for name, shots, _ in cells)
    )
    return Table("모델", BENCHMARKS, rows)
