"""Three kinds of tokenizer on the same text: how short, how rare, how alike, how well learnt.

    python -m eval.study_tokenizers
    python -m eval.study_tokenizers --sizes 4000,8000,15000 --rows 0 --epochs 10   # on a card

trains BPE, Unigram and a WordPiece that merges by likelihood, with `tokenizers`' own WordPiece
beside them, on the training answers of `write`, to the same sizes; looks at them on the validation
answers, and trains the same small model on the tokens of each. Writes
`reports/tokenizers/index.html` and `result.json` at the end; a command that was stopped keeps
nothing and begins anew. Exit codes: 0 done, 1 failed or interrupted, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from axolotl_configs.noise import hush
from axolotl_configs.run_yaml import RunError
from eval.draws import at_least
from eval.studies.page import make_folder, write_page, write_record
from eval.studies.progress import Progress
from eval.studies.records import Shape, Training
from eval.studies.rows import encoded, prompt_maker, refuse_shared_groups, study_rows
from eval.studies.tokens import Compared, compare, measure
from eval.studies.tokens_page import TokensResult, tokens_page
from eval.studies.vocabulary import KINDS, Vocabulary, VocabularyError, train_vocabularies
from preprocess.alpaca import AlpacaRow, RecordError

#: The small model that each tokenizer is given to, and its training but for the epochs.
WIDTH, LAYERS, HEADS = 64, 2, 4
BATCH, RATE = 4, 1e-3
#: The largest size: published models have no more by much (Gemma, arXiv 2403.08295: 256k).
MOST = 300_000
#: Validation answers on which losses and lengths are taken.
LOOKED_AT = 60


def bits_of(
    vocabulary: Vocabulary,
    train: Sequence[AlpacaRow],
    validation: Sequence[AlpacaRow],
    how: Training,
    seed: int,
) -> float:
    """Train the small model on a vocabulary's tokens; gives its least validation loss in bits.

    The answers stand behind nothing, so that no prompt is cut in one way or another. All
    vocabularies see the same answers equally often; the model has as many positions as the longest
    answer has tokens.
    """
    from eval.studies import model as study_model  # noqa: PLC0415 - brings torch along

    nothing = prompt_maker("nothing")
    rows, held_out = (
        encoded(of, vocabulary, nothing, positions=sys.maxsize) for of in (train, validation)
    )
    longest = max(len(row.tokens) for row in (*rows, *held_out))
    shape = Shape(WIDTH, LAYERS, HEADS, longest, 0.1)
    model = study_model.new_model(shape, len(vocabulary.tokens), seed)
    return min(look.validation for look in study_model.train(model, rows, held_out, how, seed))


def study(args: argparse.Namespace) -> TokensResult:
    """Train, compare and measure all vocabularies.

    Raises:
        RecordError: The rows of `write` are not there.
        RunError: The splits share a group, or the folder cannot be written to.
        VocabularyError: A size is too small for the text's letters.

    """
    train = study_rows(args.data, "train", 0)
    validation = study_rows(args.data, "validation", LOOKED_AT)
    refuse_shared_groups(train, validation)
    make_folder(args.out)
    texts = [row.output for row in train]
    with Progress("learning", len(KINDS) * len(args.sizes), unit="vocabularies") as progress:
        vocabularies = train_vocabularies(texts, args.sizes, progress.part)
    held_out = [row.output for row in validation]
    learnt = study_rows(args.data, "train", args.rows)
    how = Training(epochs=args.epochs, batch=BATCH, rate=RATE)
    trained = [one for one in vocabularies if one.kind != "wordpiece-bpe"]
    bits: dict[tuple[str, int], tuple[float, ...]] = {}
    with Progress("training", len(trained) * args.seeds, unit="models") as progress:
        for one in trained:
            found = []
            for seed in range(args.seeds):
                with progress.part(f"{one.kind} of {one.size:,}, seed {seed}"):
                    found.append(bits_of(one, learnt, validation, how, seed))
            bits[one.kind, one.size] = tuple(found)
    measured = []
    with Progress("measuring", len(vocabularies), unit="vocabularies") as progress:
        for one in vocabularies:
            with progress.part(f"{one.kind} of {one.size:,}"):
                found_bits = bits.get((one.kind, one.size), ())
                measured.append(measure(one, texts, held_out, found_bits))
    return TokensResult(
        texts=len(texts),
        characters=sum(map(len, texts)),
        looked_at=len(held_out),
        learnt=len(learnt),
        epochs=args.epochs,
        measured=tuple(measured),
        compared=compare_all(vocabularies, held_out),
    )


def compare_all(
    vocabularies: Sequence[Vocabulary], held_out: Sequence[str]
) -> tuple[Compared, ...]:
    """Hold every two vocabularies of one size against each other."""
    return tuple(
        compare(one, other, held_out)
        for place, one in enumerate(vocabularies)
        for other in vocabularies[place + 1 :]
        if one.size == other.size
    )


def sizes(text: str) -> tuple[int, ...]:
    """Read a list of sizes, as `4000,8000`.

    Raises:
        ArgumentTypeError: One is no size, or stands there twice.

    """
    parts = text.split(",")
    found = tuple(int(part) for part in parts if part.isascii() and part.isdecimal())
    if len(set(found)) < len(parts) or not 0 < min(found) <= max(found) <= MOST:
        raise argparse.ArgumentTypeError(
            f"give whole numbers from 1 to {MOST}, each once, as in 4000,8000; not {text!r}"
        )
    return found


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.study_tokenizers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("reports/tokenizers"), metavar="DIR")
    parser.add_argument("--sizes", type=sizes, default=(4000, 8000, 15000), metavar="N,N")
    add = parser.add_argument
    add("--rows", type=at_least(0), default=160, help="answers to learn from; 0: all (160)")
    add("--epochs", type=at_least(1), default=4, help="passes over them (4)")
    add("--seeds", type=at_least(1), default=2, help="trainings of a vocabulary (2)")
    parser.add_argument("--notice", default="", help="a sentence on top of the page")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    args = parse(argv)
    hush()
    try:
        result = study(args)
        write_record(args.out / "result.json", result)
        page = write_page(args.out, tokens_page(result, args.notice))
    except (RunError, RecordError, VocabularyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing is kept, and the same command begins anew", file=sys.stderr)
        return 1
    print(f"{len(result.measured)} tokenizers of {result.texts} answers → {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
