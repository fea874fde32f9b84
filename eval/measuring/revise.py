"""`revise` counted: planted defects repaired, new ones made, figures invented, text kept.

How a defect is judged stands in `eval.measuring.repairs`, how new faults are found in
`eval.measuring.new_faults`. An output without its header is a failed output: all its defects are
left and no word is kept; new faults and figures are those of the outputs that can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.measuring.form import form_counts, item_score, scored_each
from eval.measuring.measures import DEFECT_KINDS, NEW_KINDS
from eval.measuring.new_faults import Known, figures_invented, new_faults
from eval.measuring.repairs import Judged, Source, as_text, judged_defects, outcomes, source_of
from eval.records import ItemScore, Prediction
from eval.tasks import Item
from eval.text.morphemes import similarities, similarity
from eval.text.ngrams import common_subsequence
from preprocess.alpaca import Unreadable
from preprocess.outputs import ReviseRow, read_revision


@dataclass(frozen=True)
class Revision:
    """A draft with its defects, and the answer that it was made from."""

    item: Item
    answer: str
    source: Source
    defects: tuple[Judged, ...]
    known: Known

    def planted(self) -> dict[str, float]:
        """Count the draft's defects."""
        counts = {"defects": float(len(self.defects))}
        for kind in DEFECT_KINDS:
            counts[f"defects_{kind}"] = float(sum(d.kind == kind for d in self.defects))
        return counts


def score_revise(
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
    by_id = {item.row.id: revision_of(item) for item in items}
    similarities(text_pairs(by_id, predictions))  # all at once is quicker; they are then known
    return scored_each(predictions, lambda p: score_one(by_id[p.id], p), progress)


def text_pairs(
    items: Mapping[str, Revision], predictions: Sequence[Prediction]
) -> Iterator[tuple[str, str]]:
    """Yield each output that can be read with the answer behind its draft, and with the draft."""
    for prediction in predictions:
        task, said = items[prediction.id], read_revision(prediction.output)
        if not isinstance(said, Unreadable):
            yield said, task.answer
            yield said, task.item.row.input


def revision_of(item: Item) -> Revision:
    """Prepare an item.

    Raises:
        ValueError: It is none of `revise`; `eval.tasks` reads none such.

    """
    row, answer = item.row, read_revision(item.row.output)
    if isinstance(answer, Unreadable) or not isinstance(row, ReviseRow):
        raise ValueError(f"id {row.id} is no row of revise")  # noqa: TRY004
    defects = judged_defects(row)
    planted = tuple(reading for defect in defects for reading in defect.planted)
    return Revision(
        item, answer, source_of(row, answer, defects), defects, Known(row.input, answer, planted)
    )


def score_one(task: Revision, prediction: Prediction) -> ItemScore:
    """Count one output."""
    said = read_revision(prediction.output)
    counts = form_counts(prediction, readable=not isinstance(said, Unreadable)) | task.planted()
    if isinstance(said, Unreadable):
        return item_score(task.item, prediction, counts | of_nothing(task), said.reason)
    counts |= defect_counts(task, said) | fault_counts(task, said) | kept_counts(task, said)
    return item_score(task.item, prediction, counts, None)


def of_nothing(task: Revision) -> dict[str, float]:
    """Count an output that cannot be read: its defects are left, and nothing else is there."""
    counts = defect_counts(task, "") | fault_counts(task, "")
    counts |= {"left": float(len(task.defects)), "reworded": 0.0}
    texts = dict.fromkeys(("rouge_l_sum", "chrf_sum", "chrf_draft_sum", "identical"), 0.0)
    return counts | texts | word_counts(task, "")


def defect_counts(task: Revision, said: str) -> dict[str, float]:
    """Count what became of the planted defects, repaired ones by kind too."""
    found = outcomes(task.defects, as_text(said), task.source)
    judged = [(d.kind, outcome) for d, outcome in zip(task.defects, found, strict=True)]
    counts = {
        name: float(sum(outcome == name for _, outcome in judged))
        for name in ("repaired", "left", "reworded")
    }
    for kind in DEFECT_KINDS:
        counts[f"repaired_{kind}"] = float(judged.count((kind, "repaired")))
    return counts


def fault_counts(task: Revision, said: str) -> dict[str, float]:
    """Count new faults by kind, and invented figures."""
    faults = new_faults(said, task.known)
    counts = {f"new_{kind}": float(faults[kind]) for kind in NEW_KINDS}
    return counts | {"figures_invented": float(figures_invented(said, task.known))}


def kept_counts(task: Revision, said: str) -> dict[str, float]:
    """Count how much of the text is kept, and how like the answer and the draft the output is."""
    draft = task.item.row.input
    wanted = similarity(said, task.answer)
    return word_counts(task, said) | {
        "identical": float(said.split() == draft.split()),
        "rouge_l_sum": wanted.rouge_l,
        "chrf_sum": wanted.chrf,
        "chrf_draft_sum": similarity(said, draft).chrf,
    }


def word_counts(task: Revision, said: str) -> dict[str, float]:
    """Count the answer's words, and those of them that the output has in their order."""
    wanted = task.answer.split()
    kept = common_subsequence(wanted, said.split())
    return {"words_wanted": float(len(wanted)), "words_kept": float(kept)}
