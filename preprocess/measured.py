"""What a build measures of itself, for its report: masking, sentences, leaks, lengths."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import msgspec

from crawler.items import Question, manifest_path
from preprocess.cores import InOrder
from preprocess.data import Data
from preprocess.eda import Measured
from preprocess.measure_masking import masking_table
from preprocess.measure_sentences import agreement, passage_cover
from preprocess.report import Checks
from preprocess.sentences import SPLITTERS, Splitters

SAMPLE = 100  # answers that are split by Kiwi too, which takes a thousand times as long


def measure_build(raw: Path, data: Data, checks: Checks, *, in_order: InOrder = map) -> Measured:
    """Measure a build: its first answers of each split for the splitter, the rest as counted.

    Kiwi splits them here or on all cores.
    """
    questions: list[Question] = []
    for essays in data.essays.values():
        questions += islice((q for essay in essays for q in essay.questions), SAMPLE)
    answers = list(dict.fromkeys(question.answer for question in questions))
    by_kiwi = dict(zip(answers, in_order(SPLITTERS["kiwi"], answers), strict=True))
    known: Splitters = {**SPLITTERS, "kiwi": by_kiwi.__getitem__}
    return Measured(
        masking=masking_table(),
        splitter=agreement((one.answer for one in questions), splitters=known),
        passages=(
            passage_cover(questions, "fast"),
            passage_cover(questions, "kiwi", splitters=known),
        ),
        leaks=checks.parted.leaks,
        lengths=checks.lengths,
        firm_leaks=data.tally.named,
        permission=read_permission(manifest_path(raw)),
    )


def read_permission(manifest: Path) -> str | None:
    """Return the permission that a crawl's manifest states, if there is one."""
    if not manifest.exists():
        return None
    stated = msgspec.json.decode(manifest.read_bytes()).get("permission")
    return str(stated) if stated else None
