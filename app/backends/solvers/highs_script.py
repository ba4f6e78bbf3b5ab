"""Executed inside the sandbox: reads a model, solves it again, and prints what it found as JSON.

It imports nothing of this project. Its argument is hostile, and so is whatever reading it does to
this process; the caller checks the shape of what is printed.
"""

import json
import math
from typing import Any

import highspy

Facts = dict[str, Any]

MOST_MOVED = 200
CONTINUOUS, INTEGER = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger

_PATH = "model.mps"


def main(text: str, seconds: float) -> None:
    """Print an `Examination`."""
    solver = _opened(text, seconds)
    if solver is None:
        return
    found: Facts = {"model": _model(solver.getLp()), "solved": _solve(solver)}
    kinds = {variable["integer"] for variable in found["model"]["variables"]}
    if True in kinds:
        found["relaxed"] = _solve(_with(CONTINUOUS, seconds))
    if False in kinds:
        found["whole"] = _solve(_with(INTEGER, seconds))
    if found["solved"]["status"] == "Infeasible":
        found["conflict"] = _conflict(_with(CONTINUOUS, seconds))
    print(json.dumps(found, allow_nan=False))


def main_changed(text: str, told: str, seconds: float) -> None:
    """Print a `Resolved`; `told` are `Changes` as JSON."""
    solver = _opened(text, seconds)
    if solver is None:
        return
    found: Facts = {"before": _solve(solver)}
    before = _values(solver, found["before"])
    _change(solver, json.loads(told))
    found["after"] = _solve(solver)
    moved = _moved(solver, before, _values(solver, found["after"]))
    found |= {"moved": moved[:MOST_MOVED], "more": max(len(moved) - MOST_MOVED, 0)}
    if found["after"]["status"] == "Infeasible":
        _make_all(solver, CONTINUOUS)
        found["conflict"] = _conflict(solver)
    print(json.dumps(found, allow_nan=False))


def _opened(text: str, seconds: float) -> Any:
    """HiGHS with the model; None, and a problem is printed, where it can't read it."""
    with open(_PATH, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)
    solver = _read(seconds)
    if solver is None:
        print(json.dumps({"problem": "HiGHS can't read the model's text."}))
    return solver


def _read(seconds: float) -> Any:
    solver = highspy.Highs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("time_limit", seconds),
        ("mip_rel_gap", 0.0),
    ):
        solver.setOptionValue(name, value)
    status = solver.readModel(_PATH)
    return None if status == highspy.HighsStatus.kError else solver


def _with(kind: Any, seconds: float) -> Any:
    """The model with every variable of this kind."""
    solver = _read(seconds)
    _make_all(solver, kind)
    return solver


def _make_all(solver: Any, kind: Any) -> None:
    for at in range(solver.getNumCol()):
        solver.changeColIntegrality(at, kind)


def _change(solver: Any, changes: Facts) -> None:
    if changes["integrality"]:
        _make_all(solver, INTEGER if changes["integrality"] == "all" else CONTINUOUS)
    if changes["sense"]:
        kinds = highspy.ObjSense
        wanted = kinds.kMaximize if changes["sense"] == "max" else kinds.kMinimize
        solver.changeObjectiveSense(wanted)
    for row in changes["rows"]:
        solver.changeRowBounds(row["row"], *_sides(row))
    for each in changes["variables"]:
        at = each["variable"]
        solver.changeColBounds(at, *_sides(each))
        if each["integer"] is not None:
            solver.changeColIntegrality(at, INTEGER if each["integer"] else CONTINUOUS)
        if each["coefficient"] is not None:
            solver.changeColCost(at, each["coefficient"])


def _sides(change: Facts) -> tuple[float, float]:
    lower, upper = change["lower"], change["upper"]
    return -math.inf if lower is None else lower, math.inf if upper is None else upper


def _values(solver: Any, found: Facts) -> list[float]:
    """The variables' values, none where there is no solution."""
    return [] if found["objective"] is None else list(solver.getSolution().col_value)


def _moved(solver: Any, before: list[float], after: list[float]) -> list[Facts]:
    moved = []
    for at, name in enumerate(solver.getLp().col_names_):
        was, now = (values[at] if values else None for values in (before, after))
        near = was is not None and now is not None and math.isclose(was, now, abs_tol=1e-9)
        if was != now and not near:
            moved.append({"name": name, "before": was, "after": now})
    return moved


def _solve(solver: Any) -> Facts:
    before = solver.getRunTime()
    solver.run()
    info = solver.getInfo()
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    objective = info.objective_function_value
    solved = info.primal_solution_status == feasible and math.isfinite(objective)
    return {
        "status": solver.modelStatusToString(solver.getModelStatus()),
        "objective": objective if solved else None,
        "seconds": max(solver.getRunTime() - before, 0.0),
    }


def _model(lp: Any) -> Facts:
    kinds = list(lp.integrality_) or [highspy.HighsVarType.kContinuous] * lp.num_col_
    columns = zip(lp.col_names_, lp.col_lower_, lp.col_upper_, kinds, strict=True)
    rows = zip(lp.row_names_, _terms(lp), lp.row_lower_, lp.row_upper_, strict=True)
    return {
        "sense": "max" if lp.sense_ == highspy.ObjSense.kMaximize else "min",
        "constant": lp.offset_,
        "objective": [[at, cost] for at, cost in enumerate(lp.col_cost_) if cost],
        "variables": [
            {
                "name": name,
                "lower": _bound(low),
                "upper": _bound(high),
                "integer": kind == highspy.HighsVarType.kInteger,
            }
            for name, low, high, kind in columns
        ],
        "rows": [
            {"name": name, "terms": terms, "lower": _bound(low), "upper": _bound(high)}
            for name, terms, low, high in rows
        ],
    }


def _terms(lp: Any) -> list[list[list[float]]]:
    matrix = lp.a_matrix_
    starts, indices, values = list(matrix.start_), list(matrix.index_), list(matrix.value_)
    rows: list[list[list[float]]] = [[] for _ in range(lp.num_row_)]
    for column in range(lp.num_col_):
        for at in range(starts[column], starts[column + 1]):
            rows[indices[at]].append([column, values[at]])
    return rows


def _conflict(solver: Any) -> Facts | None:
    """None where the relaxed model is feasible: only integrality makes it infeasible.

    HiGHS narrows it down to a few rows and columns; then each side that can go without the rest
    becoming feasible goes, which leaves an irreducible system.
    """
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
        return None
    solver.setOptionValue("iis_strategy", 2)
    status, iis = solver.getIis()
    if status == highspy.HighsStatus.kError or not iis.valid_:
        return None
    lp = solver.getLp()
    rows, columns = list(iis.row_index_), list(iis.col_index_)
    for at in set(range(lp.num_row_)) - set(rows):
        solver.changeRowBounds(at, -math.inf, math.inf)
    for at in set(range(lp.num_col_)) - set(columns):
        solver.changeColBounds(at, -math.inf, math.inf)
    return {
        "rows": list(dict.fromkeys(name for name, _, _ in _needed(solver, rows, "row"))),
        "bounds": [
            f"{name} {sign} {side:.10g}" for name, sign, side in _needed(solver, columns, "col")
        ],
    }


def _needed(solver: Any, places: list[int], kind: str) -> list[tuple[str, str, float]]:
    """Relax every side of these that the infeasibility does not need; what is left."""
    lp = solver.getLp()
    names, lower, upper = (
        list(getattr(lp, f"{kind}_{part}_")) for part in ("names", "lower", "upper")
    )
    change = solver.changeRowBounds if kind == "row" else solver.changeColBounds
    left = []
    for at in places:
        sides = [lower[at], upper[at]]
        for side, free, sign in ((0, -math.inf, "≥"), (1, math.inf, "≤")):
            value, sides[side] = sides[side], free
            if not math.isfinite(value):
                continue
            change(at, *sides)
            solver.run()
            if solver.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
                sides[side] = value
                change(at, *sides)
                left.append((names[at], sign, value))
    return left


def _bound(value: float) -> float | None:
    return value if math.isfinite(value) else None
