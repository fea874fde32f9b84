"""The report's first sentences: which system is best, by how much, and how surely."""

from __future__ import annotations

from collections.abc import Iterator

from eval.glossary import metric_word, system_word
from eval.metrics import HEADLINE
from eval.records import Difference, Estimate, RunResult

#: Differences told in words, where they are there. The sentences' particles (은, 과) fit the first
#: system's Korean name, which ends in a consonant.
TOLD = (("tuned", "base"), ("tuned", "generic"), ("tuned", "retrieval"))

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
        *unreadable_sentence(result),
        *few_sentence(result),
    )


def unreadable_sentence(result: RunResult) -> Iterator[str]:
    """Say of which systems most outputs had no form to score, which a difference does not show."""
    shares = {system.system: system.metrics["readable"] for system in result.systems}
    mute = [
        f"{system_word(name)}({share.value:.0%})"
        for name, share in shares.items()
        if isinstance(share, Estimate) and share.value < MOSTLY_READABLE
    ]
    if mute:
        yield (
            f"읽을 수 있는 출력이 절반에 못 미친 시스템: {', '.join(mute)}. 읽을 수 없는 출력은 "
            "조언이 없는 것으로 셉니다."
        )


def few_sentence(result: RunResult) -> Iterator[str]:
    """Warn where there are too few essays for the bootstrap's intervals to be trusted."""
    essays = result.systems[0].essays
    if essays < FEW_ESSAYS:
        yield f"자기소개서가 {essays}편뿐이므로 실제 불확실성은 구간보다 클 수 있습니다."


def best_sentence(result: RunResult) -> str:
    """Name the system with the highest headline metric."""
    name = HEADLINE[result.task]
    metric = metric_word(name, result.task).name
    scored = [(s, e) for s in result.systems if isinstance(e := s.metrics[name], Estimate)]
    best, found = max(scored, key=lambda pair: pair[1].value, default=(None, None))
    if best is None or found is None or found.value == 0:
        return f"{metric}이 0보다 큰 시스템이 없습니다."
    return (
        f"{metric}이 가장 높은 시스템은 {system_word(best.system)}입니다: "
        f"{found.value:.3f}, 95% 구간 [{found.low:.3f}, {found.high:.3f}]."
    )


def difference_sentences(result: RunResult) -> Iterator[str]:
    """Say how far the tuned model is above or below base, generic and retrieval."""
    name = HEADLINE[result.task]
    there = {(d.system, d.other): d for d in result.differences if d.metric == name}
    for pair in TOLD:
        if pair in there:
            yield difference_sentence(there[pair])


def difference_sentence(difference: Difference) -> str:
    """Put one difference into words, undecided where its interval holds 0."""
    found = difference.estimate
    system, other = system_word(difference.system), system_word(difference.other)
    if not isinstance(found, Estimate):
        return f"{system} − {other}: 차이를 계산할 수 없습니다({found.reason})."
    interval = f"95% 구간 [{signed(found.low)}, {signed(found.high)}]"
    if found.low <= 0 <= found.high:
        return (
            f"{system}과 {other}의 차이는 {signed(found.value)}({interval})입니다. 0이 들어 있어 "
            "어느 쪽이 낫다고 말할 수 없습니다."
        )
    direction = "높습니다" if found.value > 0 else "낮습니다"
    return f"{system}은 {other}보다 {abs(found.value):.3f} {direction}({interval})."


def signed(value: float) -> str:
    """Write a difference with its sign, a true minus for negative ones."""
    return f"{value:+.3f}".replace("-", "−")
