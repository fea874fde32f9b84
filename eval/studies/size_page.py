"""What the study of size found, as records and as a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from eval.pages.glossary import minus
from eval.pages.page_section import Section
from eval.pages.tables import Cell, Row, Table
from eval.studies.fit import PATIENCE, best_look, early_stop, fit
from eval.studies.page import StudyPage, over_seeds
from eval.studies.plot import COLOURS, Curve, Figure, Key, draw
from eval.studies.records import Look, Slope, Trained
from preprocess.alpaca import Record

#: Trainings of a kind in the study; with fewer it is made smaller.
SEEDS = 3
#: The lines that are fitted, by name: which loss of a training each takes.
BEST, END, LAST = "least validation loss", "validation loss at the end", "last training batch"
LOSSES: dict[str, Callable[[Trained], float]] = {
    BEST: lambda one: best_look(one.looks).validation,
    END: lambda one: one.looks[-1].validation,
    LAST: lambda one: one.looks[-1].last_batch,
}
LOSS_WORDS = {
    BEST: "검증 손실의 최솟값",
    END: "마지막 에폭의 검증 손실",
    LAST: "마지막 학습 배치의 손실(잘못된 ‘검증’)",
}
TOLD_WORDS = {
    "field and question": "직무와 문항",
    "question": "문항만",
    "nothing": "조건 없음",
}


class SizeResult(Record, frozen=True):
    """All trainings, and the lines of loss against weights, fitted to those told most.

    `scale` is its name, with the options that made it smaller. `rows`, `characters` are of the
    training answers; bits a character compare over tokenizers.
    """

    scale: str
    rows: int
    validation_rows: int
    characters: int
    trained: tuple[Trained, ...]
    fits: dict[str, Slope]


def size_result(
    trained: tuple[Trained, ...], *, scale: str, rows: int, validation_rows: int, characters: int
) -> SizeResult:
    """Fit the lines.

    Raises:
        FitError: There are too few trainings.

    """
    told = main_trainings(trained)
    parameters = [one.parameters for one in told]
    fits = {name: fit(parameters, [loss(one) for one in told]) for name, loss in LOSSES.items()}
    return SizeResult(scale, rows, validation_rows, characters, trained, fits)


def main_trainings(trained: Iterable[Trained]) -> list[Trained]:
    """Take the trainings of all sizes, those told field and question."""
    return [one for one in trained if one.told == "field and question"]


def size_page(result: SizeResult, notice: str) -> StudyPage:
    """Make the page."""
    return StudyPage(
        title="모델 크기와 손실",
        notice=notice,
        lead=tuple(lead(result)),
        figures=(curves_of(result),),
        sections=(losses_section(result), fits_section(result), broken_section(result)),
        settings=tuple(settings_of(result)),
    )


def lead(result: SizeResult) -> Iterator[str]:
    """Say what was found."""
    if less := made_smaller(result):
        yield f"규모를 줄여 본 시험입니다({less}). 연구의 결과로 읽지 마세요."
    best, last = result.fits[BEST], result.fits[LAST]
    yield (
        f"가중치 수가 두 배가 되면 검증 손실의 최솟값은 글자당 {bits(best.slope)}비트 달라집니다"
        f"(95% 구간 {bits(best.low)}~{bits(best.high)}). {verdict(best)}"
    )
    yield (
        f"마지막 학습 배치를 검증 자료로 쓰면 같은 학습에서 글자당 {bits(last.slope)}비트"
        f"({bits(last.low)}~{bits(last.high)})로 나옵니다."
    )
    if rising := unfinished(result):
        told = len(main_trainings(result.trained))
        yield (
            f"학습 {told}개 가운데 {rising}개는 마지막 에폭에서도 검증 손실이 줄고 있었습니다. "
            "기울기는 같은 양을 학습했을 때의 차이이며, 끝까지 학습했을 때의 차이가 아닙니다."
        )


def made_smaller(result: SizeResult) -> str:
    """Give the options that made the study smaller."""
    options = result.scale.partition(" ")[2]
    return f"{options}{seeds_option(result)}".lstrip() if seeds_of(result) < SEEDS else options


def seeds_of(result: SizeResult) -> int:
    """Count the trainings of a kind."""
    return len({one.seed for one in result.trained})


def seeds_option(result: SizeResult) -> str:
    """Write the option that says how many seeds there are, where it is needed."""
    seeds = seeds_of(result)
    return "" if seeds == SEEDS else f" --seeds {seeds}"


def unfinished(result: SizeResult) -> int:
    """Count the trainings of all sizes whose last validation loss is their least."""
    told = main_trainings(result.trained)
    return sum(best_look(one.looks) is one.looks[-1] for one in told)


def verdict(found: Slope) -> str:
    """Say whether the interval of a slope holds 0."""
    if found.low <= 0 <= found.high:
        return "구간에 0이 들어 있어, 크기가 도움이 되는지 이 학습들로는 알 수 없습니다."
    return "클수록 손실이 작습니다." if found.high < 0 else "클수록 손실이 큽니다."


def bits(value: float) -> str:
    """Write a difference in bits with its sign."""
    return minus(f"{value:+.3f}")


def curves_of(result: SizeResult) -> Figure:
    """Draw validation and last-batch losses of all main trainings over the tokens seen."""
    told = main_trainings(result.trained)
    widths = sorted({one.shape.width for one in told})
    colours = dict(zip(widths, COLOURS, strict=False))
    curves = [
        Curve([(look.tokens, loss(look)) for look in one.looks], colours[one.shape.width], dashed)
        for one in told
        for loss, dashed in ((validation_of, False), (last_batch_of, True))
    ]
    keys = [Key(f"너비 {width}", colour, dashed=False) for width, colour in colours.items()]
    return Figure(
        uri=draw(curves),
        alt="본 토큰 수에 따른 손실 곡선. 실선은 검증 손실, 점선은 마지막 학습 배치의 손실.",
        caption="가로는 학습하면서 본 토큰 수(로그 눈금), 세로는 글자당 비트. 선 하나가 학습 "
        "하나이며 시드마다 따로 그렸습니다.",
        keys=(*keys, Key("점선: 마지막 학습 배치", "#666d75", dashed=True)),
    )


def validation_of(look: Look) -> float:
    """Take the validation loss."""
    return look.validation


def last_batch_of(look: Look) -> float:
    """Take the loss on the last training batch."""
    return look.last_batch


def losses_section(result: SizeResult) -> Section:
    """Tell the losses of each width and each condition."""
    kinds = dict.fromkeys((one.shape.width, one.told) for one in result.trained)
    rows = tuple(
        loss_row(
            f"너비 {width}, {TOLD_WORDS[told]}",
            [one for one in result.trained if (one.shape.width, one.told) == (width, told)],
        )
        for width, told in kinds
    )
    heads = (
        *("가중치 수", "본 토큰 수", "검증 손실 최솟값", "그때의 에폭"),
        *("마지막 검증 손실", "조기 종료 에폭"),
    )
    return Section(
        "손실",
        (
            "값은 시드들의 평균이고 아래는 최솟값과 최댓값입니다.",
            "손실은 답변 글자당 비트여서 토크나이저가 달라도 비교할 수 있습니다.",
            "채움 토큰과 조건(직무, 문항)은 손실에 넣지 않았습니다.",
            f"조기 종료 에폭은 검증 손실이 {PATIENCE}번 이어 나아지지 않은 때로, 적기만 했습니다.",
        ),
        (("", Table("모델", heads, rows)),),
    )


def loss_row(label: str, seeds: Sequence[Trained]) -> Row:
    """Tell the losses of one width and condition over its seeds."""
    stops = [early_stop(one.looks) for one in seeds]
    stopped = ", ".join("없음" if stop is None else str(stop.epoch) for stop in stops)
    return Row(
        label,
        (
            Cell(f"{seeds[0].parameters:,}"),
            Cell(f"{seeds[0].looks[-1].tokens:,}"),
            over_seeds(LOSSES[BEST](one) for one in seeds),
            over_seeds((best_look(one.looks).epoch for one in seeds), "{:.1f}"),
            over_seeds(LOSSES[END](one) for one in seeds),
            Cell(stopped),
        ),
    )


def fits_section(result: SizeResult) -> Section:
    """Tell the lines."""
    rows = tuple(
        Row(
            LOSS_WORDS[name],
            (
                Cell(bits(found.slope), f"[{bits(found.low)}, {bits(found.high)}]"),
                Cell(f"{found.at_smallest:.3f}"),
            ),
        )
        for name, found in result.fits.items()
    )
    one = next(iter(result.fits.values()))
    return Section(
        "크기에 따른 기울기",
        (
            f"학습 {one.over}개(크기 {one.sizes}가지)에 직선을 맞췄습니다.",
            "구간은 시드마다 독립된 학습으로 본 95% 구간입니다.",
            "크기가 세 가지뿐이라 굽은 정도는 알 수 없습니다.",
        ),
        (("", Table("손실", ("두 배마다의 변화(비트)", "가장 작은 모델에서"), rows)),),
    )


def broken_section(result: SizeResult) -> Section:
    """Set the last training batch beside the validation split, run by run."""
    told = main_trainings(result.trained)
    rows = tuple(
        Row(
            f"너비 {width}",
            (
                over_seeds(LOSSES[END](one) for one in of),
                over_seeds(LOSSES[LAST](one) for one in of),
                over_seeds(LOSSES[END](one) - LOSSES[LAST](one) for one in of),
            ),
        )
        for width in dict.fromkeys(one.shape.width for one in told)
        for of in [[one for one in told if one.shape.width == width]]
    )
    heads = ("검증 손실", "마지막 학습 배치", "차이")
    return Section(
        "검증 자료가 학습 배치였다면",
        (
            "처음의 연구는 검증 손실 대신 마지막 학습 배치의 손실을 그렸습니다.",
            "아래는 같은 학습의 마지막 에폭에서 두 손실을 나란히 놓은 것입니다.",
        ),
        (("", Table("모델", heads, rows)),),
    )


def settings_of(result: SizeResult) -> Iterator[tuple[str, str]]:
    """Say how the numbers were made."""
    one = result.trained[0]
    options = f"{result.scale}{seeds_option(result)}"
    yield "규모", f"{options} (python -m eval.study_size --scale {options})"
    yield "학습 자료", f"답변 {result.rows:,}개, {result.characters:,}자"
    yield "검증 자료", f"다른 묶음의 답변 {result.validation_rows:,}개"
    yield (
        "모델",
        f"GPT-2, 층 {one.shape.layers}, 머리 {one.shape.heads}, 드롭아웃 {one.shape.dropout}",
    )
    how = one.training
    yield "학습", f"Adam {how.rate:g}, 한 번에 답변 {how.batch}개, {how.epochs}에폭"
    yield "토크나이저", f"BPE {one.vocabulary:,}개 (처음의 연구는 15,000개)"
    yield (
        "걸린 시간",
        f"학습 {len(result.trained)}개에 {sum(t.seconds for t in result.trained):,.0f}초",
    )
