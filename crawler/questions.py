"""The questions of an essay (`dl.qnaLists`): answers, marked passages and the expert's advice.

Question, answer and advice are paired inside each `dt` and `dd`: lists over the whole page would
slip by one wherever an answer has no advice.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from crawler.items import Advice, Passage, Polarity, Question
from crawler.markup import Node, class_names, has_class
from crawler.node_text import MarkedText, Span, marked_text, node_text
from crawler.page_errors import TruncatedPageError, UnreadableFieldError

NUMBER = ".num"
QUESTION = ".tx"
ANSWER = ".tx"
COUNTS = ".txSpllChk"
ADVICE_CLASS = "advice"
ADVICE = f".{ADVICE_CLASS}"
MARK_NAME = "sup"
MARK = f".{MARK_NAME}"
MARK_CLASSES = frozenset({"good", "bad"})

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
    return tuple(_parse_question(dt, dd, index, url) for index, (dt, dd) in enumerate(pairs))


def _parse_question(dt: Node, dd: Node, index: int, url: str) -> Question:
    field = f"questions[{index}]"
    asked, told = _by_class(dt), _by_class(dd)
    question = node_text(_first(asked, QUESTION))
    text, spans = _read_answer(told.get(ANSWER, []), url, f"{field}.answer")
    for name, value in (("question", question), ("answer", text)):
        if not value:
            raise UnreadableFieldError(url, f"the {name} is empty", field=f"{field}.{name}")
    counts = node_text(_first(told, COUNTS))
    labels = _own_labels(told.get(MARK, []))
    return Question(
        number=_parse_number(_first(asked, NUMBER), default=index + 1),
        question=question,
        answer=text,
        site_chars=_parse_size(_CHARS, counts),
        site_bytes=_parse_size(_BYTES, counts),
        passages=_parse_passages(text, spans, labels, url, f"{field}.passages"),
        advice=_parse_advice(told.get(ADVICE, []), url, f"{field}.advice"),
    )


def _by_class(node: Node) -> dict[str, list[Node]]:
    """Return a node and all nodes under it by the selectors of their classes, such as `.tx`.

    One walk for many selectors, each list in the page's order.
    """
    found: dict[str, list[Node]] = {}
    for inside in node.iter():
        classes = inside.get("class")
        if classes:
            for css in _class_selectors(classes):
                found.setdefault(css, []).append(inside)
    return found


@lru_cache(maxsize=512)
def _class_selectors(classes: str) -> tuple[str, ...]:
    return tuple(f".{name}" for name in class_names(classes))


def _first(found: dict[str, list[Node]], css: str) -> Node | None:
    return found[css][0] if css in found else None


def _read_answer(nodes: list[Node], url: str, field: str) -> MarkedText:
    """Read the first answer that has a text; where all are empty, an empty one.

    Raises:
        UnreadableFieldError: There is no answer.

    """
    found: MarkedText | None = None
    for node in nodes:
        if not _is_inside(node, ADVICE_CLASS):
            found = marked_text(node, _is_mark)
            if found.text:
                break
    if found is None:
        raise UnreadableFieldError(url, "there is no answer (.tx)", field=field)
    return found


def _parse_number(node: Node | None, *, default: int) -> int:
    found = _DIGITS.search(node_text(node))
    return (int(found.group()) if found else 0) or default


def _parse_size(pattern: re.Pattern[str], counts: str) -> int | None:
    found = pattern.search(counts)
    return int(_NOT_DIGITS.sub("", found.group(1))) if found else None


def _is_inside(node: Node, name: str) -> bool:
    named = [one for one in node.iterancestors() if name in (one.get("class") or "")]
    return any(has_class(around, name) for around in named)


def _is_mark(node: Node) -> bool:
    return node.tag == "b" and _is_mark_class(node)


def _is_mark_class(node: Node) -> bool:
    classes = node.get("class")
    return classes is not None and not MARK_CLASSES.isdisjoint(classes.split())


def _parse_passages(
    text: str, spans: tuple[Span, ...], own: dict[Node, _Label], url: str, field: str
) -> tuple[Passage, ...]:
    """Give each marked stretch its label; one without a label pairs with nothing and is left out.

    Where an expert typed a label as plain words, beside marks of the usual form, the words stay.

    Raises:
        UnreadableFieldError: The labels are in the answer's text: their class has changed.

    """
    labels = [own.get(span.node) or _label_behind(span.node) for span in spans]
    passages: list[Passage] = []
    for span, label in zip(spans, labels, strict=True):
        typed = None if label else _LABEL_AT_END.search(text, span.start, span.end)
        if typed and not any(labels):
            raise UnreadableFieldError(url, "a mark's label stands in the answer", field=field)
        found = _parse_label(typed.group()) if typed else label
        if found is not None:
            passages.append(Passage(found.polarity, found.number, span.start, span.end))
    return tuple(passages)


def _own_labels(nodes: list[Node]) -> dict[Node, _Label]:
    """Return the labels of marks: of those in a mark and no mark inside it, the last."""
    labels: dict[Node, _Label] = {}
    for node in nodes:
        mark, label = _nearest_mark(node), _parse_label(node_text(node))
        if mark is not None and label is not None:
            labels[mark] = label
    return labels


def _label_behind(mark: Node) -> _Label | None:
    behind = mark.getnext()
    if behind is None or (mark.tail or "").strip() or not has_class(behind, MARK_NAME):
        return None
    return _parse_label(node_text(behind))


def _nearest_mark(node: Node) -> Node | None:
    return next((around for around in node.iterancestors() if _is_mark(around)), None)


@lru_cache(maxsize=512)
def _parse_label(text: str) -> _Label | None:
    found = _LABEL.fullmatch(text.rstrip(" :."))
    if found is None or int(found.group(2)) == 0:
        return None
    return _Label(_POLARITIES[found.group(1)], int(found.group(2)))


def _parse_advice(blocks: list[Node], url: str, field: str) -> tuple[Advice, ...]:
    return tuple(advice for block in blocks for advice in _parse_block(block, url, field))


def _parse_block(block: Node, url: str, field: str) -> list[Advice]:
    """Read one block of advice: each label's text reaches to the next label.

    Raises:
        UnreadableFieldError: There is text before the first label.

    """
    text, spans = marked_text(block, _is_advice_label)
    if text and (not spans or text[: spans[0].start].strip()):
        raise UnreadableFieldError(url, f"advice without a label: {text[:40]!r}", field=field)
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


def _is_advice_label(node: Node) -> bool:
    may_be = node.tag == "strong" or _is_mark_class(node)
    return may_be and _parse_label(node_text(node)) is not None
