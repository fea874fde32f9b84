"""`write` counted: firms named, fit to question and field, repetition, overlap with training data.

Any text is an answer, and an empty one a failed output: it fits its question less than all others.
The data call the firm applied to XX, so an answer that names one has it from elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from eval.measuring.field_fit import FieldFit, Fields
from eval.measuring.form import form_counts, item_score, scored_each
from eval.measuring.question_fit import Fit, Questions, content_words
from eval.records import ItemScore, Prediction
from eval.tasks import Item, read_text
from eval.text.distinct import Said
from eval.text.shared_runs import TrainingTexts
from preprocess.alpaca import Unreadable
from preprocess.outputs import firm_names

#: Words in a row that, once said, count as said again.
GRAM = 4
#: How a text ends that has come to an end: the last syllable of a final ending (…다, …요, …까, …죠,
#: and of nouns made of verbs, …음, …함, …임, …됨) and a mark, within quotation marks or not. A text
#: that is cut off at "1." or "약 3." has none.
END = re.compile(r"[다요까죠음함임됨] ?[.!?…]+[\"'”’)\]」』]*$")


def score_write(
    items: Sequence[Item],
    predictions: Sequence[Prediction],
    *,
    train: TrainingTexts,
    fields: Fields,
    progress: Callable[[int], None] | None = None,
) -> list[ItemScore]:
    """Score outputs, of one system or of all.

    Args:
        items: The items of the test set, each once, in any order; an answer is held against the
            questions of all.
        predictions: Answers to them; an item may have any number of them.
        train: The answers of the training split.
        fields: What tells fields apart, learnt from the training split.
        progress: Told how many more predictions are done.

    """
    by_id = {item.row.id: item for item in items}
    questions = Questions([item.question for item in items])
    distinct = list(dict.fromkeys(prediction.output for prediction in predictions))
    words = dict(zip(distinct, content_words(distinct), strict=True))
    asked = [by_id[prediction.id].row.instruction for prediction in predictions]
    of_fields = iter(fields.fits([prediction.output for prediction in predictions], asked))
    said = Said(predictions)

    def score(prediction: Prediction) -> ItemScore:
        item = by_id[prediction.id]
        fit = questions.fit(item.question, words[prediction.output])
        beside = said.counts(prediction) | field_counts(next(of_fields), prediction.output)
        return score_one(item, prediction, fit, train, beside)

    return scored_each(predictions, score, progress)


def score_one(
    item: Item,
    prediction: Prediction,
    fit: Fit,
    train: TrainingTexts,
    beside: Mapping[str, float],
) -> ItemScore:
    """Count one output; `beside` is what was counted with all others in view."""
    said = read_text(prediction.output)
    failed = isinstance(said, Unreadable)
    text = "" if isinstance(said, Unreadable) else said
    counts = {
        **form_counts(prediction, readable=not failed),
        **fit_counts(fit, failed=failed),
        **firm_counts(item, text),
        **repetition_counts(text),
        **copied_counts(text, train),
        **beside,
        "ends": float(END.search(text) is not None),
    }
    return item_score(
        item, prediction, counts, said.reason if isinstance(said, Unreadable) else None
    )


def fit_counts(fit: Fit, *, failed: bool) -> dict[str, float]:
    """Count how an output fits its question; a failed one fits it less than all others."""
    return {
        "question_met": fit.met,
        "question_words": fit.words,
        "question_rank_sum": 0.0 if failed else fit.rank or 0.0,
        "question_ranked": float(fit.rank is not None),
        "question_first": 0.0 if failed else fit.first,
    }


def field_counts(fit: FieldFit | None, output: str) -> dict[str, float]:
    """Count how an output fits its field; an empty one fits it less than all others."""
    said = fit if fit and output.strip() else FieldFit(0.0, 0.0)
    return {
        "field_ranked": float(fit is not None),
        "field_rank_sum": said.rank,
        "field_first": said.first,
    }


def firm_counts(item: Item, text: str) -> dict[str, float]:
    """Count the firms that a text names and its question and job do not."""
    named = unasked_firms(item, text)
    return {"firm_names": float(len(named)), "firm_named": float(bool(named))}


def unasked_firms(item: Item, text: str) -> list[str]:
    """Find the firms that a text names and its question and job do not, as often as it does."""
    asked = set(firm_names(f"{item.row.instruction}\n{item.row.input}"))
    return [name for name in firm_names(text) if name not in asked]


def repetition_counts(text: str) -> dict[str, float]:
    """Count runs of words, and those that had been said before."""
    words = text.split()
    grams = Counter(tuple(words[k : k + GRAM]) for k in range(len(words) - GRAM + 1))
    total = sum(grams.values())
    return {"grams": float(total), "grams_again": float(total - len(grams))}


def copied_counts(text: str, train: TrainingTexts) -> dict[str, float]:
    """Count the words of a text, and those that stand in a row in a training text."""
    shared = train.shared(text)
    return {
        "words": float(shared.words),
        "words_copied": float(shared.copied),
        "training_run": float(shared.longest),
    }
