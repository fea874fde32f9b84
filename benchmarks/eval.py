"""How long scores and their intervals take, beside the plain way: `make bench-eval`.

    python -m benchmarks.eval [--predictions 10000] [--resamples 10000]

Ours: `eval.measuring.counts.score_items` on all predictions (places, points, ROUGE-1/2/L, chrF++,
BLEU, form) and `eval.comparing.summary.summarise` (every metric of ten systems with its interval,
all differences, and slices), in a process of its own whose peak memory is told. The plain way
(`benchmarks/eval_plain.py`) is run on a part, `--pairs` pairs of texts and `--loops` resamples,
its numbers are held against ours on the same, and its seconds are scaled up; reading answers,
pairing points and how an output speaks are not asked of it. Making the invented texts and loading
Kiwi count for neither. Processor seconds are those of all threads: other work on the machine
matters little to them, but that Kiwi has a thread for each core here is no gain there. Results:
`benchmarks/results/eval.json`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.child import run_python
from benchmarks.eval_loops import SEED, Clock, loops, refuse_others
from benchmarks.eval_plain import PlainScorers
from benchmarks.eval_work import Work, make_work
from benchmarks.machine import machine
from crawler.items import write_whole
from eval.comparing.summary import summarise
from eval.measuring.counts import score_items
from eval.measuring.metrics import TEXT_METRICS
from eval.records import ItemScore
from eval.runs import Run
from eval.tasks import read_answer
from eval.text.morphemes import similarities
from preprocess.alpaca import Unreadable, facts_path, write_jsonl

RESULTS: Final = Path(__file__).parent / "results" / "eval.json"
PACKAGES: Final = ("kiwipiepy", "rouge-score", "sacrebleu", "numpy", "scipy")
#: Lines of the table, and what each is the sum of.
PARTS: Final = {
    "text and other scores": ("scores",),
    "resamples": ("statistics",),
    "together": ("scores", "statistics"),
}
Told = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Time both, print a table and write the results."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.eval",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--predictions", type=int, default=10_000, help="of ten systems (%(default)s)")
    add("--resamples", type=int, default=10_000, help="(%(default)s)")
    add("--pairs", type=int, default=1000, help="of texts, for the plain way (%(default)s)")
    add("--loops", type=int, default=50, help="resamples, for the plain way (%(default)s)")
    add("--out", type=Path, default=RESULTS, help="the results' file")
    add("--child", choices=("ours", "plain"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        told = ours(options) if options.child == "ours" else plain(options)
        print(msgspec.json.encode(told).decode())
        return 0
    record = {
        "machine": machine(PACKAGES),
        "load_before": os.getloadavg()[0],
        "predictions": options.predictions,
        "resamples": options.resamples,
        "ours": child("ours", options),
        "plain": child("plain", options),
    }
    write_whole(options.out, [msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"])
    print(table(record))
    whole = record["ours"]
    print(f"the whole process: {whole['process_seconds']:.1f} s, {whole['peak_mib']:.0f} MiB")
    print(f"written to {options.out}")
    return 0


def child(way: str, options: argparse.Namespace) -> Told:
    """Run one way in a process of its own."""
    names = ("predictions", "resamples", "pairs", "loops")
    numbers = [text for name in names for text in (f"--{name}", str(getattr(options, name)))]
    ran = run_python(["-m", "benchmarks.eval", "--child", way, *numbers])
    told: Told = msgspec.json.decode(ran.said)
    return told | {"process_seconds": ran.seconds, "peak_mib": ran.peak_mib}


def ours(options: argparse.Namespace) -> Told:
    """Score everything and compute the whole result; return the seconds of each."""
    work = make_work(options.predictions, SEED)
    similarities([("준비", "준비")])  # loads Kiwi and mecab
    scoring, statistics = Clock(), Clock()
    with scoring:
        scores = score(work)
    with tempfile.TemporaryDirectory() as folder:
        run = run_in(Path(folder))
        write_jsonl(facts_path(run.test), work.facts)
        with statistics:
            result = summarise(run, scores, {}, options.resamples, SEED)
    counted = {"differences": len(result.differences), "slices": len(result.slices)}
    return counted | {"scores": scoring.told(), "statistics": statistics.told()}


def score(work: Work) -> dict[str, list[ItemScore]]:
    """Score every system's predictions, all at once as `eval.score` does."""
    together = [p for of in work.predictions.values() for p in of]
    scores: dict[str, list[ItemScore]] = {system: [] for system in work.predictions}
    for one in score_items(work.items, together):
        scores[one.system].append(one)
    return scores


def run_in(folder: Path) -> Run:
    """Say where the parts of a run would lie below a folder."""
    train = folder / "alpaca" / "advice" / "train.jsonl"
    return Run(
        name="bench",
        config=folder / "bench.yml",
        task="advice",
        train=train,
        validation=train.with_name("validation.jsonl"),
        test=train.with_name("test.jsonl"),
        output_dir=folder,
        base_model="",
    )


def plain(options: argparse.Namespace) -> Told:
    """Time the plain way on a part, and hold its numbers against ours on the same.

    Raises:
        ValueError: A number is not the same.

    """
    work = make_work(options.predictions, SEED)
    scores = score(work)
    every = list(paired_texts(work))
    texts = every[:: max(1, len(every) // options.pairs)][: options.pairs]
    scorers = PlainScorers()
    scorers.similarity("준비", "준비")
    clock = Clock()
    with clock:
        found = [scorers.similarity(*pair) for pair in texts]
    known = similarities(texts)
    for name in TEXT_METRICS:
        refuse_others(name, [getattr(known[p], name) for p in texts], [f[name] for f in found])
    looped = loops(work, scores, options.loops)
    return {
        "pairs": len(every),
        "pairs_timed": len(texts),
        "resamples_timed": options.loops,
        "scores": clock.told(len(every) / len(texts)),
        "statistics": looped.told(options.resamples / options.loops),
    }


def paired_texts(work: Work) -> Iterator[tuple[str, str]]:
    """Yield what is said and what is wanted of every point on the expert's own sentences."""
    for predictions in work.predictions.values():
        for item, prediction in zip(work.items, predictions, strict=True):
            points = read_answer(prediction.output, item.task, len(item.sentences))
            if isinstance(points, Unreadable):
                continue
            wanted = {(p.polarity, p.sentences): p.text for p in item.points}
            for point in points:
                if (point.polarity, point.sentences) in wanted:
                    yield point.text, wanted[point.polarity, point.sentences]


def table(record: Told) -> str:
    """Write the results as a table of seconds, and of how many times as fast."""
    lines = [f"{'':<24}{'':<11}{'ours':>10}{'plain':>10}{'times':>8}"]
    for name, of in PARTS.items():
        for clock in ("wall", "processor"):
            here, there = (sum(record[w][p][clock] for p in of) for w in ("ours", "plain"))
            told = f"{here:>9.1f}s{there:>9.1f}s{there / here:>8.1f}"
            lines.append(f"{name:<24}{clock:<11}{told}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
