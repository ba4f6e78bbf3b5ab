"""A program of a path and what it did.

Promises: facts before text: what an execution observed counts before what an output says, and the
model as solved before the program's words.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from app.core.case import Case
from app.core.execution import Execution, Solve
from app.core.fences import source_of
from app.core.solved import Examination, SolvedModel, claims_optimum

_NO_RUN = ("forged", "refused")
_ERROR = re.compile(
    r"^[ \t]*(?:Traceback \(most recent call last\)|[A-Za-z_.]{0,60}(?:Error|Exception)\b)", re.M
)
_COMMENT = re.compile(r"#[^\n]*")
_HOPELESS = re.compile(
    r"\binfeasible\b|\bunbounded\b|\bnot solved\b|\binf_or_unb\b"
    r"|\bno (?:best|optimal|feasible) solution\b",
    re.IGNORECASE,
)
_OPTIMAL = re.compile(r"\boptimal\b", re.IGNORECASE)
_CALLS_SOLVER = re.compile(
    r"\.(?:solve|optimize|Solve|run|minimize|maximize|resolve|actualSolve|solveModel)\("
    r"|\b(?:linprog|milp|minimize|solve|linear_sum_assignment|differential_evolution)\("
    r"|\bSolverFactory\(|\b(?:nx|networkx)\."
)


@dataclass(frozen=True)
class Program:
    """`output_step` is None where nothing came back.

    `source` has no comments; `examined` is what was found in the models of its solves.
    """

    step: int
    source: str
    output_step: int | None
    output: str
    execution: Execution | None
    examined: tuple[Examination | None, ...]

    @cached_property
    def failed(self) -> bool:
        """Whether it did not run to its end."""
        if self.execution:
            return self.execution.status != "ok"
        return _ERROR.search(self.output) is not None

    @property
    def solves(self) -> tuple[Solve, ...]:
        """What it is known to have solved."""
        return self.execution.solves if self.execution else ()

    @cached_property
    def calls_solver(self) -> bool:
        """Whether it called a solver, or would have."""
        return bool(self.solves) or _CALLS_SOLVER.search(self.source) is not None

    @cached_property
    def optimal(self) -> bool:
        """Whether its last solve found an optimum."""
        if self.solves:
            return claims_optimum(self.solves[-1])
        printed = _OPTIMAL.search(self.output) is not None and self.hopeless is None
        return printed and self.calls_solver and not self.failed

    @cached_property
    def hopeless(self) -> tuple[int, int, str] | None:
        """The place in its output that says that there is no optimum, and what it says.

        Where a solve is known to have found none and the output hides it, all of the output.
        """
        if self.failed or (self.solves and claims_optimum(self.solves[-1])):
            return None
        if said := _HOPELESS.search(self.output):
            return *said.span(), said.group().lower()
        hidden = _HOPELESS.search(self.solves[-1].status) if self.solves else None
        return (0, len(self.output), hidden.group().lower()) if hidden else None

    @property
    def model(self) -> SolvedModel | None:
        """The model that it solved last."""
        last = self.examined[-1] if self.examined else None
        return last.model if last else None


def programs_of(case: Case) -> tuple[Program, ...]:
    """The programs of a path in order. Outputs that no run printed are passed over."""
    return tuple(_program(case, at) for at, step in enumerate(case.path) if step.kind == "code")


def _program(case: Case, at: int) -> Program:
    after = case.path[at + 1] if at + 1 < len(case.path) else None
    real = after is not None and after.kind == "output" and after.mark not in _NO_RUN
    return Program(
        at,
        _COMMENT.sub("", source_of(case.path[at].text)),
        at + 1 if real else None,
        after.text if after is not None and real else "",
        case.executions.get(at),
        case.examined.get(at, ()),
    )
