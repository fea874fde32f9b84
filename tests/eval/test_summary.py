"""From item scores to a result: pairs that are compared, and invariances."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from eval.comparing.summary import pairs, summarise
from eval.measuring.metrics import COMPARED
from eval.records import ItemScore, RunResult
from eval.runs import Run

SYSTEMS = ("tuned", "tuned-1shot", "base", "base-1shot", "retrieval", "generic")
COUNTS = ("good_tp", "good_fp", "good_fn", "bad_tp", "bad_fp", "bad_fn", "output_chars", "readable")


def run_in(folder: Path) -> Run:
    """Say where a run's parts would lie."""
    return Run(
        name="r",
        config=folder / "r.yml",
        task="advice",
        train=folder / "alpaca/advice/train.jsonl",
        validation=folder / "alpaca/advice/validation.jsonl",
        test=folder / "alpaca/advice/test.jsonl",
        output_dir=folder,
        base_model="",
    )


def scored(seed: int, system: str) -> list[ItemScore]:
    """Make scores of 12 essays with two items each."""
    numbers = np.random.default_rng(seed).integers(0, 5, (24, len(COUNTS))).astype(float)
    return [
        ItemScore(
            id=f"{k // 2:02}-{k % 2}",
            source_id=f"{k // 2:02}",
            system=system,
            unreadable=None,
            counts={"items": 1.0, **dict(zip(COUNTS, row.tolist(), strict=True))},
            metrics={},
        )
        for k, row in enumerate(numbers)
    ]


def result(folder: Path, seeds: dict[str, int]) -> RunResult:
    """Summarise systems whose answers are told by a seed."""
    scores = {system: scored(seed, system) for system, seed in seeds.items()}
    return summarise(run_in(folder), scores, {}, 1000, 0)


@pytest.mark.parametrize(
    ("systems", "compared"),
    [
        (
            SYSTEMS,
            [
                ("tuned", "base"),
                ("tuned", "retrieval"),
                ("tuned", "generic"),
                ("tuned-1shot", "base-1shot"),
                ("tuned-1shot", "tuned"),
            ],
        ),
        (("base", "openai-x", "generic"), [("base", "openai-x"), ("base", "generic")]),
        (("openai-x", "retrieval"), [("openai-x", "retrieval")]),
        (("tuned-1shot", "base-1shot", "generic"), [("tuned-1shot", "base-1shot")]),
        (
            ("tuned", "base-1shot", "tuned-1shot", "openai-x", "openai-x-1shot"),
            [
                ("tuned", "openai-x"),
                ("tuned-1shot", "base-1shot"),
                ("tuned-1shot", "openai-x-1shot"),
                ("tuned-1shot", "tuned"),
            ],
        ),
        (("tuned",), []),
    ],
)
def test_what_is_compared(systems: tuple[str, ...], compared: list[tuple[str, str]]) -> None:
    """The tuned model, or else the first, with every other; those with examples apart."""
    assert list(pairs(systems)) == compared


def test_the_same_answers_under_two_names(tmp_path: Path) -> None:
    """They have the same numbers, and their difference is exactly 0 with a p of 1."""
    found = result(tmp_path, {"tuned": 1, "base": 2, "zz": 1})
    by_name = {s.system: s.metrics for s in found.systems}
    assert by_name["zz"] == by_name["tuned"]
    same = [d for d in found.differences if d.other == "zz" and d.p is not None]
    assert {d.metric for d in same} >= {"location_f1", "readable", "output_chars"}
    assert {(d.p, d.p_holm, d.detectable) for d in same} == {(1.0, 1.0, None)}


def test_other_names_and_another_order_change_no_number(tmp_path: Path) -> None:
    """What a system is called, and where it stands, is no part of its numbers."""
    one = result(tmp_path, {"tuned": 1, "base": 2, "generic": 3})
    other = result(tmp_path, {"tuned": 1, "b": 3, "a": 2})
    renamed = {"generic": "b", "base": "a", "tuned": "tuned"}
    assert {renamed[s.system]: s.metrics for s in one.systems} == {
        s.system: s.metrics for s in other.systems
    }
    told = {msgspec.structs.replace(d, other=renamed[d.other]) for d in one.differences}
    assert told == set(other.differences)


def test_p_is_corrected_over_all_differences_of_the_result(tmp_path: Path) -> None:
    """The smallest of all p is multiplied by their number, whatever pair and metric it is of."""
    found = result(tmp_path, {"tuned": 1, "base": 2, "generic": 3}).differences
    ps = [d.p for d in found if d.p is not None]
    assert 6 <= len(ps) <= 2 * len(COMPARED)
    smallest = min((d for d in found if d.p is not None), key=lambda d: d.p or 0)
    assert smallest.p_holm == pytest.approx(min(1.0, len(ps) * min(ps)))
    assert all(d.p_holm is None for d in found if d.p is None)
