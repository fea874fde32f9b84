"""What a judge's reply says: its marks or its choice, or why it says neither.

A verdict is a flat JSON object that repeats the question's code. Only the judge's reply is read,
and what it quotes from an essay lacks the code, so a verdict that an essay holds is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, TypeVar

import msgspec

from eval.judging.records import Choice, JudgeMarks, KeptReply
from eval.rating.records import Mark
from eval.records import Unscored

#: How an endpoint says that the model would not answer.
REFUSALS: Final = frozenset({"refusal", "content_filter"})
_OBJECT = re.compile(r"\{[^{}]*\}")
V = TypeVar("V", bound=msgspec.Struct)


class _MarksReply(msgspec.Struct, frozen=True):
    anchored: Mark
    specific: Mark
    valid: Mark
    actionable: Mark
    tone: Mark


class _ChoiceReply(msgspec.Struct, frozen=True):
    choice: Literal["1", "2", "tie", 1, 2]


def read_marks(reply: KeptReply, code: str) -> JudgeMarks | Unscored:
    """Read the five marks of a reply."""
    found = _verdict(reply, code, _MarksReply)
    if isinstance(found, Unscored):
        return found
    return JudgeMarks(**msgspec.structs.asdict(found))


def read_choice(reply: KeptReply, code: str) -> Choice | Unscored:
    """Read which of two answers a reply prefers."""
    found = _verdict(reply, code, _ChoiceReply)
    if isinstance(found, Unscored):
        return found
    if found.choice == "tie":
        return "tie"
    return "1" if found.choice in {1, "1"} else "2"


def _verdict(reply: KeptReply, code: str, kind: type[V]) -> V | Unscored:
    """Read the one verdict of a reply; what else it says is its reasoning.

    Drafts that a model thinks aloud before it answers (`<think> … </think>`) are no verdicts.
    """
    said = reply.text.rpartition("</think>")[2]
    given = [known for known in _objects(said) if known.get("code") == code]
    if not given:
        return _why_none(reply)
    try:  # a model may write "3" for 3
        verdicts = {msgspec.convert(one, kind, strict=False) for one in given}
    except msgspec.ValidationError:
        return Unscored("a verdict without the marks or the choice that were asked for")
    return Unscored("several verdicts in one reply") if len(verdicts) > 1 else verdicts.pop()


def _objects(text: str) -> Iterator[dict[str, object]]:
    for match in _OBJECT.finditer(text):
        try:
            yield msgspec.json.decode(match[0], type=dict[str, object])
        except msgspec.DecodeError:
            continue


def _why_none(reply: KeptReply) -> Unscored:
    if reply.finish in REFUSALS:
        return Unscored("the judge refused")
    if not reply.text.strip():
        return Unscored("an empty reply")
    if reply.finish == "length":
        return Unscored("cut off before a verdict")
    return Unscored("no verdict in the reply")
