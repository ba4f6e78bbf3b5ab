"""ortools' CP-SAT: every solve goes through `CpSolver.solve`.

What is linear in it (sums within an interval, clauses, at most and exactly one) is told as such;
anything else makes the whole model's own text be told, with a note.
"""

import math
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NoReturn

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import Column, Facts, Form, Row

_INFINITE = 2**62
_KINDS = (
    *("linear", "all_diff", "element", "circuit", "routes", "table", "automaton", "inverse"),
    *("reservoir", "interval", "no_overlap", "no_overlap_2d", "cumulative", "lin_max"),
    *("int_prod", "int_div", "int_mod", "bool_xor", "bool_and"),
)


def watch(module: ModuleType) -> None:
    """Wrap the method, and its older name, which is bound to the class of its own."""
    solver = module.CpSolver
    solver.solve = watched("cp-sat", solver.solve, _form, _result)


def _form(solver: Any, model: Any, *args: Any) -> Form:
    proto = model.proto if hasattr(model, "proto") else model.Proto()
    objective = proto.objective
    scale = objective.scaling_factor or 1.0
    costs = {at: value * scale for at, value in zip(objective.vars, objective.coeffs, strict=True)}
    columns = [
        Column(v.name, *_interval(v.domain), True, costs.get(at, 0.0))
        for at, v in enumerate(proto.variables)
    ]
    form = Form(scale < 0, columns, [], objective.offset * scale)
    try:
        _whole(proto)
        return form._replace(rows=list(_rows(proto)))
    except _NotLinear as reason:
        return form._replace(
            rows=[Row("", 0, 0, ()) for _ in proto.constraints],
            beyond=str(reason),
            own=("cp-sat", str(proto)),
        )


class _NotLinear(Exception):
    """The message says what is not."""


def _whole(proto: Any) -> None:
    for variable in proto.variables:
        if len(variable.domain) != 2:
            raise _NotLinear("a variable whose domain has holes")


def _rows(proto: Any) -> Iterator[Row]:
    for number, row in enumerate(proto.constraints):
        name, enforced = row.name or f"row{number}", list(row.enforcement_literal)
        if row.has_linear() and not enforced:
            if len(row.linear.domain) != 2:
                raise _NotLinear("a sum whose domain has holes")
            low, high = _interval(row.linear.domain)
            terms = list(zip(row.linear.vars, row.linear.coeffs, strict=True))
            yield Row(name, low, high, terms)
        elif row.has_bool_or():
            yield _clause(name, row.bool_or.literals, [~each for each in enforced], 1, math.inf)
        elif row.has_bool_and() and len(enforced) == 1:
            for at, literal in enumerate(row.bool_and.literals):
                yield _clause(f"{name}_{at}", [literal], [~enforced[0]], 1, math.inf)
        elif row.has_at_most_one() and not enforced:
            yield _clause(name, row.at_most_one.literals, [], -math.inf, 1)
        elif row.has_exactly_one() and not enforced:
            yield _clause(name, row.exactly_one.literals, [], 1, 1)
        else:
            _refuse(row)


def _clause(name: str, literals: Any, others: list[int], low: float, high: float) -> Row:
    """The sum of literals within bounds; a negated one, ~x, counts as 1 - x."""
    terms: dict[int, float] = {}
    constant = 0
    for literal in [*literals, *others]:
        at, value = (literal, 1.0) if literal >= 0 else (~literal, -1.0)
        constant += literal < 0
        terms[at] = terms.get(at, 0.0) + value
    return Row(name, low - constant, high - constant, list(terms.items()))


def _refuse(row: Any) -> NoReturn:
    found = next((kind for kind in _KINDS if getattr(row, f"has_{kind}", bool)()), "logical")
    enforced = "enforced " if list(row.enforcement_literal) else ""
    raise _NotLinear(f"an {enforced}{found} constraint".replace("_", " "))


def _interval(domain: Any) -> tuple[float, float]:
    low, high = domain[0], domain[len(domain) - 1]
    return (-math.inf if low <= -_INFINITE else low), (math.inf if high >= _INFINITE else high)


def _result(status: Any, solver: Any, model: Any, *args: Any) -> Facts:
    name = solver.status_name(status)
    solved = name in ("OPTIMAL", "FEASIBLE")
    return {
        "status": name,
        "objective": finite(solver.objective_value) if solved else None,
        "bound": finite(solver.best_objective_bound) if solved else None,
    }
