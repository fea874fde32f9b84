"""Retrieval by a real, tiny sentence encoder made on the spot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval.systems.encoder_retrieval import EncoderVectors, encoder_in_cache, encoder_retrieval
from eval.systems.retrieval import Library, text_of
from eval.tasks import Item, read_answer
from eval.text.encoder import Encoder, EncoderError, Vector, load_encoder
from preprocess.alpaca import write_points
from tests.eval.encoders import write_encoder
from tests.eval.rows import BAD, GOOD, item

TRAIN = [item(BAD, item_id=f"{e}-1", source_id=str(e)) for e in range(10, 14)]
TEST = [item(GOOD, item_id="t-1", source_id="t")]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """Load an encoder with drawn weights."""
    return load_encoder(str(write_encoder(tmp_path_factory.mktemp("encoder") / "tiny")))


def test_the_nearest_row_has_the_highest_cosine(encoder: Encoder) -> None:
    """As numpy finds it among the means of the encoder's own vectors of the sentences."""

    def mean(of: Item) -> Vector:
        whole: Vector = np.mean(list(encoder.vectors(text_of(of)).values()), axis=0)
        return whole / np.linalg.norm(whole)

    expected = int(np.argmax([mean(i) @ mean(TEST[0]) for i in TRAIN]))
    (found,) = Library(TRAIN, EncoderVectors(encoder)).nearest(TEST)
    assert found == TRAIN[expected]


def test_a_text_is_looked_at_to_its_end(encoder: Encoder) -> None:
    """Two texts that part long after the encoder's longest input are told apart."""
    same = tuple(f"{'가나다라마바사아' * 7}." for _ in range(4))
    vectors = EncoderVectors(encoder).of([(*same, "창고에서 일했다."), (*same, "무대에 섰다.")])
    assert float(vectors[0] @ vectors[1]) < 0.9999
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_text_finds_itself_unless_it_is_of_its_own_group(encoder: Encoder) -> None:
    """Cosine 1 is the highest there is; the own group is passed over, however near."""
    library = Library([*TRAIN, *TEST], EncoderVectors(encoder))
    twin = item(GOOD, item_id="t-1", source_id="u")
    assert library.nearest([twin]) == [TEST[0]]
    assert library.nearest(TEST) != [TEST[0]]


def test_the_baseline_names_its_encoder(encoder: Encoder) -> None:
    """The neighbour's advice, readable, and model and version in how it was made."""
    made = encoder_retrieval(TRAIN, TEST, encoder)
    assert made.name == "retrieval-encoder"
    assert encoder.signature in made.how
    (point,) = read_answer(made.answers["t-1"], "advice", 4)  # type: ignore[misc]
    assert write_points([point]) == made.answers["t-1"]
    assert point.text == BAD.text


def test_a_known_encoder_is_found_in_the_cache(tmp_path: Path) -> None:
    """With its commit, so that the same one is found again; an empty cache has none.

    One without its weights is passed over for a whole one, and told of where there is no other.
    """
    assert encoder_in_cache(tmp_path) is None
    hold(tmp_path, "nlpai-lab/KURE-v1", "config.json")
    with pytest.raises(EncoderError, match=r"without its weights.*: hf download nlpai-lab/KURE-v1"):
        encoder_in_cache(tmp_path)
    hold(tmp_path, "jhgan/ko-sroberta-multitask", "config.json", "model.safetensors")
    assert encoder_in_cache(tmp_path) == "jhgan/ko-sroberta-multitask@ab957ae"


def hold(cache: Path, name: str, *files: str) -> None:
    """Write empty files of a model into a hub's cache, at one commit."""
    held = cache / f"models--{name.replace('/', '--')}"
    (held / "snapshots" / "ab957ae").mkdir(parents=True)
    for file in files:
        (held / "snapshots" / "ab957ae" / file).write_text("{}", encoding="utf-8")
    (held / "refs").mkdir()
    (held / "refs" / "main").write_text("ab957ae", encoding="utf-8")
