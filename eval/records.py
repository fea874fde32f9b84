"""The door of eval: predictions, scores per item, and the result of a run.

Files of a run `R`: `runs/R/eval/predictions/<system>.jsonl`, `runs/R/eval/scores.jsonl` and
`runs/R/eval/result.json`. `eval.score` needs no model, `eval.report` needs no scores recomputed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from preprocess.alpaca import Record


class Prediction(Record, frozen=True):
    """What one system answered to one test row.

    `prompt` is the exact text that was fed, `output` the raw text that came back without its end
    token, `finish` whether the end token came (`stop`) or the limit of tokens (`length`).
    Baselines that make no use of a model have an empty prompt. `seed` is that of the sampling,
    `None` where the answer is the likeliest one.
    """

    id: str
    source_id: str
    task: str
    system: str
    prompt: str
    output: str
    finish: Literal["stop", "length"]
    seed: int | None = None


class Unscored(msgspec.Struct, frozen=True, tag=True):
    """A metric that does not exist for an item, and why: it is counted apart, never as 0."""

    reason: str


class ItemScore(Record, frozen=True):
    """What was counted in one prediction, and its metrics.

    `source_id` is the essay, the unit of resampling. `counts` may be summed over items, and every
    number of the table is a ratio of such sums; `metrics` are the same ratios on this item alone.
    `unreadable` is why the output is not advice, `None` where it is.
    """

    id: str
    source_id: str
    system: str
    unreadable: str | None
    counts: dict[str, float]
    metrics: dict[str, float | Unscored]


class Estimate(Record, frozen=True, tag=True):
    """A number with its interval from the cluster bootstrap over essays."""

    value: float
    low: float
    high: float


class SystemResult(Record, frozen=True):
    """One row of the table: every metric of one system, over `items` rows of `essays` essays."""

    system: str
    items: int
    essays: int
    metrics: dict[str, Estimate | Unscored]


class Difference(Record, frozen=True):
    """`system` minus `other` on the same items, with the paired interval.

    `p` is the two-sided probability of the resamples, `p_holm` the same after Holm's correction
    over all differences of the result, and `detectable` the smallest true difference that this test
    set would show with a power of 0.8. All three are `None` where there is
    no estimate, and `detectable` where the resamples do not vary.
    """

    system: str
    other: str
    metric: str
    estimate: Estimate | Unscored
    p: float | None = None
    p_holm: float | None = None
    detectable: float | None = None


class SliceResult(Record, frozen=True):
    """A system on a part of the test set: the items whose `by` (as `job`) is `value`."""

    by: str
    value: str
    system: str
    items: int
    essays: int
    metrics: dict[str, Estimate | Unscored]


class RunResult(Record, frozen=True):
    """All that the report shows beside the items: made by `eval.score`, read by `eval.report`.

    `settings` says how the numbers were made (task, seed, resamples, versions of the libraries,
    metric signatures, fingerprint of the test file).
    """

    run: str
    task: str
    settings: dict[str, str]
    systems: tuple[SystemResult, ...]
    differences: tuple[Difference, ...]
    slices: tuple[SliceResult, ...] = ()
