r"""Read answers copied off pages into essays: `python -m crawler.import_answers FILE --out OUT`.

FILE has one answer a line, as a page shows it when its text is copied: the marks of the site glued
to the ends of passages, and its counters behind the text.

    {"company": "…", "score": "3", "question": "…",
     "answer_raw": "\n… 줄였습니다.아쉬운점 1  그래서 … 글자수 598자1,030Byte\n"}

The marks come off, and the counters become `site_chars` and `site_bytes`. A mark tells where a
passage ended, not where it began, and of the advice nothing is there: so the essays have neither,
and the marks are counted. Which answers are of one essay no line tells, so each is an essay of its
own. Its id is made of its text and stays the same whatever else FILE holds. A score of 0 is none.

Exit codes: 0 done; 1 a line is no such answer, or none was left (then OUT is left as it was); 2
wrong usage.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import msgspec
from tqdm import tqdm

from crawler.import_pages import refuse_crawled
from crawler.items import Essay, Question, Record, RecordError, Text, read_jsonl, write_jsonl
from crawler.node_text import BREAK, tidy_text
from crawler.outcomes import WrongUsageError

#: With less of the characters that the page counted, a part of the answer was lost in copying. Of
#: 2,758 real answers 2,727 hold 95 % of them, and none of any length 60 to 80 %.
LEAST_WHOLE: Final = 0.75
#: Blanks at the ends, which the page counts too; in an answer of one word they are a third.
BLANKS: Final = 10

_COUNTS = re.compile(r"\s*글자수 ?([\d,]+)자 ?([\d,]+)Byte\s*\Z")
#: "아쉬운점 2가지" is the applicant's own; "아쉬운점 14년간" is the first mark, and "4년간".
_MARK = re.compile(r"(좋은점|아쉬운점) ?(\d+)(?! ?가지)")


class CopiedAnswer(Record, frozen=True):
    """One line of such a file."""

    company: Text
    score: Annotated[str, msgspec.Meta(pattern=r"^(?:[0-4](?:\.\d)?|5(?:\.0)?)$")]
    question: Text
    answer_raw: Text


class LeftOutError(ValueError):
    """An answer that cannot be an essay; the message is the reason."""


@dataclass
class Imported:
    """What came of a file: essays by id, the marks taken off, and who was left out and why."""

    read: int = 0
    essays: dict[str, Essay] = field(default_factory=dict)
    marks: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)

    def leave_out(self, line: int, reason: str) -> None:
        """Count an answer that becomes no essay."""
        self.reasons[reason] += 1
        self.left_out.append(f"line {line}: {reason}")


def import_answers(answers: Iterable[CopiedAnswer]) -> Imported:
    """Make essays of answers; of doubled lines the first is kept."""
    imported = Imported()
    for line, answer in enumerate(answers, start=1):
        imported.read += 1
        try:
            essay, marks = import_answer(answer)
        except LeftOutError as error:
            imported.leave_out(line, str(error))
            continue
        if essay.id in imported.essays:
            imported.leave_out(line, "doubled")
            continue
        imported.essays[essay.id] = essay
        imported.marks += marks
    return imported


def import_answer(answer: CopiedAnswer) -> tuple[Essay, int]:
    """Make an essay of one answer; return it and the number of marks that came off.

    Raises:
        LeftOutError: The counters are missing, a mark cannot be told from the text around it, or
            text is missing.

    """
    counts = _COUNTS.search(answer.answer_raw)
    if counts is None:
        raise LeftOutError("without counters (글자수 … Byte) at its end")
    chars, size = (int(count.replace(",", "")) for count in counts.groups())
    unmarked, marks = take_marks_off(answer.answer_raw[: counts.start()])
    text, question = _tidy(unmarked), _tidy(answer.question)
    if not text or not question:
        raise LeftOutError("without answer or question")
    if len(text) + BLANKS < LEAST_WHOLE * chars:
        raise LeftOutError("cut: much shorter than its counters state")
    return _essay(answer, Question(1, question, text, chars, size, (), ())), marks


def take_marks_off(raw: str) -> tuple[str, int]:
    """Take the site's marks off an answer; return it and how many there were.

    A number in the text may be glued to that of the mark: the marks of a polarity count from 1, so
    the next number is the mark's, and the digits behind it are text. A single digit out of turn is
    a number that the page gave twice or left out.

    Raises:
        LeftOutError: A mark has several digits and does not begin with the next number.

    """
    numbers: Counter[str] = Counter()

    def digits_behind(mark: re.Match[str]) -> str:
        word, digits = mark.groups()
        numbers[word] += 1
        turn = str(numbers[word])
        if digits.startswith(turn):
            return digits.removeprefix(turn)
        if len(digits) > 1:
            raise LeftOutError("with a mark whose number cannot be told from the text")
        return ""

    return _MARK.sub(digits_behind, raw), numbers.total()


def _tidy(raw: str) -> str:
    return tidy_text(raw.strip().replace("\n", BREAK))


def _essay(answer: CopiedAnswer, question: Question) -> Essay:
    company = _tidy(answer.company) or None
    named = "\n".join((company or "", question.question, question.answer))
    return Essay(
        id=f"answer-{hashlib.sha256(named.encode()).hexdigest()[:12]}",
        url=None,
        source="import",
        crawled_at=None,
        company=company,
        company_types=(),
        position=None,
        year=None,
        half=None,
        career=None,
        specs=(),
        views=None,
        grade=float(answer.score) or None,
        overall_advice=None,
        questions=(question,),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Import a file; the exit code is told by the module's docstring."""
    options = _parser().parse_args(arguments)
    if not options.file.is_file():
        print(f"error: {options.file} is no file; name the file of answers", file=sys.stderr)
        return 2
    try:
        refuse_crawled(options.out)
    except (WrongUsageError, RecordError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    lines = read_jsonl(options.file, CopiedAnswer, cure="whatever copied the answers")
    try:
        imported = import_answers(tqdm(lines, unit="answer", disable=None))
    except (RecordError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for line in imported.left_out:
        print(f"{options.file}, {line}", file=sys.stderr)
    if not imported.essays:
        print(f"error: {options.file} holds no usable answer of {imported.read}", file=sys.stderr)
        return 1
    write_jsonl(options.out, imported.essays.values())
    print(f"{_summary(imported)}, in {options.out}")
    return 0


def _summary(imported: Imported) -> str:
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(imported.reasons.items()))
    return (
        f"{imported.read} answers read, {len(imported.essays)} essays made, "
        f"{len(imported.left_out)} left out{f' ({reasons})' if reasons else ''}; "
        f"{imported.marks} marks taken off"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crawler.import_answers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the answers, one a line")
    parser.add_argument("--out", metavar="OUT", type=Path, required=True, help="the essays' file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
