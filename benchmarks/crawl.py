"""How fast the whole replica is crawled, over HTTP and through browsers: `make bench-crawl`.

    python -m benchmarks.crawl [--essays 2158] [--browsed 300] [--repeats 3] [--latency 0]

Three crawls of the same replica, each a process of its own, in turn: plain HTTP over all essays;
every page through a browser with two drivers; and the same with one driver called in the reactor's
thread, as scrapy-selenium does it (`benchmarks.blocking_driver`). The replica is another process on
the same cores. Results: `benchmarks/results/crawl.json`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.child import run_python
from benchmarks.machine import machine
from crawler.items import write_whole
from crawler.replica.child import replica_child

RESULTS = Path(__file__).parent / "results" / "crawl.json"
ESSAYS = 2158  # the original study's pages


@dataclass(frozen=True)
class Timed:
    """One crawl: its essays, seconds, and the peak memory of the crawl's own process in MiB."""

    way: str
    essays: int
    seconds: float
    peak_mib: float

    @property
    def rate(self) -> float:
        """Essays a second."""
        return self.essays / self.seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Time the crawls, print a table and write the results."""
    options = _parser().parse_args(arguments)
    with ExitStack() as stack:
        faults = f"slow:{options.latency}@essays" if options.latency else ""
        site = stack.enter_context(replica_child(count=options.essays, faults=faults))
        times = [
            _timed(way, command, essays)
            for _ in range(options.repeats)
            for way, command, essays in _ways(site, options.essays, options.browsed)
        ]
    rates = {way: median(t.rate for t in times if t.way == way) for way in {t.way for t in times}}
    for timed in times:
        print(
            f"{timed.way:24} {timed.essays:5} essays  {timed.seconds:7.1f} s  "
            f"{timed.rate:7.1f} essays/s  {timed.peak_mib:6.0f} MiB"
        )
    ratio = rates["two drivers"] / rates["one, in the reactor"]
    print(f"two drivers over one in the reactor's thread: {ratio:.2f} times (medians)")
    record = {
        "machine": machine(),
        "latency_s": options.latency,
        "crawls": [asdict(timed) | {"essays_per_second": timed.rate} for timed in times],
        "two_drivers_over_one_in_the_reactor": ratio,
    }
    write_whole(options.out, [msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"])
    return 0


def _ways(site: str, essays: int, browsed: int) -> list[tuple[str, list[str], int]]:
    ours = ["-m", "crawler.crawl", "--site", site, "--types", "all"]
    peer = ["-m", "benchmarks.blocking_driver", "--site", site, "--limit", str(browsed)]
    return [
        ("HTTP", [*ours, "--browser", "never"], essays),
        ("two drivers", [*ours, "--browser", "always", "--limit", str(browsed)], browsed),
        ("one, in the reactor", peer, browsed),
    ]


def _timed(way: str, command: Sequence[str], essays: int) -> Timed:
    """Run one crawl in a process of its own.

    Raises:
        SystemExit: It failed, or saved another number of essays.

    """
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", f"{folder}/essays.jsonl"] if "crawler.crawl" in command else []
        ran = run_python([*command, *out])
    if not ran.said.startswith(f"{essays} essays saved"):
        raise SystemExit(f"{way}: {ran.said}")
    return Timed(way, essays, ran.seconds, ran.peak_mib)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.crawl",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--essays", type=int, default=ESSAYS, help="over HTTP (%(default)s)")
    add("--browsed", type=int, default=300, help="through a browser (%(default)s)")
    add("--repeats", type=int, default=3, help="of each crawl (%(default)s)")
    add("--latency", type=float, default=0.0, help="seconds that an essay takes (%(default)s)")
    add("--out", type=Path, default=RESULTS, help="the results' file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
