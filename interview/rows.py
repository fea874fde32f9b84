"""Rows of the task `interview`: a turn in, the interviewer's next question out.

    python -m interview.rows [--study FOLDER]

writes `data/alpaca/interview/{train,validation,test}.jsonl`. Each reply of the bank is one row:
what the interviewer says to it where its label is right. The study's turns come beside them where
its folder is given. Rows of one group, which say the same in other words, share a split.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from interview.bank import Bank, read_bank, split_of
from interview.dialogue import Interviewer, State
from interview.records import INTERVIEWS, MOVES
from interview.simulate import GoldPicker
from interview.situation import Situation, situation_of
from interview.study import StudyTurn, read_study
from preprocess.alpaca import SPLITS, AlpacaRow, RecordError, Split, write_jsonl

DATA = Path("data")
TURNS = "all_train_and_test_data.csv"
CURE = "python -m interview.rows"


def rows_file(data: Path, split: Split) -> Path:
    """Where the rows of a split lie below the data folder."""
    return data / "alpaca" / "interview" / f"{split}.jsonl"


def rows_of_bank(bank: Bank) -> Iterator[AlpacaRow]:
    """Make a row of each reply to which a question is said; the end of an interview is none.

    The wordings of a question come round in turn, as in a dialogue.
    """
    picker = GoldPicker()
    speakers = {of: Interviewer(bank, picker, 0.0, of) for of in INTERVIEWS}
    for line, row in enumerate(bank.utterances, start=1):
        interviewer = speakers[bank.topic(row.topic).interview]
        interviewer.state = State(row.topic, row.remaining)
        picker.row = row
        heard, said = interviewer.hear(row.reply)
        if said.move in MOVES:
            yield row_of(situation_of(heard, said), said.text, f"bank-{line}", row.group)


def rows_of_study(turns: Sequence[StudyTurn]) -> Iterator[AlpacaRow]:
    """Make a row of each turn whose question is told; the study's test turns have none."""
    for turn in turns:
        if turn.spoken.strip():
            situation = Situation(turn.topic, turn.reply, turn.satisfied, turn.next_topic)
            spoken = " ".join(turn.spoken.split())
            yield row_of(situation, spoken, f"study-{turn.line}", f"study/{turn.reply}")


def row_of(situation: Situation, spoken: str, name: str, group: str) -> AlpacaRow:
    """Make a row of a situation and what is said in it."""
    return AlpacaRow(
        instruction=situation.instruction,
        input=situation.input,
        output=spoken,
        id=name,
        group=group,
        source_id=group,
    )


def make_rows(data: Path, study: Path | None = None) -> str:
    """Write the rows of all splits; says how many there are, and how many turns have none.

    Raises:
        RecordError: The bank or the study's table cannot be read.

    """
    bank = read_bank()
    turns = read_study(study / TURNS) if study else ()
    rows = [*rows_of_bank(bank), *rows_of_study(turns)]
    splits = {row.group: bank.splits.get(row.group) or split_of(row.group) for row in rows}
    counts: Counter[str] = Counter(splits[row.group] for row in rows)
    for split in SPLITS:
        write_jsonl(rows_file(data, split), (r for r in rows if splits[r.group] == split))
    # Axolotl would read rows that it prepared earlier as they were.
    shutil.rmtree(data / "prepared", ignore_errors=True)
    told = ", ".join(f"{counts[split]} {split}" for split in SPLITS)
    left = len(bank.utterances) + len(turns) - len(rows)
    return f"{told}; {left} turns without a question left out; in {rows_file(data, 'train').parent}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m interview.rows", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--study", type=Path, metavar="FOLDER", help="the study's turns too")
    add("--data", type=Path, default=DATA, metavar="DIR", help="(%(default)s)")
    options = parser.parse_args(arguments)
    try:
        print(make_rows(options.data, options.study))
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
