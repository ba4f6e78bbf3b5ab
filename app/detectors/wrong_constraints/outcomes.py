"""Outcomes that show that something is wrong with the rows: an optimum of zero, and no optimum."""

from collections.abc import Iterator
from itertools import takewhile

from app.core.language import N_
from app.core.solved import Conflict
from app.detectors.finding import Rule, Spot
from app.detectors.programs import Program
from app.detectors.reading import Reading

FLAW = "wrong-constraints"


def _zero(reading: Reading) -> Iterator[Spot]:
    """An answer of zero from a program that ran, unless it is known to be right."""
    program = reading.solving
    if program and not program.failed and reading.given == 0 and not reading.case.correct:
        note = "The optimum is 0: nothing in the model forces, or rewards, doing anything."
        yield Spot(program.step, 0, len(reading.path[program.step].text), note)


def _accepted(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that says infeasible or unbounded, because the program did."""
    answer = reading.answer
    outcome = answer is not None and answer[0].kind in ("infeasible", "unbounded", "no-optimum")
    if not outcome or reading.case.correct is not False:
        return
    stuck = list(takewhile(lambda it: it.hopeless, reversed(reading.ran)))
    if stuck and (found := stuck[-1].hopeless):
        clash = _clash(stuck[-1])
        start, end, status = found
        note = f"The solver says {status}, and the problem has an optimum.{clash}"
        yield Spot(stuck[-1].step + 1, start, end, note)


def _clash(program: Program) -> str:
    """Which rows and bounds can't all hold, where that was found out."""
    last = program.examined[-1] if program.examined else None
    conflict: Conflict | None = last.conflict if last else None
    if not conflict or not (conflict.rows or conflict.bounds):
        return ""
    return f" These can't all hold: {', '.join((*conflict.rows, *conflict.bounds)[:6])}."


RULES = (
    Rule(
        "optimum-of-zero",
        FLAW,
        N_("the answer of a program that ran is 0, and not known to be right"),
        0.9,
        _zero,
    ),
    Rule(
        "outcome-accepted",
        FLAW,
        N_("the answer is infeasible or unbounded, as the program says, and it is wrong"),
        0.9,
        _accepted,
    ),
)
