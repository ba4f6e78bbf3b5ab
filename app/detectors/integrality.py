"""What making a model's variables integer changes, and where a program declares them."""

import re

from app.core.solved import Examination

_DECLARES = re.compile(r"[^\n]{0,80}(?:LpVariable|addVars?|Variable|NumVar|Var)\b[^\n]{0,200}")
_DIFFERS = 1e-6


def other_optimum(found: Examination) -> str | None:
    """What solving in whole numbers gave, where that differs."""
    one, other = found.solved, found.whole
    if not one or not other or one.objective is None:
        return None
    if other.status == "Infeasible":
        return "in whole numbers the model is infeasible"
    if other.objective is None:
        return None
    if abs(one.objective - other.objective) <= _DIFFERS * max(1.0, abs(one.objective)):
        return None
    return f"the optimum is {one.objective:.10g}, and in whole numbers {other.objective:.10g}"


def declaration_in(code: str) -> tuple[int, int]:
    """Where a program declares its first variable, else all of it."""
    found = _DECLARES.search(code)
    return found.span() if found else (0, len(code))
