"""Whether a run's rows are of invented essays, so that the page says so by itself.

The build that made the rows leaves `data/report/report.json` beside them, with the sources of its
essays; a page that is shown around without the folder would else read as a result on real ones.
"""

from __future__ import annotations

from typing import Final

import msgspec

from eval.runs import Run
from preprocess.alpaca import RecordError

#: As `preprocess.datasheet` calls essays of the replica.
REPLICA: Final = "the replica: invented essays"
NOTICE: Final = (
    "지어낸 자기소개서로 낸 결과입니다. 실제 자기소개서에 대해서는 말해 주는 것이 없습니다."
)


class _Splits(msgspec.Struct):
    rows: dict[str, int]


class _Sources(msgspec.Struct):
    sources: dict[str, int]


class _Built(msgspec.Struct):
    eda: _Sources
    splits: dict[str, _Splits]


def invented_notice(run: Run) -> str:
    """Write the notice of a run whose rows are all of the replica's essays; else nothing.

    Raises:
        RecordError: The build's report is there and cannot be read.

    """
    path = run.train.parents[2] / "report" / "report.json"
    if not path.exists():
        return ""
    try:
        built = msgspec.json.decode(path.read_bytes(), type=_Built)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordError(f"{path}: {error}; make it with: make data") from None
    of_build = any(run.task in split.rows for split in built.splits.values())
    return NOTICE if of_build and set(built.eda.sources) == {REPLICA} else ""
