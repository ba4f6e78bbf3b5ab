"""highspy: every solve goes through `_Highs.run`, also those of its own threads."""

import math
from types import ModuleType
from typing import Any

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import MOST_NONZEROS, Column, Facts, Form, Row


def watch(module: ModuleType) -> None:
    """Wrap the class that the extension brings; `Highs` and its `solve` call it."""
    highs, core = module._Highs, module

    def form(model: Any) -> Form:
        lp = model.getLp()
        return Form(
            maximize=lp.sense_ == core.ObjSense.kMaximize,
            columns=_columns(lp, core),
            rows=_rows(lp, core),
            constant=lp.offset_,
            beyond=_beyond(model, lp, core),
        )

    def result(_: Any, model: Any) -> Facts:
        """HiGHS reports objective 0 where it has no solution: the primal status decides."""
        info = model.getInfo()
        found = info.primal_solution_status == core.SolutionStatus.kSolutionStatusFeasible
        mip = core.HighsVarType.kInteger in model.getLp().integrality_
        return {
            "status": model.modelStatusToString(model.getModelStatus()),
            "objective": finite(info.objective_function_value) if found else None,
            "bound": finite(info.mip_dual_bound) if mip else None,
            "gap": finite(info.mip_gap) if mip and found else None,
        }

    highs.run = watched("highspy", highs.run, form, result)


def _columns(lp: Any, core: ModuleType) -> list[Column]:
    count = lp.num_col_
    kinds = list(lp.integrality_) or [core.HighsVarType.kContinuous] * count
    names = list(lp.col_names_) or [""] * count
    integer = [kind == core.HighsVarType.kInteger for kind in kinds]
    values = names, list(lp.col_lower_), list(lp.col_upper_), integer, list(lp.col_cost_)
    return [Column(*column) for column in zip(*values, strict=True)]


def _rows(lp: Any, core: ModuleType) -> list[Row]:
    matrix = lp.a_matrix_
    starts, count = list(matrix.start_), lp.num_row_
    terms: list[Any] = [[] for _ in range(count)]
    if starts[-1] > MOST_NONZEROS:  # counted, never written
        terms[0] = range(starts[-1])
    else:
        by_row = matrix.format_ == core.MatrixFormat.kRowwise
        indices, values = list(matrix.index_), list(matrix.value_)
        for outer in range(len(starts) - 1):
            for at in range(starts[outer], starts[outer + 1]):
                row, column = (outer, indices[at]) if by_row else (indices[at], outer)
                terms[row].append((column, values[at]))
    names = list(lp.row_names_) or [""] * count
    return [Row(*row) for row in zip(names, lp.row_lower_, lp.row_upper_, terms, strict=True)]


def _beyond(model: Any, lp: Any, core: ModuleType) -> str:
    linear = {core.HighsVarType.kContinuous, core.HighsVarType.kInteger}
    if model.getModel().hessian_.dim_:
        return "a quadratic objective"
    if set(lp.integrality_) - linear:
        return "variables that are neither continuous nor integer"
    return "" if math.isfinite(lp.offset_) else "an infinite constant"
