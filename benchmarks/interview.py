"""Turns per second of the interviewer beside the study's way, with the same encoder.

    python -m benchmarks.interview [--turns 20] [--layers 12] [--width 768]

Ours encodes the candidates once and a turn's text once. The study's way, at every turn, encodes
each candidate again in a call of its own; where embeddings were kept, it parses them from a CSV
file at every turn, which is timed apart. All three must give equal scores. The encoder is a BERT
of the named size with random weights, on which no time hangs. Results:
`benchmarks/results/interview.json`. Seconds are the processor's, so that other work on the machine
matters little.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

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
WAYS: Final = ("ours", "encoded again", "parsed from CSV")
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
    turns_per_second: dict[str, float]


def encoded_again(encoder: Encoder, names: Sequence[str], turn: Turn) -> Vectors:
    """Score a turn with each candidate encoded again."""
    text = encoder.encode([text_of(turn)])[0]
    return np.array([text @ encoder.encode([name])[0] for name in names])


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


def timed(score: Callable[[Turn], Vectors], turns: Sequence[Turn]) -> tuple[float, Vectors]:
    """Score turns one after another; returns turns per processor second and scores."""
    score(turns[0])  # what is loaded at the first call counts for none
    start = time.process_time()
    scores = np.stack([score(turn) for turn in turns])
    return len(turns) / (time.process_time() - start), scores


def compare(encoder: Encoder, count: int, folder: Path) -> tuple[int, dict[str, float]]:
    """Time all ways on the bank's test turns; returns candidates and turns per second.

    Raises:
        ValueError: Two ways do not give equal scores.

    """
    material = of_bank(read_bank(), "satisfied")
    names, turns = material.candidates, material.test[:count]
    picker = CosinePicker(encoder, names)
    path = folder / "embeddings.csv"
    write_embeddings(path, encoder, names)
    ways: tuple[Callable[[Turn], Vectors], ...] = (
        lambda turn: np.array([*picker.cosines(turn).values()]),
        lambda turn: encoded_again(encoder, names, turn),
        lambda turn: parsed(path, encoder, turn),
    )
    found = {way: timed(score, turns) for way, score in zip(WAYS, ways, strict=True)}
    for way, (_, scores) in found.items():
        apart = float(np.abs(scores - found["ours"][1]).max())
        if apart > NEAR:
            raise ValueError(f"{way}: scores are up to {apart} apart from ours")
    return len(names), {way: speed for way, (speed, _) in found.items()}


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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = make_bert(folder / "bert", read_bank(), options.layers, options.width)
        candidates, speeds = compare(open_encoder(str(model)), options.turns, folder)
    result = Result(
        machine=dict(machine(PACKAGES)),
        load_before=before,
        load_after=os.getloadavg()[0],
        layers=options.layers,
        width=options.width,
        turns=options.turns,
        candidates=candidates,
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
