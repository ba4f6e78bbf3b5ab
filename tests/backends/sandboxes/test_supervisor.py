"""Sessions: what blocks share, and what a dead session says."""

from app.backends.sandboxes.base import Sandbox
from app.core.execution import Limits

LIMITS = Limits(wall_seconds=20)


def test_blocks_share_state_as_in_a_notebook(sandbox: Sandbox) -> None:
    with sandbox.session() as session:
        assert session.execute("import math\nx = 2\ndef f(): return x", LIMITS).status == "ok"
        assert session.execute("x = 3\n1 / 0", LIMITS).status == "error"
        second = session.execute("print(f(), math.pi > 3, __name__)", LIMITS)
        assert second.output == "3 True __main__\n"
        assert '"<block 4>", line 2' in session.execute("\noops", LIMITS).output


def test_sessions_share_nothing(sandbox: Sandbox) -> None:
    with sandbox.session() as one, sandbox.session() as other:
        one.execute("import builtins, os\nbuiltins.x = 1\nopen('/tmp/x', 'w').write('x')", LIMITS)
        seen = other.execute("import os; print(os.listdir('/tmp')); x", LIMITS)
        assert seen.output.startswith("[]\n")
        assert seen.exception is not None
        assert seen.exception.type == "NameError"


def test_a_seed_gives_the_same_numbers(sandbox: Sandbox) -> None:
    code = "import random, numpy\nprint(random.random(), numpy.random.rand(), hash('a'))"
    outputs = []
    for seed in (1, 1, 2):
        with sandbox.session(seed) as session:
            execution = session.execute(code, LIMITS)
            assert execution.seed == seed
            outputs.append(execution.output)
    assert outputs[0] == outputs[1] != outputs[2]


def test_a_dead_session_says_so(sandbox: Sandbox) -> None:
    with sandbox.session() as session:
        assert session.execute("import os; os._exit(0)", LIMITS).status == "early_exit"
        after = session.execute("print(1)", LIMITS)
    assert (after.status, after.output) == ("sandbox_error", "")
    assert "early_exit" in after.reason


def test_nothing_runs_between_blocks(sandbox: Sandbox) -> None:
    background = """
import os, threading, time
count = [0]
def run():
    while True:
        count[0] += 1
        time.sleep(0.001)
threading.Thread(target=run, daemon=True).start()
if os.fork() == 0:
    while True:
        open('/tmp/beat', 'a').write('x')
        time.sleep(0.001)
"""
    look = "print(count[0], os.path.getsize('/tmp/beat'))"
    with sandbox.session() as session, sandbox.session() as other:
        session.execute(background + "time.sleep(0.2)\n", LIMITS)
        before = session.execute(look, LIMITS).output.split()
        other.execute("import time; time.sleep(0.5)", LIMITS)
        after = session.execute(look, LIMITS).output.split()
    assert all(0 <= int(b) - int(a) < 100 for a, b in zip(before, after, strict=True)), (
        before,
        after,
    )
