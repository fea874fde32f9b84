"""Turns per second of the interviewer beside the study's way, with the same encoder.

    python -m benchmarks.interview [--turns 20] [--layers 12] [--width 768]

Ours encodes the candidates once and a turn's text once. The study's way, at every turn, encodes
each candidate again in a call of its own; a second model of the same size does so for the next
question, which ours takes from rules, so its whole turn is timed too. Where embeddings were kept,
the study parses them from a CSV file at every turn, which is timed apart. All must give equal
scores. The encoder is a BERT of the named size with random weights, on which no time hangs.
Seconds are the processor's, of one thread, and the ways take turns, so that other work on the
machine matters little. Results: `benchmarks/results/interview.json`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import torch

from benchmarks.machine import machine
from benchmarks.random_bert import make_bert
from interview.bank import read_bank
from interview.cosine import CosinePicker
from interview.encoders import Encoder, Vectors
from interview.material import of_bank, text_of
from interview.records import Turn
from interview.sentence_bert import open_encoder
from interview.trained import write

RESULTS: Final = Path(__file__).parent / "results" / "interview.json"
PACKAGES: Final = ("numpy", "sentence-transformers", "torch", "transformers")
WAYS: Final = ("ours", "encoded again", "next question too", "parsed from CSV")
#: Scores of two ways may differ by so much: a text alone is padded otherwise than among others.
NEAR: Final = 1e-4


class Result(msgspec.Struct):
    """What was timed: turns per second by way, on which machine, under which load."""

    machine: dict[str, Any]
    load_before: float
    load_after: float
    layers: int
    width: int
    turns: int
    candidates: int
    next_questions: int
    turns_per_second: dict[str, float]


def encoded_again(encoder: Encoder, names: Sequence[str], turn: Turn) -> Vectors:
    """Score a turn with each candidate encoded again."""
    text = encoder.encode([text_of(turn)])[0]
    return np.array([text @ encoder.encode([name])[0] for name in names])


def both_models(
    encoder: Encoder, names: Sequence[str], nexts: Sequence[str], turn: Turn
) -> Vectors:
    """Score a turn and the questions after it, each candidate of both encoded again."""
    encoded_again(encoder, nexts, turn)
    return encoded_again(encoder, names, turn)


def write_embeddings(path: Path, encoder: Encoder, names: Sequence[str]) -> None:
    """Keep the candidates' embeddings as a CSV file, each a list in a cell."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = zip(names, encoder.encode(names).tolist(), strict=True)
        csv.writer(stream).writerows((name, json.dumps(vector)) for name, vector in rows)


def parsed(path: Path, encoder: Encoder, turn: Turn) -> Vectors:
    """Score a turn with the candidates' embeddings parsed from their file."""
    text = encoder.encode([text_of(turn)])[0]
    with path.open(encoding="utf-8", newline="") as stream:
        kept = [np.array(json.loads(cell), dtype=np.float32) for _, cell in csv.reader(stream)]
    return np.array([text @ vector for vector in kept])


def timed(
    ways: Mapping[str, Callable[[Turn], Vectors]], turns: Sequence[Turn]
) -> dict[str, tuple[float, Vectors]]:
    """Score each turn in every way; returns turns per processor second, and the scores."""
    seconds = dict.fromkeys(ways, 0.0)
    scores: dict[str, list[Vectors]] = {way: [] for way in ways}
    for way in ways.values():
        way(turns[0])  # what is loaded at the first call counts for none
    for turn in turns:
        for name, way in ways.items():
            start = time.process_time()
            scores[name].append(way(turn))
            seconds[name] += time.process_time() - start
    return {name: (len(turns) / seconds[name], np.stack(scores[name])) for name in ways}


def compare(encoder: Encoder, count: int, folder: Path) -> tuple[int, int, dict[str, float]]:
    """Time all ways on the bank's test turns; returns both numbers of candidates, and the turns/s.

    Raises:
        ValueError: Two ways do not give equal scores.

    """
    bank = read_bank()
    material, nexts = of_bank(bank, "satisfied"), of_bank(bank, "next_topic").candidates
    names, turns = material.candidates, material.test[:count]
    picker = CosinePicker(encoder, names)
    path = folder / "embeddings.csv"
    write_embeddings(path, encoder, names)
    ways: tuple[Callable[[Turn], Vectors], ...] = (
        lambda turn: np.array([*picker.cosines(turn).values()]),
        lambda turn: encoded_again(encoder, names, turn),
        lambda turn: both_models(encoder, names, nexts, turn),
        lambda turn: parsed(path, encoder, turn),
    )
    found = timed(dict(zip(WAYS, ways, strict=True)), turns)
    for way, (_, scores) in found.items():
        apart = float(np.abs(scores - found["ours"][1]).max())
        if apart > NEAR:
            raise ValueError(f"{way}: scores are up to {apart} apart from ours")
    return len(names), len(nexts), {way: speed for way, (speed, _) in found.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Time all ways, print a table and write the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.interview", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--turns", type=int, default=20, help="(%(default)s)")
    add("--layers", type=int, default=12, help="of the encoder (%(default)s)")
    add("--width", type=int, default=768, help="of the encoder (%(default)s)")
    add("--out", type=Path, default=RESULTS, help="the results' file")
    options = parser.parse_args(arguments)
    before = os.getloadavg()[0]
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = make_bert(folder / "bert", read_bank(), options.layers, options.width)
        candidates, nexts, speeds = compare(open_encoder(str(model)), options.turns, folder)
    result = Result(
        machine=dict(machine(PACKAGES)),
        load_before=before,
        load_after=os.getloadavg()[0],
        layers=options.layers,
        width=options.width,
        turns=options.turns,
        candidates=candidates,
        next_questions=nexts,
        turns_per_second=speeds,
    )
    write(options.out, result)
    for way, speed in speeds.items():
        print(
            f"{way:<16}{speed:>10.2f} turns/s   ours is {speeds['ours'] / speed:.1f} times as fast"
        )
    print(f"load {before:.1f} before, {result.load_after:.1f} after; written to {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
