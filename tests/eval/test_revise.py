"""Rewritten answers: defects repaired, new faults, figures invented, text kept."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from crawler.replica.essays import generate_essays
from eval.measuring.measures import DEFECT_KINDS, measures_of
from eval.measuring.new_faults import Known, figures_invented, new_faults
from eval.measuring.repairs import as_text, judged_defects, outcomes, reading, source_of
from eval.measuring.revise import score_revise
from eval.records import ItemScore, Unscored
from preprocess.defects import make_draft
from preprocess.outputs import ReviseRow
from tests.eval.rows import prediction
from tests.eval.task_rows import ANSWER, PLANTED, revise_item, revise_row

ROW = revise_row()


def became(output: str, row: ReviseRow = ROW, answer: str = ANSWER) -> list[str]:
    """Say what became of each defect."""
    defects = judged_defects(row)
    return list(outcomes(defects, as_text(output), source_of(row, answer, defects)))


def with_repaired(which: Iterable[int], row: ReviseRow = ROW) -> str:
    """Take some defects of a draft back."""
    chosen = [row.defects[k] for k in sorted(set(which))]
    return reading(row.input, (0, len(row.input)), chosen)


def scored(output: str) -> ItemScore:
    """Score one output."""
    item = revise_item()
    return score_revise([item], [prediction(item, output)])[0]


def test_the_draft_is_the_one_meant() -> None:
    """The rows of these tests read as they should."""
    assert ROW.input == (
        "저는 긍정적이고 밝은 성격의 소유자입니다. 저는 창고에서 일했고 출고 시간을 20% "
        "줄엿습니다. 그 경험으로 기여하겠어요."
    )
    assert with_repaired(range(4)) == ANSWER


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (ANSWER, ["repaired", "repaired", "repaired", "repaired"]),
        (ROW.input, ["left", "left", "left", "left"]),
        ("오늘은 날씨가 맑고 바람이 붑니다.", ["reworded"] * 4),
        ("", ["reworded"] * 4),
        # The sentence of two defects went; what stood behind the added one went with it.
        ("그 경험으로 기여하겠습니다.", ["reworded", "reworded", "reworded", "repaired"]),
        # White space and line breaks are no wording.
        (ANSWER.replace(" ", "\n "), ["repaired"] * 4),
        # The added sentence in other words, two thirds of them its own.
        (
            "저는 긍정적이고 밝은 성격의 사람입니다. " + ANSWER,
            ["left", "repaired", "repaired", "repaired"],
        ),
        # Another cure than the answer's is not one that a rule can know.
        (
            ANSWER.replace("줄였습니다", "단축했습니다"),
            ["repaired", "repaired", "reworded", "repaired"],
        ),
    ],
)
def test_outcomes_by_hand(output: str, expected: list[str]) -> None:
    """Cliché, sentence run on, spelling and style, each as worked out on paper."""
    assert became(output) == expected


@given(st.sets(st.integers(0, len(PLANTED) - 1)))
def test_each_defect_is_judged_for_itself(repaired: set[int]) -> None:
    """Whichever are taken back, those are repaired and all others left."""
    expected = ["repaired" if k in repaired else "left" for k in range(len(PLANTED))]
    assert became(with_repaired(repaired)) == expected


@given(st.sets(st.integers(0, 1)))
def test_two_defects_in_one_word(repaired: set[int]) -> None:
    """A word that is misspelt and wrongly spaced may be half repaired."""
    answer = "자료를 모두 정리했습니다. 일이 줄었습니다."
    planted = (("spacing", "정리", "정리 "), ("register", "습니다.", "어요."))
    row = revise_row(planted, answer=answer)  # type: ignore[arg-type]
    assert row.input == "자료를 모두 정리 했어요. 일이 줄었습니다."
    expected = ["repaired" if k in repaired else "left" for k in range(2)]
    assert became(with_repaired(repaired, row), row, answer) == expected


@given(st.sets(st.integers(0, 1)))
def test_two_defects_that_read_the_same(repaired: set[int]) -> None:
    """As many are repaired as were taken back; which of the two cannot be told."""
    answer = "3주 동안 조사했습니다. 5주 동안 정리했습니다. 3주 동안 쉬었습니다."
    planted = (("spacing", "3주 동안", "3주동안"), ("spacing", "3주 동안", "3주동안"))
    row = revise_row(planted, answer=answer)  # type: ignore[arg-type]
    found = became(with_repaired(repaired, row), row, answer)
    assert sorted(found) == ["left"] * (2 - len(repaired)) + ["repaired"] * len(repaired)


def test_another_defect_may_read_like_a_repair() -> None:
    """A wrong space leaves a `했습니다.` in the draft, which the style's repair is not less for."""
    answer = "자료를 기록했습니다. 일은 모두 했습니다."
    planted = (("spacing", "기록했", "기록 했"), ("register", "했습니다.", "했어요."))
    row = revise_row(planted, answer=answer)  # type: ignore[arg-type]
    assert row.input == "자료를 기록 했습니다. 일은 모두 했어요."
    assert became(answer, row, answer) == ["repaired", "repaired"]
    for repaired, expected in ([], ["left", "left"]), ([0], ["repaired", "left"]):
        assert became(with_repaired(repaired, row), row, answer) == expected


def test_the_answers_of_a_built_set_repair_everything() -> None:
    """Over the drafts of many answers, whoever says the answer has repaired all, the draft none."""
    answers = [q.answer for essay in generate_essays(count=40) for q in essay.questions]
    drafts = [(answer, make_draft(answer, seed=str(k))) for k, answer in enumerate(answers)]
    assert sum(len(draft.defects) for _, draft in drafts) > 400
    for answer, draft in drafts:
        row = replace(ROW, input=draft.text, output=answer, defects=draft.defects)
        for output, expected in (answer, "repaired"), (draft.text, "left"):
            assert became(output, row, answer) == [expected] * len(draft.defects)


def test_a_sentence_said_again_is_told_from_the_first() -> None:
    """Of a repetition the second sentence must go and the first stay."""
    answer = "저는 창고에서 일했습니다. 출고가 빨라졌습니다."
    again = " 다시 말해 저는 창고에서 일한 것입니다."
    first = "저는 창고에서 일했습니다."
    draft = answer.replace(first, first + again)
    row = revise_row((("cliche", "", ""),), answer=answer)
    defect = type(row.defects[0])("repetition", "같은 말", len(first), len(first + again), "")
    row = ReviseRow(row.instruction, draft, row.output, row.id, row.group, row.source_id, (defect,))
    assert became(answer, row, answer) == ["repaired"]
    assert became(draft, row, answer) == ["left"]
    assert became("출고가 빨라졌습니다.", row, answer) == ["repaired"]
    assert became("날이 맑습니다.", row, answer) == ["reworded"]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (ANSWER, {}),
        (ROW.input, {}),
        (f"{ANSWER} {ANSWER}", {"repetition": 3}),
        (f"{ANSWER} 준비된 인재라고 자신 있게 말씀드릴 수 있습니다.", {"cliche": 1}),
        (ANSWER.replace("일했습니다", "일했어요"), {}),  # no more slips than the draft has
        (
            ANSWER.replace("일했습니다", "일했어요").replace("줄였습니다", "줄였다"),
            {"register": 1},
        ),
        ("그 경험으로 기여하겠읍니다. " * 2, {"repetition": 1}),
    ],
)
def test_new_faults_by_hand(output: str, expected: dict[str, int]) -> None:
    """Faults that neither the draft nor the answer has, by kind."""
    known = Known(ROW.input, ANSWER)
    assert {kind: n for kind, n in new_faults(output, known).items() if n} == expected


def test_new_misspellings_are_those_that_rules_know() -> None:
    """A word of the answer that is spelt or spaced as the rules would damage it is a new fault."""
    answer = "자료가 되지 않았습니다. 모을 수 있는 것은 모았습니다."
    known = Known(answer, answer)
    found = new_faults("자료가 돼지 않았습니다. 모을수 있는 것은 모았습니다.", known)
    assert (found["spelling"], found["spacing"]) == (1, 1)
    assert sum(new_faults(answer, known).values()) == 0
    # Beside a repaired one, a planted defect may read as neither text does.
    beside = Known(answer, answer, planted=("모을수",))
    assert new_faults("모을수 있는 것은 모았습니다.", beside)["spacing"] == 0


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("20% 줄였습니다.", 0),
        ("출고를 1,200건 늘렸습니다.", 0),
        ("출고를 1200건, 3.5배 늘렸습니다.", 1),
        ("30%와 30명", 2),
        ("삼십 명", 0),
    ],
)
def test_invented_figures(output: str, expected: int) -> None:
    """A figure of neither text is invented, each time; commas make no other figure."""
    assert figures_invented(output, Known("1200건이었습니다.", ANSWER)) == expected


def test_metrics_by_hand() -> None:
    """One of four defects repaired, three left, nothing new; 7 of the answer's 10 words kept."""
    score = scored("[첨삭]\n\n" + with_repaired([0]))
    expected = {
        "repaired": 1 / 4,
        "left": 3 / 4,
        "reworded": 0.0,
        "repaired_cliche": 1.0,
        "repaired_spelling": 0.0,
        "new_defects": 0.0,
        "figures_invented": 0.0,
        "kept": 7 / 10,
        "identical": 0.0,
    }
    assert len(ANSWER.split()) == 10
    assert {name: score.metrics[name] for name in expected} == pytest.approx(expected)


def test_answer_and_draft_as_outputs() -> None:
    """The answer is all one can get; the draft repairs nothing and is told to be the draft."""
    best, draft = scored(revise_item().row.output), scored("[첨삭] " + ROW.input)
    assert {n: best.metrics[n] for n in ("repaired", "kept", "chrf", "rouge_l")} == {
        "repaired": 1.0,
        "kept": 1.0,
        "chrf": pytest.approx(1.0),
        "rouge_l": 1.0,
    }
    assert (draft.metrics["repaired"], draft.metrics["identical"]) == (0.0, 1.0)
    assert draft.metrics["chrf_draft"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", "empty"),
        (ANSWER, "does not begin with [첨삭]"),
        ("[첨삭]", "nothing behind the header"),
        ("<script>alert(1)</script>", "does not begin with [첨삭]"),
    ],
)
def test_unreadable_output_repairs_nothing(output: str, reason: str) -> None:
    """A failed output counts: all defects left, no word kept; of new faults it tells nothing."""
    score = scored(output)
    assert (score.metrics["left"], score.metrics["reworded"]) == (1.0, 0.0)
    for name in ("new_defects", "new_register", "figures_invented"):
        assert score.metrics[name] == Unscored("no output can be read")
    assert score.unreadable == reason
    assert (score.metrics["repaired"], score.metrics["kept"]) == (0.0, 0.0)
    assert score.metrics["chrf"] == 0.0
    assert score.metrics["markup"] == float("<" in output)
    assert score.counts.keys() == scored("[첨삭] 가").counts.keys()


def test_a_hundred_thousand_characters() -> None:
    """An output that runs on is counted like any other."""
    score = scored("[첨삭] " + "가나 다라 " * 16_667)
    assert score.counts["output_chars"] > 100_000
    assert score.metrics["repaired"] == 0.0
    assert score.unreadable is None


def test_kinds_add_up() -> None:
    """Each defect is of one kind and has one outcome."""
    counts = scored("[첨삭]\n\n" + with_repaired([1, 3])).counts
    assert counts["repaired"] + counts["left"] + counts["reworded"] == counts["defects"] == 4.0
    for name in ("repaired", "defects"):
        assert sum(counts[f"{name}_{kind}"] for kind in DEFECT_KINDS) == counts[name]
    assert {m.name for m in measures_of("revise").metrics} == scored("").metrics.keys()
