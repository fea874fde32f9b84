"""Which numbers each task has: its metrics, the one a reader looks at first, those compared.

The counts behind them are made by `eval.measuring.counts`, `eval.measuring.overall`,
`eval.measuring.revise`, `eval.measuring.write` and `eval.measuring.qa`; everything after the
counts (intervals, differences, tables) asks here and is the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import get_args

from eval.comparing.statistics import AnyMetric
from eval.measuring.kappa import QuadraticKappa
from eval.measuring.metrics import COMPARED, HEADLINE, METRICS, Metric, mean
from eval.measuring.qa_measures import COLUMNS as QA_COLUMNS
from eval.measuring.qa_measures import COMPARED as QA_COMPARED
from eval.measuring.qa_measures import QA
from preprocess.alpaca import AdviceTask, Task


@dataclass(frozen=True)
class Measures:
    """The numbers of one task.

    Attributes:
        metrics: All of them, in the order of the page.
        headline: The name of the one that a reader looks at first.
        by_item: The name of the one that items are ordered by; a kappa needs more than one.
        compared: Names of those for which differences between systems are estimated.
        columns: Heading and name of each column of the table that is printed, the headline first.

    """

    metrics: tuple[AnyMetric, ...]
    headline: str
    by_item: str
    compared: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]

    def find(self, name: str) -> AnyMetric:
        """Return the metric of a name, which must be one of `metrics`."""
        return next(metric for metric in self.metrics if metric.name == name)


def share(name: str, top: str, bottom: str, empty: str) -> Metric:
    """Define the ratio of two counts."""
    return Metric(name, {top: 1.0}, {bottom: 1.0}, empty)


#: What is told of every output, whatever the task.
FORM: tuple[Metric, ...] = (
    mean("readable", "readable"),
    mean("cut_off", "cut_off"),
    mean("markup", "markup"),
    mean("output_chars", "output_chars"),
)
NO_GRADE = "no output has a grade"
#: Metrics of which less is better; of most others more is, and of lengths and bias neither.
LOWER_IS_BETTER = frozenset(
    {
        "grade_error",
        "grade_error_readable",
        "left",
        "reworded",
        "new_defects",
        "figures_invented",
        "identical",
        "firm_named",
        "firm_names",
        "repetition",
        "from_training",
        "training_run",
        "cut_off",
        "markup",
        "applicant_voice",
        "wrong_document",
        "copied",
        "repeated",
        "count_error",
    }
)

OVERALL: tuple[AnyMetric, ...] = (
    QuadraticKappa("kappa"),
    QuadraticKappa("kappa_readable", of_all=False),
    mean("grade_error", "grade_error"),
    share("grade_error_readable", "grade_off", "graded", NO_GRADE),
    Metric("grade_bias", {"grade_s": 1.0, "grade_e": -1.0}, {"graded": 1.0}, NO_GRADE),
    mean("grade_near", "grade_near"),
    mean("rouge_l", "rouge_l_sum"),
    mean("chrf", "chrf_sum"),
    mean("applicant_voice", "applicant_voice"),
    mean("wrong_document", "wrong_document"),
    *FORM,
)

#: In the order of `preprocess.outputs.KINDS`; a test holds that none is missing.
DEFECT_KINDS = (
    "run_on",
    "register",
    "repetition",
    "cliche",
    "praise",
    "figures",
    "spelling",
    "spacing",
)
#: New faults are looked for by rule, and a sentence run on or a figure left out has none.
NEW_KINDS = ("register", "repetition", "cliche", "praise", "spelling", "spacing")
NO_DEFECTS = "no draft has such a defect"
#: New faults and figures are those of outputs that can be read: who says nothing makes none.
UNREAD = "no output can be read"

REVISE: tuple[AnyMetric, ...] = (
    share("repaired", "repaired", "defects", NO_DEFECTS),
    share("left", "left", "defects", NO_DEFECTS),
    share("reworded", "reworded", "defects", NO_DEFECTS),
    *(
        share(f"repaired_{kind}", f"repaired_{kind}", f"defects_{kind}", NO_DEFECTS)
        for kind in DEFECT_KINDS
    ),
    Metric("new_defects", {f"new_{kind}": 1.0 for kind in NEW_KINDS}, {"readable": 1.0}, UNREAD),
    *(share(f"new_{kind}", f"new_{kind}", "readable", UNREAD) for kind in NEW_KINDS),
    share("figures_invented", "figures_invented", "readable", UNREAD),
    share("kept", "words_kept", "words_wanted", "no words"),
    mean("identical", "identical"),
    mean("rouge_l", "rouge_l_sum"),
    mean("chrf", "chrf_sum"),
    mean("chrf_draft", "chrf_draft_sum"),
    *FORM,
)

NO_FIELD = "the training split has no answers of this field and another"

WRITE: tuple[AnyMetric, ...] = (
    share("question_rank", "question_rank_sum", "question_ranked", "there is no other question"),
    mean("question_first", "question_first"),
    share("question_fit", "question_met", "question_words", "no question has a content word"),
    share("field_rank", "field_rank_sum", "field_ranked", NO_FIELD),
    share("field_first", "field_first", "field_ranked", NO_FIELD),
    mean("firm_named", "firm_named"),
    mean("firm_names", "firm_names"),
    share("repetition", "grams_again", "grams", "no output has four words"),
    share("distinct_1", "distinct_words", "words", "no output has words"),
    share("distinct_2", "distinct_pairs", "pairs", "no output has two words"),
    share("from_training", "words_copied", "words", "no output has words"),
    mean("training_run", "training_run"),
    mean("ends", "ends"),
    *FORM,
)


def advice_columns(headline: str) -> tuple[tuple[str, str], ...]:
    """Put the columns of located advice into order, the headline first."""
    columns = (
        ("location F1", "location_f1"),
        ("point F1", "point_f1"),
        ("ROUGE-L", "rouge_l"),
        ("chrF++", "chrf"),
        ("readable", "readable"),
        ("points", "advice_points"),
        ("chars", "output_chars"),
    )
    first = [column for column in columns if column[1] == headline]
    # Without sentence numbers there is no location.
    return (*first, *(c for c in columns if c[1] not in {headline, "location_f1"}))


def advice(task: AdviceTask) -> Measures:
    """Give the numbers of a task of located advice."""
    first = HEADLINE[task]
    return Measures(METRICS, first, first, COMPARED, advice_columns(first))


@cache
def measures_of(task: Task) -> Measures:
    """Give the numbers of a task."""
    if task in ("advice", "advice-anchored"):
        return advice(task)
    return OTHERS[task]


OTHERS: Mapping[Task, Measures] = {
    "qa": Measures((*QA, *FORM), "dice_mean", "dice_mean", QA_COMPARED, QA_COLUMNS),
    "overall": Measures(
        OVERALL,
        "kappa",
        "grade_error",
        ("kappa", "grade_error", "rouge_l", "chrf", "readable", "output_chars"),
        (
            ("kappa", "kappa"),
            ("grade error", "grade_error"),
            ("bias", "grade_bias"),
            ("ROUGE-L", "rouge_l"),
            ("chrF++", "chrf"),
            ("readable", "readable"),
            ("chars", "output_chars"),
        ),
    ),
    "revise": Measures(
        REVISE,
        "repaired",
        "repaired",
        ("repaired", "left", "new_defects", "figures_invented", "kept", "chrf", "readable"),
        (
            ("repaired", "repaired"),
            ("left", "left"),
            ("new", "new_defects"),
            ("invented", "figures_invented"),
            ("kept", "kept"),
            ("identical", "identical"),
            ("chrF++", "chrf"),
            ("readable", "readable"),
            ("chars", "output_chars"),
        ),
    ),
    "write": Measures(
        WRITE,
        "question_rank",
        "question_rank",
        (
            "question_rank",
            "question_fit",
            "field_rank",
            "firm_named",
            "repetition",
            "from_training",
            "output_chars",
        ),
        (
            ("question rank", "question_rank"),
            ("question fit", "question_fit"),
            ("field rank", "field_rank"),
            ("names a firm", "firm_named"),
            ("repetition", "repetition"),
            ("from training", "from_training"),
            ("longest run", "training_run"),
            ("ends", "ends"),
            ("readable", "readable"),
            ("chars", "output_chars"),
        ),
    ),
}
#: The tasks that have any.
SCORED: tuple[Task, ...] = (*get_args(AdviceTask), *OTHERS)
