"""The form of a phrased question: no item number, year or date at its start.

    python -m interview.phrasing phrasing_logs/*.txt

A model whose training text holds something that its prompt lacks tends to begin with such a
thing. The command counts the answers in the study's logs that keep to the form.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from interview.situation import Situation
from preprocess.alpaca import RecordError

Fault = Literal["keycap", "circled", "year", "date", "numbered"]

#: White space, invisible joiners, quotation marks, bullets and markup before the text; emoji are
#: text.
_LEAD = re.compile(r"[\s\u200b-\u200d\u2060\ufeff\"'“”‘’`*_#>•‣▪◦●○■□▶·–—-]*")
#: ①, ⑴ and ⒈, ⓪ and ⓵, ❶ to ➓, ㉑ and ㊱; not the circled letters between them.
_CIRCLED = r"[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf]"
_OPEN = r"[(\[{（［【「《〔<]?\s*"
_MONTH = r"(?:0?[1-9]|1[0-2])(?!\d|\s*(?:원|%|배|점|퍼센트))"
_DAY = rf"(?:19|20)\d{{2}}\s*[./-]\s*{_MONTH}|"  # 1000.5원 is an amount
_DAY += r"\d{1,2}\s*([./-])\s*\d{1,2}\s*\1\s*\d{1,2}(?!\d)"
#: The first that fits is told. A point inside a number (0.5) makes no item, and a number with
#: another unit (3가지, 10년 뒤, 0%로) neither a year nor a date.
_FAULTS: tuple[tuple[Fault, re.Pattern[str]], ...] = (
    ("keycap", re.compile(r"[0-9#*]\ufe0f?\u20e3|\U0001f51f")),
    ("circled", re.compile(_CIRCLED)),
    ("date", re.compile(rf"{_OPEN}(?:{_DAY}|(\d{{2,4}}\s*년\s*)?\d{{1,2}}\s*월\s*\d{{1,2}}\s*일)")),
    ("date", re.compile(rf"{_OPEN}\d{{2,4}}\s*년\s*\d{{1,2}}\s*월")),
    ("year", re.compile(rf"{_OPEN}\d{{4}}\s*년")),
    ("numbered", re.compile(rf"{_OPEN}\d{{1,6}}(?:[.-]\d+)*\s*[.．。)\]}}）］】」》〕](?!\d)")),
    ("numbered", re.compile(r"<\s*\d{1,6}\s*>")),  # 3 > 2 is none
)


def fault_of(text: str) -> Fault | None:
    """Say what an answer wrongly starts with; `None` where it keeps to the form."""
    for name, pattern in _FAULTS:
        if pattern.match(text.strip()) or pattern.match(text, _lead(text)):
            return name
    return None


def _lead(text: str) -> int:
    match = _LEAD.match(text)
    return match.end() if match else 0


#: Why what a model said is not used: it starts wrongly, says nothing, or never comes to its end.
Unfit = Fault | Literal["empty", "unended"]


@dataclass(frozen=True)
class Phrased:
    """What a model said, on one line, and why it is not to be used, if so."""

    text: str
    unfit: Unfit | None


def phrased(output: str, *, ended: bool) -> Phrased:
    """Hold a model's output, without its end token, against the form."""
    text = " ".join(output.split())
    unfit: Unfit | None = fault_of(text) if text else "empty"
    return Phrased(text, unfit or (None if ended else "unended"))


class Phraser(Protocol):
    """What says the next question."""

    def phrase(self, situation: Situation) -> Phrased:
        """Say the question that a situation calls for."""


@dataclass(frozen=True)
class Asked:
    """An input of a log with the answers that a model gave to it, one for each trial."""

    line: int
    text: str
    answers: tuple[str, ...]


_INPUT = re.compile(r"LLM input\s*:\s*$")
_HEAD = re.compile(r"\S.* answer \(trials: (?P<trials>[\d, ]+)\|.*\)\s*:\s*$")
#: How long it took stands behind each answer; before it, the mark that ends an utterance, which
#: the study's decoding cut short.
_TOOK = re.compile(r"\s*(\(?발화 종료\)?)?\s*\(🕚\s*[\d.]+\s*s\)\s*$")


def read_log(path: Path) -> tuple[Asked, ...]:
    """Read a log of the study: inputs, each with its answers.

    An answer starts at `- ` and ends with the seconds it took, so it may run over lines.

    Raises:
        RecordError: The file is missing or no such log, or an input has not as many answers as
            trials; the message names file and line.

    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise RecordError(f"{path} is missing; name a log that is there") from None
    except UnicodeDecodeError as error:
        raise RecordError(f"{path}: {error}") from None
    starts = [n for n, line in enumerate(lines) if _INPUT.match(line.strip())]
    if not starts:
        raise RecordError(f"{path}: no line is 'LLM input :'; this is no such log")
    ends = [*starts[1:], len(lines)]
    return tuple(asked(path, s + 1, lines[s + 1 : e]) for s, e in zip(starts, ends, strict=True))


def asked(path: Path, line: int, block: Sequence[str]) -> Asked:
    """Read the lines behind `LLM input :`, which has the line number given."""
    heads = [(n, m) for n, text in enumerate(block) if (m := _HEAD.match(text.strip()))]
    if not heads:
        raise RecordError(f"{path}, line {line}: this input has no line '… answer (trials: …) :'")
    at, head = heads[0]
    answers = tuple(read_answers(block[at + 1 :]))
    trials = head["trials"].count(",") + 1
    if len(answers) != trials:
        raise RecordError(
            f"{path}, line {line}: {len(answers)} answers can be read where the head has {trials} "
            "trials"
        )
    return Asked(line, "\n".join(block[:at]).strip(), answers)


def read_answers(lines: Sequence[str]) -> Iterator[str]:
    """Yield the answers, without their time and the mark that ends them."""
    said: list[str] = []
    for line in lines:
        if said or line.startswith("- "):
            said.append(line if said else line.removeprefix("- "))
        if said and _TOOK.search(line):
            yield _TOOK.sub("", "\n".join(said)).strip()
            said = []


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m interview.phrasing", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("logs", nargs="+", type=Path, metavar="LOG")
    options = parser.parse_args(arguments)
    try:
        logs = {path: read_log(path) for path in options.logs}
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for path, log in logs.items():
        print(f"{path.name}: {told([answer for of in log for answer in of.answers])}")
    return 0


def told(answers: Sequence[str]) -> str:
    """Write how many answers keep to the form, and what the others start with."""
    return told_faults([fault_of(answer) for answer in answers])


def told_faults(found: Sequence[Unfit | None]) -> str:
    """Write of how many answers nothing is wrong, and what is of the others."""
    faults = Counter(filter(None, found))
    right = len(found) - faults.total()
    listed = ", ".join(f"{name} {n}" for name, n in faults.most_common())
    return f"{right} of {len(found)} conform ({right / len(found):.1%}); {listed or 'no fault'}"


if __name__ == "__main__":
    sys.exit(main())
