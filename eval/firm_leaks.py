"""Do answers of `write` leak firms: runs trained with masking on and off, side by side.

    make eval RUN=write-gpt-h256; make eval RUN=write-gpt-h256-unmasked
    python -m eval.firm_leaks --runs write-gpt-h256 write-gpt-h256-unmasked

counts in what the runs answered to the same test rows how many answers name a firm that neither
question nor job names:

known       a firm of the table, or any name beside a legal form: the `firm_named` of `eval.score`
memorised   a firm applied to, as a training answer wrote it before masking
leaked      either of them; 0 is wanted
copied      such a name within eight words in a row of the run's own training answers

Firms that the table lacks are most of those that essays are written to, so the names come from the
data: `python -m preprocess.write_unmasked` writes them. Names of one or two letters are left to the
table. Every number has its interval, and each system its difference to that of the first run; the
table is printed, and kept in `reports/firm-leaks/result.json`; an earlier result with other runs
or of another split goes to `result.json.old`. Exit codes: 0 done, 1 something is missing, 2 wrong
usage.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from axolotl_configs.run_yaml import CONFIGS, RunError
from eval.comparing.significance import compare, with_holm
from eval.comparing.statistics import Resampled, draw_weights, resample_all, sum_by_essay
from eval.comparing.summary import system_results
from eval.draws import add_draws
from eval.fuller import keep_fuller
from eval.measuring.leaked_names import (
    COLUMNS,
    LEAKED,
    MEASURES,
    NAMES_CURE,
    FirmNames,
    leak_counts,
    read_names,
)
from eval.measuring.write import unasked_firms
from eval.pages.glossary import OF_RUN
from eval.predictions import PredictionError, read_predictions
from eval.printed import align, difference_row, system_row
from eval.records import Difference, ItemScore, RunResult
from eval.runs import TEST_SPLITS, Run, fingerprint, load_run
from eval.tasks import read_items
from eval.text.shared_runs import TrainingTexts
from preprocess.alpaca import RecordError, rows_cure, write_whole

RUNS: Final = ("write-gpt-h256", "write-gpt-h256-unmasked")
NAMES: Final = Path("data/unmasked/firms.txt")
SHOWN: Final = 5  # names in a line


@dataclass(frozen=True)
class Answered:
    """What one run answered to the test rows, and the names of firms in it by how often."""

    run: Run
    scores: Mapping[str, Sequence[ItemScore]]
    names: Counter[str]


def leaks_of(run: Run, names: FirmNames) -> Answered:
    """Count the firms in all answers of a run's models.

    Raises:
        RecordError, PredictionError: Rows or predictions are missing, or do not fit.

    """
    items = read_items(run.test, run.task)
    train = TrainingTexts([item.row.output for item in read_items(run.train, run.task)])
    scores, said = {}, Counter[str]()
    for system, predictions in read_predictions(run, items).items():
        found = []
        for item, prediction in zip(items, predictions, strict=True):
            known = unasked_firms(item, prediction.output)
            memorised = names.unasked(item, prediction.output)
            said.update({*known, *memorised})
            counts = leak_counts(prediction.output, known, memorised, train)
            row = item.row
            found.append(ItemScore(row.id, row.source_id, system, None, counts, {}))
        scores[system] = found
    return Answered(run, scores, said)


def result_of(answered: Sequence[Answered], resamples: int, seed: int) -> RunResult:
    """Put intervals and differences around the counts of several runs."""
    sums = {
        f"{system}{OF_RUN}{one.run.name}": sum_by_essay(of)
        for one in answered
        for system, of in one.scores.items()
    }
    first = next(iter(sums.values()))
    drawn = resample_all(sums, draw_weights(len(first.essays), resamples, seed))
    told = {f"names{OF_RUN}{one.run.name}": most_said(one.names) for one in answered}
    told |= {f"train_sha256{OF_RUN}{one.run.name}": fingerprint(one.run.train) for one in answered}
    return RunResult(
        run=" + ".join(one.run.name for one in answered),
        task="write",
        settings=told
        | {"resamples": str(resamples), "seed": str(seed), "split": answered[0].run.split},
        systems=system_results(MEASURES, int(first.totals()["items"]), drawn),
        differences=differences(answered, drawn),
    )


def differences(
    answered: Sequence[Answered], drawn: Mapping[str, Resampled]
) -> tuple[Difference, ...]:
    """Compare each system of the other runs with its like in the first."""
    first, *others = answered
    found = []
    for one in others:
        for system in one.scores.keys() & first.scores.keys():
            mine, other = f"{system}{OF_RUN}{one.run.name}", f"{system}{OF_RUN}{first.run.name}"
            of = compare(MEASURES.find(LEAKED), drawn[mine], drawn[other])
            found.append(Difference(mine, other, LEAKED, of.estimate, of.p, None, of.detectable))
    return with_holm(sorted(found, key=lambda difference: difference.system))


def most_said(names: Counter[str]) -> str:
    """Write the names that most answers hold."""
    return ", ".join(f"{name} {count}" for name, count in names.most_common(SHOWN)) or "none"


def lines_of(result: RunResult) -> Iterator[str]:
    """Write what is printed: the systems, their differences, the names."""
    (title, _), *others = COLUMNS
    rows = [["system", f"{title} [95 %]", *(heading for heading, _ in others)]]
    rows += [system_row(one, LEAKED, [name for _, name in others]) for one in result.systems]
    yield align(rows)
    if result.differences:
        yield align([difference_row(one, title) for one in result.differences])
    for key, told in result.settings.items():
        if key.startswith("names"):
            yield f"{key}: {told}"


def counted_of(result: RunResult) -> set[tuple[str, ...]]:
    """Name what a result holds: each system of each run, and the rows that it was asked."""
    split = result.settings.get("split", TEST_SPLITS[0])  # results did not always tell
    return {(split, one.system) for one in result.systems}


def refuse_different(runs: Sequence[Run]) -> None:
    """Refuse runs of other tasks, or that were not asked the same.

    Raises:
        RunError: There is such a run; the message names it.

    """
    first, *others = runs
    for run in runs:
        if run.task != "write":
            raise RunError(f"{run.name} is of task {run.task}; name runs of write: --runs")
        if not run.test.is_file():
            raise RunError(f"{run.test} is missing; make it with: {rows_cure(run.test)}")
    for run in others:
        if fingerprint(run.test) != fingerprint(first.test):
            raise RunError(
                f"{run.name} and {first.name} are not asked the same: {run.test} is no copy of "
                f"{first.test}; make it with: {NAMES_CURE}"
            )


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.firm_leaks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", nargs="+", default=RUNS, metavar="RUN")
    parser.add_argument("--configs", type=Path, default=CONFIGS, metavar="DIR")
    parser.add_argument("--split", choices=TEST_SPLITS, default="test")
    parser.add_argument("--names", type=Path, default=NAMES, metavar="FILE")
    parser.add_argument("--out", type=Path, default=Path("reports/firm-leaks"), metavar="DIR")
    add_draws(parser)
    args = parser.parse_args(argv)
    names = Counter(Path(one).stem if one.endswith((".yml", ".yaml")) else one for one in args.runs)
    if twice := [name for name, count in names.items() if count > 1]:
        parser.error(f"--runs names {twice[0]} twice; each run is counted once")
    if args.out.is_file():
        parser.error(f"--out {args.out} is a file; name a folder")
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    args = parse(argv)
    try:
        runs = [load_run(name, args.configs, args.split) for name in args.runs]
        refuse_different(runs)
        names = read_names(args.names)
        result = result_of([leaks_of(run, names) for run in runs], args.resamples, args.seed)
    except (RunError, RecordError, PredictionError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    text = msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"
    path = args.out / "result.json"
    if (aside := keep_fuller(path, result, counted_of)) is not None:
        print(f"the earlier result held other counts; kept as {aside}", file=sys.stderr)
    write_whole(path, [text])
    print("\n\n".join(lines_of(result)))
    print(f"→ {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
