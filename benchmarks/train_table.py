"""The results of `benchmarks.train` as tables, and beside what is aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.train_shapes import SHAPES
from benchmarks.train_ways import AIMS, GIB, seen, ways_of

Result = dict[str, Any]
#: The ways of each shape, by name.
WAYS: Final = {name: ways_of(shape.family) for name, shape in SHAPES.items()}
COLUMNS: Final = (
    "way", "steps", "tokens/s", "answer tokens/s", "MFU", "filled", "GiB", "reserved", "× before",
)  # fmt: skip


def line(name: str, result: Result, before: Result | None) -> list[str]:
    """Write one way's figures under `COLUMNS`."""
    for why in ("not_run", "failed"):
        if why in result:
            return [name, f"{why.replace('_', ' ')}: {result[why]}"]

    def gib(size: float | None) -> str:
        return "-" if size is None else f"{size / GIB:.1f}"

    speed, known = result["tokens_per_second"], before and before.get("tokens_per_second")
    return [
        name,
        str(result["steps"]),
        f"{speed:,.0f}",
        f"{result['answer_tokens_per_second']:,.0f}",
        "-" if result["mfu"] is None else f"{result['mfu']:.1%}",
        f"{result['filled']:.1%}",
        gib(result["peak_allocated"]),
        gib(result["peak_reserved"]),
        f"{speed / known:.2f}" if known else "-",
    ] + ([] if result["loss_finite"] else ["the loss is not finite"])


def table(shape: str, results: Mapping[str, Result]) -> str:
    """Write a shape's results, one way a line."""
    lines = [[shape, *COLUMNS[1:]]]
    for name, result in results.items():
        before = results.get(WAYS[shape][name].after or "")
        lines.append(line(name, result, before))
    return "\n".join(
        f"{first:14}" + (f"  {rest[0]}" if len(rest) == 1 else "".join(f"{v:>17}" for v in rest))
        for first, *rest in lines
    )


def against_aims(results: Mapping[str, Mapping[str, Result]]) -> list[Result]:
    """Set each aim of a shape that was run beside what was seen, None where nothing was."""
    told: list[Result] = []
    for aim in AIMS:
        if aim.shape not in results:
            continue
        figures = {n: r for n, r in results[aim.shape].items() if "tokens_per_second" in r}
        found = seen(figures, WAYS[aim.shape]).get(aim.what)
        told.append(
            {
                "shape": aim.shape,
                "what": aim.what,
                "at_most" if aim.below else "at_least": aim.wanted,
                "seen": found,
                "reached": found and (found <= aim.wanted if aim.below else found >= aim.wanted),
            }
        )
    return told


def describe(aim: Result) -> str:
    """Write an aim and what was seen on one line."""
    wanted = f"at most {aim['at_most']:,}" if "at_most" in aim else f"at least {aim['at_least']:,}"
    told = f"{aim['shape']:7} {aim['what']:26} {wanted:18}"
    if aim["seen"] is None:
        return f"{told} not measured"
    return f"{told} {aim['seen']:12,.2f}  {'reached' if aim['reached'] else 'missed'}"
