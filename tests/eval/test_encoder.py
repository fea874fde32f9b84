"""A sentence encoder, and likeness of meaning by it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval.measuring.counts import score_item, score_items
from eval.measuring.meaning import meaning_numbers, with_meaning
from eval.measuring.metrics import METRICS
from eval.pages.told_words import told_word
from eval.records import Unscored
from eval.text.encoder import Encoder, EncoderError, Vector, load_encoder
from preprocess.alpaca import write_points
from tests.eval.encoders import LAYERS, write_encoder
from tests.eval.rows import BAD, GOOD, SENTENCES, anchored, item, point, prediction

#: Unit vectors of the plane: cosines are 1, 0.6, 0 and −0.6.
EAST, NEAR, NORTH, BACK = (
    np.array(v, dtype=np.float32) for v in ((1, 0), (0.6, 0.8), (0, 1), (-0.6, 0.8))
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a tiny encoder."""
    return write_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def encoder(folder: Path) -> Encoder:
    """Load the tiny encoder."""
    return load_encoder(str(folder))


def cosine(encoder: Encoder, one: str, other: str) -> float:
    """Ask the model itself, one text at a time, for the cosine of two texts."""
    ours, theirs = (encoder.model.encode(text) for text in (one, other))
    return float(ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs))


def test_each_text_has_one_vector_of_length_one(encoder: Encoder) -> None:
    """Distinct texts are encoded once, in any number, and none is no work."""
    vectors = encoder.vectors([GOOD.text, BAD.text, GOOD.text])
    assert list(vectors) == [GOOD.text, BAD.text]
    assert [float(np.linalg.norm(v)) for v in vectors.values()] == pytest.approx([1.0, 1.0])
    assert encoder.vectors([]) == {}


def test_signature_names_model_weights_and_layer(folder: Path, encoder: Encoder) -> None:
    """What moves the number stands beside it."""
    assert encoder.signature.startswith("pooled sha256 ")
    assert "last layer (2)," in encoder.signature
    assert "마지막(2번째) 층, 토큰 64개까지" in told_word(encoder.signature)
    assert "up to 64 tokens" in encoder.signature
    assert "layer 1," in load_encoder(str(folder), layer=1).signature


def test_the_layer_is_the_models(folder: Path, encoder: Encoder) -> None:
    """A layer's vectors are the mean of the whole model's hidden states at that layer."""
    for layer in range(1, LAYERS + 1):
        found = load_encoder(str(folder), layer=layer).vectors([BAD.text])[BAD.text]
        words = encoder.model.tokenize([BAD.text])
        inside = encoder.model[0].auto_model
        states = inside(
            input_ids=words["input_ids"],
            attention_mask=words["attention_mask"],
            output_hidden_states=True,
        ).hidden_states[layer][0]
        expected = states.mean(dim=0).detach().numpy()
        assert found == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)


def test_an_encoder_of_transformers_is_averaged(folder: Path, encoder: Encoder) -> None:
    """A model that sentence-transformers did not save gives the mean of its token vectors."""
    plain = load_encoder(str(folder.parent / "plain"))
    assert plain.vectors([BAD.text])[BAD.text] == pytest.approx(
        encoder.vectors([BAD.text])[BAD.text], abs=1e-6
    )
    assert plain.signature.split()[2] == encoder.signature.split()[2]


@pytest.mark.parametrize(
    ("name", "layer", "told"),
    [
        ("owner/model", None, r"names no revision; write owner/model@<commit or tag>"),
        ("owner/model@abc", None, r"no sentence encoder at owner/model .*hf download"),
        ("{empty}", None, r"no sentence encoder at .*give a folder"),
        ("{folder}", LAYERS + 1, r"has the layers 1 to 2, not 3"),
        ("{folder}", 0, r"has the layers 1 to 2, not 0"),
    ],
)
def test_what_is_not_there_is_an_error(
    folder: Path, tmp_path: Path, name: str, layer: int | None, told: str
) -> None:
    """A name without a revision, no model and no layer say what is wrong and what cures it."""
    with pytest.raises(EncoderError, match=told):
        load_encoder(name.format(folder=folder, empty=tmp_path), layer)


@pytest.mark.parametrize(
    ("vectors", "encoder_sum", "rdass_sum"),
    [
        # Said and wanted the same, as are said and sentence.
        ((EAST, EAST, EAST), 1.0, 1.0),
        # Fits the expert and not the essay, and the other way round: half.
        ((EAST, EAST, NORTH), 1.0, 0.5),
        ((EAST, NORTH, EAST), 0.0, 0.5),
        ((EAST, NEAR, NEAR), 0.6, 0.6),
        # What points away is no worse than nothing.
        ((EAST, BACK, NEAR), 0.0, 0.3),
    ],
)
def test_meaning_by_hand(
    vectors: tuple[Vector, Vector, Vector], encoder_sum: float, rdass_sum: float
) -> None:
    """Cosines of said with wanted, and the mean of that and of said with the sentences."""
    said = point("bad", 3, 4, text="말")
    known = dict(zip(("말", BAD.text, " ".join(SENTENCES[2:])), vectors, strict=True))
    found = meaning_numbers(item(BAD), [(said, BAD)], known)
    assert found == pytest.approx({"encoder_sum": encoder_sum, "rdass_sum": rdass_sum})


def test_points_without_a_pair_have_no_meaning() -> None:
    """Nothing matched adds nothing, and needs no vectors."""
    assert meaning_numbers(item(BAD), [], {}) == {"encoder_sum": 0.0, "rdass_sum": 0.0}


def test_scores_with_an_encoder(encoder: Encoder) -> None:
    """The encoder's cosines join the counts; unmatched points count 0, all else stays."""
    of, near = item(GOOD, BAD), point("bad", 3, text="성과를 적어 주세요.")
    answers = [prediction(of, write_points([near])), prediction(of, "저는 지원합니다.")]
    before = score_items([of], answers)
    first, failed = with_meaning([of], answers, before, encoder)
    to_expert = cosine(encoder, near.text, BAD.text)
    to_essay = cosine(encoder, near.text, SENTENCES[2])
    assert min(to_expert, to_essay) > 0
    assert first.metrics["encoder"] == pytest.approx(to_expert / 2, abs=1e-5)
    assert first.metrics["encoder_matched"] == pytest.approx(to_expert, abs=1e-5)
    assert first.metrics["rdass_matched"] == pytest.approx((to_expert + to_essay) / 2, abs=1e-5)
    assert failed.metrics["encoder"] == 0.0
    assert isinstance(failed.metrics["encoder_matched"], Unscored)
    others = [m.name for m in METRICS if not m.name.startswith(("encoder", "rdass"))]
    assert [first.metrics[n] for n in others] == [before[0].metrics[n] for n in others]


def test_an_answer_equal_to_the_experts_means_the_same(encoder: Encoder) -> None:
    """The same words have the same meaning, up to rounding."""
    of = item(GOOD, BAD)
    answer = prediction(of, write_points([GOOD, BAD]))
    [found] = with_meaning([of], [answer], [score_item(of, answer)], encoder)
    assert found.metrics["encoder"] == pytest.approx(1.0, abs=1e-5)


def test_anchored_advice_has_no_sentences_to_fit(encoder: Encoder) -> None:
    """Where sentences have no numbers, likeness to the expert is all there is."""
    of = anchored("좋은점 1 성실합니다.\n아쉬운점 1 막연합니다.")
    answer = prediction(of, "아쉬운점 1 막연합니다.")
    [found] = with_meaning([of], [answer], [score_item(of, answer)], encoder)
    assert found.metrics["encoder"] == pytest.approx(0.5, abs=1e-5)
    assert found.metrics["rdass"] == Unscored(
        "no sentence encoder was given, or the task has no sentence numbers"
    )
