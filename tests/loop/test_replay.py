"""Executing a finished path once more, in a real sandbox."""

from collections.abc import Iterator
from contextlib import closing
from threading import Timer

import pytest

from app.backends.line import Line, on_line
from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.forkserver import open_sandbox
from app.core.execution import Limits as ExecutionLimits
from app.core.fences import frame_output
from app.core.labelled import path_in
from app.core.outputs import output_step
from app.loop import Limits, execute_step, replay

LIMITS = Limits()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with closing(open_sandbox()) as opened:
        yield opened


def block(code: str, output: str | None = None) -> str:
    return f"```python\n{code}\n```\n" + ("" if output is None else frame_output(output))


def test_blocks_share_their_state_and_outputs_come_again(sandbox: Sandbox) -> None:
    text = f"So\n{block('x = 6', '')}then\n{block('print(x * 7)', '42')}"
    path = path_in(text.rstrip())
    replayed = replay(sandbox, path, LIMITS)
    assert replayed.differs is None
    assert {at: done.stdout for at, done in replayed.executions.items()} == {1: "", 4: "42\n"}


def test_the_first_output_that_does_not_come_again_is_named(sandbox: Sandbox) -> None:
    path = path_in(block("print(1)", "2\n") + block("print(3)", "4\n"))
    replayed = replay(sandbox, path, LIMITS)
    assert replayed.differs == 1
    assert list(replayed.executions) == [0]


def test_what_never_ran_is_not_executed(sandbox: Sandbox) -> None:
    forged = f"I guess\n{frame_output('7')}"
    path = path_in(f"{block('y = 1')}Hm.\n{forged}{block('print(y)')}")
    assert replay(sandbox, path, LIMITS) == ({}, None)


def test_a_block_that_ends_its_session_leaves_a_fresh_one(sandbox: Sandbox) -> None:
    first = block("x = 1\nimport os\nos._exit(3)")
    ended = replay(sandbox, path_in(first + frame_output("?")), LIMITS).executions[0]
    told = output_step(ended, LIMITS.output_tokens).text
    replayed = replay(
        sandbox, path_in(first + told + block("print('x' in globals())", "False\n")), LIMITS
    )
    assert replayed.differs is None
    assert replayed.executions[0].status == "early_exit"


def test_a_program_ends_when_its_line_is_cut_also_one_that_restores_a_state(
    sandbox: Sandbox,
) -> None:
    endless = Limits(execution=ExecutionLimits(wall_seconds=3_600))
    text = block("while True: pass", "\n") + block("while True: pass")
    line = Line()
    cutting = Timer(0.5, line.cut)
    cutting.start()
    with on_line(line):
        done = execute_step(sandbox, path_in(text), limits=endless)
    cutting.join()
    assert done.step is None
    assert done.execution.status == "sandbox_error"
