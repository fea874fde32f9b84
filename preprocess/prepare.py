"""The steps that look at one essay alone: composed form, masking, sentences. Done on all cores.

    raw file → chunks of lines → OUT/parts/<fingerprint>/part-00000.jsonl, … → prepared essays

A part is written whole, so a build that was stopped goes on with the parts that are missing. The
fingerprint is that of the raw file and of the steps themselves: what was prepared otherwise is not
taken up. Parts come in the order of the file, whatever the number of cores.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
from tqdm import tqdm

from crawler.items import Essay, RecordError, read_lines, write_jsonl
from preprocess.alpaca import Record
from preprocess.composed import composed
from preprocess.cores import InOrder
from preprocess.firms import leaks
from preprocess.masking import count_leaks, mask_essay
from preprocess.parts import Parts
from preprocess.sentences import Span, split_sentences

CHUNK = 200  # essays a part: seconds of work
CURE = (
    "make crawl, or of pages or answers of your own: python -m crawler.import_pages, import_answers"
)
#: Sites let applicants write some thousand characters an answer.
MOST_CHARACTERS = 20_000
SOURCES = sorted(Path(__file__).parent.rglob("*.py")) + sorted(
    (Path(__file__).parent / "content").rglob("*.toml")
)


class Prepared(Record, frozen=True):
    """An essay after the steps, with the sentences of each answer.

    `key` is the fingerprint of the unmasked answers without white space: exact repeats share it.
    `masked` counts replacements by kind. Dropped are the questions with the numbers `leaking`,
    because they still name the firm, and `too_long`, because their answers are no applicant's; and
    the overall advice, where it still names the firm.
    """

    essay: Essay
    sentences: tuple[tuple[Span, ...], ...]
    key: str
    masked: dict[str, int]
    leaking: tuple[int, ...]
    too_long: tuple[int, ...]
    overall_leaks: bool


class Chunk(NamedTuple):
    """Lines of the raw file, the number of the first, and the part they are made into."""

    first: int
    lines: list[bytes]
    path: Path


def prepare(essay: Essay) -> Prepared:
    """Bring one essay into composed form, mask it, and find its sentences."""
    plain, too_long = _drop_long(composed(essay))
    dense = "".join("".join(question.answer for question in plain.questions).split())
    masked, counts = mask_essay(plain)
    leaking = tuple(q.number for q in masked.questions if count_leaks(q, essay.company))
    kept = tuple(q for q in masked.questions if q.number not in leaking)
    overall_leaks = bool(leaks(masked.overall_advice or "", essay.company or ""))
    overall = None if overall_leaks else masked.overall_advice
    return Prepared(
        essay=msgspec.structs.replace(masked, questions=kept, overall_advice=overall),
        sentences=tuple(split_sentences(question.answer for question in kept)),
        key=hashlib.sha256(dense.encode()).hexdigest() if dense else "",
        masked=dict(Counter(counts)),
        leaking=leaking,
        too_long=too_long,
        overall_leaks=overall_leaks,
    )


def _drop_long(essay: Essay) -> tuple[Essay, tuple[int, ...]]:
    too_long = tuple(q.number for q in essay.questions if len(q.answer) > MOST_CHARACTERS)
    kept = tuple(q for q in essay.questions if q.number not in too_long)
    return msgspec.structs.replace(essay, questions=kept), too_long


def prepare_file(
    raw: Path, work: Path, *, in_order: InOrder = map, progress: bool = False
) -> Parts[Prepared]:
    """Prepare the essays of a file, in its order; parts that are there are taken up.

    Args:
        raw: JSON lines of essays.
        work: Where parts are kept; `clear_work` removes them when the build is done.
        in_order: Makes the parts, here or on all cores.
        progress: Show a bar over the essays.

    Raises:
        RecordError: The file is missing, or a line is no essay; no part is made of it.

    """
    if not raw.exists():
        raise RecordError(f"{raw} is missing; make it with: {CURE}")
    if raw.is_file() and not raw.stat().st_size:
        raise RecordError(f"{raw} is empty; it holds essays, one a line; make it with: {CURE}")
    folder = work / fingerprint(raw)
    paths: list[Path] = []
    with tqdm(total=raw.stat().st_size, unit="B", unit_scale=True, disable=not progress) as bar:
        bar.set_description("prepare")
        for path, size in in_order(partial(_write_part, raw), _chunks(raw, folder)):
            paths.append(path)
            bar.update(size)
    return Parts(paths, Prepared)


def clear_work(work: Path) -> None:
    """Remove all parts."""
    shutil.rmtree(work, ignore_errors=True)


def fingerprint(raw: Path) -> str:
    """Name a raw file's content together with the code and data of the steps."""
    digest = hashlib.sha256(sha256(raw).encode())
    for source in SOURCES:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _chunks(raw: Path, folder: Path) -> Iterator[Chunk]:
    with raw.open("rb") as stream:
        number = 0
        while lines := list(islice(stream, CHUNK)):
            path = folder / f"part-{number:05}.jsonl"
            yield Chunk(1 + number * CHUNK, lines, path)
            number += 1


def _write_part(raw: Path, chunk: Chunk) -> tuple[Path, int]:
    """Write a part where it is missing; return its path and the size of its lines in bytes."""
    if not chunk.path.exists():
        essays = read_lines(raw, chunk.lines, Essay, first=chunk.first, cure=CURE)
        write_jsonl(chunk.path, map(prepare, essays))
    return chunk.path, sum(map(len, chunk.lines))
