"""The door of `qa`: its rows, what they ask of a model, and how alike two answers are."""

from __future__ import annotations

from collections import Counter
from typing import Final

from crawler.items import Text
from preprocess.alpaca import AlpacaRow

__all__ = ["GRAM", "INSTRUCTION", "JOINED", "PLAIN", "QaRow", "dice", "grams"]

#: What every row asks, so that a model needs to be told nothing else about the domain.
INSTRUCTION: Final = "다음 질문에 답해 주세요."
#: How a row's question was made, beside the names of the rules of augmentation.
PLAIN, JOINED = "plain", "joined"
GRAM: Final = 3


class QaRow(AlpacaRow, frozen=True):
    """A question and an answer to it.

    `references` are all the answers that count as right, `output` the first of them; a training
    row has none, as each of its question's answers is a row of its own. `made` is `PLAIN`,
    `JOINED` (two questions in one) or the name of the rule that changed the question's wording.
    `source_id` is the row of the question file, of a joined question that of its first half.
    """

    references: tuple[Text, ...]
    category: Text | None
    made: Text


def grams(text: str) -> Counter[str]:
    """Count the runs of three characters of a text without its white space.

    A text of one or two characters is its own only run; an empty one has none.
    """
    letters = "".join(text.split())
    runs = [letters[i : i + GRAM] for i in range(max(1, len(letters) - GRAM + 1))]
    return Counter(run for run in runs if run)


def dice(one: Counter[str], other: Counter[str]) -> float:
    """Share of the runs of two texts that both have (Dice 1945, with counts): 0 to 1.

    Twice the common runs over all runs of both; 0 where neither has any.
    """
    every = one.total() + other.total()
    return 2 * (one & other).total() / every if every else 0.0
