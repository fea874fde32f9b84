"""The small syntax of the content files: `[this|that]` chooses, `{slot}` is filled in.

A particle straight after a choice or a slot takes the form that fits the words chosen.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Final

from crawler.replica.korean import PARTICLE_PATTERN, particle

TAIL: Final = rf"(?P<quote>['’]?)(?:(?P<particle>{PARTICLE_PATTERN})(?=[\s,.]|$))?"
CHOICE: Final = re.compile(r"\[(?P<body>[^\[\]|]*(?:\|[^\[\]|]*)+)\]" + TAIL)
SLOT: Final = re.compile(r"\{(?P<body>\w+)\}" + TAIL)


def fill(template: str, slots: Mapping[str, str], rng: random.Random) -> str:
    """Choose among the template's alternatives, then fill its slots.

    Raises:
        KeyError: The template names a slot that is not given.

    """

    def choose(found: re.Match[str]) -> str:
        return _agree(rng.choice(found["body"].split("|")), found)

    def put(found: re.Match[str]) -> str:
        return _agree(slots[found["body"]], found)

    return SLOT.sub(put, CHOICE.sub(choose, template))


def slots_of(template: str) -> set[str]:
    """Return the names of the slots that a template needs."""
    return {found["body"] for found in SLOT.finditer(template)}


def _agree(word: str, found: re.Match[str]) -> str:
    form = found["particle"]
    # A choice that ends in a slot is left as written: the slot's own turn comes after.
    if not form or word.endswith("}"):
        return word + found["quote"] + (form or "")
    return word + found["quote"] + particle(word, form)
