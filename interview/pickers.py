"""What tells the answer that a reply gives, by name: n-grams, or a trained Sentence-BERT."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from interview.bank import Bank
from interview.baselines import label
from interview.cosine import CosinePicker
from interview.encoders import NgramEncoder
from interview.material import Material, of_bank
from interview.picking import Picker, RidgePicker, default_picker
from interview.records import Target, Turn
from interview.sentence_bert import open_encoder
from interview.trained import WEIGHTS, read_training
from preprocess.alpaca import RecordError

#: The name of the embedded default.
NGRAM = "ngram"


def picker_of(bank: Bank, encoder: str) -> tuple[str, Picker]:
    """Make what picks among the bank's answers; returns its name too.

    Args:
        bank: The question bank.
        encoder: `NGRAM`, or the folder of a training.

    Raises:
        RecordError: The folder holds no training, or one for other candidates.

    """
    if encoder == NGRAM:
        picker = default_picker(bank)
        return picker.name, picker
    return scores_of(encoder, of_bank(bank, "satisfied"))


def scores_of(encoder: str, material: Material) -> tuple[str, Picker]:
    """Make what scores the candidates of turns; returns its name too.

    Raises:
        RecordError: The folder holds no training, or one for other candidates.

    """
    if encoder == NGRAM:
        keyed = [key_of(turn, material.target) for turn in material.train]
        picker = RidgePicker(NgramEncoder(), relabelled(keyed, material), material.candidates)
        return picker.name, picker
    done = read_training(Path(encoder))
    if (done.target, done.candidates) != (material.target, material.candidates):
        raise RecordError(
            f"{encoder} was trained for {done.target} of the {done.data} with "
            f"{len(done.candidates)} candidates, not for {material.target} of the "
            f"{material.data} with {len(material.candidates)}; name another folder"
        )
    found = CosinePicker(open_encoder(str(Path(encoder) / WEIGHTS)), material.candidates)
    return f"{done.base}, {done.loss}, epoch {done.kept}", found


def relabelled(turns: Sequence[Turn], material: Material) -> list[Turn]:
    """Put what is to be predicted where a ridge picker learns from."""
    return [msgspec.structs.replace(turn, satisfied=label(turn, material.target)) for turn in turns]


def key_of(turn: Turn, target: Target) -> Turn:
    """Make topic and remaining answers one topic where the next one is to be found."""
    if target == "satisfied":
        return turn
    return msgspec.structs.replace(turn, topic=f"{turn.topic} ({', '.join(turn.remaining)})")
