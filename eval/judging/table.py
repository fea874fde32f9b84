"""A judge's result as text: what the command prints."""

from __future__ import annotations

from collections.abc import Iterator

from eval.answers.endpoint_system import PREFIX, SHOT
from eval.judging.records import MEASURES, JudgeCost, JudgedPairs, JudgeResult
from eval.records import Estimate, Unscored


def judge_table(result: JudgeResult) -> str:
    """Write marks, win rates, what could not be judged, agreement with people and cost."""
    lines = [f"judge {result.settings['model']}: {result.settings['rows']}", *own_lines(result)]
    lines += list(marks_lines(result))
    for pairs in result.comparisons:
        lines += list(pairs_lines(pairs))
    lines += [f"agreement with people: {result.people}", cost_line(result.cost)]
    return "\n".join(lines)


def judged_own(result: JudgeResult) -> bool:
    """Tell whether the judge is one of the systems: models prefer their own answers (MT-Bench)."""
    own = f"{PREFIX}{result.settings['model']}"
    judged = {one.system for one in result.marks}
    judged |= {name for one in result.preferences for name in (one.system, one.other)}
    return bool(judged & {own, f"{own}{SHOT}"})


def own_lines(result: JudgeResult) -> Iterator[str]:
    """Warn of a judge that judged itself."""
    if judged_own(result):
        yield "  this judge judged answers of its own, which models tend to prefer"


def marks_lines(result: JudgeResult) -> Iterator[str]:
    """Write the mean marks of each system, and the differences."""
    width = max((len(one.system) for one in result.systems), default=0)
    if result.systems:
        yield f"{'system':{width}}  {'  '.join(f'{m:>10}' for m in MEASURES)}  rows  chars"
    for one in result.systems:
        cells = "  ".join(f"{short(one.means[m]):>10}" for m in MEASURES)
        yield f"{one.system:{width}}  {cells}  {one.items:4}  {whole(one.mean_chars):>5}"
        yield from unscored_lines(f"{one.system}: no marks", one.unscored)
    for difference in result.differences:
        names = f"{difference.system} − {difference.other}"
        yield f"{names}  mean mark  {signed(difference.differences[MEASURES[-1]])}"


def pairs_lines(of: JudgedPairs) -> Iterator[str]:
    """Write how one system did against another."""
    yield (
        f"{of.system} against {of.other}: {of.wins} won, {of.ties} tied "
        f"({of.flipped} flipped with the order, {of.identical} the same text), {of.losses} lost"
    )
    yield f"  win rate         {interval(of.win_rate)}"
    yield f"  at equal length  {interval(of.length_controlled)}{told_length(of)}"
    yield f"  first place      {interval(of.first_place)}  (0.5: the order played no part)"
    yield from unscored_lines(f"{of.system} against {of.other}: no verdict", of.unscored)


def told_length(of: JudgedPairs) -> str:
    """Say how much longer or shorter one system's answers are, where any were judged."""
    if of.mean_longer_by is None:
        return ""
    than = "shorter" if of.mean_longer_by < 0 else "longer"
    return f"  ({of.system} is {abs(of.mean_longer_by):.0f} characters {than} on average)"


def whole(value: float | None) -> str:
    """Write a number without its fraction, or a dash where there is none."""
    return "—" if value is None else f"{value:.0f}"


def unscored_lines(head: str, unscored: dict[str, int]) -> Iterator[str]:
    """Write how many rows have no verdict, and why."""
    if unscored:
        yield f"  {head} on {sum(unscored.values())}: {reasons_text(unscored)}"


def reasons_text(unscored: dict[str, int]) -> str:
    """Write reasons with their counts."""
    return ", ".join(f"{reason} ({count})" for reason, count in unscored.items())


def cost_line(cost: JudgeCost) -> str:
    """Write what was asked and what it cost."""
    unknown = f", {cost.uncounted} replies not counted by the endpoint" if cost.uncounted else ""
    return (
        f"{cost.replies} replies, {cost.asked} of them asked now; {cost.prompt_tokens:,} tokens "
        f"read, {cost.completion_tokens:,} written{unknown}"
    )


def short(value: Estimate | Unscored) -> str:
    """Write a mean mark alone."""
    return "—" if isinstance(value, Unscored) else f"{value.value:.2f}"


def interval(value: Estimate | Unscored) -> str:
    """Write a share with its interval, or why there is none."""
    if isinstance(value, Unscored):
        return value.reason
    return f"{value.value:.3f} [{value.low:.3f}, {value.high:.3f}]"


def signed(value: Estimate | Unscored) -> str:
    """Write a difference with its interval, or why there is none."""
    if isinstance(value, Unscored):
        return value.reason
    return f"{value.value:+.2f} [{value.low:+.2f}, {value.high:+.2f}]"
