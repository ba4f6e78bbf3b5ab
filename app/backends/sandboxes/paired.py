"""Two fork-servers, one light and one full, and each session on the one that its program needs.

Promises: a program that imports none of the heavy libraries pays for none of them, in time or in
memory; the full server starts when it is first needed. A session goes where the imports of its
first block lead; a later block may still import anything, only more slowly.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from app.backends.sandboxes.base import Session
from app.backends.sandboxes.forks import Forks
from app.backends.sandboxes.forkserver import ForkServer, open_sandbox
from app.core.execution import Execution, Isolation, Limits

FULL = (
    "numpy",
    "numpy.random",
    # highspy and pulp come late: what pulp loads for all to see breaks libraries loaded after it
    "ortools.sat.python.cp_model",
    "ortools.linear_solver.pywraplp",
    "ortools.math_opt.python.mathopt",
    "scipy.optimize",
    "pandas",
    "osqp",
    "scs",
    "clarabel",
    "cvxpy",
    "pyscipopt",
    "highspy",
    "pulp",
    "pyomo.environ",
    "gurobipy",
    "coptpy",
)
_HEAVY = re.compile(
    r"^[^#\n]*\b(?:import|from)[^#\n]*"
    r"\b(?:ortools|scipy|pandas|pyomo|cvxpy|pyscipopt|gurobipy|coptpy)\b",
    re.MULTILINE,
)


def open_paired(
    allow_unisolated: bool = False, forks: int = 0, fork_minutes: float = 0
) -> "PairedSandbox":
    """The tightest sandbox that this machine can have, and how many forks of sessions it keeps.

    Raises SandboxRefused as `open_sandbox`.
    """
    light = open_sandbox(allow_unisolated, forks=Forks(forks, fork_minutes))
    return PairedSandbox(light, ForkServer(light.isolation, FULL, light.forks))


class PairedSandbox:
    """A `Sandbox` over two others of the same isolation and with the same forks."""

    def __init__(self, light: ForkServer, full: ForkServer) -> None:
        self._light, self._full = light, full

    @property
    def isolation(self) -> Isolation:
        return self._light.isolation

    @contextmanager
    def session(self, seed: int = 0, wake: Sequence[str] = ()) -> Iterator[Session]:
        if woken := self._light.forks.wake(wake):
            with self._light.forks.using(woken) as session:
                yield session
            return
        with ExitStack() as stack:
            yield _PairedSession(self, stack, seed)

    def execute(self, code: str, limits: Limits) -> Execution:
        with self.session() as session:
            return session.execute(code, limits)

    def close(self) -> None:
        self._light.close()
        self._full.close()

    def server_for(self, code: str) -> ForkServer:
        """The full one where the source may import what only that one has."""
        return self._full if _HEAVY.search(code) else self._light


class _PairedSession:
    """Opened by its first block."""

    woken = ""

    def __init__(self, sandbox: PairedSandbox, stack: ExitStack, seed: int) -> None:
        self._sandbox, self._stack, self._seed = sandbox, stack, seed
        self._session: Session | None = None
        self._interrupted = False

    def execute(self, code: str, limits: Limits) -> Execution:
        if self._session is None:
            server = self._sandbox.server_for(code)
            self._session = self._stack.enter_context(server.session(self._seed))
            if self._interrupted:
                self._session.interrupt()
        return self._session.execute(code, limits)

    def keep(self, key: str) -> bool:
        return self._session is not None and self._session.keep(key)

    def interrupt(self) -> None:
        self._interrupted = True
        if self._session is not None:
            self._session.interrupt()
