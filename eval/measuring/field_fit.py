"""Does an answer fit the field (직무) that it was asked for, rather than the others?

A classifier learns fields from the answers of the training split: complement naive Bayes (Rennie
and others 2003, ICML) over TF-IDF of character 2- and 3-grams within words. It errs often, since
people of all fields tell like stories: how often is told by the same numbers on the applicants' own
answers of the test split, the system `applicant`. Chance ranks an answer at 0.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import ComplementNB

CHUNK = 1_000  # answers whose scores for all fields are held at once


@dataclass(frozen=True)
class FieldFit:
    """How an answer fits its own field.

    Attributes:
        rank: Share of the other fields that are less likely, equal ones counted half.
        first: 1 where no other field is as likely, 0 where one is likelier, and the chance of
            standing first where some are as likely.

    """

    rank: float
    first: float


class Fields:
    """A classifier of fields.

    Args:
        answers: The training answers.
        fields: The field of each, by whatever names it.

    """

    def __init__(self, answers: Sequence[str], fields: Sequence[str]) -> None:
        self._places = {field: place for place, field in enumerate(sorted(set(fields)))}
        if not self.tells_apart:
            return
        self._vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 3), sublinear_tf=True, dtype=np.float32
        )
        vectors = self._vectorizer.fit_transform(answers)
        self._model = ComplementNB().fit(vectors, [self._places[field] for field in fields])

    @property
    def tells_apart(self) -> bool:
        """Whether the training split has more than one field."""
        return len(self._places) > 1

    def fits(self, answers: Sequence[str], fields: Sequence[str]) -> list[FieldFit | None]:
        """Hold answers against their own fields and the others.

        Returns:
            For each answer its fit; `None` where its field has no training answer, or is the only
            one.

        """
        if not self.tells_apart:
            return [None] * len(answers)
        found: list[FieldFit | None] = []
        for start in range(0, len(answers), CHUNK):
            part = slice(start, start + CHUNK)
            scores = self._model.predict_joint_log_proba(self._vectorizer.transform(answers[part]))
            found += [
                None if (own := self._places.get(field)) is None else fit_of(line, own)
                for line, field in zip(scores, fields[part], strict=True)
            ]
        return found


def fit_of(scores: np.ndarray[tuple[int], np.dtype[np.float64]], own: int) -> FieldFit:
    """Rank one field's score among all."""
    better, equal = int((scores > scores[own]).sum()), int((scores == scores[own]).sum())
    others = len(scores) - 1
    return FieldFit(
        rank=1 - (better + (equal - 1) / 2) / others, first=0.0 if better else 1 / equal
    )
