"""What detectors read out of a case: its programs and what they did, its answer, its numbers.

Promises: facts before text: what an execution observed counts before what an output says, and the
model as solved before the program's words. Each thing is read once, and in time in proportion to
the path.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from app.core.answer import Answer, find_answer
from app.core.case import Case
from app.core.execution import Execution, Solve
from app.core.fences import source_of
from app.core.numbers import Quantity, quantities
from app.core.solved import Examination, SolvedModel, claims_optimum
from app.core.trace import Step, text_of

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
LONGEST_LINE = 400
"""Characters that a pattern looks at in one go; a longer line comes in several pieces."""


class Program(NamedTuple):
    """A program of the path, and what it did; `output_step` is None where nothing came back.

    `source` has no comments; `examined` is what was found in the models of its solves.
    """

    step: int
    source: str
    output_step: int | None
    output: str
    execution: Execution | None
    examined: tuple[Examination | None, ...]

    @property
    def failed(self) -> bool:
        """Whether it did not run to its end."""
        if self.execution:
            return self.execution.status != "ok"
        return _ERROR.search(self.output) is not None

    @property
    def solves(self) -> tuple[Solve, ...]:
        """What it is known to have solved."""
        return self.execution.solves if self.execution else ()

    @property
    def calls_solver(self) -> bool:
        """Whether it called a solver, or would have."""
        return bool(self.solves) or _CALLS_SOLVER.search(self.source) is not None

    @property
    def optimal(self) -> bool:
        """Whether its last solve found an optimum."""
        if self.solves:
            return claims_optimum(self.solves[-1])
        printed = _OPTIMAL.search(self.output) is not None and self.hopeless is None
        return printed and self.calls_solver and not self.failed

    @property
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


class Reading:
    """A case, read; every property is computed when it is first asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def path(self) -> tuple[Step, ...]:
        return self.case.path

    @cached_property
    def programs(self) -> tuple[Program, ...]:
        """In order. Outputs that no run printed are passed over."""
        return tuple(
            self._program(at, step) for at, step in enumerate(self.path) if step.kind == "code"
        )

    @cached_property
    def ran(self) -> tuple[Program, ...]:
        """The programs of which something came back."""
        return tuple(program for program in self.programs if program.output_step is not None)

    @cached_property
    def solving(self) -> Program | None:
        """The last program that calls a solver."""
        return next((it for it in reversed(self.programs) if it.calls_solver), None)

    @cached_property
    def optimum(self) -> Program | None:
        """The program whose optimum stands at the end: the last that solves, if it found one."""
        return self.solving if self.solving and self.solving.optimal else None

    @cached_property
    def model(self) -> SolvedModel | None:
        """The model that the last solving program solved."""
        return self.solving.model if self.solving else None

    @cached_property
    def objectives(self) -> tuple[Decimal, ...]:
        """What the solves of the path gave as their optima, without signs."""
        return tuple(
            abs(Decimal(repr(solve.objective)))
            for program in self.programs
            for solve in program.solves
            if solve.objective is not None and claims_optimum(solve)
        )

    @cached_property
    def printed(self) -> tuple[Decimal, ...]:
        """The numbers that programs printed which ran to their end, without signs."""
        outputs = (program.output for program in self.ran if not program.failed)
        return tuple(abs(it.value) for output in outputs for it in quantities(output))

    @cached_property
    def answer(self) -> tuple[Answer, int, int] | None:
        """The answer, the step that it stands in, and its offset there."""
        answer = find_answer(text_of(self.path))
        if answer is None or answer.span is None:
            return None
        at = answer.span[0]
        for number, step in enumerate(self.path):
            if at < len(step.text):
                return answer, number, at
            at -= len(step.text)
        return None

    @cached_property
    def given(self) -> Decimal | None:
        """The number that the path answers, without its sign."""
        answer = self.answer
        value = answer[0].value if answer else None
        return None if value is None else abs(value)

    @cached_property
    def asked(self) -> tuple[Quantity, ...]:
        """The numbers of the problem in digits."""
        return tuple(quantities(self.case.problem.question))

    def said_after(self, step: int) -> Iterator[tuple[int, str]]:
        """The Reasoner's own words behind a step, by the index of theirs."""
        return self._said(range(step + 1, len(self.path)))

    def said_before(self, step: int) -> Iterator[tuple[int, str]]:
        """The Reasoner's own words before a step."""
        return self._said(range(step))

    def said_between(self, first: int, last: int) -> Iterator[tuple[int, str]]:
        """The Reasoner's own words behind one step and before another."""
        return self._said(range(first + 1, last))

    def _said(self, steps: range) -> Iterator[tuple[int, str]]:
        return (
            (at, self.path[at].text) for at in steps if self.path[at].kind in ("thought", "answer")
        )

    def _program(self, at: int, step: Step) -> Program:
        after = self.path[at + 1] if at + 1 < len(self.path) else None
        real = after is not None and after.kind == "output" and after.mark not in _NO_RUN
        return Program(
            at,
            _COMMENT.sub("", source_of(step.text)),
            at + 1 if real else None,
            after.text if after is not None and real else "",
            self.case.executions.get(at),
            self.case.examined.get(at, ()),
        )


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line of a text with its start; a long one in pieces of `LONGEST_LINE` characters."""
    start = 0
    for line in text.split("\n"):
        for at in range(0, len(line), LONGEST_LINE):
            yield start + at, line[at : at + LONGEST_LINE]
        start += len(line) + 1
