"""What results tell in English is told in Korean on the page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import eval.pages.told_words as words
from eval.measuring.measures import SCORED, measures_of
from eval.measuring.metrics import Metric

MODULES = sorted(Path(words.__file__).parents[1].rglob("*.py"))


def reasons_in(module: ast.Module) -> Iterator[str]:
    """Yield the texts that a module calls `Unscored` with, as such or by a constant's name.

    Those with a number in them are among the cases below.
    """
    constants = {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Unscored":
            given = [one for one in call.args if not isinstance(one, ast.JoinedStr)]
            for node in (part for one in given for part in ast.walk(one)):
                if isinstance(node, ast.Name) and node.id in constants:
                    yield str(constants[node.id])
                elif isinstance(node, ast.Constant):
                    yield str(node.value)


def test_every_reason_has_its_words() -> None:
    """What any module gives as a reason, and what any metric does, is translated."""
    given = {r for path in MODULES for r in reasons_in(ast.parse(path.read_text("utf-8")))}
    metrics = [m for task in SCORED for m in measures_of(task).metrics]
    given |= {r for m in metrics if isinstance(m, Metric) for r in (m.empty, m.absent)}
    assert len(given) > 30
    assert sorted(reason for reason in given if words.told_word(reason) == reason) == []


@pytest.mark.parametrize(
    ("told", "korean"),
    [
        ("fewer than 5 essays", "표본이 5개가 안 됨"),
        ("no interval: 12% of the resamples have no value", "재표집의 12%에 값이 없어 구간이 없음"),
        ("12 of 20 rows", "항목 20개 가운데 12개"),
        ("none", "없음"),
        (
            "none: data/facts/test.jsonl is missing; make it with: make data",
            "없음: data/facts/test.jsonl 파일이 없음(make data)",
        ),
        (
            "owner/model @ab12, last layer (12), up to 128 tokens, sentence-transformers 5.1",
            "owner/model @ab12, 마지막(12번째) 층, 토큰 128개까지, sentence-transformers 5.1",
        ),
        ("something new", "something new"),
    ],
)
def test_words_with_a_number_in_them(told: str, korean: str) -> None:
    """Numbers, files and runs keep their place; what nobody translated stays as it is."""
    assert words.told_word(told) == korean
