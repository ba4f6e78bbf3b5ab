"""Every recorded round, played through the loop with code that is really executed."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.backends.interveners import INTERVENERS
from app.backends.interveners.recorded import Recorded
from app.backends.reasoners import REASONERS
from app.backends.reasoners.base import Request
from app.backends.reasoners.recordings import EXAMPLES, Recording, load
from app.backends.reasoners.scripted import Scripted
from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.forkserver import open_sandbox
from app.core.answer import Reference, find_answer, grade, parse_reference
from app.core.case import Case
from app.core.errors import Invalid
from app.core.fences import split_text
from app.core.problem import Problem
from app.core.splice import insert_hint
from app.core.trace import Cut, Step, text_of
from app.loop import Limits, RunResult, run

LIMITS = Limits()
RECORDINGS = load()
ROWS = json.loads((EXAMPLES / "problems.json").read_text("utf-8"))
NAMES = {row["question"]: row["id"] for row in ROWS}
REFERENCES = {row["question"]: parse_reference(row["answer"]) for row in ROWS}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with closing(open_sandbox()) as opened:
        yield opened


def play(sandbox: Sandbox, recording: Recording, path: tuple[Step, ...] = ()) -> RunResult:
    request = Request(question=recording.question, system=recording.system, path=path)
    return run(Scripted(RECORDINGS), sandbox, request, limits=LIMITS)


def case_of(recording: Recording, path: tuple[Step, ...]) -> Case:
    reference: Reference = REFERENCES[recording.question]
    correct = grade(find_answer(text_of(path)), reference).correct
    problem = Problem(question=recording.question, reference=reference)
    return Case(problem=problem, path=path, correct=correct)


def authored(text: str) -> str:
    kept = (piece.text for piece in split_text(text) if piece.kind != "output")
    return "".join("".join(kept).split())


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda one: NAMES[one.question])
def test_every_round_is_reached_by_its_hints(sandbox: Sandbox, recording: Recording) -> None:
    path: tuple[Step, ...] = ()
    for number, played in enumerate(recording.rounds):
        result = play(sandbox, recording, path)
        assert authored(text_of(result.path)) == authored(played.text)
        assert result.outcome in ("answered", "unanswered", "code_limit")
        assert not result.diverged
        review = Recorded(RECORDINGS).review(case_of(recording, result.path))
        assert isinstance(review, tuple)
        assert len(review) == (number + 1 < len(recording.rounds))
        for proposal in review:
            assert proposal.source.kind == "recording"
            path = insert_hint(result.path, proposal.cut, proposal.words, "human")


def test_one_hint_takes_the_ferry_to_its_answer(sandbox: Sandbox) -> None:
    ferry = RECORDINGS[0]
    wrong = play(sandbox, ferry)
    assert case_of(ferry, wrong.path).correct is False
    (hint,) = Recorded(RECORDINGS).review(case_of(ferry, wrong.path))  # type: ignore[misc]
    right = play(sandbox, ferry, insert_hint(wrong.path, hint.cut, hint.words, "human"))
    assert case_of(ferry, right.path).correct is True


@pytest.mark.parametrize("change", ["other words", "another place", "no question"])
def test_what_was_never_recorded_is_not_made_up(sandbox: Sandbox, change: str) -> None:
    ferry = RECORDINGS[0]
    first = play(sandbox, ferry)
    (hint,) = Recorded(RECORDINGS).review(case_of(ferry, first.path))  # type: ignore[misc]
    words = "Wait, are these crossings?" if change == "other words" else hint.words
    cut = Cut(step=0, offset=98) if change == "another place" else hint.cut
    path = insert_hint(first.path, cut, words, "human")
    unknown = ferry.model_copy(update={"question": "What else?"})
    result = play(sandbox, unknown if change == "no question" else ferry, path)
    assert result.outcome == "no_recording"
    assert result.path == path
    assert "connect a model" in result.detail


def test_a_hint_in_other_white_space_is_the_same_hint(sandbox: Sandbox) -> None:
    ferry = RECORDINGS[0]
    first = play(sandbox, ferry)
    (hint,) = Recorded(RECORDINGS).review(case_of(ferry, first.path))  # type: ignore[misc]
    path = insert_hint(first.path, hint.cut, f"  {hint.words}  ", "human")
    assert play(sandbox, ferry, path).outcome == "answered"


def test_the_registries_play_the_examples_and_refuse_a_folder_without_any(tmp_path) -> None:  # type: ignore[no-untyped-def]
    played = REASONERS.make("scripted", {"delay": 0})
    assert played.name == "recording of Qwen2.5-Coder-1.5B-Instruct (GGUF, llama.cpp)"
    assert INTERVENERS.make("recorded", {}).name == "recorded"
    with pytest.raises(Invalid, match="can't be read"):
        REASONERS.make("scripted", {"folder": str(tmp_path)})
