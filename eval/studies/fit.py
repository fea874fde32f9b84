"""What losses say: the line of loss against size, and where early stopping would have stopped."""

from __future__ import annotations

import math
from collections.abc import Sequence

from eval.studies.records import Look, Slope

#: Looks without a new best after which an early stop would have come.
PATIENCE = 3
#: With fewer trainings a line has no interval.
FEWEST = 3


class FitError(ValueError):
    """Losses to which no line can be fitted."""


def fit(parameters: Sequence[int], losses: Sequence[float]) -> Slope:
    """Fit a line of loss against log2 of the weights by least squares.

    The interval is that of the slope with n - 2 degrees of freedom (Draper and Smith, Applied
    Regression Analysis, section 1.4): seeds are taken for independent trainings, and a bend, which
    three sizes could hardly show, is not looked for.

    Raises:
        FitError: There are fewer than three trainings, or all have one size.

    """
    from scipy.stats import linregress, t  # noqa: PLC0415 - wanted here alone

    if len(losses) < FEWEST or len(set(parameters)) == 1:
        raise FitError(
            f"a line with its interval wants {FEWEST} trainings of two sizes; these are "
            f"{len(losses)} of {len(set(parameters))}"
        )
    logs = [math.log2(count) for count in parameters]
    found = linregress(logs, losses)
    reach = float(t.ppf(0.975, len(losses) - 2)) * float(found.stderr)
    slope = float(found.slope)
    return Slope(
        slope=slope,
        low=slope - reach,
        high=slope + reach,
        at_smallest=float(found.intercept) + slope * min(logs),
        over=len(losses),
        sizes=len(set(parameters)),
    )


def best_look(looks: Sequence[Look]) -> Look:
    """Give the look with the least validation loss, the first of equal ones."""
    return min(looks, key=lambda look: look.validation)


def early_stop(looks: Sequence[Look], patience: int = PATIENCE) -> Look | None:
    """Give the look at which early stopping would have stopped; `None` where it would not have."""
    best, since = math.inf, 0
    for look in looks:
        since = 0 if look.validation < best else since + 1
        best = min(best, look.validation)
        if since >= patience:
            return look
    return None
