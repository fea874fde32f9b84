"""Train a Sentence-BERT to tell which answer a reply gives, or which topic comes next.

    python -m interview.train [--base NAME] [--study FOLDER] [--target next_topic] [--loss cosine]

Weights of the epoch that was best on the validation turns lie in OUT/model, and how they came
about in OUT/training.json, which is written last: a training that was broken off starts again.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from interview.fitting import Settings, fit
from interview.material import Material, read_material
from interview.records import Epoch, Loss, Target, Training
from interview.sentence_bert import SentenceBert, open_encoder
from interview.trained import RECORD, WEIGHTS, write
from preprocess.alpaca import RecordError

BASE = "klue/roberta-base@02f94ba5e3fcb7e2a58a390b8639b0fac974a8da"


def train(
    base: str, material: Material, settings: Settings, out: Path, *, fresh: bool = False
) -> Training:
    """Train, and write weights and record into a folder.

    A training that is there gives way, where `fresh`, to the first epoch's weights, not before.

    Raises:
        RecordError: There is no base, too few turns, or the folder holds a training.

    """
    refuse(material, out, fresh=fresh)
    encoder = open_encoder(base)
    epochs: list[Epoch] = []
    kept = 0
    for number, epoch in enumerate(fit(encoder, material, settings), start=1):
        epochs.append(epoch)
        best = epoch.validation_accuracy >= max(e.validation_accuracy for e in epochs)
        if best:
            kept = number
            (out / RECORD).unlink(missing_ok=True)  # an earlier record is not of these weights
            save(encoder, out / WEIGHTS)
        print(
            f"epoch {number:2} of {settings.epochs}: loss {epoch.loss:.4f}, right in training "
            f"{epoch.train_accuracy:.3f}, in validation {epoch.validation_accuracy:.3f}"
            f"{', kept' * best}",
            flush=True,
        )
    done = Training(
        base,
        material.data,
        material.target,
        material.candidates,
        settings.loss,
        settings.batch,
        settings.rate,
        settings.seed,
        tuple(epochs),
        kept,
    )
    write(out / RECORD, done)
    return done


def refuse(material: Material, out: Path, *, fresh: bool) -> None:
    """Refuse what cannot be trained, before anything is loaded."""
    if (out / RECORD).exists() and not fresh:
        raise RecordError(f"{out} holds a training; name another folder with --out, or --fresh")
    if not material.train or not material.validation:
        raise RecordError(
            f"{len(material.train)} turns to train on and {len(material.validation)} to validate "
            "on; each needs one at least"
        )


def save(encoder: SentenceBert, folder: Path) -> None:
    """Save weights as safetensors, in place of those that are there."""
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    encoder.model.save(str(partial), create_model_card=False, safe_serialization=True)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    known = Settings()
    parser = argparse.ArgumentParser(prog="python -m interview.train", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--base", default=BASE, help="a folder, or owner/model@revision (%(default)s)")
    add("--study", type=Path, metavar="FOLDER", help="the study's turns, not the bank's")
    add("--target", choices=get_args(Target), default="satisfied", help="(%(default)s)")
    add("--loss", choices=get_args(Loss), default=known.loss, help="(%(default)s)")
    add("--epochs", type=positive, default=known.epochs, help="(%(default)s)")
    add("--batch", type=positive, default=known.batch, help="(%(default)s)")
    add("--rate", type=float, default=known.rate, help="(%(default)s)")
    add("--seed", type=int, default=known.seed, help="(%(default)s)")
    add("--out", type=Path, help="a folder (runs/interview-DATA-TARGET)")
    add("--fresh", action="store_true", help="in place of a training that is there")
    options = parser.parse_args(arguments)
    data = "bank" if options.study is None else "study"
    options.out = options.out or Path(f"runs/interview-{data}-{options.target}")
    return options


def positive(text: str) -> int:
    """Read a whole number above 0."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is below 1")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments)
    settings = Settings(options.loss, options.epochs, options.batch, options.rate, options.seed)
    try:
        material = read_material(options.study, options.target)
        done = train(options.base, material, settings, options.out, fresh=options.fresh)
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"written to {options.out}: the weights of epoch {done.kept}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
