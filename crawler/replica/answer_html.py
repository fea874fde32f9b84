"""Text and marks as the site writes them: CR and LF beside every `<br>`, labels inside marks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from crawler.items import POLARITY_WORDS, Passage

NEW_LINE = "\r\n<br/>"


def text_html(text: str) -> str:
    """Write plain text: new lines as `<br/>`, with the raw line ends that the site leaves."""
    return escape(text).replace("\n", NEW_LINE)


def label(polarity_holder: Passage) -> str:
    """Return the words of a passage's label: `아쉬운점 1`."""
    return f"{POLARITY_WORDS[polarity_holder.polarity]} {polarity_holder.number}"


def answer_html(answer: str, passages: Sequence[Passage]) -> str:
    """Write an answer with its passages in `<b>`, each with its label as last child.

    Passages may touch and may lie inside one another.

    Raises:
        ValueError: Two passages cross, which the site's markup cannot say.

    """
    html: list[str] = []
    opened: list[Passage] = []
    done = 0

    def close_until(position: int) -> None:
        nonlocal done
        while opened and opened[-1].end <= position:
            passage = opened.pop()
            html.append(text_html(answer[done : passage.end]))
            html.append(f'<span class="sup">{label(passage)}</span></b>')
            done = passage.end

    for passage in passages:
        close_until(passage.start)
        if passage.start < done or (opened and passage.end > opened[-1].end):
            raise ValueError(f"{passage} crosses another passage, or stands before it")
        html.append(text_html(answer[done : passage.start]))
        html.append(f'<b class="{passage.polarity}">')
        done = passage.start
        opened.append(passage)
    close_until(len(answer))
    html.append(text_html(answer[done:]))
    return "".join(html)
