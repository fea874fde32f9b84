"""A run of the interviewer: real rows of the bank, and what two systems say to them."""

from __future__ import annotations

from pathlib import Path

from eval.runs import Run
from eval.tasks import INTERVIEW, Item, take_apart
from interview.bank import read_bank
from interview.rows import rows_of_bank
from tests.eval.rows import write_data, write_predictions

ITEMS = 6
#: What the base says to every turn: against the form, and no question.
NO_QUESTION = "1. 응 알았어"


def bank_items() -> list[Item]:
    """Take turns of different groups, the first of each, from the bank's rows."""
    of_group = {row.group: row for row in reversed(list(rows_of_bank(read_bank())))}
    rows = [of_group[group] for group in sorted(of_group)[:: len(of_group) // (2 * ITEMS)]]
    return [take_apart(row, INTERVIEW) for row in rows[: 2 * ITEMS]]


def write_interview_run(root: Path) -> Run:
    """Write a run whose tuned model says the bank's own question, whose base asks nothing."""
    items = bank_items()
    test = items[:ITEMS]
    run = write_data(root, INTERVIEW, items[ITEMS:], test)
    write_predictions(root, run, "tuned", test, [f"네. {item.row.output}" for item in test])
    write_predictions(root, run, "base", test, [NO_QUESTION] * ITEMS)
    return run
