"""Whether a run was trained on the rows that its test split was made with.

Questions move between the splits when rows are made again from other raw data. A model that was
trained before that may have seen those it is now asked; its scores alone do not tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from axolotl_configs.record import read_record, sha256_of
from eval.pages.glossary import OF_RUN
from eval.runs import Run

#: The setting of a result that says it, one of the three below.
KEY: Final = "trained_on"
SAME: Final = "the training rows of this evaluation"
OTHER: Final = "other training rows than those of this evaluation"
UNKNOWN: Final = "not known: there is no record of the training, as make train leaves it"


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


def trained_sentence(settings: Mapping[str, str]) -> Iterator[str]:
    """Warn where a model was trained on other rows: it may have learnt what it is asked."""
    for key, told in settings.items():
        name, _, run = key.partition(OF_RUN)
        if name == KEY and told == OTHER:
            whose = f"{run}의 모델은" if run else "모델은"
            yield (
                f"{whose} 지금 있는 학습 자료와 다른 자료로 학습했습니다. 평가 문항을 이미 배웠을 "
                "수 있어 점수를 믿을 수 없습니다. 다시 학습한 뒤 채점하십시오."
            )
