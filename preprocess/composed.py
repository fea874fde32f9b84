"""Essays in plain form: composed (NFC), and without letters that nobody sees.

Records that people bring may hold decomposed Hangul (macOS), and what a web page or an editor puts
between letters to steer line breaks: zero-width spaces, soft hyphens, marks of direction. Those
part a name or a number for every search while a reader sees it whole.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

import msgspec

from crawler.items import Essay, Question

#: Unicode's format characters (Cf) that show nothing, the joiner of emoji (U+200D) apart, with the
#: combining grapheme joiner and the empty Hangul letters.
_UNSEEN: Final = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0001"
)
#: What stands on either side of the joiner in an emoji; an emoji ends with its variation, too.
_PICTURE: Final = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_DROPPED: Final = re.compile(
    f"[{_UNSEEN}]+|(?<![{_PICTURE}])\u200d[{_UNSEEN}\u200d]*|\u200d+(?![{_PICTURE}])"
)
#: Tells most essays at once, which hold none.
_ANY: Final = re.compile(f"[{_UNSEEN}\u200d]")


def composed(essay: Essay) -> Essay:
    """Bring all text of an essay into plain form, and move its passages along.

    A passage whose edge cuts a composed character takes the whole of it; one that reaches beyond
    the answer still does.
    """
    text = msgspec.json.encode(essay).decode()
    if unicodedata.is_normalized("NFC", text) and not _ANY.search(text):
        return essay
    moved = msgspec.structs.replace(essay, questions=tuple(map(_with_moved, essay.questions)))
    return msgspec.convert(_normalized(msgspec.to_builtins(moved)), Essay)


def plain_text(text: str) -> str:
    """Bring a text that nothing points into into plain form."""
    return unicodedata.normalize("NFC", _DROPPED.sub("", text))


def _with_moved(question: Question) -> Question:
    text = question.answer
    passages = tuple(
        msgspec.structs.replace(p, start=_edge(text, p.start, -1), end=_edge(text, p.end, 1))
        for p in question.passages
    )
    return msgspec.structs.replace(question, passages=passages)


def _edge(text: str, position: int, step: int) -> int:
    whole = plain_text(text)
    if position > len(text):
        return len(whole) + position - len(text)
    while True:
        before = plain_text(text[:position])
        if before + plain_text(text[position:]) == whole:
            return len(before)
        position += step


def _normalized(value: Any) -> Any:
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, list | tuple):
        return [_normalized(item) for item in value]
    if isinstance(value, dict):
        return {key: _normalized(item) for key, item in value.items()}
    return value
