"""What the report shows, drawn from the saved results alone: plots, tables, settings, examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.measuring.counts import failure_rates
from eval.measuring.measures import measures_of
from eval.pages.examples import Example, examples
from eval.pages.forest import Forest, Measured, forest
from eval.pages.glossary import Word, failure_word, metric_word, own_name, system_word
from eval.pages.headline import decided, headline, signed
from eval.pages.item_browser import browsed
from eval.pages.judge_section import judge_section
from eval.pages.kobest_section import kobest_section
from eval.pages.page_notes import not_measured, settings, system_notes
from eval.pages.page_section import Section
from eval.pages.parting import Parting, marked_sentence, parting
from eval.pages.people_section import people_section
from eval.pages.pooled_section import pooled_section
from eval.pages.results import Beside, Scored
from eval.pages.slice_plots import SlicePlot, slice_plots
from eval.pages.tables import Table, changes, detail_table, main_table, p_text, words_of
from eval.pages.task_words import Subject, subject_of
from eval.records import Difference, Estimate, ItemScore, RunResult, SystemResult
from eval.systems.baselines import BASELINES
from eval.tasks import ADVICE
from eval.trained_on import trained_sentences

LEADING = "tuned"
#: What an answer is held against where it is not an expert's advice.
WANTED = {"revise": "원래 글", "write": "원래 글", "qa": "기준 답변"}


@dataclass(frozen=True)
class Frame:
    """What the caller adds: a title, a sentence that nobody can miss (or ""), and notes."""

    title: str
    notice: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """Everything the templates print.

    `browsed` is JSON that a script element can hold, `whole` the shown system's headline metric on
    all items, and `wanted` says whose the outputs are that answers are held against.
    """

    frame: Frame
    subject: Subject
    result: RunResult
    metric: Word
    by_item: Word
    sentences: tuple[str, ...]
    systems: Forest
    differences: Forest | None
    main: Table
    detail: Table
    changes: Table
    words: tuple[Word, ...]
    absent: tuple[tuple[str, str], ...]
    system_notes: tuple[tuple[str, str, str], ...]
    failures: tuple[tuple[str, str], ...]
    parting: Parting | None
    slices: tuple[SlicePlot, ...]
    sections: tuple[Section, ...]
    examples: tuple[Example, ...]
    browsed: str
    shown_system: str
    whole: str
    wanted: str
    resamples: str
    settings: tuple[tuple[str, str], ...]


def make_page(scored: Scored, frame: Frame) -> Page:
    """Draw the page from a scored run, or from several put together."""
    result, task = scored.result, scored.result.task
    leading = leading_system(result)
    return Page(
        frame=frame,
        subject=subject_of(task),
        result=result,
        metric=metric_word(measures_of(task).headline, task),
        by_item=metric_word(measures_of(task).by_item, task),
        sentences=(
            *headline(result),
            *trained_sentences(result.settings),
            *marked_sentence(scored.items),
        ),
        systems=systems_forest(result),
        differences=differences_forest(result),
        main=main_table(result),
        detail=detail_table(result),
        changes=changes(result),
        words=words_of(result),
        absent=tuple(not_measured(result)),
        system_notes=system_notes(result),
        failures=failures(scored.scores, task),
        parting=parting(scored, leading),
        slices=slice_plots(result, leading),
        sections=tuple(sections(scored.beside, task)),
        examples=examples(scored.items, scored.predictions, scored.scores, leading),
        browsed=browsed(scored, leading),
        shown_system=system_word(leading, task),
        whole=whole(result, leading),
        wanted=WANTED.get(task, "전문가"),
        resamples=resamples(result),
        settings=tuple(settings(scored)),
    )


def leading_system(result: RunResult) -> str:
    """Choose the system whose items are shown: the first fine-tuned one, or else the first."""
    names = [s.system for s in result.systems]
    return next((name for name in names if own_name(name) == LEADING), names[0])


def resamples(result: RunResult) -> str:
    """Write how many resamples were drawn; runs on one page may differ."""
    drawn = result.settings.get("resamples")
    return "여러 " if drawn is None else f"{int(drawn):,}"


def whole(result: RunResult, system: str) -> str:
    """Write a system's headline metric on all items."""
    metrics = next(s.metrics for s in result.systems if s.system == system)
    name = measures_of(result.task).headline
    return metric_word(name, result.task).write_whole(metrics[name])


def sections(beside: Sequence[Beside], task: str) -> Iterator[Section]:
    """Tell of pooled seeds, each once, and of judge, people and KoBEST, for each run."""
    pooled = {of.pooled.run: of.pooled for of in beside if of.pooled is not None}
    yield from map(pooled_section, pooled.values())
    for of in beside:
        for section in sections_of(of, task):
            whose = f" ({of.run})" if len(beside) > 1 else ""
            yield Section(section.title + whose, section.sentences, section.tables)


def sections_of(of: Beside, task: str) -> Iterator[Section]:
    """Tell of judge, people and KoBEST; judge and people are asked of advice alone."""
    if task in ADVICE:
        yield judge_section(of.judge, of.settings)
        yield people_section(of.people, of.settings)
    yield kobest_section(of.kobest, of.run, whole=of.whole)


def systems_forest(result: RunResult) -> Forest:
    """Plot the headline metric of every system, the output's length beside it."""
    name = measures_of(result.task).headline
    word = metric_word(name, result.task)
    return forest(
        [
            Measured(
                "baseline" if own_name(s.system) in BASELINES else "model",
                system_word(s.system, result.task),
                word.write_whole(found),
                length_note(s),
                found,
            )
            for s in result.systems
            if isinstance(found := s.metrics[name], Estimate)
        ]
    )


def length_note(system: SystemResult) -> str:
    """Say how long a system's outputs are on average."""
    found = system.metrics["output_chars"]
    return f"평균 {found.value:.0f}자" if isinstance(found, Estimate) else ""


def differences_forest(result: RunResult) -> Forest | None:
    """Plot the differences on the headline metric; nothing where there is none."""
    name = measures_of(result.task).headline
    measured = [
        difference_row(d, found, result.task)
        for d in result.differences
        if d.metric == name and isinstance(found := d.estimate, Estimate)
    ]
    return forest(measured) if measured else None


def difference_row(difference: Difference, found: Estimate, task: str) -> Measured:
    """Describe one difference; its key tells whether it was found."""
    key = "decided" if decided(difference) else "undecided"
    label = f"{system_word(difference.system, task)} − {system_word(difference.other, task)}"
    value = f"{signed(found.value)} [{signed(found.low)}, {signed(found.high)}]"
    return Measured(key, label, value, certainty(difference), found)


def certainty(difference: Difference) -> str:
    """Say Holm's p, and the smallest true difference that the test set shows."""
    told = []
    if difference.p_holm is not None:
        told.append(f"보정 {p_text(difference.p_holm)}")
    if difference.detectable is not None:
        told.append(f"알아낼 수 있는 차이 {difference.detectable:.3f}")
    return ", ".join(told)


def failures(scores: Mapping[str, Sequence[ItemScore]], task: str) -> tuple[tuple[str, str], ...]:
    """Tell the share of unreadable outputs by reason, for systems that have any."""
    told = []
    for system, of in scores.items():
        rates = failure_rates(of)
        if rates:
            reasons = ", ".join(f"{failure_word(r)} {rate:.1%}" for r, rate in rates.items())
            told.append((system_word(system, task), reasons))
    return tuple(told)
