"""The numbers of `qa`: how near an answer comes to the answers that count as right.

A question has several such answers, and the rule for several is named in the number: `…_max` takes
the nearest of them, `…_mean` the mean over all. The counts are made by `eval.measuring.qa`.
"""

from __future__ import annotations

from eval.measuring.metrics import NO_ENCODER, Metric, mean

NO_WORDS = "no output has four words"
NO_JOINED, NO_PLAIN = "no question has two topics", "every question has two topics"


def _of_encoder(name: str) -> Metric:
    return Metric(name, {name: 1.0}, {"items": 1.0}, "no items", NO_ENCODER)


QA: tuple[Metric, ...] = (
    mean("dice_mean", "dice_mean"),
    mean("dice_max", "dice_max"),
    mean("rouge_mean", "rouge_mean"),
    mean("rouge_max", "rouge_max"),
    _of_encoder("encoder_mean"),
    _of_encoder("encoder_max"),
    Metric("dice_mean_plain", {"dice_mean_plain": 1.0}, {"plain": 1.0}, NO_PLAIN),
    Metric("dice_mean_joined", {"dice_mean_joined": 1.0}, {"joined": 1.0}, NO_JOINED),
    Metric("repetition", {"grams_again": 1.0}, {"grams": 1.0}, NO_WORDS),
    mean("ends", "ends"),
)
COMPARED = ("dice_mean", "dice_max", "rouge_mean", "encoder_mean", "output_chars")
COLUMNS = (
    ("Dice mean", "dice_mean"),
    ("Dice max", "dice_max"),
    ("ROUGE-L mean", "rouge_mean"),
    ("max", "rouge_max"),
    ("cosine mean", "encoder_mean"),
    ("max", "encoder_max"),
    ("one topic", "dice_mean_plain"),
    ("two topics", "dice_mean_joined"),
    ("ends", "ends"),
    ("chars", "output_chars"),
)
