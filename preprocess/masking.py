"""What must not be learned or repeated, replaced: personal data, and the firm applied to.

Expert passages move along, so that located advice stays located.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from crawler.items import Advice, Essay, Question
from preprocess.edits import Edit, apply, moved, ordered
from preprocess.firms import MASKED, find_firms, leaks
from preprocess.personal_data import find_personal_data
from preprocess.sentences import Span


class Masker:
    """Masks the texts of one essay, and counts what it replaced by kind.

    Args:
        company: The firm applied to, as the page names it; empty where it names none.
        firms: Mask firms too; where not, what the page has masked itself is still made `OO`.

    """

    def __init__(self, company: str, *, firms: bool = True) -> None:
        self._company, self._firms = company, firms
        self.counts: Counter[str] = Counter()

    def edits(self, text: str) -> tuple[Edit, ...]:
        """Find what is to be replaced in a text."""
        firms = find_firms(text, self._company)
        masked = (edit for edit in firms if self._firms or edit.kind == MASKED.kind)
        return ordered((*find_personal_data(text), *masked))

    def text(self, text: str) -> str:
        """Mask a text that nothing points into."""
        edits = self.edits(text)
        self._count(edits)
        return apply(text, edits)

    def question(self, question: Question) -> Question:
        """Mask a question, its answer and the advice; its passages move along."""
        edits = self.edits(question.answer)
        self._count(edits)
        passages = []
        for passage in question.passages:
            start, end = moved(Span(passage.start, passage.end), edits)
            passages.append(msgspec.structs.replace(passage, start=start, end=end))
        return msgspec.structs.replace(
            question,
            question=self.text(question.question),
            answer=apply(question.answer, edits),
            passages=tuple(passages),
            advice=tuple(self._advice(advice) for advice in question.advice),
        )

    def _advice(self, advice: Advice) -> Advice:
        return msgspec.structs.replace(advice, text=self.text(advice.text))

    def _count(self, edits: tuple[Edit, ...]) -> None:
        self.counts.update(edit.kind for edit in edits)


def mask_essay(essay: Essay) -> tuple[Essay, Counter[str]]:
    """Mask all text of an essay; return it with the number of replacements by kind."""
    masker = Masker(essay.company or "")
    overall, position = essay.overall_advice, essay.position
    masked = msgspec.structs.replace(
        essay,
        position=masker.text(position) if position else position,
        overall_advice=masker.text(overall) if overall else overall,
        questions=tuple(masker.question(question) for question in essay.questions),
    )
    return masked, masker.counts


def count_leaks(question: Question, company: str | None) -> int:
    """Count the names of the firm applied to that are left in a question, answer or advice."""
    if company is None:
        return 0
    texts = [question.question, question.answer, *(one.text for one in question.advice)]
    return sum(len(leaks(text, company)) for text in texts)
