"""The report of a build: everything kept and dropped, by reason, as JSON and as Markdown."""

from __future__ import annotations

import hashlib
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import get_args

import msgspec

from crawler.items import write_whole
from preprocess.alpaca import Record, Split
from preprocess.datasheet import Eda
from preprocess.eda import eda
from preprocess.leaks import LeakReport
from preprocess.lengths import RunLengths
from preprocess.split import SALT, Shares
from preprocess.steps import Data


class SplitCounts(Record, frozen=True):
    """What one split holds."""

    essays: int
    groups: int
    rows: dict[str, int]
    points: dict[str, int]


class Spread(Record, frozen=True):
    """Lengths in characters (code points)."""

    least: int
    median: float
    most: int


class BuildReport(Record, frozen=True):
    """`report.json`: what was kept and dropped, how it was split, and how long things are.

    `masked` counts replacements by kind, `dropped` by reason, and `dropped_ids` names what was
    dropped; a reason starts with what it is: an essay, a question or a single point.
    """

    raw_file: str
    raw_sha256: str
    salt: str
    validation_share: float
    unseen_firms_share: float
    test_share: float
    splits: dict[str, SplitCounts]
    masked: dict[str, int]
    dropped: dict[str, int]
    dropped_ids: dict[str, list[str]]
    positions: dict[str, int]
    grades: dict[str, int]
    characters: dict[str, Spread]
    eda: Eda
    leaks: LeakReport
    lengths: tuple[RunLengths, ...]


def make_report(
    raw: Path, shares: Shares, data: Data, leaks: LeakReport, lengths: Sequence[RunLengths]
) -> BuildReport:
    """Sum up a build; `raw` is the file it was made from."""
    every = [essay for split in get_args(Split) for essay in data.essays[split]]
    advised = [row for split in get_args(Split) for row in data.rows["advice", split]]
    return BuildReport(
        raw_file=raw.name,
        raw_sha256=hashlib.sha256(raw.read_bytes()).hexdigest(),
        salt=SALT,
        validation_share=shares.validation,
        unseen_firms_share=shares.firms,
        test_share=shares.test,
        splits={split: _split_counts(split, data) for split in get_args(Split)},
        masked=dict(sorted(data.tally.masked.items())),
        dropped=dict(sorted(data.tally.counts.items())),
        dropped_ids=dict(sorted(data.tally.ids.items())),
        positions=dict(Counter(essay.position or "not stated" for essay in every).most_common()),
        grades=dict(sorted(Counter(str(essay.grade or "none") for essay in every).items())),
        characters={
            "answer": _spread(len(q.answer) for essay in every for q in essay.questions),
            "advice text": _spread(
                len(a.text) for essay in every for q in essay.questions for a in q.advice
            ),
            "row input": _spread(len(row.input) for row in advised),
            "row output": _spread(len(row.output) for row in advised),
        },
        eda=eda(data),
        leaks=leaks,
        lengths=tuple(lengths),
    )


def write_report(folder: Path, report: BuildReport) -> None:
    """Write `report.json` and `report.md` into a folder."""
    text = msgspec.json.format(msgspec.json.encode(report), indent=1)
    write_whole(folder / "report.json", [text, b"\n"])
    write_whole(folder / "report.md", [_markdown(report).encode()])


def _split_counts(split: Split, data: Data) -> SplitCounts:
    advised = data.rows["advice", split]
    lines = [line for row in advised for line in row.output.split("\n")]
    return SplitCounts(
        essays=len(data.essays[split]),
        groups=len({row.group for row in advised}),
        rows={task: len(rows) for (task, of), rows in data.rows.items() if of == split},
        points=dict(Counter(line.split(" ", 1)[0] for line in lines)),
    )


def _spread(lengths: Iterable[int]) -> Spread:
    found = sorted(lengths) or [0]
    return Spread(found[0], statistics.median(found), found[-1])


def _markdown(report: BuildReport) -> str:
    tasks = list(next(iter(report.splits.values())).rows)
    parts = [
        "# What the data step kept and dropped",
        (
            f"Source `{report.raw_file}` (sha256 `{report.raw_sha256[:16]}`). Groups of "
            "near-duplicate essays go to one split whole, by a salted hash "
            f"(`{report.salt}`): validation {report.validation_share:g}, test "
            f"{report.test_share:g}, training the rest; but {report.unseen_firms_share:g} of the "
            "firms, with all groups of theirs, are in `test-firms` alone."
        ),
        _table(
            ["split", "essays", "groups with advice", *(f"{t} rows" for t in tasks), "points"],
            [
                [
                    split,
                    c.essays,
                    c.groups,
                    *(c.rows[t] for t in tasks),
                    ", ".join(f"{n} {kind}" for kind, n in sorted(c.points.items())),
                ]
                for split, c in report.splits.items()
            ],
        ),
        "## Dropped, by reason",
        _table(["reason", "count"], [[k, v] for k, v in report.dropped.items()])
        if report.dropped
        else "Nothing.",
        "## Masked",
        _table(["what", "count"], [[k, v] for k, v in report.masked.items()])
        if report.masked
        else "Nothing.",
        *_measures(report),
    ]
    return "\n\n".join(parts) + "\n"


def _measures(report: BuildReport) -> list[str]:
    return [
        "## Lengths in characters",
        _table(
            ["of", "least", "median", "most"],
            [[k, s.least, f"{s.median:g}", s.most] for k, s in report.characters.items()],
        ),
        "## Lengths in tokens, by run",
        _table(
            ["run", "tokenizer", "limit", "rows", "median", "most", "too long"],
            [
                [r.run, r.tokenizer, r.limit, r.rows, r.median, r.most, len(r.too_long)]
                if r.unmeasured is None
                else [r.run, r.tokenizer, r.limit, r.rows, r.unmeasured, "", ""]
                for r in report.lengths
            ],
        ),
        "## Test answers that stand in training answers",
        (
            f"{report.leaks.words} words or more in a row, of {report.leaks.test_items} test "
            f"answers: the whole training split holds {report.leaks.mean:.1%} of the words on "
            f"average, the nearest single training answer {report.leaks.nearest_mean:.1%}, and at "
            f"most {report.leaks.nearest_most:.1%}; more than {report.leaks.limit:.0%} stops the "
            "build."
        ),
        "## Jobs",
        _table(["job", "essays"], [[k, v] for k, v in report.positions.items()]),
        "## Grades (평점)",
        _table(["grade", "essays"], [[k, v] for k, v in report.grades.items()]),
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in cells
    )
