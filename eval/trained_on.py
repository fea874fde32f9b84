"""Whether scores are of the model that a run has now, and of one that may be asked its test split.

Questions move between the splits when rows are made again from other raw data; a model that was
trained before that may have seen those it is now asked. And a run that was trained again may hold
answers of the earlier training beside newer ones, or none but those: `eval.generate` notes the
weights of every system that it asks, and asks again what is of others. Scores alone tell neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from axolotl_configs.record import read_record, sha256_of
from axolotl_configs.run_yaml import RunError
from eval.answers.answering import noted
from eval.answers.asking import trained_weights
from eval.pages.glossary import OF_RUN
from eval.runs import Run, fingerprint

#: The two settings of a result that say it, each one of the three below.
TRAINED_ON: Final = "trained_on"
ANSWERED_BY: Final = "answered_by"
SAME: Final = "the training rows of this evaluation"
OTHER: Final = "other training rows than those of this evaluation"
UNKNOWN: Final = "not known: there is no record of the training, as make train leaves it"
THESE: Final = "the weights that the run has now"
OTHERS: Final = "other weights than the run has now"
NOT_NOTED: Final = "not known: the run has no weights here, or nothing is noted of its answers"

#: What the command says, with the run's name, its training file and its settings behind `make`.
WARNINGS: Final[Mapping[tuple[str, str], str]] = {
    (TRAINED_ON, OTHER): (
        "{run.name} was trained on other rows than {run.train}; it may have learnt what it is "
        "asked. Train it again: make train RUN={run.name} FRESH=1"
    ),
    (ANSWERED_BY, OTHERS): (
        "answers of {run.name} are of other weights than {run.output_dir} holds now; have them "
        "made again: make eval {run.settings}"
    ),
}
#: What the page says; on a page of several runs, of whose.
_SENTENCES: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    (TRAINED_ON, OTHER): (
        "모델은",
        (
            "지금 있는 학습 자료와 다른 자료로 학습했습니다. 평가 문항을 이미 배웠을 수 있어 "
            "점수를 믿을 수 없습니다. 다시 학습한 뒤 채점하십시오."
        ),
    ),
    (ANSWERED_BY, OTHERS): (
        "답은",
        (
            "지금 있는 모델이 아니라 앞서 학습한 모델의 것이거나, 두 모델의 것이 섞여 있습니다. "
            "답을 다시 만든 뒤 채점하십시오."
        ),
    ),
}


def trained_on(run: Run) -> str:
    """Compare the record of a run's training with the training rows that are there now.

    Returns:
        `SAME`, `OTHER`, or `UNKNOWN` where Axolotl was started without `make train`.

    Raises:
        RunError: The record cannot be read.

    """
    record = read_record(run)
    if record is None:
        return UNKNOWN
    return SAME if record.data.get(str(run.train)) == sha256_of(run.train) else OTHER


def answered_by(run: Run, systems: Iterable[str]) -> str:
    """Compare the weights that answered with those that are there now.

    Args:
        run: The run.
        systems: Those of its own, trained model whose answers are scored.

    Returns:
        `THESE`, `OTHERS`, or `NOT_NOTED`, as of answers that were made elsewhere.

    Raises:
        RunError: What was noted of the answers cannot be read.

    """
    known = noted(run.predictions_dir / "settings.json")
    answered = {known.get(system, {}).get("adapter_sha256") for system in systems}
    try:
        now = fingerprint(trained_weights(run))
    except RunError:  # answers may be scored where the model is not
        return NOT_NOTED
    if answered == {now}:
        return THESE
    return OTHERS if answered - {now, None} else NOT_NOTED


def warnings(run: Run, settings: Mapping[str, str]) -> Iterator[str]:
    """Warn of scores that tell little of the model that is there."""
    for (key, told), text in WARNINGS.items():
        if settings.get(key) == told:
            yield text.format(run=run)


def trained_sentences(settings: Mapping[str, str]) -> Iterator[str]:
    """Say the same on the page, of each of its runs."""
    for key, told in settings.items():
        name, _, run = key.partition(OF_RUN)
        if (name, told) in _SENTENCES:
            subject, text = _SENTENCES[name, told]
            yield f"{run}의 {subject} {text}" if run else f"{subject} {text}"
