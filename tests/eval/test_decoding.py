"""Named ways to draw: the study's numbers, what is recorded of them, what cannot be combined."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.answers.decoding import DECODINGS, LIKELIEST, drawing_of
from eval.answers.engines import Drawing, Trained, load_engine
from eval.generate import parse
from tests.eval.served import NAME, write_chat_model


def test_the_published_decoding_is_kept() -> None:
    """Number by number, beside the seed."""
    found = drawing_of("interview-writer", 0.0, 3)
    assert found == Drawing(0.8, 3, 0.7, 10, 1.2, 2, 512)
    assert (found.room(900), found.room(100), DECODINGS["nucleus"].room(900)) == (512, 100, 900)
    assert found.looks_back
    assert not DECODINGS["nucleus"].looks_back


@pytest.mark.parametrize(
    ("name", "narrowed"),
    [
        (LIKELIEST, {}),
        ("nucleus", {"top_p": 0.9}),
        (
            "interview-writer",
            {
                "top_p": 0.7,
                "top_k": 10,
                "repetition_penalty": 1.2,
                "no_repeat_ngram": 2,
                "most_tokens": 512,
            },
        ),
    ],
)
def test_only_what_narrows_is_recorded(name: str, narrowed: dict[str, float]) -> None:
    """Answers made before there were names keep their record."""
    assert DECODINGS[name].narrowed == narrowed


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--temperature", "0.5"], "has a temperature of its own"),
        (["--system", "openai:x"], "is for a run's own model"),
    ],
)
def test_what_cannot_be_combined_is_refused(
    more: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong usage, exit code 2, with the reason."""
    with pytest.raises(SystemExit) as stopped:
        parse(["--run", "x", "--decoding", "nucleus", *more])
    assert stopped.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_a_models_own_settings_take_no_part(tmp_path: Path, temperature: float) -> None:
    """A ban and a penalty that a model brings along change nothing of what it answers."""
    from transformers import GenerationConfig  # noqa: PLC0415 - takes seconds

    folder = tmp_path / NAME
    write_chat_model(folder)
    trained = Trained(str(folder), None, folder, four_bit=False, longest="가" * 20, room=1.0)
    found = []
    for own in ({}, {"no_repeat_ngram_size": 2, "repetition_penalty": 1.5}):
        GenerationConfig(**own).save_pretrained(folder)
        engine = load_engine("transformers", trained, Drawing(temperature))
        found.append(engine.answers(adapter=True)(["저는 물류 직무에 지원합니다."]))
    assert found[0] == found[1]
