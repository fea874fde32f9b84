"""Training a Sentence-BERT, on a tiny random model: that it learns, starts again, refuses."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import get_args

import msgspec
import numpy as np
import pytest
import torch

from interview.bank import Bank
from interview.cosine import CosinePicker
from interview.fitting import NEGATIVES, Settings, fit, hardest, loss_of, rate_at
from interview.material import LEAVES, Material, of_bank, text_of
from interview.records import ASKED, FAILED, Loss, Turn
from interview.sentence_bert import open_encoder
from interview.train import main, train
from interview.trained import RECORD, WEIGHTS, read_training
from preprocess.alpaca import RecordError
from tests.interview.study_folder import study_folder


def test_training_learns(trained: Path, few: Material) -> None:
    """The loss falls, and more training turns are right; as of a tiny random model."""
    done = read_training(trained)
    first, last = done.epochs[0], done.epochs[-1]
    assert last.loss < first.loss / 2
    assert last.train_accuracy > max(0.5, 2 * first.train_accuracy)
    best = max(epoch.validation_accuracy for epoch in done.epochs)
    assert done.epochs[done.kept - 1].validation_accuracy == best
    assert done.candidates == few.candidates


@pytest.mark.parametrize("loss", get_args(Loss))
def test_the_same_seed_learns_the_same(loss: Loss, tiny_bert: Path, few: Material) -> None:
    """Two trainings of a seed tell equal numbers, another seed others; each loss falls."""
    short = replace(few, train=few.train[::2])
    settings = Settings(loss=loss, epochs=2, rate=1e-3)

    def losses(seed: int) -> list[float]:
        epochs = fit(open_encoder(str(tiny_bert)), short, replace(settings, seed=seed))
        return [epoch.loss for epoch in epochs]

    one = losses(1)
    assert losses(1) == one != losses(2)
    assert one[-1] < one[0]


def test_the_studys_loss_is_over_all_pairs() -> None:
    """It is the mean squared error of every input with every candidate."""
    cosines = torch.tensor([[0.5, 0.0, 1.0], [0.0, 1.0, 0.0]])
    found = loss_of("cosine", cosines, torch.tensor([0, 1]), torch.zeros(2, 3))
    assert found.item() == pytest.approx((0.25 + 1.0) / 6)


def test_the_softmax_is_over_the_hardest() -> None:
    """The right one is kept, then the topic's however unlike, then the most similar others."""
    cosines = torch.linspace(-1, 1, 40).repeat(1, 1)
    wanted, near = torch.zeros(1, 40), torch.zeros(1, 40)
    wanted[0, 0] = near[0, 3] = 1
    kept = hardest(cosines, wanted, near)[0].nonzero().flatten().tolist()
    assert kept == [0, 3, *range(40 - NEGATIVES + 1, 40)]
    expected = torch.logsumexp(cosines[0, kept] / 0.05, 0) - cosines[0, 0] / 0.05
    found = loss_of("contrastive", cosines, torch.tensor([0]), near)
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_rate_rises_and_falls() -> None:
    """Over a tenth of the steps it rises to its highest, then falls to nearly nothing."""
    rates = [rate_at(step, 20) for step in range(20)]
    assert rates[:3] == [0.5, 1.0, 1.0]
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert rates[-1] == pytest.approx(1 / 18)


def test_a_long_reply_leaves_the_remaining_answers_whole(tiny_bert: Path, bank: Bank) -> None:
    """Of a reply of 10,000 characters the limit cuts the end; what stands before it is whole."""
    model = open_encoder(str(tiny_bert)).model
    topic = bank.topic("과적합")
    names = tuple(e.name for e in topic.expected)
    turn = Turn(topic.name, names, "모릅니다 " * 2_000, FAILED, topic.name)
    head = model.preprocess([text_of(turn).partition("모릅")[0]])["input_ids"][0].tolist()
    read = model.preprocess([text_of(turn)])["input_ids"][0].tolist()
    assert len(read) == 256
    assert read[: len(head) - 1] == head[:-1]  # without the end token
    assert all(name in text_of(turn)[:80] for name in names)


def test_scores_are_cosines_with_names(trained: Path, bank: Bank) -> None:
    """A turn's scores are those of its text with every name; asking to leave is failing."""
    encoder = open_encoder(str(trained / WEIGHTS))
    picker = CosinePicker(encoder, (*bank.answers(), LEAVES))
    row = bank.split("test")[0]
    names = (*bank.answers(), LEAVES)
    cosines = encoder.encode([text_of(row)])[0] @ encoder.encode(names).T
    expected = dict(zip(names, cosines.tolist(), strict=True))
    leaving = expected.pop(LEAVES)
    expected[FAILED] = max(leaving, expected[FAILED])
    assert picker.scores(row) == pytest.approx(expected, abs=1e-5)
    assert np.linalg.norm(encoder.encode(["네", "🙂"]), axis=1) == pytest.approx(1.0)


def test_only_open_answers_are_picked(trained: Path, few: Material) -> None:
    """The best of what remains, failing and asking back is picked, with its score."""
    picker = CosinePicker(open_encoder(str(trained / WEIGHTS)), few.candidates)
    for row in few.test:
        picked = picker.pick(row.topic, row.remaining, row.reply)
        scores = picker.scores(row)
        assert picked.score == max(scores[name] for name in (*row.remaining, FAILED, ASKED))
        assert scores[picked.answer] == picked.score
        assert picked.answer == FAILED or not picked.leaves


def test_a_training_is_not_overwritten(trained: Path, few: Material, tiny_bert: Path) -> None:
    """A folder that holds a training is refused; one that was broken off starts again."""
    with pytest.raises(RecordError, match="holds a training"):
        train(str(tiny_bert), few, Settings(), trained)


def test_a_broken_training_starts_again(tiny_bert: Path, few: Material, tmp_path: Path) -> None:
    """Weights without a record are of a training that was broken off, and are written anew."""
    (tmp_path / WEIGHTS).mkdir()
    (tmp_path / WEIGHTS / "half").touch()
    short = replace(few, train=few.train[:8], validation=few.validation[:2])
    train(str(tiny_bert), short, Settings(epochs=1), tmp_path)
    assert not (tmp_path / WEIGHTS / "half").exists()
    assert [p.name for p in (tmp_path / WEIGHTS).glob("*.safetensors")] == ["model.safetensors"]
    assert len(read_training(tmp_path).epochs) == 1


def test_nothing_to_train_on_is_an_error(few: Material, tmp_path: Path) -> None:
    """Without turns there is one clear error, before a model is loaded."""
    with pytest.raises(RecordError, match="0 turns to train on and 1 to validate on"):
        train("none", replace(few, train=(), validation=few.test[:1]), Settings(), tmp_path)


def test_a_folder_of_another_size_is_one_error(tiny_bert: Path, tmp_path: Path) -> None:
    """Weights that do not fit their config are refused, not filled up at random."""
    other = tmp_path / "other"
    shutil.copytree(tiny_bert, other)
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"hidden_size": 16}))
    with pytest.raises(RecordError, match="other holds no whole sentence encoder"):
        open_encoder(str(other))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("klue/roberta-base", "names no revision"),
        (
            "nobody/nothing@0123",
            "hub could not be reached or .*: hf download nobody/nothing --revision 0123",
        ),
    ],
)
def test_a_model_that_is_not_here_is_one_error(
    name: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model of the hub needs a revision, and one that was not downloaded says how."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(RecordError, match=expected):
        open_encoder(name)


def test_an_empty_folder_is_one_error(tmp_path: Path) -> None:
    """A folder without a model says how to come by one."""
    with pytest.raises(RecordError, match="make interview-train"):
        open_encoder(str(tmp_path))


def test_who_asks_to_leave_is_learnt_apart(bank: Bank) -> None:
    """A failed reply that leads to another topic has a candidate of its own, in the bank."""
    material = of_bank(bank, "satisfied")
    leaving = [turn for turn in material.train if material.right(turn) == LEAVES]
    assert leaving
    assert {turn.satisfied for turn in leaving} == {FAILED}
    assert all(turn.next_topic != turn.topic for turn in leaving)
    assert {material.right(turn) for turn in material.train} <= {*material.candidates}


def test_a_record_that_is_none_is_one_error(tmp_path: Path) -> None:
    """A missing or broken record names its file and the cure."""
    with pytest.raises(RecordError, match="make interview-train"):
        read_training(tmp_path)
    (tmp_path / RECORD).write_text("{}")
    with pytest.raises(RecordError, match=r"training\.json"):
        read_training(tmp_path)


def test_the_command_trains(
    tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It trains on the study's table too, tells of each epoch, and refuses a second time."""
    study = study_folder(tmp_path)
    out = tmp_path / "out"
    command = ["--base", str(tiny_bert), "--study", str(study), "--out", str(out), "--epochs", "1"]
    assert main(command) == 0
    assert "epoch  1 of 1: loss" in capsys.readouterr().out
    assert read_training(out).data == "study"
    assert main(command) == 1
    assert "holds a training" in capsys.readouterr().err
    whole = (out / RECORD).read_bytes()
    assert main([*command, "--fresh", "--base", str(tmp_path / "none")]) == 1
    assert (out / RECORD).read_bytes() == whole
    assert main([*command, "--fresh"]) == 0


def test_an_unknown_candidate_is_one_error(
    tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A label that is no candidate stops the command, with file, line and column."""
    study = study_folder(tmp_path)
    (study / "candidates_answer_type.txt").write_text("사과\n", encoding="utf-8")
    assert main(["--base", str(tiny_bert), "--study", str(study), "--out", str(tmp_path)]) == 1
    assert "is no candidate" in capsys.readouterr().err
    assert msgspec.json.encode(list(tmp_path.glob("*.json"))) == b"[]"
