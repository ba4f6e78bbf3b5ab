"""The untrusted process: executes blocks one after another in one namespace, as a notebook does.

From the first block on everything here belongs to the program: what it sends are claims. It ends
a block by stopping itself, which its init sees; a block of null asks it to fork. See `init`.
"""

import builtins
import json
import linecache
import os
import random
import resource
import signal
import socket
import sys
import tempfile
import traceback
import types
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from app.backends.sandboxes.jail import facts, linux
from app.backends.sandboxes.jail.confine import TALK

_REHEARSAL = """
import highspy
h = highspy.Highs()
h.setOptionValue("output_flag", False)
x, y = h.addVariable(lb=0, ub=4), h.addVariable(lb=0)
h.addConstr(x + 2 * y <= 5)
h.maximize(x + y)
"""
_UNTIL_SPECIALISED = 12
"""Python specialises code that was called eight times."""
_OWN = str(Path(__file__).parent)


def run(seed: int) -> NoReturn:
    talk = socket.socket(fileno=TALK)
    blocks = talk.makefile("rb")
    facts.report_to(talk)
    _settle()
    _open_streams()
    _seed(seed)
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    sys.argv = [""]
    count = 0
    while True:
        _pause()
        code = json.loads(blocks.readline())
        if code is None:
            _fork()
            continue
        count += 1
        claim = _execute(code, f"<block {count}>", main.__dict__)
        facts.send({"end": claim})


def rehearse() -> None:
    """Do once, in the fork-server, what sessions do: a small program that solves.

    Python and the libraries note a lot the first time (names looked up, code specialised, buffers);
    what is noted here is shared, and no session has to write it. Nothing else is left of it.
    """
    if "highspy" not in sys.modules:
        return
    ours, theirs = socket.socketpair()
    with ours, theirs:
        facts.report_to(theirs)
        for _ in range(_UNTIL_SPECIALISED):
            facts.send({"end": _execute(_REHEARSAL, "<rehearsal>", {"__builtins__": builtins})})
            ours.recv(65536)
    linecache.cache.clear()
    sys.modules["highspy"].Highs.resetGlobalScheduler(True)  # its threads would not come along


def _settle() -> None:
    """Temporary files go to the session's own folder, where it stands."""
    tempfile.tempdir = os.environ["TMPDIR"] = os.environ["HOME"] = str(Path.cwd())


def _pause() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the program may have closed or replaced it
            stream.flush()
    linux.flush_c_output()
    os.kill(os.getpid(), signal.SIGSTOP)


def _fork() -> None:
    """Two of this process afterwards, of which the copy comes to init as an orphan.

    A copy that would share an open file with this one ends at once.
    """
    if "highspy" in sys.modules:
        sys.modules["highspy"].Highs.resetGlobalScheduler(True)  # its threads would not come along
    numbers = random.getstate()
    between = os.fork()
    if between:
        os.waitpid(between, 0)
    elif os.fork() or _holds_files():
        os._exit(0)
    random.setstate(numbers)  # Python seeds it anew in a forked process


def _holds_files() -> bool:
    for descriptor in range(TALK + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0]):
        with suppress(OSError):
            os.fstat(descriptor)
            return True
    return False


def _open_streams() -> None:
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = open(  # noqa: SIM115  # it lives as long as the process
            descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    linux.line_buffer_stdout()


def _seed(seed: int) -> None:
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)


def _execute(code: str, name: str, namespace: dict[str, Any]) -> dict[str, Any] | None:
    """The exception that ended the block, or None."""
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    try:
        exec(compile(code, name, "exec"), namespace)
    except SystemExit as leaving:
        if leaving.code in (None, 0):
            return None
        return _describe(leaving, name)
    except BaseException as problem:
        return _describe(problem, name)
    return None


def _describe(problem: BaseException, name: str) -> dict[str, Any]:
    trace = problem.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != name:
        trace = trace.tb_next
    text = message = ""
    with suppress(Exception):  # its own __str__ may raise
        text = _shown(traceback.TracebackException(type(problem), problem, trace))
        message = str(problem)
    line = problem.lineno if isinstance(problem, SyntaxError) else trace and trace.tb_lineno
    return {
        "type": type(problem).__name__[:200],
        "message": message[:4000],
        "line": line,
        "traceback": text[-16000:],
    }


def _shown(told: traceback.TracebackException) -> str:
    """Without the frames of what watches solvers: they are not the program's, and tell where the
    project is installed."""
    chain = [told]
    for one in chain:
        frames = [frame for frame in one.stack if not frame.filename.startswith(_OWN)]
        one.stack = traceback.StackSummary.from_list(frames)
        chain += [cause for cause in (one.__cause__, one.__context__) if cause]
    return "".join(told.format())
