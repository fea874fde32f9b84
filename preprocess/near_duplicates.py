"""Groups of essays that are nearly one text: one applicant sends one essay to several firms.

MinHash LSH over character 5-grams proposes pairs, exact Jaccard similarity decides, and a
connected component is a group (Broder 1997, "On the resemblance and containment of documents").
"""

from __future__ import annotations

from collections.abc import Sequence

SHINGLE = 5
PERMUTATIONS = 128
#: Jaccard similarity of character 5-grams from which two essays are one applicant's.
SAME_ESSAY = 0.5


def shingles(text: str) -> frozenset[str]:
    """Character 5-grams of a text without its white space; a shorter text is its own shingle."""
    dense = "".join(text.split())
    return frozenset(dense[i : i + SHINGLE] for i in range(max(1, len(dense) - SHINGLE + 1)))


def group_texts(texts: Sequence[str], *, threshold: float = SAME_ESSAY) -> list[int]:
    """Group near-duplicate texts.

    Args:
        texts: The essays' texts.
        threshold: Jaccard similarity from which two texts belong together.

    Returns:
        For each text the index of the first text of its group.

    """
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - brings SciPy along

    sets = [shingles(text) for text in texts]
    # Proposals below the threshold cost a comparison, misses cost a leak: propose generously.
    index = MinHashLSH(threshold=0.8 * threshold, num_perm=PERMUTATIONS)
    parents = list(range(len(texts)))
    for i, grams in enumerate(sets):
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch([gram.encode() for gram in grams])
        for j in index.query(signature):
            if jaccard(grams, sets[j]) >= threshold:
                _join(parents, i, j)
        index.insert(i, signature, check_duplication=False)
    return [_root(parents, i) for i in range(len(texts))]


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Size of the intersection over size of the union; 1 for two empty sets."""
    return len(a & b) / len(a | b) if a or b else 1.0


def _root(parents: list[int], i: int) -> int:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


def _join(parents: list[int], i: int, j: int) -> None:
    a, b = sorted((_root(parents, i), _root(parents, j)))
    parents[b] = a
