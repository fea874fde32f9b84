"""Korean that depends on sound or size: particles by the last letter, the site's counts."""

from __future__ import annotations

import re
from typing import Final

# After a consonant, after a vowel. A longer form stands before its own beginning.
PARTICLES: Final = (
    ("이라고만", "라고만"),
    ("이라고", "라고"),
    ("이라는", "라는"),
    ("으로", "로"),
    ("은", "는"),
    ("이", "가"),
    ("을", "를"),
    ("과", "와"),
)
PARTICLE_PATTERN: Final = "|".join(f"{closed}|{open_}" for closed, open_ in PARTICLES)
FIRST_SYLLABLE, LAST_SYLLABLE, FINALS, RIEUL = 0xAC00, 0xD7A3, 28, 8
# How digits and Latin letters are read aloud: their last sound.
SPOKEN: Final = dict(
    zip(
        "0123456789LMNRlmnr",
        "영일이삼사오육칠팔구엘엠엔알엘엠엔알",
        strict=True,
    )
)
BRACKETED: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|㈜")


def final_consonant(word: str) -> int:
    """Return the number of the last syllable's final consonant, 0 for none, 8 for ㄹ.

    Bracketed parts, quotes and signs are not spoken; a sign such as % counts as ending in a vowel.
    """
    spoken = BRACKETED.sub("", word).rstrip(" '\"’”>)]") or word
    last = SPOKEN.get(spoken[-1:], spoken[-1:])
    if last and FIRST_SYLLABLE <= ord(last) <= LAST_SYLLABLE:
        return (ord(last) - FIRST_SYLLABLE) % FINALS
    return 0


def particle(word: str, form: str) -> str:
    """Return the form of a particle that fits the word: `particle("끈기", "은")` is 는.

    Raises:
        ValueError: The form is not one of `PARTICLES`.

    """
    final = final_consonant(word)
    for closed, open_ in PARTICLES:
        if form in (closed, open_):
            takes_open = final == 0 or (closed == "으로" and final == RIEUL)
            return open_ if takes_open else closed
    raise ValueError(f"{form!r} is not a known particle; add its pair to PARTICLES")


def site_counts(answer: str) -> tuple[int, int]:
    """Return 글자수 and Byte as the site counts them.

    Every character counts, new lines too; a byte is one for ASCII, two for all else and new lines.
    """
    size = sum(1 if letter.isascii() and letter != "\n" else 2 for letter in answer)
    return len(answer), size
