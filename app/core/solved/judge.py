"""What a program claims of a solve, held against what solving its model again found."""

from app.core.execution import Solve
from app.core.language import _
from app.core.solved.model import Examination

TOLERANCE = 1e-6
"""Of the larger of 1 and the objective; as solvers themselves take it."""
GAP = 1e-4
"""The same where variables are integer, or the library's solver may stop near the optimum."""


def finding(solve: Solve, examination: Examination) -> str | None:
    """The difference as a sentence, or None where the claim stands or can't be judged."""
    found = examination.solved
    if found is None or not claims_optimum(solve):
        return None
    status = found.status.lower()
    if status in ("infeasible", "unbounded", "primal infeasible or unbounded"):
        return _(
            "It claims %(claimed)s; the model that it solved is %(found)s.",
            claimed=solve.status,
            found=status,
        )
    if status != "optimal" or found.objective is None or solve.objective is None:
        return None
    loose = bool(examination.model and examination.model.integers) or solve.library == "cvxpy"
    allowed = max(GAP if loose else TOLERANCE, solve.gap or 0.0) * max(1.0, abs(found.objective))
    if abs(found.objective - solve.objective) <= allowed:
        return None
    return _(
        "It claims %(claimed)s; the model that it solved gives %(found)s.",
        claimed=format(solve.objective, ".10g"),
        found=format(found.objective, ".10g"),
    )


def claims_optimum(solve: Solve) -> bool:
    """Whether the library's own word for how it ended says that this is the optimum."""
    status = solve.status.lower()
    return "optimal" in status and not any(word in status for word in ("not", "sub", "infeas"))
