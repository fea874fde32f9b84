"""How the size of a GPT-2 from scratch matters for `write`, with a validation that is one.

    python -m eval.study_size                  # the reduced scale, for a CPU
    python -m eval.study_size --scale full     # the study's own sizes, for a card

trains models of three widths with three seeds on answers behind field and question, one width on
answers behind the question alone and behind nothing, and writes `reports/study-size/index.html` and
`result.json`: losses in bits a character, loss curves, a line of loss against size with its
interval, where early stopping would have stopped, and what the last training batch, which an
earlier study took for its validation, would have shown. Each training is kept when it is done, so a
stopped command goes on with the next. `--seeds 1 --rows 20 --epochs 2` tries it out in minutes; the
page says so. Exit codes: 0 done, 1 failed or interrupted, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from axolotl_configs.noise import hush
from axolotl_configs.run_yaml import RunError
from eval.draws import at_least
from eval.studies.fit import FitError
from eval.studies.page import make_folder, write_page, write_record
from eval.studies.progress import Progress
from eval.studies.records import Look, Shape, Trained, Training
from eval.studies.rows import (
    Encoded,
    Told,
    encoded,
    prompt_maker,
    refuse_shared_groups,
    study_rows,
)
from eval.studies.size_page import SEEDS, SizeResult, size_page, size_result
from eval.studies.vocabulary import Vocabulary, VocabularyError, train_bpe
from preprocess.alpaca import AlpacaRow, RecordError


@dataclass(frozen=True)
class Scale:
    """How large the study is; `rows` and `validation` of 0 are all that there are."""

    widths: tuple[int, ...]
    rows: int
    validation: int
    vocabulary: int
    training: Training


#: The shape of the study that is repeated, but for the widths.
LAYERS, HEADS, POSITIONS, DROPOUT = 4, 8, 1024, 0.1
SCALES = {
    "reduced": Scale((32, 64, 128), 160, 40, 4_000, Training(epochs=10, batch=4, rate=1e-3)),
    "full": Scale((128, 256, 512), 0, 0, 15_000, Training(epochs=50, batch=4, rate=1e-4)),
}


@dataclass(frozen=True)
class Job:
    """One training that is to be made."""

    width: int
    told: Told
    seed: int

    @property
    def name(self) -> str:
        """A name for a file."""
        return f"h{self.width}-{self.told.replace(' ', '-')}-{self.seed}"

    @property
    def shape(self) -> Shape:
        """The model's sizes."""
        return Shape(self.width, LAYERS, HEADS, POSITIONS, DROPOUT)


def jobs_of(scale: Scale, seeds: int) -> list[Job]:
    """List the trainings: every width, and the middle one with less before the answer."""
    middle = scale.widths[len(scale.widths) // 2]
    less: tuple[Told, ...] = ("question", "nothing")
    return [
        *(Job(w, "field and question", seed) for w in scale.widths for seed in range(seeds)),
        *(Job(middle, told, seed) for told in less for seed in range(seeds)),
    ]


class Study:
    """The data of a study, and its trainings one after the other.

    Raises:
        RecordError: The rows of `write` are not there.
        RunError: The splits share a group, there is no prompt, or the folder cannot be written to.
        VocabularyError: The vocabulary is too small for the text's letters.

    """

    def __init__(self, data: Path, out: Path, scale: Scale, configs: Path) -> None:
        self.scale, self._configs = scale, configs
        self.train = study_rows(data, "train", scale.rows)
        self.validation = study_rows(data, "validation", scale.validation)
        refuse_shared_groups(self.train, self.validation)
        prompt = prompt_maker("field and question", configs)
        self._kept = out / "trainings"
        for folder in (out, self._kept):
            make_folder(folder)
        texts = [f"{prompt(row)}{row.output}" for row in self.train]
        self.vocabulary: Vocabulary = train_bpe(texts, scale.vocabulary)

    def made(self, job: Job, progress: Progress) -> Trained:
        """Make a training, or take it from an earlier attempt with the same data and settings.

        Raises:
            RunError: A row is longer than the model's positions, or the training cannot be kept.

        """
        path = self._kept / f"{job.name}-{self._key(job)}.json"
        if path.is_file():
            try:
                earlier = msgspec.json.decode(path.read_bytes(), type=Trained)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                progress.say(f"{path} is damaged ({error}); it is trained anew")
            else:
                progress.kept(job.name)
                return earlier
        with progress.part(job.name):
            trained = self._train(job, progress)
            write_record(path, trained)
        return trained

    def _key(self, job: Job) -> str:
        """Tell one training's data and settings from another's."""
        prompt = prompt_maker(job.told, self._configs)
        how = msgspec.to_builtins((self.scale.training, job.shape))
        rows = [
            [(prompt(row), row.output) for row in split] for split in (self.train, self.validation)
        ]
        told = [how, self.vocabulary.tokens, job.name, rows]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]

    def _train(self, job: Job, progress: Progress) -> Trained:
        from eval.studies import model as study_model  # noqa: PLC0415 - brings torch along

        started = time.monotonic()
        train, validation = (self._cut(rows, job) for rows in (self.train, self.validation))
        model = study_model.new_model(job.shape, len(self.vocabulary.tokens), job.seed)
        looks: list[Look] = []
        for look in study_model.train(model, train, validation, self.scale.training, job.seed):
            looks.append(look)
            progress.step(f"{job.name}: {look.validation:.3f} bits a character")
        return Trained(
            name=job.name,
            told=job.told,
            shape=job.shape,
            training=self.scale.training,
            seed=job.seed,
            vocabulary=len(self.vocabulary.tokens),
            parameters=study_model.parameters_of(model),
            looks=tuple(looks),
            seconds=time.monotonic() - started,
        )

    def _cut(self, rows: Sequence[AlpacaRow], job: Job) -> list[Encoded]:
        prompt = prompt_maker(job.told, self._configs)
        return encoded(rows, self.vocabulary, prompt, positions=POSITIONS)


def run(study: Study, seeds: int, name: str) -> SizeResult:
    """Make all trainings and say what they show.

    Raises:
        RunError: A row is longer than the model's positions, or a training cannot be kept.
        FitError: There are too few trainings for a line.

    """
    jobs = jobs_of(study.scale, seeds)
    epochs = study.scale.training.epochs
    with Progress("training", len(jobs), steps=epochs, unit="epochs") as progress:
        trained = tuple(study.made(job, progress) for job in jobs)
    return size_result(
        trained,
        scale=name,
        rows=len(study.train),
        validation_rows=len(study.validation),
        characters=sum(len(row.output) for row in study.train),
    )


def lines_of(result: SizeResult) -> Iterator[str]:
    """Write what is printed."""
    for what, fit in result.fits.items():
        yield (
            f"{what}: {fit.slope:+.4f} bits a character for twice the weights "
            f"[{fit.low:+.4f}, {fit.high:+.4f}]"
        )


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.study_size",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("reports/study-size"), metavar="DIR")
    parser.add_argument("--configs", type=Path, default=Path("axolotl_configs"), metavar="DIR")
    parser.add_argument("--scale", choices=sorted(SCALES), default="reduced")
    parser.add_argument(
        "--rows", type=at_least(1), help="only so many training answers of the scale"
    )
    parser.add_argument("--epochs", type=at_least(1), help="only so many passes over them")
    parser.add_argument(
        "--seeds", type=at_least(1), default=SEEDS, help=f"trainings of a kind ({SEEDS})"
    )
    parser.add_argument("--notice", default="", help="a sentence on top of the page")
    args = parser.parse_args(argv)
    whole = SCALES[args.scale]
    epochs = whole.training.epochs
    if 0 < whole.rows < (args.rows or 0) or epochs < (args.epochs or 0):
        parser.error(
            f"--rows and --epochs make a scale smaller, and {args.scale} has "
            f"{whole.rows or 'all'} rows and {epochs} epochs"
        )
    return args


def asked_scale(args: argparse.Namespace) -> tuple[Scale, str]:
    """Give the scale as the options make it smaller, and its name with those options."""
    whole = SCALES[args.scale]
    training = msgspec.structs.replace(whole.training, epochs=args.epochs or whole.training.epochs)
    scale = replace(whole, rows=args.rows or whole.rows, training=training)
    less = (("rows", args.rows), ("epochs", args.epochs))
    return scale, " ".join((args.scale, *(f"--{key} {value}" for key, value in less if value)))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    args = parse(argv)
    hush()
    try:
        scale, name = asked_scale(args)
        result = run(Study(args.data, args.out, scale, args.configs), args.seeds, name)
        write_record(args.out / "result.json", result)
        page = write_page(args.out, size_page(result, args.notice))
    except (RunError, RecordError, VocabularyError, FitError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "interrupted; trainings that were done are kept, and the same command goes on after "
            "them",
            file=sys.stderr,
        )
        return 1
    print("\n".join(lines_of(result)))
    print(f"{len(result.trained)} trainings → {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
