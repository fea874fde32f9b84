"""What the studies of `write` train on: answers, with what stands before them.

The rows are those of the data step, so near-duplicates share a split; the prompt is that of the
run `write-gpt-h128`, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from axolotl_configs.run_yaml import CONFIGS, RunError, find_run
from eval.answers.prompts import load_wrapper
from eval.studies.vocabulary import Vocabulary
from eval.tasks import read_items
from preprocess.alpaca import AlpacaRow, Split, Wrapper, rows_path

#: What a model is told before an answer: field and question, the question alone, or nothing.
Told = Literal["field and question", "question", "nothing"]
TOLD: tuple[Told, ...] = get_args(Told)
#: The run whose prompt is taken.
PROMPT_OF = "write-gpt-h128"


@dataclass(frozen=True)
class Encoded:
    """One row for a model: its tokens, where the answer begins in them, and its characters.

    `tokens` end with the end token; characters are those of the answer alone.
    """

    tokens: tuple[int, ...]
    start: int
    characters: int


def study_rows(data: Path, split: Split, most: int) -> list[AlpacaRow]:
    """Read the rows of a split, the first `most` of them by a fixed, even choice; 0 takes all.

    Raises:
        RecordError: There are none.

    """
    rows = [item.row for item in read_items(rows_path(data, "write", split), "write")]
    if not most or most >= len(rows):
        return rows
    return [rows[k * len(rows) // most] for k in range(most)]


def refuse_shared_groups(train: Sequence[AlpacaRow], validation: Sequence[AlpacaRow]) -> None:
    """Refuse a validation split that shares a group of near-duplicates with training.

    Raises:
        RunError: It does; the message names a group.

    """
    shared = {row.group for row in train} & {row.group for row in validation}
    if shared:
        raise RunError(
            f"group {min(shared)} stands in training and validation; make the data anew: make data"
        )


def prompt_maker(told: Told, configs: Path = CONFIGS) -> Callable[[AlpacaRow], str]:
    """Give the function that writes what stands before an answer.

    Raises:
        RunError: The YAML of `PROMPT_OF` is not there or has no prompt.

    """
    if told == "nothing":
        return lambda _: ""
    wrapper = load_wrapper(find_run(PROMPT_OF, configs))
    if told == "question":
        return lambda row: Wrapper("{input}\n\n").prompt(row)
    return wrapper.prompt


def encoded(
    rows: Sequence[AlpacaRow],
    vocabulary: Vocabulary,
    prompt: Callable[[AlpacaRow], str],
    *,
    positions: int,
) -> list[Encoded]:
    """Cut rows into tokens; an end token stands before the prompt too, as where a text begins.

    Raises:
        RunError: A row is longer than the model's positions; nothing is cut.

    """
    found = []
    for row in rows:
        before = [0, *vocabulary.encode(prompt(row))]
        tokens = (*before, *vocabulary.encode(row.output), 0)
        if len(tokens) > positions:
            raise RunError(
                f"row {row.id} has {len(tokens)} tokens and the model {positions} positions; leave "
                "it out of the data, or learn the vocabulary from more rows (--rows, --scale)"
            )
        found.append(Encoded(tokens, len(before), len(row.output)))
    return found
