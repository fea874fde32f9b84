"""The questions of an essay (`dl.qnaLists`): answers, marked passages and the expert's advice.

Question, answer and advice are paired inside each `dt` and `dd`: lists over the whole page would
slip by one wherever an answer has no advice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from crawler.items import Advice, Passage, Polarity, Question
from crawler.landmarks import group
from crawler.node_text import MarkedText, marked_text, node_text
from crawler.page_errors import TruncatedPageError, UnreadableFieldError
from crawler.selection import Node, has_class

NUMBER = ".num"
QUESTION = ".tx"
ANSWER = ".tx"
COUNTS = ".txSpllChk"
ADVICE_CLASS = "advice"
ADVICE = f".{ADVICE_CLASS}"
MARK_NAME = "sup"
MARK = f".{MARK_NAME}"
MARK_CLASSES = frozenset({"good", "bad"})
SELECTORS = frozenset({NUMBER, QUESTION, ANSWER, COUNTS, ADVICE, MARK})

_LABEL = re.compile(r"(좋은|아쉬운)\s*점\s*(\d{1,4})")
_POLARITIES: dict[str, Polarity] = {"좋은": "good", "아쉬운": "bad"}
_LABEL_AT_END = re.compile(_LABEL.pattern + r"$")
_CHARS = re.compile(r"글자수\D{0,3}(\d[\d,. ]{0,11})")
_BYTES = re.compile(r"(\d[\d,. ]{0,11})Byte", re.IGNORECASE)
_NOT_DIGITS = re.compile(r"\D+")
_DIGITS = re.compile(r"\d{1,4}")


class _Label(NamedTuple):
    """What a passage and its advice share: `아쉬운점 2`."""

    polarity: Polarity
    number: int


def parse_questions(node: Node, url: str) -> tuple[Question, ...]:
    """Read the questions in the page's order.

    Raises:
        TruncatedPageError: A question has no answer, or there is none at all.
        UnreadableFieldError: A question, answer, mark or piece of advice is not as it should be.

    """
    pairs: list[tuple[Node, Node]] = []
    asked: Node | None = None
    for child in node.iter("dt", "dd"):
        if child.tag == "dd" and asked is not None:
            pairs.append((asked, child))
        elif asked is not None:
            break
        asked = child if child.tag == "dt" else None
    if asked is not None or not pairs:
        field = f"questions[{len(pairs)}].answer"
        raise TruncatedPageError(url, "a question (dt) has no answer (dd)", field=field)
    top = None if _is_advised(node, None) else node
    return tuple([_parse_question(*pair, top, index, url) for index, pair in enumerate(pairs)])


def _parse_question(dt: Node, dd: Node, top: Node | None, index: int, url: str) -> Question:
    """Read a question; `top` is as far up as a block of advice may stand around its answer."""
    field = f"questions[{index}]"
    inside = list(dd.iter())  # lxml makes an element anew for each look, unless somebody holds it
    asked, told = group(dt.iter(), SELECTORS), group(inside, SELECTORS)
    question = node_text(_first(asked, QUESTION))
    answer = _read_answer(told.get(ANSWER, ()), top, url, field)
    if not question or not answer.text:
        name = "answer" if question else "question"
        raise UnreadableFieldError(url, f"the {name} is empty", field=f"{field}.{name}")
    counts = node_text(_first(told, COUNTS))
    labels = _own_labels(told.get(MARK, ()))
    return Question(
        number=_parse_number(_first(asked, NUMBER), default=index + 1),
        question=question,
        answer=answer.text,
        site_chars=_parse_size(_CHARS, counts),
        site_bytes=_parse_size(_BYTES, counts),
        passages=_parse_passages(answer, labels, url, field),
        advice=_parse_advice(told.get(ADVICE, ()), url, field),
    )


def _first(found: dict[str, list[Node]], css: str) -> Node | None:
    return found[css][0] if css in found else None


def _read_answer(nodes: Sequence[Node], top: Node | None, url: str, field: str) -> MarkedText:
    """Read the first answer that has a text; where all are empty, an empty one.

    Raises:
        UnreadableFieldError: There is no answer.

    """
    found: MarkedText | None = None
    for node in nodes:
        if not _is_advised(node, top):
            found = marked_text(node, _is_mark)
            if found.text:
                break
    if found is None:
        raise UnreadableFieldError(url, "there is no answer (.tx)", field=f"{field}.answer")
    return found


def _is_advised(node: Node, top: Node | None) -> bool:
    """Whether a block of advice stands around a node, anywhere or up to `top`."""
    for around in node.iterancestors():
        if ADVICE_CLASS in (around.get("class") or "") and has_class(around, ADVICE_CLASS):
            return True
        if around is top:
            break
    return False


def _parse_number(node: Node | None, *, default: int) -> int:
    found = _DIGITS.search(node_text(node))
    return (int(found.group()) if found else 0) or default


def _parse_size(pattern: re.Pattern[str], counts: str) -> int | None:
    found = pattern.search(counts)
    if found is None:
        return None
    digits = found.group(1)
    return int(digits if digits.isdecimal() else _NOT_DIGITS.sub("", digits))


def _is_mark(_: Node, tag: str, classes: str | None) -> bool:
    return tag == "b" and classes is not None and _is_mark_class(classes)


@lru_cache(maxsize=512)
def _is_mark_class(classes: str) -> bool:
    return not MARK_CLASSES.isdisjoint(classes.split())


def _parse_passages(
    answer: MarkedText, own: dict[Node, _Label], url: str, field: str
) -> tuple[Passage, ...]:
    """Give each marked stretch its label; one without a label pairs with nothing and is left out.

    Where an expert typed a label as plain words, beside marks of the usual form, the words stay.

    Raises:
        UnreadableFieldError: The labels are in the answer's text: their class has changed.

    """
    if not answer.spans:
        return ()
    labels = [own.get(span.node) or _label_behind(span.node) for span in answer.spans]
    passages: list[Passage] = []
    for span, label in zip(answer.spans, labels, strict=True):
        typed = None if label else _LABEL_AT_END.search(answer.text, span.start, span.end)
        if typed and not any(labels):
            reason = "a mark's label stands in the answer"
            raise UnreadableFieldError(url, reason, field=f"{field}.passages")
        found = _parse_label(typed.group()) if typed else label
        if found is not None:
            passages.append(Passage(found.polarity, found.number, span.start, span.end))
    return tuple(passages)


def _own_labels(nodes: Sequence[Node]) -> dict[Node, _Label]:
    """Return the labels of marks: of those in a mark and no mark inside it, the last."""
    labels: dict[Node, _Label] = {}
    for node in nodes:
        label = _parse_label(node_text(node))
        mark = _nearest_mark(node) if label else None
        if mark is not None and label is not None:
            labels[mark] = label
    return labels


def _nearest_mark(node: Node) -> Node | None:
    for around in node.iterancestors():
        if _is_mark(around, around.tag, around.get("class")):
            return around
    return None


def _label_behind(mark: Node) -> _Label | None:
    behind = mark.getnext()
    if behind is None or (mark.tail or "").strip() or not has_class(behind, MARK_NAME):
        return None
    return _parse_label(node_text(behind))


@lru_cache(maxsize=512)
def _parse_label(text: str) -> _Label | None:
    found = _LABEL.fullmatch(text.rstrip(" :."))
    if found is None or int(found.group(2)) == 0:
        return None
    return _Label(_POLARITIES[found.group(1)], int(found.group(2)))


def _parse_advice(blocks: Sequence[Node], url: str, field: str) -> tuple[Advice, ...]:
    return tuple([advice for block in blocks for advice in _parse_block(block, url, field)])


def _parse_block(block: Node, url: str, field: str) -> list[Advice]:
    """Read one block of advice: each label's text reaches to the next label.

    Raises:
        UnreadableFieldError: There is text before the first label.

    """
    marked = marked_text(block, _is_advice_label)
    text, spans = marked.text, marked.spans
    if text and (not spans or text[: spans[0].start].strip()):
        reason = f"advice without a label: {text[:40]!r}"
        raise UnreadableFieldError(url, reason, field=f"{field}.advice")
    if not spans:
        return []
    ends = [span.start for span in spans[1:]] + [len(text)]
    advice: list[Advice] = []
    for span, end in zip(spans, ends, strict=True):
        label = _parse_label(text[span.start : span.end])
        said = text[span.end : end].strip()
        if label is not None and said:
            advice.append(Advice(label.polarity, label.number, said))
    return advice


def _is_advice_label(node: Node, tag: str, classes: str | None) -> bool:
    may_be = tag == "strong" or (classes is not None and _is_mark_class(classes))
    return may_be and _parse_label(node_text(node)) is not None
