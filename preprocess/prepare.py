"""The steps that look at one essay alone: composed form, masking, sentences. Done on all cores.

    raw file → chunks of lines → OUT/parts/<fingerprint>/part-00000.jsonl, … → prepared essays

A part is written whole, so a build that was stopped goes on with the parts that are missing. The
fingerprint is that of the raw file and of the steps themselves: what was prepared otherwise is not
taken up. Parts come in the order of the file, whatever the number of cores.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

import msgspec
from tqdm import tqdm

from crawler.items import Essay, read_jsonl, write_jsonl
from preprocess.alpaca import Record
from preprocess.composed import composed
from preprocess.masking import count_leaks, mask_essay
from preprocess.sentences import Span, split_sentences

CHUNK = 200  # essays a part: seconds of work
SOURCES = sorted(Path(__file__).parent.rglob("*.py")) + sorted(
    (Path(__file__).parent / "content").rglob("*.toml")
)


class Prepared(Record, frozen=True):
    """An essay after the steps, with the sentences of each answer.

    `key` is the fingerprint of the unmasked answers without white space: exact repeats share it.
    `masked` counts replacements by kind; `leaking` are the numbers of the questions that were
    dropped because they still name the firm.
    """

    essay: Essay
    sentences: tuple[tuple[Span, ...], ...]
    key: str
    masked: dict[str, int]
    leaking: tuple[int, ...]


def prepare(essay: Essay) -> Prepared:
    """Bring one essay into composed form, mask it, and find its sentences."""
    plain = composed(essay)
    dense = "".join("".join(question.answer for question in plain.questions).split())
    masked, counts = mask_essay(plain)
    leaking = tuple(q.number for q in masked.questions if count_leaks(q, essay.company))
    kept = tuple(q for q in masked.questions if q.number not in leaking)
    return Prepared(
        essay=msgspec.structs.replace(masked, questions=kept),
        sentences=tuple(split_sentences(question.answer for question in kept)),
        key=hashlib.sha256(dense.encode()).hexdigest() if dense else "",
        masked=dict(Counter(counts)),
        leaking=leaking,
    )


def prepare_file(
    raw: Path, work: Path, *, workers: int | None = None, progress: bool = False
) -> Iterator[Prepared]:
    """Prepare the essays of a file, in its order; parts that are there are taken up.

    Args:
        raw: JSON lines of essays.
        work: Where parts are kept; `clear_work` removes them when the build is done.
        workers: How many processes; by default one for each core. One works in this process.
        progress: Show a bar over the parts.

    Raises:
        RecordError: A line is no essay; no part is made of it.

    """
    folder = work / fingerprint(raw)
    chunks = list(_chunks(read_jsonl(raw, Essay, cure="make crawl")))
    paths = [folder / f"part-{number:05}.jsonl" for number in range(len(chunks))]
    missing = [(p, chunk) for p, chunk in zip(paths, chunks, strict=True) if not p.exists()]
    _make(missing, workers or os.cpu_count() or 1, progress=progress)
    for path in paths:
        yield from read_jsonl(path, Prepared, cure="make data")


def clear_work(work: Path) -> None:
    """Remove all parts."""
    shutil.rmtree(work, ignore_errors=True)


def fingerprint(raw: Path) -> str:
    """Name a raw file's content together with the code and data of the steps."""
    digest = hashlib.sha256(raw.read_bytes() if raw.exists() else b"")
    for source in SOURCES:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _chunks(essays: Iterator[Essay]) -> Iterator[list[Essay]]:
    while chunk := list(islice(essays, CHUNK)):
        yield chunk


def _make(missing: Sequence[tuple[Path, list[Essay]]], workers: int, *, progress: bool) -> None:
    bar = tqdm(total=len(missing), unit="part", desc="prepare", disable=not progress)
    if workers == 1 or len(missing) <= 1:
        for path, chunk in missing:
            _write_part(path, chunk)
            bar.update()
    else:
        with ProcessPoolExecutor(workers) as pool:
            futures = [pool.submit(_write_part, path, chunk) for path, chunk in missing]
            for future in futures:
                future.result()
                bar.update()
    bar.close()


def _write_part(path: Path, essays: Sequence[Essay]) -> None:
    write_jsonl(path, map(prepare, essays))
