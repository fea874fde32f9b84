"""Rows of the tasks `overall`, `revise` and `write`, and their outputs as text.

    overall  all answers of an essay    → 평점: 3.5 / 총평: …
    revise   a draft with known defects → [첨삭] and the answer that it was made from
    write    a job and a question       → an answer

Each `write_…` makes an output's text and the `read_…` beside it takes what a model wrote apart. Row
makers take essays as they come: who masks names and firms does so before.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import msgspec

from crawler.items import Essay, Question
from preprocess.alpaca import QUESTION_MARK, AlpacaRow, Unreadable
from preprocess.defects import Defect, make_draft
from preprocess.defects_found import errors
from preprocess.steps import ANY_POSITION, SITE_MARK, Tally, row_id

OVERALL_INSTRUCTION: Final = (
    "{position} 직무의 자기소개서입니다. 전체를 읽고 5점 만점의 평점과 총평을 써 주세요."
)
REVISE_INSTRUCTION: Final = (
    "{position} 직무의 자기소개서 초안입니다. 잘못되거나 약한 표현을 고쳐 다시 써 주세요. "
    "첫 줄에 [첨삭]이라고 쓰고 그 아래에 고친 글만 적어 주세요."
)
WRITE_INSTRUCTION: Final = (
    "{position} 직무의 자기소개서 문항입니다. 지원자의 처지에서 답을 써 주세요."
)
#: Answers of essays graded so well are what a revision should lead to.
LEAST_REVISED_GRADE: Final = 4.0
HIGHEST_GRADE: Final = 5.0
#: Shorter answers ("none", a job's name) are no models of writing.
LEAST_WRITTEN: Final = 100  # characters
REVISION_MARK: Final = "[첨삭]"


class ReviseRow(AlpacaRow, frozen=True):
    """A row of `revise`; the spans of `defects` are code points into `input`."""

    defects: tuple[Defect, ...]


class Overall(msgspec.Struct, frozen=True):
    """A grade, above 0 and up to 5, and what is said of the whole essay."""

    grade: float
    text: str


def overall_row(essay: Essay, group: str, tally: Tally) -> AlpacaRow | None:
    """Make the `overall` row of an essay that has both a grade and an overall advice."""
    advice = " ".join((essay.overall_advice or "").split())
    if essay.grade is None or not advice:
        tally.drop("overall: no grade or no overall advice", essay.id)
        return None
    if any(SITE_MARK.search(question.answer) for question in essay.questions):
        tally.drop("overall: a mark of the site left in an answer", essay.id)
        return None
    return AlpacaRow(
        instruction=_instruction(OVERALL_INSTRUCTION, essay),
        input=write_answers(essay),
        output=write_overall(Overall(essay.grade, advice)),
        id=essay.id,
        group=group,
        source_id=essay.id,
    )


def revise_row(
    essay: Essay,
    group: str,
    question: Question,
    tally: Tally,
    *,
    kinds: Collection[str] | None = None,
) -> ReviseRow | None:
    """Make the `revise` row of an answer from a well graded essay: its draft in, the answer out.

    The id of the row decides the draft. `kinds` are those of `make_draft`, which see; with
    `defects.RECOVERABLE` no row asks for a figure that its input does not hold.
    """
    where = row_id(essay, question)
    if essay.grade is None or essay.grade < LEAST_REVISED_GRADE:
        tally.drop(f"revise: not graded {LEAST_REVISED_GRADE:g} or better", where)
        return None
    if not _usable(question, "revise", where, tally):
        return None
    if any(errors(question.answer)):
        tally.drop("revise: the answer itself holds an error of the kinds taught", where)
        return None
    draft = make_draft(question.answer, seed=where, kinds=kinds)
    if not draft.defects:
        tally.drop("revise: no place for a defect", where)
        return None
    return ReviseRow(
        instruction=_instruction(REVISE_INSTRUCTION, essay),
        input=draft.text,
        output=write_revision(question.answer),
        id=where,
        group=group,
        source_id=essay.id,
        defects=draft.defects,
    )


def rewritten_row(essay: Essay, group: str, question: Question, rewrite: str) -> ReviseRow:
    """Make a `revise` row of an answer and its rewrite after the expert's advice."""
    return ReviseRow(
        instruction=_instruction(REVISE_INSTRUCTION, essay),
        input=question.answer,
        output=write_revision(rewrite),
        id=f"{row_id(essay, question)}-rewritten",
        group=group,
        source_id=essay.id,
        defects=(),
    )


def write_row(essay: Essay, group: str, question: Question, tally: Tally) -> AlpacaRow | None:
    """Make the `write` row of an answer."""
    where = row_id(essay, question)
    if not _usable(question, "write", where, tally):
        return None
    if len(question.answer) < LEAST_WRITTEN:
        tally.drop(f"write: answer shorter than {LEAST_WRITTEN} characters", where)
        return None
    return AlpacaRow(
        instruction=_instruction(WRITE_INSTRUCTION, essay),
        input=QUESTION_MARK + " ".join(question.question.split()),
        output=question.answer,
        id=where,
        group=group,
        source_id=essay.id,
    )


def _instruction(template: str, essay: Essay) -> str:
    return template.format(position=essay.position or ANY_POSITION)


def _usable(question: Question, task: str, where: str, tally: Tally) -> bool:
    if not question.answer.strip():
        tally.drop(f"{task}: empty answer", where)
    elif SITE_MARK.search(question.answer):
        tally.drop(f"{task}: a mark of the site left in the answer", where)
    else:
        return True
    return False


def write_answers(essay: Essay) -> str:
    """Write all questions of an essay with their answers, as the input of `overall`."""
    return "\n\n".join(
        f"문항 {q.number}: {' '.join(q.question.split())}\n{q.answer}" for q in essay.questions
    )


def write_overall(overall: Overall) -> str:
    """Write a grade and an overall advice as the output of `overall`."""
    return f"평점: {overall.grade:.1f}\n총평: {' '.join(overall.text.split())}"


_GRADE = re.compile(r"평점[\s*:]*(?P<grade>\d+(?:\.\d+)?)\s*점?(?:\s*/\s*5(?:\.0)?\s*점?)?[\s*,]*")
_TEXT = re.compile(r"총평[\s*]*:[\s*]*")
#: Digits and signs as models also write them, one for one, so that places hold.
_PLAIN = str.maketrans("０１２３４５６７８９：．／［］", "0123456789:./[]")


def read_overall(text: str) -> Overall | Unreadable:
    """Read a grade and an overall advice as a model wrote them, or say why not.

    Accepted beside the exact form: other spacing, full-width signs, `점` and `/ 5` behind the
    grade, bold marks, and the two parts the other way round.
    """
    plain = text.translate(_PLAIN)
    if not plain.strip():
        return Unreadable("empty")
    grade, head = _GRADE.search(plain), _TEXT.search(plain)
    if grade is None:
        return Unreadable("no grade")
    if not 0 < float(grade["grade"]) <= HIGHEST_GRADE:
        return Unreadable("grade out of range")
    if head is None:
        return Unreadable("no overall advice")
    end = grade.start() if grade.start() >= head.end() else len(text)
    said = " ".join(text[head.end() : end].split())
    return Overall(float(grade["grade"]), said) if said else Unreadable("no overall advice")


def write_revision(answer: str) -> str:
    """Write a rewritten answer as the output of `revise`."""
    return f"{REVISION_MARK}\n\n{answer}"


_REVISION = re.compile(r"\s*\**\s*\[\s*첨삭\s*\]\s*\**\s*:?\s*")


def read_revision(text: str) -> str | Unreadable:
    """Read a rewritten answer as a model wrote it, or say why not.

    Accepted beside the exact form: other white space, full-width brackets, bold marks, a colon.
    """
    if not text.strip():
        return Unreadable("empty")
    head = _REVISION.match(text.translate(_PLAIN))
    if head is None:
        return Unreadable(f"does not begin with {REVISION_MARK}")
    answer = text[head.end() :].strip()
    return answer or Unreadable("nothing behind the header")
