"""Facts of rows: kinds of question, and what a build writes."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from crawler.items import Essay, read_jsonl
from crawler.replica.essays import generate_essays
from preprocess.alpaca import AlpacaRow, Facts, Split, facts_path, rows_path
from preprocess.facts import OTHER_KIND, QUESTION_KINDS, facts_of, question_kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("지원동기를 기술해 주세요.", "지원 동기"),
        ("한들식품에 지원한 이유와 입사 후 이루고 싶은 꿈을 적어 주십시오.", "지원 동기"),
        ("입사 후 포부와 지원하게 된 동기", "입사 후 포부"),
        ("본인의 성장과정을 영향을 준 인물을 들어 써 주세요.", "성장 과정"),
        ("성격의 장·단점", "성격"),
        ("지원 직무와 관련된 역량을 구체적으로 적어 주세요.", "직무 역량"),
        ("의견이 다른 사람과의 갈등을 해결한 경험", "협업과 갈등"),
        ("높은 목표를 세우고 도전한 일", "도전과 성취"),
        ("창의적인 아이디어로 개선을 이룬 사례", "창의와 문제 해결"),
        ("본인의 직업관은 무엇입니까?", "가치관과 윤리"),
        ("최근 사회 이슈 하나에 관한 견해를 써 주세요.", "사회와 산업"),
        ("자유롭게 본인을 소개해 주세요.", "자기소개"),
        ("한국도로안전공사의 본사는 어디입니까?", OTHER_KIND),
    ],
)
def test_the_kind_is_that_of_the_words_that_stand_first(question: str, kind: str) -> None:
    """Each kind is told by its words; where two are asked for, by the first."""
    assert question_kind(question) == kind


def test_every_question_of_the_replica_has_a_kind() -> None:
    """The words know the usual wordings, and all but a kind or two are asked."""
    kinds = {
        question_kind(question.question)
        for essay in generate_essays(seed=1, count=200)
        for question in essay.questions
    }
    assert OTHER_KIND not in kinds
    assert len(QUESTION_KINDS.keys() & kinds) >= 8


def test_facts_of_an_essay() -> None:
    """Each question has its facts under its row's id, and the essay under its own."""
    essay = next(e for e in generate_essays(seed=1, count=20) if len(e.questions) > 1)
    essay = msgspec.structs.replace(essay, position="물류", company_types=("대기업",), grade=None)
    *questions, whole = facts_of(essay)
    assert [f.id for f in questions] == [f"{essay.id}-{q.number}" for q in essay.questions]
    assert [f.answer_chars for f in questions] == [len(q.answer) for q in essay.questions]
    assert whole == Facts(
        id=essay.id,
        source_id=essay.id,
        position="물류",
        company_types=("대기업",),
        grade=None,
        question_kind=None,
        answer_chars=sum(len(q.answer) for q in essay.questions),
    )


def test_a_build_writes_the_facts_of_all_its_rows(data: Path) -> None:
    """Every row of every task and split finds its facts, and they are those of its essay."""
    essays = {e.id: e for e in read_jsonl(data / "raw" / "essays.jsonl", Essay, cure="")}
    looked = 0
    for split in get_args(Split):
        path = facts_path(rows_path(data, "advice", split))
        facts = {f.id: f for f in read_jsonl(path, Facts, cure="make data")}
        for task in ("advice", "overall", "write"):
            rows = rows_path(data, task, split)
            for row in read_jsonl(rows, AlpacaRow, cure="") if rows.exists() else ():
                found, essay = facts[row.id], essays[row.source_id]
                assert (found.source_id, found.grade) == (essay.id, essay.grade)
                assert (found.question_kind is None) == (task == "overall")
                looked += 1
    assert looked > 200
