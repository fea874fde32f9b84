"""How long the data step takes at the size of the site, and how it grows: `make bench-data`.

    python -m benchmarks.data [--answers 30000 300000]

Builds data from so many invented answers (the replica's generator, seed after seed), each build a
process of its own on all cores. Results: `benchmarks/results/data.json`, written after each build.
Peak memory is that of the main process; the workers hold a part of 200 essays and Kiwi's model
each, some 600 MiB. The folder for temporary files (TMPDIR) takes about 17 kB an answer.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from benchmarks.child import run_python
from benchmarks.machine import machine
from crawler.items import Essay, write_jsonl, write_whole
from crawler.replica.essays import MOST_ESSAYS, generate_essays

#: The generator's answers share their sentences by design: no share of them stops the build.
BUILD = ["-m", "preprocess.build", "--most-shared", "1"]
RESULTS = Path(__file__).parent / "results" / "data.json"


def essays_with(answers: int) -> Iterator[Essay]:
    """Yield invented essays until they hold so many answers; each has an id of its own."""
    seed = number = 0
    while answers > 0:
        for essay in generate_essays(seed=seed, count=MOST_ESSAYS):
            number += 1
            yield msgspec.structs.replace(essay, id=str(1_000_000 + number), url=None)
            answers -= len(essay.questions)
            if answers <= 0:
                return
        seed += 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Time the builds, print a table and write the results."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.data",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--answers", type=int, nargs="+", default=[30_000, 300_000])
    parser.add_argument("--out", type=Path, default=RESULTS, help="the results' file")
    options = parser.parse_args(arguments)
    builds = []
    for answers in options.answers:
        with tempfile.TemporaryDirectory() as folder:
            raw = Path(folder) / "essays.jsonl"
            essays = write_jsonl(raw, essays_with(answers))
            ran = run_python([*BUILD, "--raw", str(raw), "--out", folder])
        builds.append(
            {
                "answers": answers,
                "essays": essays,
                "seconds": ran.seconds,
                "answers_per_second": answers / ran.seconds,
                "peak_mib": ran.peak_mib,
            }
        )
        print(
            f"{answers:7} answers  {essays:6} essays  {ran.seconds:7.1f} s  "
            f"{answers / ran.seconds:7.1f} answers/s  {ran.peak_mib:6.0f} MiB",
            flush=True,
        )
        record = msgspec.json.encode({"machine": machine(), "builds": builds})
        write_whole(options.out, [msgspec.json.format(record, indent=2) + b"\n"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
