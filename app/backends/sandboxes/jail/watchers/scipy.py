"""scipy: `linprog` and `milp` of scipy.optimize, which are functions and always minimize."""

import importlib
import math
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import Column, Facts, Form, Row

_LINPROG = ("A_ub", "b_ub", "A_eq", "b_eq", "bounds", "method", "callback", "options", "x0")


def watch(module: ModuleType) -> None:
    """Replace both functions in the module that programs import them from."""
    for name, form in (("linprog", _linprog), ("milp", _milp)):
        setattr(module, name, watched("scipy", getattr(module, name), form, _result))


def _linprog(c: Any, *args: Any, **kwargs: Any) -> Form:
    given = dict(zip(_LINPROG, args, strict=False)) | kwargs
    costs = _spread(c)
    bounds = given.get("bounds", (0, None))
    return Form(
        maximize=False,
        columns=_columns(costs, *_sides(bounds, len(costs)), given.get("integrality")),
        rows=[
            *_block("ub", given.get("A_ub"), -math.inf, given.get("b_ub")),
            *_block("eq", given.get("A_eq"), given.get("b_eq"), given.get("b_eq")),
        ],
    )


def _milp(c: Any, **given: Any) -> Form:
    costs = _spread(c)
    bounds = given.get("bounds")
    lower, upper = (0.0, math.inf) if bounds is None else _two(bounds)
    return Form(
        maximize=False,
        columns=_columns(costs, lower, upper, given.get("integrality")),
        rows=list(_constraints(given.get("constraints"))),
    )


def _constraints(given: Any) -> Iterator[Row]:
    """One constraint or many; each an object or a tuple of matrix, lower and upper."""
    if given is None:
        return
    one = hasattr(given, "A") or (isinstance(given, tuple) and not hasattr(given[0], "A"))
    for number, each in enumerate([given] if one else given):
        matrix, lower, upper = (each.A, each.lb, each.ub) if hasattr(each, "A") else each
        yield from _block(f"c{number}_", matrix, lower, upper)


def _block(name: str, matrix: Any, lower: Any, upper: Any) -> Iterator[Row]:
    if matrix is None:
        return
    rows = _array(matrix.toarray() if hasattr(matrix, "toarray") else matrix, least=2).tolist()
    sides = zip(_spread(lower, len(rows)), _spread(upper, len(rows)), strict=True)
    for number, (row, (low, high)) in enumerate(zip(rows, sides, strict=True)):
        terms = [(at, value) for at, value in enumerate(row) if value]
        yield Row(f"{name}{number}", low, high, terms)


def _columns(costs: list[float], lower: Any, upper: Any, kinds: Any) -> list[Column]:
    integer = _spread(0 if kinds is None else kinds, len(costs))
    if set(integer) - {0, 1}:
        raise ValueError("semi-continuous variables")
    sides = _spread(lower, len(costs)), _spread(upper, len(costs))
    parts = enumerate(zip(costs, *sides, integer, strict=True))
    return [Column(f"x{at}", low, high, bool(kind), cost) for at, (cost, low, high, kind) in parts]


def _sides(bounds: Any, count: int) -> tuple[Any, Any]:
    """linprog's bounds: one pair for all, or a pair each; None is no bound."""
    if hasattr(bounds, "lb"):
        return bounds.lb, bounds.ub
    pairs = [(0, None)] if bounds is None else list(bounds)
    if not hasattr(pairs[0], "__len__"):
        pairs = [tuple(pairs)]
    lower = [-math.inf if low is None else low for low, _ in pairs]
    return lower, [math.inf if high is None else high for _, high in pairs]


def _two(bounds: Any) -> tuple[Any, Any]:
    return (bounds.lb, bounds.ub) if hasattr(bounds, "lb") else tuple(bounds)


def _spread(values: Any, count: int | None = None) -> list[float]:
    """As a flat list, one value repeated."""
    flat: list[float] = _array(values, least=1).ravel().tolist()
    return flat * count if count and len(flat) == 1 else flat


def _array(values: Any, least: int) -> Any:
    return importlib.import_module("numpy").array(values, dtype=float, ndmin=least)


def _result(found: Any, *args: Any, **kwargs: Any) -> Facts:
    """linprog reports a bound of 0 where nothing had to be integer."""
    mip = kwargs.get("integrality") is not None
    return {
        "status": str(found.message)[:200],
        "objective": finite(found.fun),
        "bound": finite(found.mip_dual_bound) if mip else None,
        "gap": finite(found.mip_gap) if mip else None,
    }
