"""Near-duplicate essays found by `preprocess.near_duplicates` and by datasketch, used plainly.

    python -m benchmarks.near_duplicates [--essays 100000] [--judged 3000] [--minutes 10]

Speed: essays of some 2,400 characters, recombined from the replica's sentences; one in five is an
earlier one with another firm's name, other particles and some sentences replaced. The texts lie in
a file; each way is a process of its own, its peak memory without workers'. datasketch ends after
`--minutes`: what it has read by then is its size, and ours runs at that size too. Recall is over
copies whose exact Jaccard similarity to their original is 0.5 or more, precision the share of
grouped texts that are as similar to another of their group. Quality: pairs at 0.3 to 0.95 among
`--judged` essays, with all pairs compared. Results: `benchmarks/results/near_duplicates.json`.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from itertools import islice, pairwise
from pathlib import Path
from statistics import mean
from typing import Any, Final

import msgspec
import numpy as np
from tqdm import tqdm

from benchmarks.child import run_python
from benchmarks.machine import machine
from crawler.items import write_whole
from crawler.replica.essays import MOST_ESSAYS, generate_essays
from crawler.replica.library import load
from preprocess.cores import Cores
from preprocess.near_duplicates import Groups, group_texts

RESULTS: Final = Path(__file__).parent / "results" / "near_duplicates.json"
THRESHOLD, COPIES, LEAST_ALIKE, MOST_ALIKE, OTHER_PARTICLES = 0.5, 0.2, 0.3, 0.95, 0.02
PARTICLE: Final = re.compile(r"[은는을를](?= )")
EDGES: Final = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 1.01)
Row = dict[str, Any]


class TextFile(Sequence[str]):
    """The first texts of a file with one JSON string a line, read when they are asked for."""

    def __init__(self, path: Path, size: int) -> None:
        self._stream = path.open("rb")
        self._starts = np.cumsum([0, *map(len, islice(self._stream, size))])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, index: Any) -> Any:
        self._stream.seek(self._starts[index])
        return msgspec.json.decode(self._stream.readline())

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in tqdm(range(len(self)), unit=" texts", disable=None))


class Writer:
    """Writes invented essays, always the same one for a number."""

    def __init__(self) -> None:
        essays = generate_essays(seed=7, count=MOST_ESSAYS)
        answers = " ".join(question.answer for essay in essays for question in essay.questions)
        self._pool = sorted(set(re.split(r"(?<=[.!?])\s+", answers)))
        self._firms = [firm.short for firm in load().firms]
        self._firm = re.compile("|".join(self._firms))

    def sentences(self, number: int) -> list[str]:
        """Draw an essay's sentences, some 2,400 characters of them."""
        rng = random.Random(number)  # noqa: S311 - no cryptography
        return rng.sample(self._pool, max(12, round(rng.gauss(49, 12))))

    def copy(self, original: int, number: int) -> str:
        """Send an essay to another firm, with a random share of its sentences replaced."""
        rng = random.Random(f"copy {number}")  # noqa: S311 - no cryptography
        wanted, firm = rng.uniform(LEAST_ALIKE, MOST_ALIKE), rng.choice(self._firms)
        replaced = (1 - wanted) / (1 + wanted)
        text = " ".join(
            rng.choice(self._pool) if rng.random() < replaced else self._firm.sub(firm, sentence)
            for sentence in self.sentences(original)
        )
        return PARTICLE.sub(lambda at: "도" if rng.random() < OTHER_PARTICLES else at[0], text)


def write_texts(path: Path, size: int, *, paired: bool) -> list[tuple[int, int]]:
    """Write essays, every second or fifth a copy; return the numbers of originals and copies."""
    writer, rng = Writer(), random.Random(1)  # noqa: S311 - no cryptography
    originals: list[int] = []
    planted: list[tuple[int, int]] = []

    def text(number: int) -> str:
        if number % 2 if paired else originals and rng.random() < COPIES:
            planted.append((number - 1 if paired else rng.choice(originals), number))
            return writer.copy(*planted[-1])
        originals.append(number)
        return " ".join(writer.sentences(number))

    write_whole(path, (msgspec.json.encode(text(number)) + b"\n" for number in range(size)))
    return planted


def grams(text: str) -> frozenset[str]:
    """Return a text's character 5-grams, white space left out."""
    dense = "".join(text.split())
    return frozenset(dense[i : i + 5] for i in range(max(1, len(dense) - 4)))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether the exact Jaccard similarity of two sets reaches the threshold."""
    return len(one & other) / len(one | other) >= THRESHOLD


def datasketch(texts: Sequence[str], seconds: float, proposed_from: float) -> list[int]:
    """Group as many texts as the time allows with datasketch's MinHash and LSH."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - not into our memory

    index, groups = MinHashLSH(threshold=proposed_from, num_perm=128), Groups(len(texts))
    again = lru_cache(256)(lambda number: grams(texts[number]))
    end = time.perf_counter() + seconds
    for number, text in enumerate(texts):
        own = grams(text)
        sketch = MinHash(num_perm=128)
        sketch.update_batch([gram.encode() for gram in own])
        for other in index.query(sketch):
            if groups.root(number) != groups.root(other) and alike(own, again(other)):
                groups.join(number, other)
        index.insert(number, sketch, check_duplication=False)
        if time.perf_counter() > end:
            break
    return [groups.root(i) for i in range(number + 1)]


def two_processes(texts: Sequence[str]) -> list[int]:
    """Group texts with two processes that sketch."""
    with Cores(2) as cores:
        return group_texts(texts, in_order=cores.map)


#: Each way to group texts, given the seconds it may take.
WAYS: Final[dict[str, Callable[[Sequence[str], float], list[int]]]] = {
    "ours": lambda texts, _: group_texts(texts),
    "ours, 2 processes": lambda texts, _: two_processes(texts),
    "datasketch": lambda texts, seconds: datasketch(texts, seconds, THRESHOLD),
    "datasketch at 0.4": lambda texts, seconds: datasketch(texts, seconds, 0.4),
}


def measure(way: str, path: Path, size: int, minutes: float = 60) -> tuple[Row, list[int]]:
    """Group the first texts of a file in a process of its own: what it took, and the groups."""
    options = ["--child", way, str(path), str(size), str(minutes)]
    ran = run_python(["-m", "benchmarks.near_duplicates", *options])
    seconds, peak, groups = msgspec.json.decode(ran.said)
    return {"way": way, "essays": len(groups), "seconds": seconds, "peak_mib": peak}, groups


def child(way: str, path: str, size: str, minutes: str) -> int:
    """Be that process: print seconds, peak memory in MiB and groups."""
    texts, begun = TextFile(Path(path), int(size)), time.perf_counter()
    groups = WAYS[way](texts, 60 * float(minutes))
    seconds = time.perf_counter() - begun
    # Not rusage, which counts what the parent held when it started this process.
    peak = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    print(msgspec.json.encode((seconds, int(peak[0]) / 1024, groups)).decode())
    return 0


def judge(groups: list[int], texts: TextFile, planted: Sequence[tuple[int, int]]) -> Row:
    """Return recall and precision of groups; see the module's docstring."""
    copies = [(a, b) for a, b in planted if b < len(groups)]
    found = [groups[a] == groups[b] for a, b in copies if alike(grams(texts[a]), grams(texts[b]))]
    members = defaultdict(list)
    for number, root in enumerate(groups):
        members[root].append(number)
    right: list[bool] = []
    for group in members.values():
        sets = [grams(texts[number]) for number in group if len(group) > 1]
        right += [any(alike(a, b) for b in sets if b is not a) for a in sets]
    return {"recall": mean(found), "precision": mean(right)}


def quality(path: Path, size: int) -> list[Row]:
    """Tell by band of exact similarity which share of its pairs each way puts into one group."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - only datasketch brings it along

    write_texts(path, size, paired=True)
    numbers: dict[str, int] = {}
    sets = [[numbers.setdefault(g, len(numbers)) for g in grams(t)] for t in TextFile(path, size)]
    sizes, columns = np.array([len(one) for one in sets]), np.concatenate(sets)
    matrix = csr_array((np.ones(len(columns)), columns, np.cumsum([0, *sizes])))
    shared = (matrix @ matrix.T).tocoo()
    one, other = shared.coords
    found = np.where(one < other, shared.data / (sizes[one] + sizes[other] - shared.data), 0)
    groups = {way: np.array(measure(way, path, size)[1]) for way in WAYS}
    told: list[Row] = []
    for low, high in pairwise(EDGES):
        a, b = (side[(found >= low) & (found < high)] for side in shared.coords)
        same = {way: int((by[a] == by[b]).sum()) for way, by in groups.items()}
        shares = {way: count / max(1, len(a)) for way, count in same.items()}
        told.append({"from": low, "pairs": len(a)} | shares)
    return told


def speed(path: Path, size: int, minutes: float) -> list[Row]:
    """Time datasketch, and ours on all texts and on as many as datasketch came to."""
    planted, texts = write_texts(path, size, paired=False), TextFile(path, size)
    plain, groups = measure("datasketch", path, size, minutes)
    told = [plain | judge(groups, texts, planted) | {"times_as_fast": 1.0}]
    for count in sorted({size, len(groups)}):
        for way in ("ours", "ours, 2 processes"):
            row, groups = measure(way, path, count)
            faster = plain["seconds"] / row["seconds"] if count == plain["essays"] else None
            told.append(row | judge(groups, texts, planted) | {"times_as_fast": faster})
    return told


def table(rows: Sequence[Row]) -> str:
    """Write rows under their keys."""
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    told = [[f"{v:.4g}" if isinstance(v, float) else str(v) for v in line] for line in lines]
    return "\n".join("".join(f"{value:>19}" for value in line) for line in told)


def main(arguments: Sequence[str] | None = None) -> int:
    """Time and judge all ways, print the tables and write the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.near_duplicates")
    add = parser.add_argument
    add("--essays", type=int, default=100_000, help="timed (%(default)s)")
    add("--judged", type=int, default=3000, help="compared exactly (%(default)s)")
    add("--minutes", type=float, default=10, help="that datasketch may take (%(default)s)")
    add("--out", type=Path, default=RESULTS, help="the results' file")
    add("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        return child(*options.child)
    with tempfile.TemporaryDirectory() as folder:
        together = quality(Path(folder) / "judged", options.judged)
        timed = speed(Path(folder) / "timed", options.essays, options.minutes)
    print(f"{table(timed)}\n\nshare of pairs in one group, by exact similarity\n{table(together)}")
    on = machine() | {name: version(name) for name in ("datasketch", "numpy")}
    record = {"machine": on, "speed": timed, "share_in_one_group_by_similarity": together}
    write_whole(options.out, [msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
