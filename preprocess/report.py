"""The report of a build: everything kept and dropped, by reason, as JSON and as Markdown."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from crawler.items import write_whole
from preprocess.alpaca import Record, Split
from preprocess.data import EVERY_SPLIT, Data
from preprocess.datasheet import Eda, Summary, summaries
from preprocess.leaks import Leak, LeakReport
from preprocess.lengths import RunLengths
from preprocess.parting import Parted
from preprocess.prepare import sha256
from preprocess.repeats import RepeatedText
from preprocess.split import SALT, Shares


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


class Checks(NamedTuple):
    """What was looked at in the rows before they are written."""

    parted: Parted
    lengths: tuple[RunLengths, ...]


class BuildReport(Record, frozen=True):
    """`report.json`: what was kept and dropped, how it was split, and how long things are.

    `masked` counts replacements by kind, `dropped` by reason, and `dropped_ids` names what was
    dropped; a reason starts with what it is: an essay, a question or a single point. `repeated`
    are advice texts said more than `repeated_cap` times in training rows. `joined` are answers
    that made two groups one, because one training answer held too much of a test answer.
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
    repeated_cap: int | None
    repeated: tuple[RepeatedText, ...]
    positions: dict[str, int]
    grades: dict[str, int]
    characters: dict[str, Spread]
    eda: Eda
    leaks: LeakReport | None
    joined: tuple[Leak, ...]
    lengths: tuple[RunLengths, ...]


def make_report(raw: Path, shares: Shares, data: Data, found: Eda, checks: Checks) -> BuildReport:
    """Sum up a build; `raw` is the file it was made from, `found` what was counted in it."""
    advised = [_advised(split, data) for split in EVERY_SPLIT]
    positions, grades = Counter[str](), Counter[str]()
    for split in EVERY_SPLIT:
        for essay in data.essays[split]:
            positions[essay.position or "not stated"] += 1
            grades[str(essay.grade or "none")] += 1
    return BuildReport(
        raw_file=raw.name,
        raw_sha256=sha256(raw),
        salt=SALT,
        validation_share=shares.validation,
        unseen_firms_share=shares.firms,
        test_share=shares.test,
        splits={of.split: of.counts for of in advised},
        masked=dict(sorted(data.tally.masked.items())),
        dropped=dict(sorted(data.tally.counts.items())),
        dropped_ids=dict(sorted(data.tally.ids.items())),
        repeated=data.capped.texts if data.capped else (),
        repeated_cap=data.capped.cap if data.capped else None,
        positions=dict(positions.most_common()),
        grades=dict(sorted(grades.items())),
        characters={
            "answer": _spread(found.lengths.get("answer")),
            "advice text": _spread(found.lengths.get("advice")),
            "row input": _spread_of(chain.from_iterable(of.inputs for of in advised)),
            "row output": _spread_of(chain.from_iterable(of.outputs for of in advised)),
        },
        eda=found,
        leaks=checks.parted.leaks,
        joined=checks.parted.joined,
        lengths=checks.lengths,
    )


def write_report(folder: Path, report: BuildReport) -> None:
    """Write `report.json` and `report.md` into a folder."""
    text = msgspec.json.format(msgspec.json.encode(report), indent=1)
    write_whole(folder / "report.json", [text, b"\n"])
    write_whole(folder / "report.md", [_markdown(report).encode()])


class _Advised(NamedTuple):
    split: Split
    counts: SplitCounts
    inputs: array[int]
    outputs: array[int]


def _advised(split: Split, data: Data) -> _Advised:
    groups: set[str] = set()
    points: Counter[str] = Counter()
    inputs, outputs = array("I"), array("I")
    for row in data.rows["advice", split]:
        groups.add(row.group)
        points.update(line.split(" ", 1)[0] for line in row.output.split("\n"))
        inputs.append(len(row.input))
        outputs.append(len(row.output))
    counts = SplitCounts(
        essays=len(data.essays[split]),
        groups=len(groups),
        rows={task: len(rows) for (task, of), rows in data.rows.items() if of == split},
        points=dict(points),
    )
    return _Advised(split, counts, inputs, outputs)


def _spread(counted: Mapping[str, Summary] | None) -> Spread:
    of = (counted or {}).get("characters")
    return Spread(int(of.least), of.median, int(of.most)) if of else Spread(0, 0, 0)


def _spread_of(lengths: Iterable[int]) -> Spread:
    return _spread(summaries([("characters", lengths)]))


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
        _leaks(report.leaks) if report.leaks else "Not measured.",
        f"Groups that were joined for it: {len(report.joined)}.",
        "## Jobs",
        _table(["job", "essays"], [[k, v] for k, v in report.positions.items()]),
        "## Grades (평점)",
        _table(["grade", "essays"], [[k, v] for k, v in report.grades.items()]),
    ]


def _leaks(leaks: LeakReport) -> str:
    return (
        f"{leaks.words} words or more in a row, of {leaks.test_items} test answers: the whole "
        f"training split holds {leaks.mean:.1%} of the words on average, the nearest single "
        f"training answer {leaks.nearest_mean:.1%}, and at most {leaks.nearest_most:.1%} (of "
        f"{leaks.looked_at} test answers); more than {leaks.limit:.0%} stops the build."
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in cells
    )
