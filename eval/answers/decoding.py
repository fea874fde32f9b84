"""How an answer is drawn, as named settings: the likeliest tokens, or one of two ways to sample.

`interview-writer` is what an earlier study of `write` published for KoGPT2: top-p 0.7 among the ten
likeliest tokens, temperature 0.8, a penalty of 1.2 on tokens said before, no pair of tokens twice,
512 tokens. In Korean the penalty and the ban meet what every sentence has, …습니다 and its full
stop, so an answer is pushed off its own sentence endings. `nucleus` draws from the likeliest nine
tenths at the same temperature (Holtzman and others 2020, arXiv 1904.09751), forbids nothing, and
has the room that every answer of `eval.generate` has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from eval.answers.engines import Drawing

LIKELIEST: Final = "likeliest"
DECODINGS: Final[Mapping[str, Drawing]] = {
    LIKELIEST: Drawing(),
    "interview-writer": Drawing(
        temperature=0.8,
        top_p=0.7,
        top_k=10,
        repetition_penalty=1.2,
        no_repeat_ngram=2,
        most_tokens=512,
    ),
    "nucleus": Drawing(temperature=0.8, top_p=0.9),
}


def drawing_of(name: str, temperature: float, seed: int) -> Drawing:
    """Give the drawing of a name, from a seed; the likeliest may be heated.

    Raises:
        ValueError: A temperature is given beside a name that has its own.

    """
    if name == LIKELIEST:
        return Drawing(temperature, seed)
    if temperature:
        raise ValueError(f"--decoding {name} has a temperature of its own; leave --temperature out")
    return replace(DECODINGS[name], seed=seed)
