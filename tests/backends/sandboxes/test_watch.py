"""What becomes of a block: each status, from a program that earns it."""

import pytest

from app.backends.sandboxes.base import Sandbox
from app.core.execution import Limits, Status

SHORT = Limits(wall_seconds=1, memory_mb=256, output_bytes=4096)
PATIENT = SHORT.model_copy(update={"wall_seconds": 60})
ENDLESS_SOLVE = """
import highspy, random
random.seed(1)
h = highspy.Highs()
x = [h.addBinary() for _ in range(60)]
for _ in range(5):
    weights = [random.randint(1, 99999) for _ in x]
    h.addConstr(sum(w * v for w, v in zip(weights, x)) == sum(weights) // 2)
print("solving")
h.maximize(sum(x))
"""
PROGRAMS: dict[str, tuple[str, Status]] = {
    "nothing": ("", "ok"),
    "leaves politely": ("print(1)\nraise SystemExit", "ok"),
    "raises": ("1 / 0", "error"),
    "leaves with a code": ("import sys; sys.exit(3)", "error"),
    "does not parse": ("x = (", "error"),
    "holds a NUL byte": ("a = '\0'", "error"),
    "holds a surrogate": ("a = '\ud800'", "error"),
    "is 10 MB": ("#" * 10**7, "error"),
    "sleeps": ("import time; time.sleep(60)", "timeout"),
    "spins": ("while True: pass", "timeout"),
    "solves for ever": (ENDLESS_SOLVE, "timeout"),
    "grows": ("a = []\nwhile True: a.append(bytearray(10**7))", "memory"),
    "asks for too much": ("bytearray(10**12)", "memory"),
    "floods": ("while True: print('x' * 1000)", "output_limit"),
    "floods stderr": ("import os\nwhile True: os.write(2, b'x' * 1000)", "output_limit"),
    "exits": ("import os; os._exit(0)", "early_exit"),
    "stops itself": ("import os; os.kill(os.getpid(), 19)", "early_exit"),
    "kills itself": ("import os; os.kill(os.getpid(), 9)", "killed"),
    "reads address 0": ("import ctypes; ctypes.string_at(0)", "crashed"),
    "aborts": ("import os; os.abort()", "crashed"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_status(sandbox: Sandbox, name: str) -> None:
    code, status = PROGRAMS[name]
    # Only what should run into the time limit gets a short one: a busy machine is no fault.
    execution = sandbox.execute(code, SHORT if status == "timeout" else PATIENT)
    assert execution.status == status, execution
    assert bool(execution.reason) == (status != "ok")
    assert execution.isolation.level == "full"


def test_output_is_what_a_notebook_shows(sandbox: Sandbox) -> None:
    code = "import sys\nprint('é')\nprint('beside', file=sys.stderr)\n\n{}['x']\n"
    execution = sandbox.execute(code, SHORT)
    assert execution.stdout == "é\n"
    assert execution.stderr == "beside\n"
    assert execution.output == (
        'é\nTraceback (most recent call last):\n  File "<block 1>", line 5, in <module>\n'
        "    {}['x']\n    ~~^^^^^\nKeyError: 'x'\n"
    )
    assert execution.exception is not None
    assert (execution.exception.type, execution.exception.line) == ("KeyError", 5)


def test_an_early_end_is_said_in_the_output(sandbox: Sandbox) -> None:
    execution = sandbox.execute("print('working')\nwhile True: pass", SHORT)
    assert execution.output == "working\n[timeout] It ran for 1 s.\n"


def test_how_a_process_ended(sandbox: Sandbox) -> None:
    assert sandbox.execute("import os; os._exit(7)", SHORT).exit_code == 7
    assert sandbox.execute("import os; os.kill(2, 15)", SHORT).signal == 15


def test_long_output_keeps_its_head_and_tail(sandbox: Sandbox) -> None:
    execution = sandbox.execute("print('a' + 'x' * 50_000 + 'z')", SHORT)
    assert execution.status == "ok"
    assert execution.stdout.startswith("axx")
    assert execution.stdout.endswith("xxz\n")
    assert execution.stdout_bytes == 50_003
    assert execution.stdout_cut == 50_003 - SHORT.output_bytes
    assert execution.stderr_bytes == 0


def test_output_without_valid_text(sandbox: Sandbox) -> None:
    code = "import os\nos.write(1, b'a\\0\\xff\\xed\\xa0\\x80b')\nprint(chr(0xd800))"
    output = sandbox.execute(code, SHORT).output
    assert "\0" not in output
    assert output.encode()
    assert output.endswith("b\\ud800\n")


def test_what_it_used_is_measured(sandbox: Sandbox) -> None:
    code = "a = bytearray(b'x' * 100 * 2**20)\nn = 0\nfor i in range(3_000_000): n += i"
    execution = sandbox.execute(code, SHORT.model_copy(update={"wall_seconds": 60}))
    assert execution.status == "ok"
    assert 100 < execution.peak_memory_mb < 256
    assert execution.cpu_s > 0


def test_a_forged_end_changes_nothing(sandbox: Sandbox) -> None:
    forged = "import os\nos.write(3, b'{\"end\": null}\\n')\n"
    assert sandbox.execute(forged + "1 / 0", SHORT).status == "error"
    assert sandbox.execute(forged + "while True: pass", SHORT).status == "timeout"
    assert sandbox.execute(forged + "os._exit(0)", SHORT).status == "early_exit"


def test_closing_the_streams_hangs_nothing(sandbox: Sandbox) -> None:
    assert sandbox.execute("import os; os.close(1); os.close(2)", SHORT).status == "ok"
    closed = sandbox.execute("import sys; sys.stdout.close(); sys.stderr.close()", SHORT)
    assert closed.status == "ok"
    assert sandbox.execute("import os; os.close(3)", SHORT).status == "early_exit"


def test_a_traceback_does_not_tell_where_the_project_is(sandbox: Sandbox) -> None:
    code = "import highspy\nh = highspy.Highs()\nh.run(1, 2, 3)"
    output = sandbox.execute(code, SHORT).output
    assert "line 3, in <module>" in output
    assert "jail" not in output
