"""Places in an answer where words can be damaged by the rules: spelling, spacing, figures."""

from __future__ import annotations

import random
from collections.abc import Iterator

from preprocess.defects_content import Ruled, patterns
from preprocess.edits import Edit

#: So many places of one rule are offered, so that common ones leave room for the others.
PLACES_A_RULE = 2


def damaged_words(kind: Ruled, text: str, rng: random.Random) -> Iterator[Edit]:
    """Yield edits that the rules of a kind allow, a few of each rule; they may overlap."""
    for pattern, put in patterns(kind):
        found = list(pattern.finditer(text))
        for match in rng.sample(found, min(len(found), PLACES_A_RULE)):
            written = match.expand(rng.choice(put))
            if written != match[0]:
                yield Edit(match.start(), match.end(), written, kind)
