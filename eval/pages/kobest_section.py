"""What KoBEST measured of a run, as a section of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eval.in_force import OlderAnswers
from eval.korean.gaps import (
    incomparable,
    items_asked,
    partly_asked,
    reasons,
    uncompared,
    unmade,
)
from eval.korean.records import BENCHMARKS, WHOLE, Benchmark, KobestResult
from eval.pages.glossary import minus, system_word
from eval.pages.page_section import Section
from eval.pages.tables import Cell, Row, Table

#: Called so in KoBEST alone: it reads no question.
SHORTEST = "가장 짧은 답(바닥)"
NOT_YET = Cell("–", "아직 재지 않음")
NEVER = Cell("–", "견줄 수 없음")
WITHOUT_BASE = (
    "KoBEST는 어댑터를 켠 모델과 끈 모델을 견줍니다. 이 실행은 모델 전체를 학습해 재지 않습니다."
)
#: What stands in a table, by name, number of examples and task.
Cells = Mapping[tuple[str, int, Benchmark], Cell]


def kobest_section(
    result: KobestResult | OlderAnswers | None, run: str, *, whole: bool = False
) -> Section:
    """Tell what was measured, or that nothing was.

    Args:
        result: What was measured, if anything.
        run: The run's name.
        whole: The run trained its model whole (`eval.korean.gaps.trained_whole`).

    """
    title = "KoBEST"
    if result is None and whole:
        return Section(title, (WITHOUT_BASE,), ())
    if result is None:
        return Section(title, (f"KoBEST는 재지 않았습니다(make kobest RUN={run}).",), ())
    if isinstance(result, OlderAnswers):
        told = (
            "KoBEST는 지금의 모델이 아니라 앞서 학습한 모델로 잰 것이므로 싣지 않습니다"
            f"({result.cure})."
        )
        return Section(title, (told,), ())
    found = (
        ("매크로 F1과 표준오차", table_of(measured(result), asked(result))),
        ("차이와 95% 구간", table_of(compared(result))),
        ("다른 곳에서 발표한 값(비교할 수 없음)", table_of(quoted(result))),
    )
    tables = tuple((caption, table) for caption, table in found if table.rows)
    return Section(title, tuple(sentences(result)), tables)


def name_of(system: str) -> str:
    """Call a system of KoBEST by its name."""
    return SHORTEST if system == "shortest" else system_word(system, "advice")


def sentences(result: KobestResult) -> Iterator[str]:
    """Say what the floor is, what was not asked, and what did not fit into the model."""
    yield (
        "미세조정이 다른 한국어 능력을 해치지 않았는지 봅니다. 문제를 읽지 않고 늘 가장 짧은 답을 "
        "고르는 모델의 값이 바닥입니다."
    )
    if result.missing:
        yield (
            f"아직 끝나지 않은 결과입니다. 재지 않은 칸이 {result.missing}개 남았고, 같은 명령을 "
            "다시 실행하면 이어서 잽니다."
        )
    if found := partly_asked(result):
        told = ", ".join(f"{task} {WHOLE[task]:,}개 가운데 {n}개" for task, n in found.items())
        yield f"시험 문항의 일부만 물었습니다: {told}. 모두 물은 값과 크게 다를 수 있습니다."
    if unlike := incomparable(result):
        yield (
            f"미세조정 모델과 기반 모델의 답을 만든 조건({reasons(unlike)})이 달라 견줄 수 없는 "
            f"칸이 있습니다. 두 모델을 다시 재면 견줄 수 있습니다(make kobest RUN={result.run})."
        )
    for of in result.answered:
        if of.cut:
            yield (
                f"{name_of(of.system)}, {of.task}, 예시 {of.shots}개: 모델이 읽을 수 있는 길이를 "
                f"넘어 앞이 잘린 물음 {of.cut}개."
            )


def measured(result: KobestResult) -> Cells:
    """Write the scores, and what is still to be asked."""
    found = {
        (s.system, s.shots, s.task): Cell(f"{s.value:.3f}", f"± {s.stderr:.3f}")
        for s in result.scores
    }
    told = found | dict.fromkeys(unmade(result), NOT_YET)
    return {(name_of(system), shots, task): cell for (system, shots, task), cell in told.items()}


def asked(result: KobestResult) -> tuple[Row, ...]:
    """Make a row of how many items were asked, where any task was not asked whole."""
    if not partly_asked(result):
        return ()
    told = {t: Cell(f"{n:,}개", f"전체 {WHOLE[t]:,}개") for t, n in items_asked(result).items()}
    return (Row("물은 문항", tuple(told.get(task, NOT_YET) for task in BENCHMARKS)),)


def compared(result: KobestResult) -> Cells:
    """Write the differences, which are still to come, and which cannot be."""
    found = {
        (d.system, d.other, d.shots, d.task): Cell(
            minus(f"{d.value:+.3f}"), minus(f"[{d.low:+.3f}, {d.high:+.3f}]")
        )
        for d in result.differences
    }
    told = dict.fromkeys(incomparable(result), NEVER) | found
    told |= dict.fromkeys(uncompared(result), NOT_YET)
    return {
        (f"{name_of(one)} − {name_of(other)}", shots, task): cell
        for (one, other, shots, task), cell in told.items()
    }


def quoted(result: KobestResult) -> Cells:
    """Write the published values."""
    return {(q.model, q.shots, q.task): Cell(f"{q.value:.3f}") for q in result.quoted}


def table_of(cells: Cells, below: tuple[Row, ...] = ()) -> Table:
    """Make a table: a row for each name and number of examples, a column for each task."""
    rows = tuple(
        Row(
            name if name == SHORTEST else f"{name}, 예시 {shots}개",
            tuple(cells.get((name, shots, task), Cell("–")) for task in BENCHMARKS),
        )
        for name, shots in dict.fromkeys((name, shots) for name, shots, _ in cells)
    )
    return Table("모델", BENCHMARKS, (*rows, *below))
