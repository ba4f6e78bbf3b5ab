"""Constraints missing, extra or wrong: numbers left out or from nowhere, optima of zero, no way."""

from collections.abc import Iterator
from itertools import takewhile

from app.core.solved import Conflict
from app.detectors.finding import Rule, Spot
from app.detectors.origins import foreign_numbers, missing_numbers
from app.detectors.question import is_price
from app.detectors.reading import Program, Reading

FLAW = "wrong-constraints"


def _unused(reading: Reading) -> Iterator[Spot]:
    """A few numbers of the problem that no program uses; prices are the objective's."""
    question = reading.case.problem.question
    missing = [it for it in missing_numbers(reading) if not is_price(question, it)]
    program = reading.solving
    if missing and program:
        names = ", ".join(dict.fromkeys(f"{it.value.normalize():f}" for it in missing[:3]))
        note = f"Of the problem's numbers no program uses: {names}."
        yield Spot(program.step, 0, len(reading.path[program.step].text), note, {"numbers": names})


def _foreign(reading: Reading) -> Iterator[Spot]:
    """A number in a row that neither the problem nor the thinking has."""
    yield from (it.spot for it in foreign_numbers(reading) if it.where == "row")


def _zero(reading: Reading) -> Iterator[Spot]:
    """An answer of zero from a program that ran."""
    program = reading.solving
    if program and not program.failed and reading.given == 0:
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
        note = f"The program says {found.group().lower()}, and the problem has an optimum.{clash}"
        yield Spot(stuck[-1].step + 1, *found.span(), note)


def _clash(program: Program) -> str:
    """Which rows and bounds can't all hold, where that was found out."""
    last = program.examined[-1] if program.examined else None
    conflict: Conflict | None = last.conflict if last else None
    if not conflict or not (conflict.rows or conflict.bounds):
        return ""
    return f" These can't all hold: {', '.join((*conflict.rows, *conflict.bounds)[:6])}."


RULES = (
    Rule(
        "number-unused",
        FLAW,
        "up to three numbers of the problem, no prices, are in no program and not in the model",
        0.7,
        _unused,
    ),
    Rule(
        "number-from-nowhere",
        FLAW,
        "a row as solved has a number that neither the problem nor the thinking gives",
        0.75,
        _foreign,
    ),
    Rule("optimum-of-zero", FLAW, "the answer of a program that ran is 0", 0.8, _zero),
    Rule(
        "outcome-accepted",
        FLAW,
        "the answer is infeasible or unbounded, as the program says, and it is wrong",
        0.9,
        _accepted,
    ),
)
