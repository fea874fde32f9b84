"""What a KoBEST result lacks is told in the printed table and on the page."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from eval.korean.records import BENCHMARKS, WHOLE, Answered, Benchmark, KobestResult, System
from eval.korean.summary import summarise
from eval.korean.table import kobest_table
from eval.pages.kobest_section import NEVER, NOT_YET, WITHOUT_BASE, kobest_section
from eval.pages.tables import Cell, Row

FEW: dict[Benchmark, int] = WHOLE | {"copa": 20}
ROWS: tuple[tuple[System, int], ...] = (("shortest", 0), ("base", 5), ("tuned", 5))


def answered(system: System, task: Benchmark, shots: int, items: int) -> Answered:
    """Answer every item of a task with the first choice."""
    gold = ("01" * items)[:items]
    return Answered(system, task, shots, gold, "0" * items, 0, "1", task, 1.0, {})


def result(
    items: Mapping[Benchmark, int] = WHOLE, unasked: Benchmark | None = None
) -> KobestResult:
    """Make a result whose fine-tuned model was not asked one task, if one is named."""
    cells = [
        answered(system, task, shots, items[task])
        for system, shots in ROWS
        for task in BENCHMARKS
        if (system, task) != ("tuned", unasked)
    ]
    return summarise("run", cells, examples_seed=1, resamples=1000, seed=0)


def printed(of: KobestResult, first: str) -> list[str]:
    """Find the cells of a row of the printed table, apart by two spaces or more."""
    (line,) = [line for line in kobest_table(of).splitlines() if line.startswith(first)]
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def shown(of: KobestResult, label: str) -> tuple[Cell, ...]:
    """Find the cells of a row on the page."""
    tables = dict(kobest_section(of, "run").tables)
    rows = [row for table in tables.values() for row in table.rows if row.label == label]
    assert len(rows) == 1
    return rows[0].cells


def test_a_whole_test_set_needs_no_word() -> None:
    """With every item asked and nothing open there is no row and no sentence more."""
    whole = result()
    assert "items asked" not in kobest_table(whole)
    assert "not yet" not in kobest_table(whole)
    section = kobest_section(whole, "run")
    assert len(section.sentences) == 1
    rows: list[Row] = [row for _, table in section.tables for row in table.rows]
    assert len(rows) == 3 + 1 + 2
    assert NOT_YET not in {cell for row in rows for cell in row.cells}


def test_items_that_were_not_asked_are_told() -> None:
    """Of a task cut to 20 items both tables say so in a row, and the page in a sentence."""
    cut = result(FEW)
    assert printed(cut, "items asked") == ["items asked", "all", "20 of 1,000", "all", "all", "all"]
    assert kobest_section(cut, "run").sentences[1] == (
        "시험 문항의 일부만 물었습니다: copa 1,000개 가운데 20개. "
        "모두 물은 값과 크게 다를 수 있습니다."
    )
    cells = shown(cut, "물은 문항")
    assert cells[:2] == (Cell("1,404개", "전체 1,404개"), Cell("20개", "전체 1,000개"))
    begun = replace(cut, scores=cut.scores[:2])
    assert printed(begun, "items asked")[1:] == ["all", "20 of 1,000", *["not yet"] * 3]
    assert shown(begun, "물은 문항")[2:] == (NOT_YET,) * 3


def test_cells_that_are_not_there_yet_are_marked() -> None:
    """A task that a system was not asked is open in its row and in its difference; no other is."""
    begun = result(unasked="wic")
    assert printed(begun, "tuned  ")[-1] == "not yet"
    assert printed(begun, "tuned − base")[-1] == "not yet"
    assert kobest_table(begun).count("not yet") == 2
    assert shown(begun, "미세조정 모델, 예시 5개")[-1] == NOT_YET
    assert shown(begun, "미세조정 모델 − 기반 모델, 예시 5개")[-1] == NOT_YET
    assert shown(begun, "Ocelot, 예시 5개")[-1] == Cell("–")


def of_another(task: Benchmark | None = None, **changed: object) -> KobestResult:
    """Make a result whose base answered a task, or all, under other conditions."""
    told = [replace(a, made_from={"base_model": "new", "batch": "8"}) for a in result().answered]
    cells = [
        replace(a, **changed) if a.system == "base" and task in (a.task, None) else a for a in told
    ]
    return summarise("run", cells, examples_seed=1, resamples=1000, seed=0)


def test_a_difference_that_will_never_be_is_not_awaited() -> None:
    """Two systems that were asked wic by other prompts are not compared, and it is told why."""
    found = of_another("wic", prompts_sha256="old")
    assert {d.task for d in found.differences} == {*BENCHMARKS} - {"wic"}
    assert printed(found, "tuned − base")[-1] == "not comparable"
    assert "are of another prompts; have both measured again: python" in kobest_table(found)
    assert shown(found, "미세조정 모델 − 기반 모델, 예시 5개")[-1] == NEVER


def test_a_base_that_is_not_the_adapter_s_own_is_not_compared() -> None:
    """Kept answers of an older base model give no difference, and both pages name the reason."""
    found = of_another(made_from={"base_model": "old", "batch": "8"})
    assert found.differences == ()
    assert "another base_model; have both measured again: python" in kobest_table(found)
    assert printed(found, "tuned − base")[2:] == ["not comparable"] * 5
    assert shown(found, "미세조정 모델 − 기반 모델, 예시 5개") == (NEVER,) * 5
    told = kobest_section(found, "run").sentences[1]
    assert "조건(base_model)이 달라 견줄 수 없는 칸이 있습니다." in told


def test_a_model_trained_whole_is_told_no_command() -> None:
    """KoBEST takes an adapter off its base; a run without one has nothing to measure."""
    section = kobest_section(None, "run", whole=True)
    assert section.sentences == (WITHOUT_BASE,)
    assert kobest_section(result(), "run", whole=True) == kobest_section(result(), "run")


def test_a_result_that_is_still_being_made_says_so() -> None:
    """The page says how many cells are open, and how to go on."""
    section = kobest_section(replace(result(), missing=14), "run")
    assert section.sentences[1] == (
        "아직 끝나지 않은 결과입니다. 재지 않은 칸이 14개 남았고, "
        "같은 명령을 다시 실행하면 이어서 잽니다."
    )
