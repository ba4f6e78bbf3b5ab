"""Watches solvers inside the program's process, and says of each solve what was solved.

Wrapped are the methods through which every solve of a library goes; nothing is imported here, and
a library that the fork-server did not load is not watched. A solve inside another (pulp calling
highspy) is told once, by the outer one. It is told twice over: before it starts, so that a solve
that is killed keeps its size, and when it returns. All of it is a claim of untrusted code.
"""

import functools
import json
import math
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Facts = dict[str, Any]

_TOLD = 1000
"""Solves of a process that are told; a program may well make thousands."""

_talk: socket.socket | None = None
_sending = threading.Lock()
_depth = threading.local()
_counter = iter(range(sys.maxsize))


def report_to(talk: socket.socket) -> None:
    global _talk
    _talk = talk


def send(frame: Facts) -> None:
    """One claim, as one line."""
    if _talk is not None:
        with _sending:
            _talk.sendall(json.dumps(frame).encode() + b"\n")


def watch_solvers() -> None:
    """Wrap what is loaded."""
    if "highspy" in sys.modules:
        highs = sys.modules["highspy"].Highs
        for name in ("run", "solve"):
            setattr(highs, name, _watched(getattr(highs, name), _highs_size, _highs_result))
    if "pulp" in sys.modules:
        problem = sys.modules["pulp"].LpProblem
        problem.solve = _watched(problem.solve, _pulp_size, _pulp_result)


def _watched(
    solve: Callable[..., Any], size: Callable[[Any], Facts], result: Callable[[Any], Facts]
) -> Callable[..., Any]:
    @functools.wraps(solve)
    def watched(model: Any, *args: Any, **kwargs: Any) -> Any:
        number = next(_counter)
        if getattr(_depth, "inside", False) or number >= _TOLD:
            return solve(model, *args, **kwargs)
        key, known = f"{os.getpid()}-{number}", _ask(size, model)
        _tell(key, known | {"status": "started"})
        _depth.inside, began = True, time.perf_counter()
        try:
            return solve(model, *args, **kwargs)
        finally:
            _depth.inside = False
            seconds = time.perf_counter() - began
            _tell(key, known | {"status": "raised", "seconds": seconds} | _ask(result, model))

    return watched


def _ask(question: Callable[[Any], Facts], model: Any) -> Facts:
    """A model in a state that can't be asked must not break the program that solves it."""
    with suppress(Exception):
        return question(model)
    return {}


def _tell(key: str, solve: Facts) -> None:
    with suppress(Exception):
        send({"key": key, "solve": solve | {"library": solve.get("library", "unknown")}})


def _finite(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _highs_size(model: Any) -> Facts:
    core = sys.modules["highspy"]
    lp = model.getLp()
    kinds = list(lp.integrality_)
    lower, upper = list(lp.col_lower_), list(lp.col_upper_)
    integer = [i for i, kind in enumerate(kinds) if kind == core.HighsVarType.kInteger]
    binaries = sum(1 for i in integer if lower[i] == 0 and upper[i] == 1)
    return {
        "library": "highspy",
        "sense": "max" if model.getObjectiveSense()[1] == core.ObjSense.kMaximize else "min",
        "variables": model.getNumCol(),
        "integers": len(integer) - binaries,
        "binaries": binaries,
        "rows": model.getNumRow(),
        "nonzeros": model.getNumNz(),
    }


def _highs_result(model: Any) -> Facts:
    """HiGHS reports objective 0 where it has no solution: the primal status decides."""
    info = model.getInfo()
    found = (
        info.primal_solution_status == sys.modules["highspy"].SolutionStatus.kSolutionStatusFeasible
    )
    mip = bool(_highs_size(model)["integers"] or _highs_size(model)["binaries"])
    return {
        "status": model.modelStatusToString(model.getModelStatus()),
        "objective": _finite(info.objective_function_value) if found else None,
        "bound": _finite(info.mip_dual_bound) if mip else None,
        "gap": _finite(info.mip_gap) if mip and found else None,
    }


def _pulp_size(model: Any) -> Facts:
    variables = model.variables()
    integer = [v for v in variables if v.cat == "Integer"]
    binaries = sum(1 for v in integer if v.lowBound == 0 and v.upBound == 1)
    return {
        "library": "pulp",
        "sense": "max" if model.sense == -1 else "min",
        "variables": len(variables),
        "integers": len(integer) - binaries,
        "binaries": binaries,
        "rows": len(model.constraints),
        "nonzeros": sum(len(row) for row in model.constraints.values()),
    }


def _pulp_result(model: Any) -> Facts:
    pulp = sys.modules["pulp"]
    solved = model.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
    objective = pulp.value(model.objective) if solved else None
    return {"status": pulp.LpStatus[model.status], "objective": _finite(objective)}
