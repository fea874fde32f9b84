"""A rewriter by rule, which plays the model's part in tests."""

from __future__ import annotations

import re

from preprocess.alpaca import read_points

_LINE = re.compile(r"^\[(\d+)\] (.+)$", flags=re.MULTILINE)


def rewrite(prompt: str) -> str:
    """Answer a prompt: the words of criticised sentences in turned order, the others as they are.

    So the model's part is played by rule: it follows the advice as far as the checks can tell.
    """
    fence = next(line for line in prompt.splitlines() if line.startswith("<<<"))
    _, essay, _, advice, _ = prompt.split(f"\n{fence}\n")
    sentences = [match[2] for match in _LINE.finditer(essay)]
    points = read_points(advice, len(sentences))
    assert isinstance(points, tuple)
    bad = {number for point in points for number in point.sentences}
    turned = [
        " ".join(reversed(sentence.rstrip(".").split())) + "." if number in bad else sentence
        for number, sentence in enumerate(sentences, start=1)
    ]
    return "[첨삭]\n\n" + "\n".join(turned)
