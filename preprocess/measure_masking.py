"""Measure the masking of personal data on the labelled sentences, by kind.

    python -m preprocess.measure_masking [--cases FILE] [--missed tuned]

prints recall and precision of `find_personal_data`, span by span. The sentences were written before
the patterns were tuned. A third of them, chosen by a hash of the sentence, is `held`: nobody looked
at its faults while tuning. `filled` are frames with every form of a number or an unusual name put
in, and says how forms are covered rather than how people write.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

import msgspec

from preprocess.alpaca import Record
from preprocess.name_lexicon import ends_open
from preprocess.personal_data import KINDS, Kind, find_personal_data
from preprocess.sentences import Span

Part = Literal["tuned", "held", "filled"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
CASES: Final = Path(__file__).parents[1] / "tests" / "preprocess" / "personal_cases.toml"
_MARK: Final = re.compile(r"\{([^:{}]+):([^{}]+)\}")
_HELD_EVERY: Final = 3
_SEED: Final = 20
#: [은|는]: the first behind a final consonant.
_EITHER: Final = re.compile(r"\[(\S)\|(\S)\]")


class CasesError(ValueError):
    """The labelled sentences cannot be used; the message says which and why."""


class Filling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Frames with a `{slot}`, and forms to put in: `#` is any digit."""

    kind: Kind
    frames: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    forms: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of labelled sentences; its head says what the marks hold."""

    written: dict[str, tuple[str, ...]]
    negatives: dict[str, tuple[str, ...]]
    filled: tuple[Filling, ...]


class Case(msgspec.Struct, frozen=True):
    """A sentence with the spans that are personal data; `topic` is its group in the file."""

    text: str
    spans: tuple[tuple[Span, Kind], ...]
    part: Part
    topic: str


class MaskingRow(Record, frozen=True):
    """How well one kind is found in one part; shares are absent where nothing is to share.

    `exact` counts spans that agree at both ends, `overlap` those that touch one of the same kind.
    """

    part: Part
    kind: str
    true: int
    found: int
    exact_recall: float | None
    exact_precision: float | None
    overlap_recall: float | None
    overlap_precision: float | None


def read_cases(path: Path = CASES) -> tuple[Case, ...]:
    """Read the labelled sentences and fill the frames.

    Raises:
        CasesError: The file is missing or does not fit, or a mark or sentence is faulty.

    """
    try:
        raw = path.read_text(encoding="utf-8")
        file = msgspec.convert(tomllib.loads(raw), CaseFile)
    except FileNotFoundError as error:
        raise CasesError(f"{path} is missing; it is part of the repository: git restore") from error
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise CasesError(f"{path}: {error}; mend the file") from error
    groups = [*file.written.items(), *file.negatives.items()]
    cases = [_case(line, _part(line), topic) for topic, lines in groups for line in lines]
    for topic, lines in file.negatives.items():
        marked = [line for line in lines if _MARK.search(line)]
        if marked:
            raise CasesError(f"{path}: negatives.{topic} has a mark: {marked[0]!r}; move it")
    cases += [_case(line, "filled", f"filled {f.kind}") for f in file.filled for line in _fill(f)]
    doubled = [text for text, n in Counter(case.text for case in cases).items() if n > 1]
    if doubled:
        raise CasesError(f"{path}: twice the same sentence: {doubled[0]!r}; change one")
    return tuple(cases)


def _part(line: str) -> Part:
    digest = hashlib.sha256(line.encode()).digest()
    return "held" if digest[0] % _HELD_EVERY == 0 else "tuned"


def _case(line: str, part: Part, topic: str) -> Case:
    spans: list[tuple[Span, Kind]] = []
    text, position = "", 0
    for match in _MARK.finditer(line):
        kind = next((kind for kind in KINDS if kind == match[1]), None)
        if kind is None:
            raise CasesError(f"{match[1]!r} in {line!r} is no kind; the kinds: {', '.join(KINDS)}")
        text += line[position : match.start()]
        spans.append((Span(len(text), len(text) + len(match[2])), kind))
        text += match[2]
        position = match.end()
    text += line[position:]
    if "{" in text or "}" in text:
        raise CasesError(f"{line!r}: a mark is {{kind:text}}; close or remove the bracket")
    return Case(text, tuple(spans), part, topic)


def _fill(filling: Filling) -> Iterator[str]:
    drawn = random.Random(_SEED)  # noqa: S311 - invented digits are no secret
    for frame in filling.frames:
        for form in filling.forms:
            parts = [str(drawn.randrange(10)) if letter == "#" else letter for letter in form]
            line = _EITHER.sub(r"\2" if ends_open(form[-1]) else r"\1", frame)
            yield line.replace("{slot}", f"{{{filling.kind}:{''.join(parts)}}}")


def masking_table(cases: Iterable[Case] | None = None) -> tuple[MaskingRow, ...]:
    """Measure every part and kind; the last row of a part, "all", sums its kinds."""
    judged = [(case, _found(case.text)) for case in (read_cases() if cases is None else cases)]
    rows = []
    for part in PARTS:
        chosen = [(case.spans, found) for case, found in judged if case.part == part]
        for kinds in (*((kind,) for kind in KINDS), KINDS):
            row = _row(part, kinds, chosen)
            if row.true or row.found:
                rows.append(row)
    return tuple(rows)


Spans = tuple[tuple[Span, Kind], ...]


def _found(text: str) -> Spans:
    found = find_personal_data(text)
    return tuple((Span(e.start, e.end), k) for e in found for k in KINDS if k == e.kind)


def _row(part: Part, kinds: Sequence[Kind], judged: Sequence[tuple[Spans, Spans]]) -> MaskingRow:
    sums: Counter[str] = Counter()
    for true, found in judged:
        mine = [pair for pair in true if pair[1] in kinds]
        theirs = [pair for pair in found if pair[1] in kinds]
        sums["true"] += len(mine)
        sums["found"] += len(theirs)
        sums["exact"] += len(set(mine) & set(theirs))
        sums["true touched"] += sum(any(_touch(a, b) for b in theirs) for a in mine)
        sums["found touched"] += sum(any(_touch(a, b) for b in mine) for a in theirs)
    return MaskingRow(
        part=part,
        kind=kinds[0] if len(kinds) == 1 else "all",
        true=sums["true"],
        found=sums["found"],
        exact_recall=_share(sums["exact"], sums["true"]),
        exact_precision=_share(sums["exact"], sums["found"]),
        overlap_recall=_share(sums["true touched"], sums["true"]),
        overlap_precision=_share(sums["found touched"], sums["found"]),
    )


def _touch(a: tuple[Span, Kind], b: tuple[Span, Kind]) -> bool:
    return a[1] == b[1] and a[0].start < b[0].end and b[0].start < a[0].end


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def faults(cases: Iterable[Case], part: Part) -> Iterator[str]:
    """Yield a line for each sentence of a part that is not masked exactly as marked."""
    for case in cases:
        found = _found(case.text)
        if case.part == part and set(found) != set(case.spans):
            missed = [case.text[s.start : s.end] for s, _ in set(case.spans) - set(found)]
            wrong = [case.text[s.start : s.end] for s, _ in set(found) - set(case.spans)]
            yield f"{case.topic}: missed {missed}, wrong {wrong}: {case.text}"


def _lines(rows: Iterable[MaskingRow]) -> Iterator[str]:
    yield "part    kind              true found  exact R      P  overlap R      P"
    for row in rows:
        shares = (row.exact_recall, row.exact_precision, row.overlap_recall, row.overlap_precision)
        a, b, c, d = ("-" if share is None else f"{share:.3f}" for share in shares)
        yield f"{row.part:7} {row.kind:16} {row.true:5} {row.found:5}  {a:>7} {b:>6}  {c:>9} {d:>6}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m preprocess.measure_masking",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", type=Path, default=CASES, help="labelled sentences (TOML)")
    parser.add_argument("--missed", choices=PARTS, help="also print the faults of this part")
    args = parser.parse_args(argv)
    try:
        cases = read_cases(args.cases)
    except CasesError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    parts = Counter(case.part for case in cases)
    unmarked = sum(not case.spans for case in cases)
    print(", ".join(f"{parts[part]} {part}" for part in PARTS) + f" sentences, {unmarked} unmarked")
    print(*_lines(masking_table(cases)), sep="\n")
    if args.missed:
        print(*faults(cases, args.missed), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
