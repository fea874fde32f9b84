"""A model that says the questions: in the dialogue, over test rows, and what cannot be loaded.

One tiny Llama, which has learnt two questions by heart, serves all tests of this file.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from eval.records import Prediction
from interview import answer
from interview.answer import ended_early
from interview.bank import Bank
from interview.dialogue import Interviewer
from interview.evaluate import main as evaluate
from interview.phrasing import Phrased, phrased
from interview.picking import Picker
from interview.records import BY_MODEL, Said
from interview.rows import row_of, rows_file
from interview.simulate import GoldPicker, simulate
from interview.situation import Situation, situation_of
from interview.speaker import CONFIGS, Speaker, config_of, open_speaker, read_prompt
from interview.talk import sit
from interview.told import dialogue_lines
from interview.transcript import Transcript
from preprocess.alpaca import RecordError, Wrapper, read_jsonl, write_jsonl
from tests.conftest import ROOT
from tests.interview.tiny_speaker import FIT, REPLIES, RUN, UNFIT, make_speaker


@dataclass(frozen=True)
class Made:
    """The folders of the tiny models, and the situations in which they know what to say."""

    merged: Path
    adapter: Path
    known: tuple[Situation, ...]


@pytest.fixture(scope="session")
def interviewer(bank: Bank, picker: Picker) -> Interviewer:
    """Give an interviewer that has not said anything."""
    return Interviewer(bank, picker, 0.082, "common")


@pytest.fixture(scope="session")
def made(interviewer: Interviewer, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Give the tiny models; they have learnt what to say to two replies of one dialogue."""
    heard = replace(interviewer)
    known = tuple(situation_of(*heard.hear(reply)) for reply in REPLIES)
    learnt = dict(zip(known, REPLIES.values(), strict=True))
    merged, adapter = make_speaker(tmp_path_factory.mktemp("speaker"), learnt)
    return Made(merged, adapter, known)


@pytest.fixture(scope="session")
def speaker(made: Made) -> Speaker:
    """Give the merged model, loaded."""
    return open_speaker(made.merged, ROOT / CONFIGS)


@pytest.mark.parametrize(
    ("output", "ended", "expected"),
    [
        (" 다음은\n 무엇인가요? ", True, Phrased("다음은 무엇인가요?", None)),
        ("1. 다음은요?", True, Phrased("1. 다음은요?", "numbered")),
        (" \n", True, Phrased("", "empty")),
        ("다음은 그리고 그리고", False, Phrased("다음은 그리고 그리고", "unended")),
    ],
)
def test_an_output_is_held_against_the_form(
    output: str,
    ended: bool,  # noqa: FBT001 - a column of the table
    expected: Phrased,
) -> None:
    """Lines are joined; a wrong start, nothing at all and no end are each named."""
    assert phrased(output, ended=ended) == expected


def test_the_model_says_what_is_fit_and_the_bank_the_rest(
    tmp_path: Path, interviewer: Interviewer, speaker: Speaker
) -> None:
    """The transcript tells who said each line, and the end how many the model was not let say."""
    path, out = tmp_path / "t.jsonl", io.StringIO()
    talking = replace(interviewer, phraser=speaker)
    typed = io.StringIO("".join(f"{reply}\n" for reply in REPLIES))
    sit(talking, Transcript(path), typed, out, " --model DIR")
    said = [line for line in read_jsonl(path, Said, cure="") if line.speaker == "interviewer"]
    assert [line.phrased for line in said] == [None, BY_MODEL, "numbered"]
    assert said[1].text == FIT
    assert said[2].text in {q.text for q in interviewer.bank.questions}
    assert "질문 2개 가운데 1개는" in out.getvalue()
    assert f"--transcript {path} --model DIR\n" in out.getvalue()


def test_a_dialogue_goes_on_with_what_was_said(
    tmp_path: Path, interviewer: Interviewer, speaker: Speaker
) -> None:
    """The model's last line is said again as it was, and answered anew only if it was cut off."""
    path, first = tmp_path / "t.jsonl", next(iter(REPLIES))
    sit(replace(interviewer, phraser=speaker), Transcript(path), io.StringIO(first), io.StringIO())
    whole = path.read_bytes()
    out = io.StringIO()
    sit(replace(interviewer), Transcript(path), io.StringIO(), out)
    assert out.getvalue().startswith(f"면접관> {FIT}\n")
    path.write_bytes(whole[: whole.rindex(b"\n", 0, -1) + 1])
    sit(replace(interviewer, phraser=speaker), Transcript(path), io.StringIO(), io.StringIO())
    assert path.read_bytes() == whole


class Scripted:
    """A phraser that says nothing of every second kind of situation."""

    def phrase(self, situation: Situation) -> Phrased:
        """Say the topic, or nothing where a certain answer is asked for."""
        if situation.expected:
            return Phrased("", "empty")
        return Phrased(f"{situation.next_topic}, 어떠셨어요?", None)


def test_whole_dialogues_count_the_models_questions(bank: Bank) -> None:
    """Questions in the bank's words are counted by reason; without a model none is."""
    rows = bank.split("test")
    found = simulate(bank, GoldPicker(), -np.inf, rows, range(2), Scripted())
    assert 0 < found.unfit["empty"] < found.phrased < found.turns
    told = "\n".join(dialogue_lines(found, found))
    assert f"{found.phrased - found.unfit['empty']} of {found.phrased}" in told
    plain = simulate(bank, GoldPicker(), -np.inf, rows, range(2))
    assert (plain.phrased, plain.unfit) == (0, {})
    assert plain.right == found.right
    assert "words of the model" not in "\n".join(dialogue_lines(plain, plain))


def answered(made: Made, data: Path, systems: Sequence[str]) -> dict[str, list[Prediction]]:
    """Answer rows of the known situations, in a working folder where the runs' YAMLs are."""
    rows = [row_of(s, FIT, f"bank-{n}", f"g{n}") for n, s in enumerate(made.known)]
    write_jsonl(rows_file(data, "test"), rows)
    folder = data / "runs" / RUN
    shutil.copytree(made.merged if systems[0] == "tuned" else made.adapter, folder)
    arguments = ["--model", str(folder), "--data", str(data), "--systems", *systems]
    assert answer.main(arguments) == 0
    found = folder / "eval" / "predictions"
    return {s: list(read_jsonl(found / f"{s}.jsonl", Prediction, cure="")) for s in systems}


def test_test_rows_are_answered_with_and_without_the_header(
    tmp_path: Path,
    made: Made,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Predictions hold the exact prompt; the early one is the same up to the answer's header."""
    monkeypatch.chdir(ROOT)
    found = answered(made, tmp_path, ["tuned", "tuned-early"])
    assert [p.output for p in found["tuned"]] == [FIT, UNFIT]
    assert {(p.task, p.finish) for p in found["tuned"]} == {("interview", "stop")}
    for whole, early in zip(found["tuned"], found["tuned-early"], strict=True):
        assert whole.prompt == f"{early.prompt}\n### 발화:\n"
    out = capsys.readouterr().out
    assert "tuned: 1 of 2 conform (50.0%); numbered 1; 2 different ones; in " in out


def test_an_adapter_is_answered_on_and_off(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The base is the model without its adapter, and says something else."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("interview.speaker.MOST_TOKENS", 8)
    first, *_ = answered(made, tmp_path, ["base"])["base"]
    adapted = open_speaker(made.adapter)
    assert adapted.answers([first.prompt]) != [(first.output, False)]
    assert adapted.answers([first.prompt], adapter=False) == [(first.output, False)]


def test_a_merged_model_has_no_base(speaker: Speaker) -> None:
    """There is no adapter to switch off, and the error says where there is one."""
    with pytest.raises(RecordError, match="no adapter to switch off; name the run's folder"):
        speaker.answers(["### 지시:"], adapter=False)


def test_a_prompt_without_a_header_cannot_end_early() -> None:
    """The variant leaves the answer's header out, so there must be one."""
    with pytest.raises(RecordError, match="not with a header"):
        ended_early(Wrapper("{instruction}\n{input}\n"))


def test_a_model_lies_in_the_folder_of_its_run(tmp_path: Path) -> None:
    """Any folder above it may have the run's name; the YAML of the run holds the prompt."""
    configs = ROOT / CONFIGS
    assert config_of(tmp_path / RUN / "checkpoint-3", configs) == configs / f"{RUN}.yml"
    with pytest.raises(RecordError, match="lies in no folder of a run"):
        config_of(tmp_path / "elsewhere", configs)
    with pytest.raises(RecordError, match=r"smoke-base.yml: datasets\[0\].type must be a mapping"):
        read_prompt(configs / "smoke-base.yml")


@pytest.mark.parametrize("fault", ["size", "weights", "base", "folder"])
def test_what_cannot_be_loaded_is_one_error(tmp_path: Path, made: Made, fault: str) -> None:
    """Weights of another size or none, a base that is not here, no folder: named with a cure."""
    folder = tmp_path / RUN
    shutil.copytree(made.adapter if fault == "base" else made.merged, folder)
    config = folder / ("adapter_config.json" if fault == "base" else "config.json")
    told = json.loads(config.read_bytes())
    changes = {"size": {"hidden_size": 32}, "base": {"base_model_name_or_path": "no/such-model"}}
    config.write_text(json.dumps(told | changes.get(fault, {})), encoding="utf-8")
    if fault == "weights":
        (folder / "model.safetensors").unlink()
    if fault == "folder":
        shutil.rmtree(folder)
    with pytest.raises(RecordError, match=rf"{RUN} (holds no whole model|is no folder).*with: "):
        open_speaker(folder, ROOT / CONFIGS)


@pytest.mark.parametrize(
    ("folder", "task"), [("smoke-advice-qlora", "advice"), ("smoke-base/merged", "text")]
)
def test_a_model_of_another_task_is_no_interviewer(tmp_path: Path, folder: str, task: str) -> None:
    """The run's YAML tells the task; folder, task and what to name instead are in the error."""
    other = tmp_path / folder
    other.mkdir(parents=True)
    told = rf"{folder} is no interviewer: .*of the task {task}; name .*runs/interview-"
    with pytest.raises(RecordError, match=told):
        open_speaker(other, ROOT / CONFIGS)


def test_a_model_speaks_in_dialogues_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """The study's turns make no dialogues, so a model beside them is wrong usage."""
    with pytest.raises(SystemExit, match="2"):
        evaluate(["--study", "x", "--model", "y"])
    assert "--model and --dialogues are of whole dialogues" in capsys.readouterr().err
