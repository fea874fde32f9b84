"""The report's first sentences: which system is best, by how much, and how surely."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from eval.comparing.significance import smallest_p
from eval.measuring.measures import measures_of
from eval.pages.glossary import OF_RUN, metric_word, minus, own_name, system_word
from eval.pages.tables import p_text
from eval.pages.task_words import subject_of
from eval.pages.told_words import told_word
from eval.printed import HIGHEST_P
from eval.records import Difference, Estimate, RunResult

#: Differences told in words, where they are there. The sentences' particles (은, 과) fit the first
#: system's Korean name, which ends in a consonant.
TOLD = (("tuned", "base"), ("tuned", "generic"), ("tuned", "retrieval"), ("tuned", "unchanged"))

#: What people wrote stands in the table, for what a person's own answer scores.
PEOPLE = ("applicant", "reference")

#: Percentile intervals of the cluster bootstrap are too narrow with fewer clusters than about 30
#: (Cameron, Gelbach and Miller 2008).
FEW_ESSAYS = 30

#: Below this share of readable outputs a score says more about form than about advice.
MOSTLY_READABLE = 0.5


def headline(result: RunResult) -> tuple[str, ...]:
    """Write the sentences: the best system first, then the differences that matter."""
    return (
        best_sentence(result),
        *difference_sentences(result),
        *detectable_sentence(result),
        *unreadable_sentence(result),
        *few_sentence(result),
        *never_sentence(result),
    )


def unreadable_sentence(result: RunResult) -> Iterator[str]:
    """Say of which systems most outputs had no form to score, which a difference does not show."""
    shares = {system.system: system.metrics["readable"] for system in result.systems}
    mute = [
        f"{system_word(name, result.task)}({math.floor(share.value * 100 + 1e-9)}%)"
        for name, share in shares.items()
        if isinstance(share, Estimate) and share.value < MOSTLY_READABLE
    ]
    if mute:
        yield (
            f"읽을 수 있는 출력이 절반에 못 미친 시스템: {', '.join(mute)}. 읽을 수 없는 출력은 "
            "실패한 것으로 셉니다."
        )


def few_sentence(result: RunResult) -> Iterator[str]:
    """Warn where there are too few essays for the bootstrap's intervals to be trusted."""
    essays = result.systems[0].essays
    if essays < FEW_ESSAYS:
        told = subject_of(result.task).counted(essays)
        yield f"{told}뿐이므로 실제 불확실성은 구간보다 클 수 있습니다."


def never_sentence(result: RunResult) -> Iterator[str]:
    """Say where so few essays and so many comparisons leave no corrected p that could be small."""
    families = Counter(d.system.partition(OF_RUN)[2] for d in result.differences if d.p is not None)
    drawn = result.settings.get("resamples")
    if not families or drawn is None:
        return
    essays, compared = result.systems[0].essays, min(families.values())
    least = smallest_p(int(drawn), essays) * compared
    if least >= HIGHEST_P:
        yield (
            f"{subject_of(result.task).counted(essays)}에서 {int(drawn):,}번 재표집하고 비교 "
            f"{compared}가지를 함께 보정하면, 아무리 큰 차이도 p가 {min(1.0, least):.3f} 아래로 "
            "내려가지 않습니다. 이 자료로는 어느 쪽이 낫다고 말할 수 없습니다."
        )


def best_sentence(result: RunResult) -> str:
    """Name the system with the best headline metric; people are no systems."""
    name = measures_of(result.task).headline
    metric = metric_word(name, result.task).name
    systems = (s for s in result.systems if own_name(s.system) not in PEOPLE)
    scored = [(s, e) for s in systems if isinstance(e := s.metrics[name], Estimate)]
    best, found = max(scored, key=lambda pair: pair[1].value, default=(None, None))
    if best is None or found is None or found.value <= 0:
        return f"{metric}: 0보다 큰 시스템이 없습니다."
    return (
        f"{metric}: 가장 높은 시스템은 {system_word(best.system, result.task)}입니다. "
        f"{found.value:.3f}, 95% 구간 [{found.low:.3f}, {found.high:.3f}]."
    )


def told_differences(result: RunResult) -> list[Difference]:
    """List the differences on the headline metric that are told in words, as `TOLD` has them."""
    name = measures_of(result.task).headline
    there = [d for d in result.differences if d.metric == name]
    return [d for pair in TOLD for d in there if (own_name(d.system), own_name(d.other)) == pair]


def difference_sentences(result: RunResult) -> Iterator[str]:
    """Say how far the tuned model is above or below base, generic and retrieval."""
    for difference in told_differences(result):
        yield difference_sentence(difference, result.task)


def difference_sentence(difference: Difference, task: str) -> str:
    """Put one difference into words, undecided where its interval holds 0 or Holm's p is large."""
    found = difference.estimate
    system, other = system_word(difference.system, task), system_word(difference.other, task)
    if not isinstance(found, Estimate):
        return f"{system} − {other}: 차이를 계산할 수 없습니다({told_word(found.reason)})."
    p = difference.p_holm
    surely = "" if p is None else f", 보정한 {p_text(p)}"
    told = f"95% 구간 [{signed(found.low)}, {signed(found.high)}]{surely}"
    if found.low <= 0 <= found.high:
        return (
            f"{system}과 {other}의 차이는 {signed(found.value)}({told})입니다. 0이 들어 있어 "
            "어느 쪽이 낫다고 말할 수 없습니다."
        )
    if not decided(difference):
        return (
            f"{system}과 {other}의 차이는 {signed(found.value)}({told})입니다. 여러 비교를 함께 "
            "보정하면 어느 쪽이 낫다고 말할 수 없습니다."
        )
    direction = "높습니다" if found.value > 0 else "낮습니다"
    return f"{system}은 {other}보다 {abs(found.value):.3f} {direction}({told})."


def decided(difference: Difference) -> bool:
    """Tell whether a difference is found: its interval without 0, and Holm's p small."""
    found = difference.estimate
    if not isinstance(found, Estimate) or found.low <= 0 <= found.high:
        return False
    return difference.p_holm is None or difference.p_holm < HIGHEST_P


def detectable_sentence(result: RunResult) -> Iterator[str]:
    """Say which true difference the test set is large enough to show, for the pairs told."""
    sizes = [d.detectable for d in told_differences(result) if d.detectable is not None]
    if not sizes:
        return
    low, high = f"{min(sizes):.3f}", f"{max(sizes):.3f}"
    span = low if low == high else f"{low}~{high}"
    told = subject_of(result.task).counted(result.systems[0].essays)
    yield (
        f"{told}만으로는 두 시스템의 실제 차이가 {span} 이상일 때 열에 여덟 번 알아낼 "
        "수 있습니다(보정하지 않은 5% 수준이고, 비교에 따라 다릅니다). 더 작은 차이는 "
        "있어도 드러나지 않을 수 있습니다."
    )


def signed(value: float) -> str:
    """Write a difference with its sign, a true minus for negative ones."""
    return minus(f"{value:+.3f}")
