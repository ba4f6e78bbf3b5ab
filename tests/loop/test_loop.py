"""The loop, driven by Reasoners and sandboxes that do what the test says."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from app.backends.reasoners.base import (
    Chunk,
    Continuation,
    End,
    Finish,
    ReasonerError,
    Replies,
    Request,
    Sampling,
    Usage,
)
from app.core.errors import Refused
from app.core.execution import Execution, Isolation, Status
from app.core.execution import Limits as ExecutionLimits
from app.core.trace import Step, text_of
from app.loop import Limits, Written, execute_step, next_move, run, write_step
from app.loop.repetition import ROUNDS

CODE = "```python\nprint(1)\n```\n"
ISOLATION = Isolation(level="none", reason="a test")
LIMITS = Limits()
QUESTION = Request(question="How many?", system="")


class Speaker:
    """A Reasoner that says its lines: a text and why it ended, or an error. Then nothing."""

    name = "speaker"
    continuation: Continuation = "recording"

    def __init__(self, *lines: tuple[str, Finish | ReasonerError], ids: bool = False) -> None:
        self.lines = iter(lines)
        self.ids = ids
        self.asked: list[Request] = []

    def write(self, request: Request) -> Replies:
        self.asked.append(request)
        text, finish = next(self.lines, ("", "stop"))
        for at in range(0, len(text), 4):
            piece = text[at : at + 4]
            yield Chunk(piece, tuple(map(ord, piece)) if self.ids else None)
        if isinstance(finish, ReasonerError):
            raise finish
        yield End(finish, Usage(prompt_tokens=10, completion_tokens=len(text)), "why")

    def count(self, text: str) -> int | None:
        return len(text)


class Echo:
    """A sandbox that prints each program's text; one that names a status ends so.

    Every key that it was given to keep after a block that ended can be woken.
    """

    isolation = ISOLATION

    def __init__(self) -> None:
        self.sessions: list[list[str]] = []
        self.kept: list[str] = []
        self.woken = ""

    @contextmanager
    def session(self, seed: int = 0, wake: Sequence[str] = ()) -> Iterator["Echo"]:
        self.sessions.append([])
        self.woken = next((key for key in wake if key in self.kept), "")
        yield self

    def keep(self, key: str) -> bool:
        if "timeout" not in self.sessions[-1][-1]:
            self.kept.append(key)
        return key in self.kept

    def interrupt(self) -> None:
        """Nothing runs."""

    def execute(self, code: str, limits: ExecutionLimits) -> Execution:
        self.sessions[-1].append(code)
        statuses: tuple[Status, ...] = ("timeout", "sandbox_error")
        status = next((one for one in statuses if one in code), "ok")
        return Execution(
            status=status,
            reason=f"It was a {status}.",
            output=code,
            isolation=ISOLATION,
            limits=limits,
        )

    def close(self) -> None:
        """Nothing to end."""


def write(speaker: Speaker, *path: Step, **options: object) -> Written:
    limits = options.pop("limits", LIMITS)
    request = QUESTION.model_copy(update={"path": path, **options})
    return write_step(speaker, request, limits=limits)  # type: ignore[arg-type]


def kinds(steps: tuple[Step, ...]) -> str:
    return " ".join(step.kind for step in steps)


def step(kind: str, text: str, author: str = "reasoner") -> Step:
    return Step.model_validate({"kind": kind, "text": text, "author": author})


def test_code_waits_to_be_executed() -> None:
    written = write(Speaker((f"Let me see.\n{CODE}", "fence")))
    assert (kinds(written.steps), written.outcome) == ("thought code", None)
    assert written.usage.completion_tokens == len(text_of(written.steps))


@pytest.mark.parametrize(
    ("text", "finish", "outcome", "steps"),
    [
        ("So \\boxed{3}.", "stop", "answered", "answer"),
        ("<think>a</think>b", "stop", "unanswered", "thought answer"),
        ("I give up.", "stop", "unanswered", "thought"),
        ("", "stop", "empty_reply", ""),
        ("", "no_recording", "no_recording", ""),
        (f"a\n{CODE[:14]}", "code_limit", "code_limit", "thought code"),
        ("a\n```output\n3\n```\nb \\boxed{3}", "stop", "answered", "thought output answer"),
    ],
)
def test_how_a_reply_ends(text: str, finish: Finish, outcome: str, steps: str) -> None:
    written = write(Speaker((text, finish)))
    assert (written.outcome, kinds(written.steps)) == (outcome, steps)
    assert text_of(written.steps) == text


def test_a_forged_output_is_marked() -> None:
    written = write(Speaker(("a\n```output\n3\n```\nb", "stop")))
    assert [one.mark for one in written.steps] == [None, "forged", None]
    assert {one.author for one in written.steps} == {"reasoner"}


def test_a_second_end_of_thinking_is_text_of_the_answer() -> None:
    written = write(Speaker(("a</think>b</think>\\boxed{1}", "stop")))
    assert [one.text for one in written.steps] == ["a", "</think>b</think>\\boxed{1}"]


def test_a_server_that_ends_early_is_asked_to_go_on() -> None:
    speaker = Speaker(("a\n```python\npri", "length"), ("nt(1)\n```\n", "fence"))
    written = write(speaker)
    assert (kinds(written.steps), written.outcome) == ("thought code", None)
    assert text_of(speaker.asked[1].path) == "a\n```python\npri"
    left = [request.sampling.max_tokens for request in speaker.asked]
    assert left[1] < left[0]
    assert written.usage.prompt_tokens == 20


def test_another_fence_is_no_end() -> None:
    speaker = Speaker(("```latex\nx\n```\n", "fence"), ("So \\boxed{3}.", "stop"))
    assert write(speaker).outcome == "answered"


def test_the_token_limit_is_the_paths() -> None:
    speaker = Speaker(*[("word " * 20, "length")] * 50)
    written = write(speaker, sampling=Sampling(max_tokens=100))
    assert written.outcome == "length_limit"
    assert len(speaker.asked) == 4
    assert text_of(written.steps) == "word " * 80


def test_a_reply_that_grows_no_more_at_its_limit_ends() -> None:
    assert write(Speaker(("a", "length"), ("", "length"))).outcome == "length_limit"


def test_an_error_keeps_what_was_written() -> None:
    written = write(Speaker((f"a\n{CODE[:14]}", ReasonerError("Gone.", retryable=True))))
    assert (written.outcome, written.detail) == ("model_error", "Gone.")
    assert text_of(written.steps) == f"a\n{CODE[:14]}"


def test_cancelling_drops_only_the_unfinished_step() -> None:
    heard: list[str] = []
    written = write_step(
        Speaker((f"a thought\n{CODE[:18]}", "stop")),
        QUESTION,
        limits=LIMITS,
        on_text=heard.append,
        stopped=lambda: len(heard) == 6,
    )
    assert (written.outcome, [one.text for one in written.steps]) == ("cancelled", ["a thought\n"])
    assert "".join(heard) == f"a thought\n{CODE[:14]}"


def test_a_reply_that_broke_off_costs_what_it_had_read_and_written() -> None:
    away = ReasonerError("away", retryable=True)
    begun = QUESTION.model_copy(update={"path": (step("thought", "So far."),)})
    written = write_step(Speaker(("a thought", away)), begun, limits=LIMITS)
    read = len(QUESTION.question + "So far.")
    assert written.usage == Usage(prompt_tokens=read, completion_tokens=len("a thought"))
    nothing = write_step(Speaker(("", away)), QUESTION, limits=LIMITS)
    assert nothing.usage == Usage()


def test_repetition_is_stopped() -> None:
    written = write(Speaker(("Start. " + "Let me check that again. " * 1000, "stop")))
    assert written.outcome == "repetition"
    assert len(text_of(written.steps)) < 2_000


def test_the_servers_token_ids_go_to_the_steps_they_make_up() -> None:
    whole = write(Speaker(("abcd\n```", "stop"), ids=True)).steps
    assert [one.token_ids for one in whole] == [tuple(map(ord, "abcd\n```"))]
    split = write(Speaker((f"ab\n{CODE}", "fence"), ids=True)).steps
    assert [one.token_ids for one in split] == [None, None]
    assert [one.tokens for one in split] == [3, len(CODE)]
    aligned = write(Speaker((f"abc\n{CODE}", "fence"), ids=True)).steps
    assert aligned[0].token_ids == tuple(map(ord, "abc\n"))
    assert aligned[1].token_ids == tuple(map(ord, CODE))


def test_what_a_path_waits_for() -> None:
    code, output = step("code", CODE), step("output", "```output\n1\n```\n", "sandbox")
    two = Limits(max_code_calls=2)
    assert next_move((), LIMITS) == "write"
    assert next_move((code,), LIMITS) == "execute"
    assert next_move((code, output), LIMITS) == "write"
    assert next_move((code, output, code), two) == "execute"
    assert next_move((code, output, code, output, code), two) is None
    assert next_move((step("code", CODE[:14]),), LIMITS) is None
    assert next_move((step("answer", "3"),), LIMITS) is None


def program(number: int) -> tuple[str, Finish]:
    return f"```python\nprint({number})\n```\n", "fence"


def test_the_model_is_told_when_its_code_calls_are_used_up_and_may_still_answer() -> None:
    speaker = Speaker(*map(program, range(3)), ("So \\boxed{3}.", "stop"))
    result = run(speaker, Echo(), QUESTION, limits=Limits(max_code_calls=2))
    assert (result.outcome, kinds(result.path)) == (
        "answered",
        "code output code output code output answer",
    )
    outputs = [one.text for one in result.path if one.kind == "output"]
    assert "used" not in outputs[0]
    assert "print(1)\n[All 2 code calls are used now: no further program" in outputs[1]
    assert outputs[2].startswith("```output\n[Not executed: all 2 code calls are used.")
    assert [one.mark for one in result.path if one.kind == "output"] == [None, None, "refused"]
    assert sorted(result.executions) == [0, 2]


def test_a_model_that_still_sends_programs_is_stopped() -> None:
    speaker = Speaker(*map(program, range(9)))
    result = run(speaker, Echo(), QUESTION, limits=Limits(max_code_calls=1))
    assert (result.outcome, kinds(result.path)) == ("code_limit", "code output code output code")


def test_neither_the_note_nor_a_refused_program_is_divergence() -> None:
    speaker = Speaker(*map(program, range(2)), ("Hm. ", "stop"))
    path = run(speaker, Echo(), QUESTION, limits=Limits(max_code_calls=1)).path
    assert kinds(path) == "code output code output thought"
    sandbox = Echo()
    executed = execute_step(sandbox, (*path, step("code", CODE)), limits=Limits(max_code_calls=9))
    assert sandbox.sessions == [["print(0)\n", "print(1)\n"]]
    assert not executed.diverged


def test_one_program_with_one_output_four_times_is_repetition() -> None:
    speaker = Speaker(*[(f"Again. {n}\n{CODE}", "fence") for n in range(9)])  # type: ignore[arg-type]
    result = run(speaker, Echo(), QUESTION, limits=LIMITS)
    assert (result.outcome, result.detail) == ("repetition", ROUNDS)
    assert len(result.executions) == 4


def test_earlier_code_is_executed_again_before_the_last() -> None:
    sandbox = Echo()
    output = step("output", "```output\na\n```\n", "sandbox")
    path = (step("code", "```python\na\n```\n"), output, step("code", "```python\nb\n```\n"))
    executed = execute_step(sandbox, path, limits=LIMITS)
    assert sandbox.sessions == [["a\n", "b\n"]]
    assert executed.step == step("output", "```output\nb\n```\n", "sandbox")
    assert not executed.diverged


def test_a_fork_of_what_the_path_records_is_woken_instead() -> None:
    sandbox = Echo()
    path: tuple[Step, ...] = ()
    for name in "abc":
        path = (*path, step("code", f"```python\n{name}\n```\n"))
        executed = execute_step(sandbox, path, limits=LIMITS)
        assert executed.step is not None
        path = (*path, executed.step)
    assert sandbox.sessions == [["a\n"], ["b\n"], ["c\n"]]
    other = (*path[:2], step("code", "```python\nd\n```\n"))
    assert not execute_step(sandbox, other, limits=LIMITS).diverged
    assert sandbox.sessions[3:] == [["d\n"]]


def test_a_fork_of_another_past_sleeps_on() -> None:
    sandbox = Echo()
    printed = (step("code", CODE), step("output", "```output\nprint(1)\n```\n", "sandbox"))
    other = (step("code", CODE), step("output", "```output\n2\n```\n", "sandbox"))
    execute_step(sandbox, printed[:1], limits=LIMITS)
    execute_step(sandbox, (*printed, step("code", CODE)), limits=LIMITS, seed=1)
    less = Limits(execution=ExecutionLimits(memory_mb=64))
    execute_step(sandbox, (*printed, step("code", CODE)), limits=less)
    assert execute_step(sandbox, (*other, step("code", CODE)), limits=LIMITS).diverged
    assert [len(blocks) for blocks in sandbox.sessions] == [1, 2, 2, 2]
    assert len(sandbox.kept) == 3  # none of the state that is not what the path records


@pytest.mark.parametrize(
    ("recorded", "diverged"),
    [({}, True), ({"mark": "imported"}, False), ({"author": "reasoner", "mark": "forged"}, False)],
)
def test_another_output_than_recorded_is_divergence(
    recorded: dict[str, str], diverged: bool
) -> None:
    shown = {"kind": "output", "text": "```output\nother\n```\n", "author": "sandbox"}
    path = (step("code", CODE), Step.model_validate(shown | recorded), step("code", CODE))
    assert execute_step(Echo(), path, limits=LIMITS).diverged is diverged


def test_a_block_that_ended_its_session_leaves_a_fresh_one() -> None:
    sandbox = Echo()
    slow = step("code", "```python\ntimeout\n```\n")
    output = execute_step(sandbox, (slow,), limits=LIMITS).step
    assert output is not None
    assert output.text == "```output\ntimeout\n[It was a timeout.]\n```\n"
    executed = execute_step(sandbox, (slow, output, step("code", CODE)), limits=LIMITS)
    assert sandbox.sessions[1:] == [["timeout\n"], ["print(1)\n"]]
    assert not executed.diverged


def test_a_sandbox_that_fails_is_an_outcome() -> None:
    result = run(
        Speaker(("```python\nsandbox_error\n```\n", "fence")), Echo(), QUESTION, limits=LIMITS
    )
    assert (result.outcome, kinds(result.path)) == ("sandbox_error", "code")
    assert result.detail == "It was a sandbox_error."


def test_a_complete_path_is_not_gone_on_with() -> None:
    request = QUESTION.model_copy(update={"path": (step("answer", "3"),)})
    with pytest.raises(Refused):
        run(Speaker(), Echo(), request, limits=LIMITS)
