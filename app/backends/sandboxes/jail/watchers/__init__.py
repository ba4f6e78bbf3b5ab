"""Watching solvers: one file a library, each of which wraps what every solve goes through.

Promise: a library is wrapped when it is imported, by the fork-server or by the program itself, and
nothing is imported here; one whose inside has changed goes unwatched, and works. The wrappers are
in the program's own process, so a program that wants to can go past them.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from app.backends.sandboxes.jail.watchers import (
    coptpy,
    cpsat,
    cvxpy,
    gurobipy,
    highspy,
    mathopt,
    pulp,
    pyomo,
    pyscipopt,
    pywraplp,
    scipy,
)

_WATCHERS: dict[str, Callable[[ModuleType], None]] = {
    "coptpy": coptpy.watch,
    "cvxpy": cvxpy.watch,
    "gurobipy": gurobipy.watch,
    "highspy": highspy.watch,
    "ortools.linear_solver.pywraplp": pywraplp.watch,
    "ortools.math_opt.python.solve": mathopt.watch,
    "ortools.sat.python.cp_model": cpsat.watch,
    "pulp": pulp.watch,
    "pyomo.opt.base.solvers": pyomo.watch,
    "pyscipopt": pyscipopt.watch,
    "scipy.optimize": scipy.watch,
}


def watch_imports() -> None:
    """From now on, wrap each library as it is imported."""
    sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        watch = _WATCHERS.get(name)
        spec = PathFinder.find_spec(name, path, target) if watch else None
        if watch and spec and spec.loader:
            _watch_after(spec.loader, watch)
        return spec


def _watch_after(loader: Loader, watch: Callable[[ModuleType], None]) -> None:
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        with suppress(Exception):
            watch(module)

    loader.exec_module = exec_module  # type: ignore[method-assign]
