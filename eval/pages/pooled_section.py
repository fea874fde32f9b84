"""Several trainings of one run that differ by their seed, as a section of the page."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from eval.pages.glossary import OF_SEED
from eval.pages.headline import best_sentence, difference_sentences
from eval.pages.page_section import Section
from eval.pages.tables import changes, main_table
from eval.pages.task_words import subject_of
from eval.records import RunResult

#: With so few seeds their own spread is told poorly (the simulations of `eval.pool`).
FEW_SEEDS = 5


def pooled_section(result: RunResult) -> Section:
    """Tell the pooled result: what is best, the differences, each training beside the whole."""
    found = (("시스템", main_table(result)), ("차이", changes(result)))
    tables = tuple((caption, table) for caption, table in found if table.rows)
    return Section(f"학습 시드를 합친 결과: {result.run}", tuple(sentences(result)), tables)


def sentences(result: RunResult) -> Iterator[str]:
    """Say what was pooled, and what its intervals hold."""
    seeds = result.settings["seeds"].replace("seed", "").split(", ")
    yield (
        f"시드만 다른 학습 {len(seeds)}번(시드 {', '.join(seeds)})의 점수를 합쳤습니다. 구간은 "
        f"{subject_of(result.task).unit} 단위로, 시드도 함께 재표집한 것이어서, 다시 "
        "학습하면 달라질 몫도 들어 있습니다."
    )
    yield best_sentence(without_seeds(result))
    yield from difference_sentences(result)
    if len(seeds) < FEW_SEEDS:
        yield (
            f"시드 {len(seeds)}개로는 시드에 따른 흔들림을 어림할 뿐입니다. 흔들림이 크면 95% "
            "구간이 참값을 95%보다 드물게 담습니다."
        )


def without_seeds(result: RunResult) -> RunResult:
    """Leave the single trainings out: the best of them is best by chance, too."""
    systems = tuple(s for s in result.systems if OF_SEED.fullmatch(s.system) is None)
    return replace(result, systems=systems)
