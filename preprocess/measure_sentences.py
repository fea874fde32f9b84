"""Measure how well the sentences found by rules agree with Kiwi's, and fit the experts' passages.

    python -m preprocess.measure_sentences --raw data/raw/essays.jsonl [--show 20]

prints precision, recall and F1 of the boundaries against Kiwi's, the share of answers cut alike,
how well whole sentences cover the passages with either splitter, and the speed. The rules were
tuned on the half of the real answers that a hash of the text calls `tuned`; `held` is the other
half. Kiwi is the yardstick and not the truth: --show prints disagreements to judge.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal, get_args

from crawler.items import Essay, Question, RecordError, read_jsonl
from preprocess.alpaca import Record
from preprocess.sentences import SPLITTERS, Span, Splitter, Splitters, cover, split_sentences

Half = Literal["tuned", "held"]
HALVES: Final[tuple[Half, ...]] = get_args(Half)
#: A passage is whole sentences when it coincides with them this well (IoU of characters).
WHOLE: Final = 0.97
_SEED: Final = 20
_BEFORE, _BEHIND = 40, 25


class BoundaryAgreement(Record, frozen=True):
    """Ends of sentences, the last one of an answer not counted, of the rules against Kiwi's.

    Shares are absent where nothing is to share.
    """

    shared: int
    only_fast: int
    only_kiwi: int
    precision: float | None
    recall: float | None
    f1: float | None


class SplitterAgreement(Record, frozen=True):
    """How well the rules agree with Kiwi; a line break ends a sentence for both.

    `identical` counts the answers whose sentences are all the same. `boundaries` counts every
    boundary, `within_lines` leaves out those at line breaks, on which the two cannot disagree.
    """

    answers: int
    identical: int
    identical_share: float | None
    boundaries: BoundaryAgreement
    within_lines: BoundaryAgreement


class PassageCover(Record, frozen=True):
    """How well whole sentences cover experts' passages (intersection over union of characters).

    `whole` counts the passages at 0.97 or better; shares are absent without passages.
    """

    splitter: Splitter
    passages: int
    whole: int
    whole_share: float | None
    mean: float | None


def agreement(texts: Iterable[str], *, splitters: Splitters = SPLITTERS) -> SplitterAgreement:
    """Split every text both ways and compare; `splitters` may know the sentences already."""
    answers = identical = 0
    all_ends: list[tuple[set[int], set[int]]] = []
    inner_ends: list[tuple[set[int], set[int]]] = []
    for text in texts:
        fast, kiwi = splitters["fast"](text), splitters["kiwi"](text)
        answers += 1
        identical += fast == kiwi
        all_ends.append((_ends(fast), _ends(kiwi)))
        inner_ends.append((_inner_ends(text, fast), _inner_ends(text, kiwi)))
    return SplitterAgreement(
        answers=answers,
        identical=identical,
        identical_share=_share(identical, answers),
        boundaries=_boundaries(all_ends),
        within_lines=_boundaries(inner_ends),
    )


def _ends(spans: Sequence[Span]) -> set[int]:
    return {span.end for span in spans[:-1]}


def _inner_ends(text: str, spans: Sequence[Span]) -> set[int]:
    return {one.end for one, other in pairwise(spans) if "\n" not in text[one.end : other.start]}


def _boundaries(pairs: Iterable[tuple[set[int], set[int]]]) -> BoundaryAgreement:
    shared = only_fast = only_kiwi = 0
    for fast, kiwi in pairs:
        shared += len(fast & kiwi)
        only_fast += len(fast - kiwi)
        only_kiwi += len(kiwi - fast)
    return BoundaryAgreement(
        shared=shared,
        only_fast=only_fast,
        only_kiwi=only_kiwi,
        precision=_share(shared, shared + only_fast),
        recall=_share(shared, shared + only_kiwi),
        f1=_share(2 * shared, 2 * shared + only_fast + only_kiwi),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def passage_cover(
    questions: Sequence[Question], splitter: Splitter, *, splitters: Splitters = SPLITTERS
) -> PassageCover:
    """Measure how well a splitter's sentences cover the marked passages."""
    marked = [question for question in questions if question.passages]
    shares = [
        cover(spans, Span(passage.start, passage.end))[1]
        for question in marked
        for spans in [splitters[splitter](question.answer)]
        for passage in question.passages
    ]
    whole = sum(share >= WHOLE for share in shares)
    return PassageCover(
        splitter=splitter,
        passages=len(shares),
        whole=whole,
        whole_share=_share(whole, len(shares)),
        mean=statistics.fmean(shares) if shares else None,
    )


def half_of(text: str) -> Half:
    """Say whether the rules were tuned on such a text, by a hash of it."""
    return HALVES[hashlib.sha256(text.encode()).digest()[0] % len(HALVES)]


def disagreements(texts: Iterable[str]) -> Iterator[str]:
    """Yield a line for each boundary of one splitter alone, with what stands around it."""
    for text in texts:
        fast, kiwi = (_ends(SPLITTERS[splitter](text)) for splitter in ("fast", "kiwi"))
        for end in sorted(fast ^ kiwi):
            around = f"{text[max(0, end - _BEFORE) : end]} | {text[end : end + _BEHIND].lstrip()}"
            yield f"only {'fast' if end in fast else 'kiwi'}: {' '.join(around.split())}"


def _lines(questions: Sequence[Question]) -> Iterator[str]:
    for half in HALVES:
        chosen = [one for one in questions if half_of(one.answer) == half]
        result = agreement(one.answer for one in chosen)
        yield (
            f"{half:5}  {result.answers} answers, identical {_written(result.identical_share)} "
            f"({result.identical})"
        )
        for name, row in (("all", result.boundaries), ("in lines", result.within_lines)):
            yield (
                f"  boundaries {name:8}  precision {_written(row.precision)}  "
                f"recall {_written(row.recall)}  F1 {_written(row.f1)}  "
                f"(shared {row.shared}, only fast {row.only_fast}, only kiwi {row.only_kiwi})"
            )
        for splitter in SPLITTERS:
            fit = passage_cover(chosen, splitter)
            yield (
                f"  passages   {splitter:8}  IoU >= {WHOLE} {_written(fit.whole_share)}  "
                f"mean {_written(fit.mean)}  ({fit.whole} of {fit.passages})"
            )


def _written(share: float | None) -> str:
    return "-" if share is None else f"{share:.4f}"


def _speeds(texts: Sequence[str]) -> Iterator[str]:
    size = sum(len(text.encode()) for text in texts)
    for splitter in SPLITTERS:
        began = time.process_time()
        for _ in split_sentences(texts, splitter=splitter):
            pass
        spent = time.process_time() - began
        yield f"{splitter}  {size / max(spent, 1e-9) / 1e6:.2f} MB of UTF-8 a second of CPU time"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m preprocess.measure_sentences",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--raw", type=Path, default=Path("data/raw/essays.jsonl"))
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="also print N disagreements of `held`"
    )
    args = parser.parse_args(argv)
    try:
        essays = read_jsonl(args.raw, Essay, cure="make crawl")
        questions = [question for essay in essays for question in essay.questions]
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(*_lines(questions), sep="\n")
    print(*_speeds([question.answer for question in questions]), sep="\n")
    if args.show > 0:
        held = [one.answer for one in questions if half_of(one.answer) == "held"]
        found = list(disagreements(held))
        drawn = random.Random(_SEED)  # noqa: S311 - a sample to read is no secret
        print(*drawn.sample(found, min(args.show, len(found))), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
