"""The data report as a page and as a datasheet: `index.html` in Korean, `DATASHEET.md` in English.

Both are written from the records alone. The page is one file with its figures in it; on a machine
without a Korean font it has its tables, no figures, and a line that says which font to install.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.items import manifest_path
from preprocess.alpaca import write_whole
from preprocess.datasheet import REPLICA, Eda
from preprocess.eda import FREQUENT, Measured
from preprocess.grouping import LEAST_TELLING, SAME_ANSWER
from preprocess.likeness import SAMPLE
from preprocess.near_duplicates import SAME_ESSAY
from preprocess.report import BuildReport

if TYPE_CHECKING:
    from preprocess.plots import Plot

TEMPLATES: Final = Path(__file__).parent / "templates"
PAGE, SHEET = "data_report.html.j2", "DATASHEET.md.j2"
#: What is dropped at each step, in the order of the steps; what comes after are rows of tasks.
UNITS: Final = ("essay", "question", "point")
ABSENT: Final = {PAGE: "재지 않음", SHEET: "not measured"}

Words = Mapping[str, Mapping[str, str]]


def write_pages(folder: Path, report: BuildReport, measured: Measured) -> None:
    """Write `index.html` and `DATASHEET.md` into a folder, each whole.

    Args:
        folder: Where they go.
        report: What the build kept, dropped and counted.
        measured: What other steps measured.

    """
    words = read_words()
    facts = {"report": report, "eda": report.eda, "measured": measured}
    plots = draw_plots(report.eda, words["split"])
    write_whole(folder / "index.html", [render(PAGE, facts | {"plots": plots}, words).encode()])
    write_whole(folder / "DATASHEET.md", [render(SHEET, facts, {}).encode()])


def read_words() -> Words:
    """Read the Korean words for the keys of the records, by the kind of key."""
    return tomllib.loads((TEMPLATES / "words.toml").read_text(encoding="utf-8"))


def draw_plots(found: Eda, split_words: Mapping[str, str]) -> dict[str, Plot] | None:
    """Draw the figures; `None` where no Korean font is installed."""
    from preprocess.plots import draw, find_font  # noqa: PLC0415 - seaborn takes seconds

    font = find_font()
    return draw(found, font, split_words) if font else None


def render(name: str, facts: dict[str, Any], words: Words) -> str:
    """Write a template out; every text of the data in it is escaped.

    Args:
        name: `PAGE` or `SHEET`.
        facts: `report`, `eda`, `measured`, and for the page `plots`.
        words: What the keys of the records are called; a key without a word stays as it is.

    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "word": lambda key, kind: words.get(kind, {}).get(key, key),
        "n": partial(_written, absent=ABSENT[name], write=number),
        "share": partial(_written, absent=ABSENT[name], write="{:.3f}".format),
        "percent": lambda value, absent=ABSENT[name]: _written(value, absent, "{:.1%}".format),
        "total": lambda counts: sum(counts.values()),
        "cell": lambda text: str(text).replace("|", "\\|").replace("\n", " "),
    }
    told = {
        "dropped": _by_step(facts["report"]),
        "manifest": manifest_path(Path(facts["report"].raw_file)).name,
        "invented": set(facts["eda"].sources) == {REPLICA},
        "sample": SAMPLE,
        "frequent": FREQUENT,
        "same_essay": SAME_ESSAY,
        "same_answer": SAME_ANSWER,
        "least_telling": LEAST_TELLING,
    }
    return environment.get_template(name).render(facts | told)


def number(value: float) -> str:
    """Write a number with commas, and one decimal where it is not whole."""
    return f"{value:,.1f}".removesuffix(".0")


def _written(value: float | None, absent: str, write: Callable[[float], str]) -> str:
    return absent if value is None else write(value)


def _by_step(report: BuildReport) -> dict[str, list[tuple[str, int]]]:
    """Sort what was dropped by step, then by count; "essay: no answers" is a reason of "essay"."""
    steps: dict[str, list[tuple[str, int]]] = {unit: [] for unit in UNITS}
    for reason, count in report.dropped.items():
        step, _, why = reason.partition(": ")
        steps.setdefault(step, []).append((why, count))
    return {step: sorted(of, key=lambda pair: (-pair[1], pair[0])) for step, of in steps.items()}
