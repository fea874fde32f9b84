"""Differences between systems: the paired interval, p, Holm's correction, and what would be seen.

The resamples of a difference are the differences of the two systems on the same resamples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from eval.comparing.statistics import LEVEL, AnyMetric, Matrix, Resampled, resampled, with_interval
from eval.records import Difference, Estimate, Unscored

POWER = 0.8
#: What sums of the same numbers may differ by when they are added up otherwise.
ROUNDING = 1e-12


class Compared(NamedTuple):
    """A difference with its interval, p and detectable difference; see `records.Difference`."""

    estimate: Estimate | Unscored
    p: float | None = None
    detectable: float | None = None


def compare(metric: AnyMetric, system: Resampled, other: Resampled) -> Compared:
    """Compute `system` minus `other` on the same essays and the same resamples.

    Raises:
        ValueError: The two were not scored on the same essays, or not drawn equally often.

    """
    if system.essays != other.essays or len(system.drawn) != len(other.drawn):
        raise ValueError("only systems scored on the same essays can be compared")
    value, against = metric.value(system.totals), metric.value(other.totals)
    if isinstance(value, Unscored):
        return Compared(value)
    if isinstance(against, Unscored):
        return Compared(against)
    essays = len(system.essays)
    one, two = resampled(metric, system), resampled(metric, other)
    drawn = apart(one, two)
    found = with_interval(value - against, drawn, essays)
    if isinstance(found, Unscored):
        return Compared(found)
    defined = drawn[~np.isnan(drawn)]
    size = float(np.nanmax(np.abs([one, two])))
    return Compared(found, two_sided_p(defined, essays), detectable(defined, essays, size))


def apart(one: Matrix, other: Matrix) -> Matrix:
    """Subtract, with 0 for what differs by rounding alone: p counts the signs of differences."""
    same = np.isclose(one, other, rtol=ROUNDING, atol=ROUNDING)
    return np.where(same, 0.0, one - other)


def two_sided_p(drawn: Matrix, essays: int) -> float:
    """Compute the p that goes with the interval: below 0.05 where the interval leaves out 0.

    The share of resamples on the far side of 0, the value itself counted as one of them (Davison
    and Hinkley 1997, 4.11: otherwise p could be 0), is brought back by the expansion of the
    interval: p = 2·T(√((n−1)/n) · Φ⁻¹(share)) with n − 1 degrees of freedom.

    Args:
        drawn: The difference on each resample that has one.
        essays: How many essays were drawn from.

    """
    far = min(np.count_nonzero(drawn <= 0), np.count_nonzero(drawn >= 0))
    share = min((1 + far) / (1 + len(drawn)), 0.5)
    return 2 * float(stdtr(essays - 1, math.sqrt((essays - 1) / essays) * float(ndtri(share))))


def smallest_p(resamples: int, essays: int) -> float:
    """Compute the p of a difference that has one sign on every resample: none is smaller."""
    return two_sided_p(np.ones(resamples), essays)


def detectable(drawn: Matrix, essays: int, size: float) -> float | None:
    """Compute the smallest true difference that shows at the 5 % level with a power of 0.8.

    Bloom (1995, Minimum Detectable Effects): the standard error times the sum of the t points of
    level and power, 2.8 for many essays. The standard error is the resamples' own, times
    √(n/(n−1)). Where it is none but that of rounding, as between two systems that never answer,
    nothing is known of what would show.

    Args:
        drawn: The difference on each resample that has one.
        essays: How many essays were drawn from.
        size: How large the compared values are, of which rounding is a share.

    """
    spread = float(np.std(drawn))
    if spread <= ROUNDING * size:
        return None
    points = sum(float(stdtrit(essays - 1, at)) for at in ((1 + LEVEL) / 2, POWER))
    return points * math.sqrt(essays / (essays - 1)) * spread


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """Correct p values for their number (Holm 1979): each at most 1, in the order given.

    The smallest of m is multiplied by m, the next by m − 1, and so on, and none may fall below one
    before it.
    """
    corrected, highest = [0.0] * len(ps), 0.0
    for rank, k in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[k]))
        corrected[k] = highest
    return tuple(corrected)


def with_holm(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """Write Holm's corrected p into the differences that have a p; they are one family."""
    ps = {k: d.p for k, d in enumerate(differences) if d.p is not None}
    corrected = dict(zip(ps, holm(list(ps.values())), strict=True))
    return tuple(
        msgspec.structs.replace(d, p_holm=corrected.get(k)) for k, d in enumerate(differences)
    )
