"""Code that never builds and solves a model."""

import re
from collections.abc import Iterator

from app.core.case import Case
from app.core.proposal import Proposal
from app.detectors.reading import blocks, code_of, proposal

FLAW = "fragmentary-code"
_SOLVES = re.compile(
    r"\.(?:solve|optimize|Solve|run|resolve|actualSolve)\(|\b(?:linprog|milp|minimize|solve)\("
    r"|\blinear_sum_assignment\(|\bSolverFactory\("
)
_WORDS = (
    "These pieces do not solve anything yet. I should build the whole model in a program, with "
    "its variables, objective and constraints, call the solver and print its status and objective."
)


def detect(case: Case) -> Iterator[Proposal]:
    """The last program of a path in which no program calls a solver."""
    programs = blocks(case)
    observed = any(execution.solves for execution in case.executions.values())
    if not programs or observed or any(_SOLVES.search(code_of(p.source)) for p in programs):
        return
    last = programs[-1]
    span = (0, len(case.path[last.step].text))
    note = "No program of this path calls a solver."
    yield proposal(case, "never solves", FLAW, last.step, span, note, _WORDS)
