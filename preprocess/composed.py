"""Essays in composed form (NFC): records that people bring may hold decomposed Hangul (macOS)."""

from __future__ import annotations

import unicodedata
from typing import Any

import msgspec

from crawler.items import Essay, Question


def composed(essay: Essay) -> Essay:
    """Bring all text of an essay into composed form, and move its passages along.

    A passage whose edge cuts a composed character takes the whole of it; one that reaches beyond
    the answer still does.
    """
    if unicodedata.is_normalized("NFC", msgspec.json.encode(essay).decode()):
        return essay
    moved = msgspec.structs.replace(essay, questions=tuple(map(_with_moved, essay.questions)))
    return msgspec.convert(_normalized(msgspec.to_builtins(moved)), Essay)


def _with_moved(question: Question) -> Question:
    text = question.answer
    passages = tuple(
        msgspec.structs.replace(p, start=_edge(text, p.start, -1), end=_edge(text, p.end, 1))
        for p in question.passages
    )
    return msgspec.structs.replace(question, passages=passages)


def _edge(text: str, position: int, step: int) -> int:
    whole = unicodedata.normalize("NFC", text)
    if position > len(text):
        return len(whole) + position - len(text)
    while True:
        before = unicodedata.normalize("NFC", text[:position])
        if before + unicodedata.normalize("NFC", text[position:]) == whole:
            return len(before)
        position += step


def _normalized(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_normalized(item) for item in value]
    if isinstance(value, dict):
        return {key: _normalized(item) for key, item in value.items()}
    return value
