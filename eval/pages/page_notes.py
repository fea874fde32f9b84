"""How the report's numbers were made, in words: systems, settings, seeds, what was not measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from eval.measuring.metrics import NO_ANCHORS, NO_SENTENCES
from eval.pages.glossary import OF_RUN, SYSTEM_WORDS, metric_word, system_word
from eval.pages.results import Scored
from eval.pages.tables import absent
from eval.pages.told_words import told_word
from eval.records import RunResult

#: Korean names of the settings that `eval.score` writes.
SETTING_WORDS: Final = {
    "config": "설정 파일",
    "base_model": "기반 모델",
    "test_file": "평가 자료",
    "test_sha256": "평가 자료 SHA-256",
    "train_file": "학습 자료",
    "train_sha256": "학습 자료 SHA-256",
    "trained_on": "모델이 학습한 자료",
    "answered_by": "답한 모델",
    "predictions_sha256": "모델 출력 SHA-256",
    "baselines_sha256": "비교 대상 출력 SHA-256",
    "scores_sha256": "항목별 점수 SHA-256",
    "resamples": "재표집 횟수",
    "seed": "시드",
    "encoder": "문장 인코더",
    "slices": "부분별 결과의 자료",
    "signature_chrf": "chrF++ 설정(sacrebleu)",
    "signature_bleu": "BLEU 설정(sacrebleu)",
    "signature_rouge_l": "ROUGE-L 설정",
    "signature_morphemes": "형태소 분석기",
    "signature_mecab": "형태소 분석기(BLEU)",
}
GREEDY: Final = "없음: 늘 가장 그럴듯한 낱말을 골랐습니다"


def not_measured(result: RunResult) -> Iterator[tuple[str, str]]:
    """Say which metrics no system has, and why; not those of other tasks."""
    for name, why in absent(result).items():
        if not {NO_SENTENCES, NO_ANCHORS} & {*why}:
            yield metric_word(name, result.task).name, ", ".join(map(told_word, why))


def system_notes(result: RunResult) -> tuple[tuple[str, str, str], ...]:
    """Say what each system is: its Korean name, its own name, and how it answers."""
    told = []
    for s in result.systems:
        name, _, run = s.system.partition(OF_RUN)
        key = f"baseline_{name}"
        made = result.settings.get(key) or result.settings.get(f"{key}{OF_RUN}{run}")
        note = made or SYSTEM_WORDS.get(name, ("", ""))[1]
        told.append((system_word(s.system, result.task), s.system, note))
    return tuple(told)


def setting_word(key: str) -> str:
    """Call a setting by its Korean name, and by its run where it is of one of several."""
    name, _, run = key.partition(OF_RUN)
    word = SETTING_WORDS.get(name, name)
    return f"{word} ({run})" if run else word


def settings(scored: Scored) -> Iterator[tuple[str, str]]:
    """Yield the settings that are not told elsewhere on the page, and the answers' own seeds."""
    for key, value in scored.result.settings.items():
        if not key.startswith("baseline_"):
            yield setting_word(key), told_word(value)
    seeds = {p.seed for of in scored.predictions.values() for p in of} - {None}
    yield "답을 뽑은 시드", ", ".join(map(str, sorted(seeds, key=str))) or GREEDY
