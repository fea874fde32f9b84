"""What a build measures of itself, for its report: masking, sentences, leaks, lengths."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import get_args

import msgspec

from crawler.items import Question
from preprocess.alpaca import Split
from preprocess.eda import Measured
from preprocess.leaks import LeakReport
from preprocess.lengths import RunLengths
from preprocess.masking import count_leaks
from preprocess.measure_masking import masking_table
from preprocess.measure_sentences import agreement, passage_cover
from preprocess.steps import Data

MANIFEST = "manifest.json"  # the crawl's, beside the essays
SAMPLE = 200  # answers that are split by Kiwi too, which takes a thousand times as long


def measure_build(
    raw: Path, data: Data, leaks: LeakReport, lengths: Sequence[RunLengths]
) -> Measured:
    """Measure a build: the first answers of each split for the splitter, all of them for names."""
    questions: list[Question] = []
    named = 0
    for split in get_args(Split):
        essays = data.essays[split]
        questions += islice((q for essay in essays for q in essay.questions), SAMPLE)
        named += sum(count_leaks(q, essay.company) for essay in essays for q in essay.questions)
    return Measured(
        masking=masking_table(),
        splitter=agreement(question.answer for question in questions),
        passages=(passage_cover(questions, "fast"), passage_cover(questions, "kiwi")),
        leaks=leaks,
        lengths=tuple(lengths),
        firm_leaks=named,
        permission=read_permission(raw.with_name(MANIFEST)),
    )


def read_permission(manifest: Path) -> str | None:
    """Return the permission that a crawl's manifest states, if there is one."""
    if not manifest.exists():
        return None
    stated = msgspec.json.decode(manifest.read_bytes()).get("permission")
    return str(stated) if stated else None
