"""How near held-out answers come to training answers: each one's nearest, by character 5-grams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crawler.items import Essay
from preprocess.alpaca import Split
from preprocess.cores import InOrder, by_chunks
from preprocess.data import Data
from preprocess.datasheet import NearPair, Similarity, summarise
from preprocess.hash_places import HashPlaces
from preprocess.near_duplicates import SAME_ESSAY, shingles
from preprocess.spool import Records
from preprocess.steps import row_id

SAMPLE: Final = 500  # held-out answers of a split that are compared with training
SEED: Final = 20
LIKENESS_BINS: Final = 20

CHUNK: Final = 1024  # answers that are compared in a process at once

Named = tuple[str, str]  # a row's id and its answer
Indices = NDArray[np.intp]
Nearest = tuple[NDArray[np.float64], Indices]


def similarity(
    data: Data, *, sample: int = SAMPLE, seed: int = SEED, in_order: InOrder = map
) -> list[Similarity]:
    """Compare some answers of each held-out split with all training answers.

    Args:
        data: What a build made.
        sample: How many answers of a split are compared, at most.
        seed: Draws them.
        in_order: Compares them, here or on all cores.

    """
    training = data.essays.get("train", ())
    size = _count(training)
    drawn: dict[Split, list[Named]] = {}
    items: dict[Split, int] = {}
    for split, essays in data.essays.items():
        items[split] = _count(essays)
        if split != "train" and items[split] and size:
            drawn[split] = _draw(essays, items[split], sample, seed)
    if not drawn:
        return []
    own = [(split, name, answer) for split, of in drawn.items() for name, answer in of]
    others = (text for _, text in _answers(training))
    found, which = nearest([text for *_, text in own], others, in_order=in_order)
    names = _names(training, set(which.tolist()))
    pairs: dict[Split, list[NearPair]] = {split: [] for split in drawn}
    for (split, name, _), share, index in zip(own, found.tolist(), which.tolist(), strict=True):
        pairs[split].append(NearPair(name, names[index], share))
    return [_similarity(split, items[split], of, seed, size) for split, of in pairs.items()]


def nearest(texts: Sequence[str], others: Iterable[str], *, in_order: InOrder = map) -> Nearest:
    """Find for each text, of one or more, the most similar of the others, the first of equals.

    Returned are the Jaccard similarities of character 5-grams, 0 to 1, and the others' indices.
    """
    sets = [shingles(text) for text in texts]
    sizes = np.array([len(grams) for grams in sets], dtype=np.intp)
    owners = np.arange(len(sets), dtype=np.int32).repeat(sizes)
    grams = HashPlaces(np.concatenate(sets), owners)
    shares, which = np.zeros(len(sets)), np.zeros(len(sets), dtype=np.intp)
    chunks = by_chunks(partial(_nearest, grams, sizes), others, CHUNK, in_order)
    for number, (found, at) in enumerate(chunks):
        nearer = found > shares
        shares[nearer], which[nearer] = found[nearer], number * CHUNK + at[nearer]
    return shares, which


def _nearest(grams: HashPlaces, sizes: Indices, others: Iterable[str]) -> list[Nearest]:
    """Find the nearest in one chunk of others."""
    shares, which = np.zeros(len(sizes)), np.zeros(len(sizes), dtype=np.intp)
    for index, other in enumerate(map(shingles, others)):
        common = np.bincount(grams.of(other), minlength=len(sizes))
        found = common / (sizes + len(other) - common)
        which[found > shares] = index
        shares = np.maximum(shares, found)
    return [(shares, which)]


def _answers(essays: Iterable[Essay]) -> Iterator[Named]:
    for essay in essays:
        for question in essay.questions:
            yield row_id(essay, question), question.answer


def _count(essays: Iterable[Essay]) -> int:
    return sum(len(essay.questions) for essay in essays)


def _draw(essays: Records[Essay], items: int, sample: int, seed: int) -> list[Named]:
    chosen = np.random.default_rng(seed).choice(items, min(sample, items), replace=False)
    numbers = set(chosen.tolist())
    return [named for number, named in enumerate(_answers(essays)) if number in numbers]


def _names(essays: Iterable[Essay], numbers: set[int]) -> dict[int, str]:
    return {number: name for number, (name, _) in enumerate(_answers(essays)) if number in numbers}


def _similarity(
    split: Split, items: int, pairs: Sequence[NearPair], seed: int, training: int
) -> Similarity:
    shares = [pair.similarity for pair in pairs]
    summary = summarise(shares)
    assert summary
    near = [pair for pair in pairs if pair.similarity >= SAME_ESSAY]
    return Similarity(
        split=split,
        items=items,
        sampled=len(pairs),
        seed=seed,
        training=training,
        limit=SAME_ESSAY,
        nearest=summary,
        bins=tuple(np.histogram(shares, LIKENESS_BINS, (0, 1))[0].tolist()),
        near=tuple(sorted(near, key=lambda pair: (-pair.similarity, pair.item))),
    )
