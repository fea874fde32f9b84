"""`qa` counted: how near an answer comes to those that count as right, in letters, words, meaning.

Dice is over runs of three characters (`preprocess.qa_records.dice`), ROUGE-L over Kiwi's morphemes,
and with an encoder the cosine of sentence embeddings, the rule of the contest that the task comes
from; a cosine below 0 counts as 0. An empty answer is a failed output: it is like none.

The system `reference` answers with one of a question's own answers. It is held against the others,
so that its numbers say how like one another the answers of one question are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean

from eval.measuring.form import form_counts, item_score, scored_each
from eval.measuring.write import END, repetition_counts
from eval.records import ItemScore, Prediction
from eval.tasks import Item, read_text
from eval.text.encoder import Encoder, Vector
from eval.text.morphemes import analyse, morphemes
from eval.text.ngrams import rouge_l
from preprocess.alpaca import Unreadable
from preprocess.qa_records import JOINED, QaRow, dice, grams

REFERENCE = "reference"

Likeness = Callable[[str, str], float]


def score_qa(
    items: Sequence[Item],
    predictions: Sequence[Prediction],
    *,
    encoder: Encoder | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[ItemScore]:
    """Score outputs, of one system or of all.

    Args:
        items: The items of the test set, each once, in any order; rows are `QaRow`.
        predictions: Answers to them; an item may have any number of them.
        encoder: What adds likeness of meaning; every distinct text is encoded once.
        progress: Told how many more predictions are done.

    """
    by_id = {item.row.id: item for item in items}
    texts = list(_texts(by_id, predictions))
    analyse(texts)
    likenesses: dict[str, Likeness] = {"dice": dice_of, "rouge": rouge_of}
    if encoder is not None:
        likenesses["encoder"] = cosine_of(encoder.vectors(texts))

    def score(prediction: Prediction) -> ItemScore:
        return score_one(by_id[prediction.id], prediction, likenesses)

    return scored_each(predictions, score, progress)


def _texts(items: Mapping[str, Item], predictions: Sequence[Prediction]) -> Iterator[str]:
    for prediction in predictions:
        if said := prediction.output.strip():
            yield said
        yield from references_of(items[prediction.id], prediction)


def references_of(item: Item, prediction: Prediction) -> tuple[str, ...]:
    """Give the answers that an output is held against; one of them itself against the others."""
    assert isinstance(item.row, QaRow)
    every = item.row.references
    if prediction.system != REFERENCE:
        return every
    own = every.index(prediction.output)
    return (*every[:own], *every[own + 1 :])


def score_one(item: Item, prediction: Prediction, likenesses: Mapping[str, Likeness]) -> ItemScore:
    """Count one output."""
    said = read_text(prediction.output)
    failed = isinstance(said, Unreadable)
    text = "" if isinstance(said, Unreadable) else said
    wanted = references_of(item, prediction)
    counts = {
        **form_counts(prediction, readable=not failed),
        **repetition_counts(text),
        "ends": float(END.search(text) is not None),
    }
    for name, likeness in likenesses.items():
        found = [0.0 if failed else likeness(text, one) for one in wanted]
        counts |= {f"{name}_mean": fmean(found), f"{name}_max": max(found)}
    counts |= topic_counts(item, counts["dice_mean"])
    return item_score(
        item, prediction, counts, said.reason if isinstance(said, Unreadable) else None
    )


def topic_counts(item: Item, likeness: float) -> dict[str, float]:
    """Count an item's likeness with the questions of one topic, or with those of two."""
    assert isinstance(item.row, QaRow)
    joined = float(item.row.made == JOINED)
    return {
        "joined": joined,
        "plain": 1 - joined,
        "dice_mean_joined": joined * likeness,
        "dice_mean_plain": (1 - joined) * likeness,
    }


def dice_of(said: str, wanted: str) -> float:
    """Compare two texts by their runs of three characters, 0 to 1."""
    return dice(grams(said), grams(wanted))


def rouge_of(said: str, wanted: str) -> float:
    """Compare two texts by their morphemes in order (ROUGE-L, F1), 0 to 1."""
    return rouge_l(morphemes(said), morphemes(wanted))


def cosine_of(vectors: Mapping[str, Vector]) -> Likeness:
    """Compare two texts by vectors of length 1."""

    def cosine(said: str, wanted: str) -> float:
        return max(0.0, float(vectors[said] @ vectors[wanted]))

    return cosine
