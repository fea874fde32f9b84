"""`overall` counted: how near the grade (평점) is to the expert's, and the advice (총평) to theirs.

An output without grade and advice says nothing: its grade is as wrong as a grade can be, its text
is like nothing, and its agreement is that of chance (see `eval.measuring.kappa.QuadraticKappa`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from eval.measuring.form import form_counts, item_score, scored_each
from eval.measuring.kappa import MOMENTS
from eval.measuring.manner import speaks_as_applicant, wrong_document
from eval.records import ItemScore, Prediction
from eval.tasks import Item
from eval.text.morphemes import similarities, similarity
from preprocess.alpaca import Unreadable
from preprocess.outputs import HIGHEST_GRADE, Overall, read_overall

#: Grades this near are the same to a reader: the site shows half stars.
NEAR = 0.5
#: The text scores of an output that has no text.
NO_TEXT = dict.fromkeys(("rouge_l_sum", "chrf_sum", "applicant_voice", "wrong_document"), 0.0)


def score_overall(
    items: Sequence[Item],
    predictions: Sequence[Prediction],
    *,
    progress: Callable[[int], None] | None = None,
) -> list[ItemScore]:
    """Score outputs, of one system or of all.

    Args:
        items: The items of the test set, each once, in any order.
        predictions: Answers to them; an item may have any number of them.
        progress: Told how many more predictions are done.

    """
    by_id = {item.row.id: item for item in items}
    similarities(text_pairs(by_id, predictions))  # all at once is quicker; they are then known
    return scored_each(predictions, lambda p: score_one(by_id[p.id], p), progress)


def text_pairs(
    items: Mapping[str, Item], predictions: Sequence[Prediction]
) -> Iterator[tuple[str, str]]:
    """Yield what is said and what is wanted, for every output that can be read."""
    for prediction in predictions:
        expert = read_overall(items[prediction.id].row.output)
        said = read_overall(prediction.output)
        if isinstance(expert, Overall) and isinstance(said, Overall):
            yield said.text, expert.text


def score_one(item: Item, prediction: Prediction) -> ItemScore:
    """Count one output.

    Raises:
        ValueError: The item's own output is no grade and advice; `eval.tasks` reads none such.

    """
    expert, said = read_overall(item.row.output), read_overall(prediction.output)
    if isinstance(expert, Unreadable):
        raise ValueError(f"id {item.row.id}: {expert.reason}")  # noqa: TRY004
    counts = form_counts(prediction, readable=not isinstance(said, Unreadable))
    if isinstance(said, Unreadable):
        counts |= dict.fromkeys(MOMENTS, 0.0) | NO_TEXT
        counts |= {"grade_error": worst_error(expert.grade), "grade_off": 0.0, "grade_near": 0.0}
        return item_score(item, prediction, counts, said.reason)
    counts |= grade_counts(expert.grade, said.grade) | text_counts(item, expert, said)
    return item_score(item, prediction, counts, None)


def worst_error(grade: float) -> float:
    """Tell how far from an expert's grade one can be between 0 and the highest."""
    return max(grade, HIGHEST_GRADE - grade)


def grade_counts(expert: float, said: float) -> dict[str, float]:
    """Count two grades: the moments of the kappa, and how far apart they are."""
    off = abs(expert - said)
    moments = (1.0, expert, said, expert**2, said**2, expert * said)
    return {
        **dict(zip(MOMENTS, moments, strict=True)),
        "grade_error": off,
        "grade_off": off,
        "grade_near": float(off <= NEAR),
    }


def text_counts(item: Item, expert: Overall, said: Overall) -> dict[str, float]:
    """Count how alike two overall advices are, and whether speaker and subject are right."""
    alike = similarity(said.text, expert.text)
    return {
        "rouge_l_sum": alike.rouge_l,
        "chrf_sum": alike.chrf,
        "applicant_voice": float(speaks_as_applicant(said.text)),
        "wrong_document": float(
            wrong_document([said.text], f"{item.row.instruction}\n{item.row.input}")
        ),
    }
