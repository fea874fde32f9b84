"""A question file's page: one HTML file with its figures in it, every text of the data escaped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from preprocess.qa_eda import MEANINGS, QaReport
from preprocess.report_page import TEMPLATES, number, read_words

#: What the counts, the kinds of text and the ways a row is made are called.
WORDS = {
    "characters": "글자",
    "syllables": "한글 음절",
    "words": "어절",
    "sentences": "문장",
    "marks": "문장 부호",
    "bytes": "바이트",
    "question": "질문",
    "answer": "답변",
    "both": "질문과 답변",
    "plain": "질문과 답변 그대로",
    "joined": "두 질문을 이음",
    "polite": "반말을 높임말로",
    "casual": "높임말을 반말로",
    "no-mark": "끝의 부호를 뺌",
    "no-spaces": "띄어쓰기를 없앰",
    "opening": "앞에 말을 붙임",
}


def render(report: QaReport, answer_lengths: Sequence[int], *, invented: bool) -> str:
    """Write the page.

    Args:
        report: What was counted.
        answer_lengths: The characters of each answer, for the figures.
        invented: Whether the questions are the project's own, which the page then says on top.

    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "n": number,
        "word": _word,
        "percent": "{:.1%}".format,
        "share": lambda value: "–" if value is None else f"{value:.3f}",
    }
    facts: dict[str, Any] = {"report": report, "meanings": MEANINGS, "invented": invented}
    facts["split_words"] = read_words()["split"]
    facts["made"] = list(dict.fromkeys(name for of in report.splits.values() for name in of.made))
    template = environment.get_template("qa_report.html.j2")
    return template.render(facts | {"plots": _plots(report, answer_lengths)})


def _word(key: str) -> str:
    return WORDS.get(key, key)


def _plots(report: QaReport, answer_lengths: Sequence[int]) -> Any:
    """Draw the figures; `None` where no Korean font is installed."""
    from preprocess.plots import find_font  # noqa: PLC0415 - matplotlib takes seconds
    from preprocess.qa_plots import draw  # noqa: PLC0415 - the same

    font = find_font()
    return draw(report, answer_lengths, font) if font else None
