"""Constraints missing, extra or wrong: numbers left out or from nowhere, optima of zero, no way."""

from collections.abc import Iterator
from itertools import takewhile

from app.core.solved import Conflict, Row, SolvedModel, Variable
from app.detectors.data import bound_at, must_be_used
from app.detectors.finding import Rule, Spot
from app.detectors.origins import foreign_numbers, missing_numbers, place_of
from app.detectors.programs import Program
from app.detectors.reading import Reading

FLAW = "wrong-constraints"


def _unused(reading: Reading) -> Iterator[Spot]:
    """A few limits of the problem that no program uses."""
    question = reading.case.problem.question
    missing = [it for it in missing_numbers(reading) if bound_at(question, it)]
    program = reading.solving
    if missing and program:
        names = ", ".join(dict.fromkeys(f"{it.value.normalize():f}" for it in missing[:3]))
        note = f"Of the problem's numbers no program uses: {names}."
        yield Spot(program.step, 0, len(reading.path[program.step].text), note, {"numbers": names})


def _turned(reading: Reading) -> Iterator[Spot]:
    """A row or bound of the model that is on the other side of a limit than the problem says."""
    program, model = reading.solving, reading.model
    if not program or not model:
        return
    question = reading.case.problem.question
    values = [it.value for it in reading.asked]
    lower, upper = _sides(model)
    for quantity in must_be_used(reading):
        side, value = bound_at(question, quantity), float(quantity.value)
        if not side or values.count(quantity.value) > 1:
            continue
        mine, other = (upper, lower) if side == "above" else (lower, upper)
        if value in other and value not in mine and not mine & {-value, value / 100}:
            word, sign = ("most", "≥") if side == "above" else ("least", "≤")
            name = f"{quantity.value.normalize():f}"
            note = f"The problem says at {word} {name}; the model as solved has {sign} {name}."
            span = place_of(reading.path[program.step].text, name)
            yield Spot(program.step, *span, note, {"number": name, "side": word})


def _counts(model: SolvedModel, row: Row) -> bool:
    """Whether it counts binary variables: at most 3 of 6 taken is at least 3 of 6 left."""
    return all(abs(value) == 1 and model.variables[at].binary for at, value in row.terms)


def _sides(model: SolvedModel) -> tuple[set[float], set[float]]:
    """The lower and the upper sides of rows and variables, turned rows both ways, no equations."""
    lower: set[float] = set()
    upper: set[float] = set()
    sided: tuple[Row | Variable, ...] = (*model.rows, *model.variables)
    for it in sided:
        if isinstance(it, Row) and _counts(model, it):
            continue
        if it.lower is not None and it.lower == it.upper:
            lower.add(it.lower)
            upper.add(it.lower)
        elif isinstance(it, Row) and it.terms and all(value < 0 for _, value in it.terms):
            lower |= {-it.upper} if it.upper is not None else set()
            upper |= {-it.lower} if it.lower is not None else set()
        else:
            lower |= {it.lower} if it.lower is not None else set()
            upper |= {it.upper} if it.upper is not None else set()
    return lower, upper


def _foreign(reading: Reading) -> Iterator[Spot]:
    """A number in a row that neither the problem nor the thinking has."""
    yield from (it.spot for it in foreign_numbers(reading) if it.where == "row")


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
        "number-unused",
        FLAW,
        "up to three numbers that the problem calls a limit are in no program and not in the model",
        0.5,
        _unused,
    ),
    Rule(
        "number-from-nowhere",
        FLAW,
        "a row as solved has a number that neither the problem nor the thinking gives",
        0.6,
        _foreign,
    ),
    Rule(
        "row-turned-round",
        FLAW,
        "a number that the problem calls `at most` is only a lower side in the model as solved, or "
        "the reverse",
        0.8,
        _turned,
    ),
    Rule(
        "optimum-of-zero",
        FLAW,
        "the answer of a program that ran is 0, and not known to be right",
        0.9,
        _zero,
    ),
    Rule(
        "outcome-accepted",
        FLAW,
        "the answer is infeasible or unbounded, as the program says, and it is wrong",
        0.9,
        _accepted,
    ),
)
