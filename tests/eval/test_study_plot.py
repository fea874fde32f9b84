"""The plot of a study's losses shows every training, however short."""

from __future__ import annotations

from base64 import b64decode

from eval.studies.plot import Curve, draw

COLOUR = "#b04a24"


def drawn(*points: tuple[float, float]) -> str:
    """Draw one line, and give the drawing as SVG."""
    address = draw([Curve(points, COLOUR, dashed=False)])
    return b64decode(address.partition(",")[2]).decode()


def test_a_line_of_one_point_is_a_dot() -> None:
    """After one epoch there is one loss, and a line through one point is nothing to see."""
    assert f"fill: {COLOUR}" in drawn((1000, 3.0))
    line = drawn((1000, 3.0), (2000, 2.0))
    assert f"fill: {COLOUR}" not in line
    assert f"stroke: {COLOUR}" in line
