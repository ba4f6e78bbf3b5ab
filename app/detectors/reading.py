"""What detectors read out of a case: its programs and what they did, its answer, its numbers.

Promises: each thing is read once, when it is first asked for, and in time in proportion to the
path; what was read is kept with the reading, and goes with it.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cached_property, wraps
from typing import Any, TypeVar

from app.core.answer import Answer, find_answer
from app.core.case import Case
from app.core.numbers import Quantity, quantities
from app.core.solved import SolvedModel, claims_optimum
from app.core.trace import Step, text_of
from app.detectors.programs import Program, programs_of

_Found = TypeVar("_Found")


class Reading:
    """A case, read; every property is computed when it is first asked for, and so is `kept`."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.kept: dict[Callable[[Reading], Any], Any] = {}

    @cached_property
    def path(self) -> tuple[Step, ...]:
        return self.case.path

    @cached_property
    def programs(self) -> tuple[Program, ...]:
        """In order."""
        return programs_of(self.case)

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
        """The numbers that programs printed which ran to their end, rising, without signs."""
        outputs = (program.output for program in self.ran if not program.failed)
        return tuple(sorted({abs(it.value) for output in outputs for it in quantities(output)}))

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


def once(look: Callable[[Reading], _Found]) -> Callable[[Reading], _Found]:
    """A function of a reading that looks once at each, whoever asks."""

    @wraps(look)
    def kept(reading: Reading) -> _Found:
        if look not in reading.kept:
            reading.kept[look] = look(reading)
        found: _Found = reading.kept[look]
        return found

    return kept
