"""Text as the letters of a study's tokenizers, and back, without loss.

A tokenizer knows the letters that its training text has often enough. Every other character is
spelt as its UTF-8 bytes, each a letter of its own, so that no text is unknown to any tokenizer and
all of them work on the same string. A space is the letter `▁`, as in SentencePiece (Kudo and
Richardson 2018, arXiv 1808.06226).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

SPACE = "▁"
#: The letters of bytes: a stretch of Unicode's private use, which texts have no letters in.
FIRST_BYTE = 0xE000
BYTES = tuple(chr(FIRST_BYTE + byte) for byte in range(256))
#: What no token reaches across: a word, or signs, with the space before; line ends.
PIECES = re.compile(rf"{SPACE}?\w+|{SPACE}?[^\w{SPACE}\n]+|{SPACE}|\n+")
_SPELT = re.compile(f"[{BYTES[0]}-{BYTES[-1]}]+")


class Alphabet:
    """The letters of a tokenizer.

    Args:
        letters: The characters that stand for themselves; those above need not be among them.

    """

    def __init__(self, letters: Iterable[str]) -> None:
        self.known = frozenset(letters) - {" ", SPACE, *BYTES}
        #: Everything that a spelt text may hold, in one order.
        self.letters = (*BYTES, SPACE, *sorted(self.known))

    def pieces(self, text: str) -> list[str]:
        """Spell a text and cut it into pieces; together they are the whole spelt text."""
        return PIECES.findall("".join(map(self._spell, text)))

    def _spell(self, character: str) -> str:
        if character in self.known:
            return character
        if character == " ":
            return SPACE
        return "".join(BYTES[byte] for byte in character.encode("utf-8", "surrogatepass"))


def alphabet_of(texts: Iterable[str], *, least: int) -> Alphabet:
    """Take the characters that stand in texts at least so many times."""
    counts = Counter(character for text in texts for character in text)
    return Alphabet(character for character, count in counts.items() if count >= least)


def read_spelt(spelt: str) -> str:
    """Read a spelt text; bytes that are no UTF-8, which a model may put together, become U+FFFD."""

    def read(match: re.Match[str]) -> str:
        found = bytes(ord(letter) - FIRST_BYTE for letter in match[0])
        try:
            return found.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return found.decode("utf-8", "replace")

    return _SPELT.sub(read, spelt.replace(SPACE, " "))
