"""The model as solved: what a program really gave to a solver, as values.

`model` holds the types, `algebra` writes a model for people, `compare` says what differs between
two, `change` makes another of one, and `judge` holds what a program claims against what solving its
model again found.
"""

from app.core.solved.algebra import Line, Token, algebra, latex
from app.core.solved.change import (
    Changes,
    Moved,
    Resolved,
    RowChange,
    VariableChange,
    changed,
)
from app.core.solved.compare import Difference, compare
from app.core.solved.judge import claims_optimum, finding
from app.core.solved.model import (
    Conflict,
    Examination,
    Optimum,
    Row,
    SolvedModel,
    Terms,
    Variable,
)

__all__ = [
    "Changes",
    "Conflict",
    "Difference",
    "Examination",
    "Line",
    "Moved",
    "Optimum",
    "Resolved",
    "Row",
    "RowChange",
    "SolvedModel",
    "Terms",
    "Token",
    "Variable",
    "VariableChange",
    "algebra",
    "changed",
    "claims_optimum",
    "compare",
    "finding",
    "latex",
]
