"""Invented rows and predictions: people, firms and advice in these tests do not exist."""

from __future__ import annotations

from pathlib import Path

from eval.records import Prediction
from eval.runs import Run, load_run
from eval.tasks import Item, take_apart
from preprocess.alpaca import (
    AlpacaRow,
    Point,
    Polarity,
    Task,
    number_sentences,
    write_jsonl,
    write_points,
)

RUN = "advice-tiny-qlora"
SYSTEMS = ("base", "base-1shot", "tuned", "tuned-1shot")
SENTENCES = (
    "저는 한들식품의 물류 직무에 지원합니다.",
    "창고 동선을 바꾸어 출고 시간을 20% 줄였습니다.",
    "그 결과 큰 보람을 느꼈습니다.",
    "귀사는 업계 최고의 기업입니다.",
)


def point(polarity: Polarity, *sentences: int, text: str = "근거를 더 들어 주세요.") -> Point:
    """Make a point."""
    return Point(polarity, sentences, text)


def row(item_id: str, source_id: str, points: list[Point], group: str = "") -> AlpacaRow:
    """Make a row of `advice` whose essay has four sentences, the first with its id."""
    sentences = (f"지원자 {item_id}입니다.", *SENTENCES[1:])
    return AlpacaRow(
        instruction="물류 직무의 자기소개서입니다.",
        input=number_sentences("지원 동기를 적어 주세요.", sentences),
        output=write_points(points),
        id=item_id,
        group=group or f"g{source_id}",
        source_id=source_id,
    )


def item(*points: Point, item_id: str = "1-1", source_id: str = "1", group: str = "") -> Item:
    """Make an item of `advice`."""
    return take_apart(row(item_id, source_id, list(points), group), "advice")


def anchored(output: str, item_id: str = "1-1", source_id: str = "1") -> Item:
    """Make an item of `advice-anchored`."""
    text = "저는 성실합니다.좋은점 1 노력했습니다.아쉬운점 1"
    made = AlpacaRow("평가해주세요.", text, output, item_id, f"g{source_id}", source_id)
    return take_apart(made, "advice-anchored")


def prediction(of: Item, output: str, *, system: str = "tuned", length: bool = False) -> Prediction:
    """Make a model's prediction for an item."""
    return Prediction(
        id=of.row.id,
        source_id=of.row.source_id,
        task=of.task,
        system=system,
        prompt=f"### 입력:\n{of.row.input}\n### 답:\n",
        output=output,
        finish="length" if length else "stop",
    )


GOOD = point("good", 2, text="수치가 있어 설득력이 있습니다.")
BAD = point("bad", 3, 4, text="성과가 막연합니다.")


def six_items() -> list[Item]:
    """Make six items of three essays; the expert always says the same of each."""
    return [
        item(GOOD, BAD, item_id=f"{essay}-{k}", source_id=str(essay))
        for essay in (1, 2, 3)
        for k in (1, 2)
    ]


def output_of(system: str, k: int) -> str:
    """Say what a system answers to the k-th test item."""
    if system == "base":
        return "저는 귀사에 지원합니다. " * 5
    if system == "base-1shot":
        return "아쉬운점 1 [1] 근거가 없습니다." if k % 2 else ""
    return write_points([BAD] if k == 0 else [GOOD, BAD])


def write_run(root: Path) -> Run:
    """Write a whole small run below a folder, which is to be the working directory."""
    train = [item(GOOD, BAD, item_id=f"{e}-1", source_id=str(e)) for e in range(10, 16)]
    items = six_items()
    run = write_data(root, "advice", train, items)
    for system in SYSTEMS:
        outputs = [output_of(system, k) for k in range(len(items))]
        write_predictions(root, run, system, items, outputs)
    return run


def write_anchored_run(root: Path) -> Run:
    """Write a run of `advice-anchored` whose tuned model answers one of two anchors."""
    expert = "좋은점 1 성실합니다.\n아쉬운점 1 막연합니다."
    train, items = (
        [anchored(expert, f"{e}-1", str(e)) for e in essays] for essays in (range(9), range(20, 24))
    )
    run = write_data(root, "advice-anchored", train, items)
    write_predictions(root, run, "tuned", items, ["아쉬운점 1 막연합니다."] * 4)
    write_predictions(root, run, "base", items, ["저는 지원합니다."] * 4)
    return run


def write_data(root: Path, task: Task, train: list[Item], test: list[Item]) -> Run:
    """Write a run's YAML, training and test rows."""
    configs = root / "axolotl_configs"
    configs.mkdir(parents=True)
    (configs / f"{RUN}.yml").write_text(
        "base_model: tiny\n"
        f"datasets:\n  - path: data/alpaca/{task}/train.jsonl\n    type: alpaca\n"
        f"output_dir: runs/{RUN}\n",
        encoding="utf-8",
    )
    for split, items in (("train", train), ("test", test)):
        write_jsonl(root / f"data/alpaca/{task}/{split}.jsonl", (i.row for i in items))
    return load_run(RUN, configs)


def write_predictions(
    root: Path, run: Run, system: str, items: list[Item], outputs: list[str]
) -> None:
    """Write the predictions of one system."""
    write_jsonl(
        root / run.predictions_dir / f"{system}.jsonl",
        (prediction(i, o, system=system) for i, o in zip(items, outputs, strict=True)),
    )
