"""What the report shows, drawn from the saved results alone: plots, tables, settings, examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.examples import Example
from eval.forest import Forest, Measured, forest
from eval.glossary import SYSTEM_WORDS, Word, failure_word, metric_word, system_word
from eval.headline import headline, signed
from eval.metrics import HEADLINE
from eval.records import Difference, Estimate, ItemScore, RunResult, SystemResult
from eval.tables import DETAIL, MAIN, Table, changes, table

#: Korean names of the settings that `eval.score` writes.
SETTING_WORDS = {
    "config": "설정 파일",
    "base_model": "기반 모델",
    "test_file": "평가 자료",
    "test_sha256": "평가 자료 SHA-256",
    "train_file": "학습 자료",
    "train_sha256": "학습 자료 SHA-256",
    "predictions_sha256": "모델 출력 SHA-256",
    "resamples": "재표집 횟수",
    "seed": "시드",
    "signature_chrf": "chrF++ 설정(sacrebleu)",
    "signature_rouge_l": "ROUGE-L 설정",
    "signature_morphemes": "형태소 분석기",
}


@dataclass(frozen=True)
class Frame:
    """What the caller adds: a title, a sentence that nobody can miss (or ""), and notes."""

    title: str
    notice: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """Everything the templates print."""

    frame: Frame
    result: RunResult
    metric: Word
    sentences: tuple[str, ...]
    systems: Forest
    differences: Forest | None
    main: Table
    detail: Table
    changes: Table
    system_notes: tuple[tuple[str, str, str], ...]
    failures: tuple[tuple[str, str], ...]
    examples: tuple[Example, ...]
    shown_system: str
    settings: tuple[tuple[str, str], ...]


def make_page(
    result: RunResult,
    scores: Mapping[str, Sequence[ItemScore]],
    shown: tuple[str, tuple[Example, ...]],
    frame: Frame,
) -> Page:
    """Draw the page from a result, its item scores, and a system's name with its examples."""
    task = result.task
    return Page(
        frame=frame,
        result=result,
        metric=metric_word(HEADLINE[task], task),
        sentences=headline(result),
        systems=systems_forest(result),
        differences=differences_forest(result),
        main=table(result, MAIN[task]),
        detail=table(result, DETAIL[task]),
        changes=changes(result),
        system_notes=system_notes(result),
        failures=failures(scores),
        examples=shown[1],
        shown_system=system_word(shown[0]),
        settings=tuple((SETTING_WORDS.get(k, k), v) for k, v in plain_settings(result)),
    )


def systems_forest(result: RunResult) -> Forest:
    """Plot the headline metric of every system, the output's length beside it."""
    name = HEADLINE[result.task]
    return forest(
        [
            Measured(s.system, system_word(s.system), value_text(found), length_note(s), found)
            for s in result.systems
            if isinstance(found := s.metrics[name], Estimate)
        ]
    )


def value_text(found: Estimate) -> str:
    """Write a value with its interval."""
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def length_note(system: SystemResult) -> str:
    """Say how long a system's outputs are on average."""
    found = system.metrics["output_chars"]
    return f"평균 {found.value:.0f}자" if isinstance(found, Estimate) else ""


def differences_forest(result: RunResult) -> Forest | None:
    """Plot the differences on the headline metric; nothing where there is none."""
    name = HEADLINE[result.task]
    measured = [
        difference_row(d, found)
        for d in result.differences
        if d.metric == name and isinstance(found := d.estimate, Estimate)
    ]
    return forest(measured) if measured else None


def difference_row(difference: Difference, found: Estimate) -> Measured:
    """Describe one difference; its key tells whether the interval holds 0."""
    decided = "undecided" if found.low <= 0 <= found.high else "decided"
    label = f"{system_word(difference.system)} − {system_word(difference.other)}"
    value = f"{signed(found.value)} [{signed(found.low)}, {signed(found.high)}]"
    return Measured(decided, label, value, "", found)


def system_notes(result: RunResult) -> tuple[tuple[str, str, str], ...]:
    """Say what each system is: its Korean name, its own name, and how it answers."""
    told = []
    for s in result.systems:
        made = result.settings.get(f"baseline_{s.system}")
        note = made or SYSTEM_WORDS.get(s.system, ("", ""))[1]
        told.append((system_word(s.system), s.system, note))
    return tuple(told)


def failures(scores: Mapping[str, Sequence[ItemScore]]) -> tuple[tuple[str, str], ...]:
    """Count unreadable outputs by reason, for systems that have any."""
    told = []
    for system, of in scores.items():
        counts = Counter(failure_word(s.unreadable) for s in of if s.unreadable)
        if counts:
            reasons = ", ".join(f"{reason} {n}건" for reason, n in counts.most_common())
            told.append((system_word(system), f"{len(of)}건 가운데 {reasons}"))
    return tuple(told)


def plain_settings(result: RunResult) -> list[tuple[str, str]]:
    """List the settings that are not told elsewhere on the page."""
    return [(k, v) for k, v in result.settings.items() if not k.startswith("baseline_")]
