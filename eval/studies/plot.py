"""Loss curves as one SVG drawing; only digits stand in it, and the page around it has the words."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

COLOURS = ("#8d949b", "#2b4f7f", "#ad4a21", "#23714f")
#: Inches, for 62 rem of a page and 11 pixels a letter on a phone.
SIZE = (7.2, 3.6)


@dataclass(frozen=True)
class Curve:
    """One line: its points (tokens seen, loss), its colour, and whether it is dashed."""

    points: Sequence[tuple[float, float]]
    colour: str
    dashed: bool


@dataclass(frozen=True)
class Key:
    """What a line's look means."""

    word: str
    colour: str
    dashed: bool


@dataclass(frozen=True)
class Figure:
    """A drawing as the address of an image that holds it, with what it shows in words."""

    uri: str
    alt: str
    caption: str
    keys: tuple[Key, ...]


def draw(curves: Sequence[Curve]) -> str:
    """Draw lines over a logarithmic axis of tokens; returns the drawing as a data address."""
    import matplotlib as mpl  # noqa: PLC0415 - takes a second
    from matplotlib.figure import Figure as Drawing  # noqa: PLC0415 - the same
    from matplotlib.ticker import LogLocator, NullFormatter  # noqa: PLC0415 - the same

    with mpl.rc_context({"svg.hashsalt": "jasoseo", "font.size": 11}):
        drawing = Drawing(figsize=SIZE, layout="constrained")
        axes = drawing.subplots()
        for curve in curves:
            axes.plot(
                [x for x, _ in curve.points],
                [y for _, y in curve.points],
                color=curve.colour,
                linestyle="--" if curve.dashed else "-",
                linewidth=1.4,
                marker="o" if len(curve.points) == 1 else "",  # a line of one point is nothing
            )
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(color="#e3e1db")
        axes.spines[["top", "right"]].set_visible(False)
        out = io.BytesIO()
        drawing.savefig(out, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{b64encode(out.getvalue()).decode()}"
