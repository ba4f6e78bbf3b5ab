"""Variables of the wrong kind: continuous where things are counted, without a lower bound."""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.core.numbers import quantities
from app.core.solved import SolvedModel
from app.detectors.answers import differs
from app.detectors.finding import Rule, Spot
from app.detectors.integrality import declaration_in, other_optimum, says_integer
from app.detectors.programs import Program
from app.detectors.question import counts_things, names_amounts
from app.detectors.reading import Reading

FLAW = "wrong-variables"
_INTEGER = re.compile(r"integ|binar|bool|LpInteger|NewIntVar|\.I\b|\.B\b", re.IGNORECASE)
_VALUE = re.compile(r"^[^\n=:]{1,60}[=:][ \t]*(-?\d{1,15}\.\d{1,15})\b(?!%)", re.MULTILINE)
_NEGATIVE = re.compile(r"(?:[=:][ \t]*|^|[ \t])-(?:[1-9]|0\.0{0,3}[1-9])", re.MULTILINE)
_MAY_BE_NEGATIVE = re.compile(
    r"\bnegative\b|\bshort\b|\btemperature|\bdeviation|\bchange in\b|\bloss\b|\blosses\b"
    r"|\bbelow zero\b|\bfree\b",
    re.IGNORECASE,
)
_MEANT = Decimal("0.001")


def _continuous(reading: Reading) -> Iterator[Spot]:
    """A model without integers whose optimum in whole numbers is another."""
    solved = reading.solving
    last = solved.examined[-1] if solved and solved.examined else None
    question = reading.case.problem.question
    things = counts_things(question) or not names_amounts(question)
    if not solved or not last or not things or says_integer(reading) or differs(reading):
        return
    if told := other_optimum(last):
        span = declaration_in(reading.path[solved.step].text)
        yield Spot(solved.step, *span, f"No variable is integer; {told}.")


def _fractions(reading: Reading) -> Iterator[Spot]:
    """A fractional value printed by a continuous model of a problem that counts."""
    last = reading.ran[-1] if reading.ran else None
    if last is None or not counts_things(reading.case.problem.question) or last.failed:
        return
    if not _without_integers(last) or last.output_step is None:
        return
    printed_only = {reading.given, *reading.objectives}
    for start, end, value in _values(last.output):
        whole = value.to_integral_value()
        if abs(value - whole) > _MEANT and not any(_near(value, it) for it in printed_only):
            note = f"{value} of something that is counted; no variable of the program is integer."
            yield Spot(last.output_step, start, end, note)
            return


def _near(value: Decimal, other: Decimal | None) -> bool:
    return other is not None and abs(abs(value) - other) <= _MEANT * max(Decimal(1), other)


def _without_integers(program: Program) -> bool:
    if program.model:
        return program.model.integers == 0
    return not _INTEGER.search(program.source)


def _values(output: str) -> Iterator[tuple[int, int, Decimal]]:
    """The values that a program printed: named ones, else those of a line that begins a status."""
    for found in _VALUE.finditer(output):
        yield *found.span(1), Decimal(found[1])
    for line in re.finditer(r"^Optimal [^\n]{0,400}", output, re.MULTILINE):
        for quantity in list(quantities(line.group()))[:-1]:
            start = line.start()
            yield start + quantity.start, start + quantity.end, quantity.value


def _unbounded_below(reading: Reading) -> Iterator[Spot]:
    """Most variables of the objective may be negative, and the run shows that they matter."""
    solved, model = reading.solving, reading.model
    if not solved or not model or _MAY_BE_NEGATIVE.search(reading.case.problem.question):
        return
    matters = solved.hopeless or _NEGATIVE.search(solved.output)
    free = _free(model)
    if matters and free and 2 * len(free) > len(model.objective):
        names = ", ".join(free[:3]) + (", …" if len(free) > 3 else "")
        shown = "the program found no optimum" if solved.hopeless else "a value printed is negative"
        note = f"{names} may be negative in the model as solved, and {shown}."
        yield Spot(solved.step, *declaration_in(reading.path[solved.step].text), note)


def _free(model: SolvedModel) -> list[str]:
    variables = (model.variables[at] for at, _ in model.objective)
    return [it.name for it in variables if it.lower is None or it.lower < 0]


RULES = (
    Rule(
        "continuous-counted",
        FLAW,
        "the problem counts things or names no amounts, no variable of the model as solved is "
        "integer, and its optimum in whole numbers is another",
        0.7,
        _continuous,
    ),
    Rule(
        "fraction-of-a-thing",
        FLAW,
        "the problem counts things, no variable is integer, and a fraction is printed",
        0.8,
        _fractions,
    ),
    Rule(
        "no-lower-bound",
        FLAW,
        "most variables of the objective may be negative in the model as solved, and a negative "
        "value was printed or no optimum found",
        0.8,
        _unbounded_below,
    ),
)
