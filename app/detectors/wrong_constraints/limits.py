"""Limits of the problem that no row has, that rows turn round, or that limit nothing there."""

from collections.abc import Iterator

from app.core.language import N_
from app.core.solved import Row, SolvedModel, Variable
from app.detectors.data import bound_at, must_be_used
from app.detectors.finding import Rule, Spot
from app.detectors.numbers import MOST_COMBINED
from app.detectors.origins import foreign_numbers, missing_limits, place_of
from app.detectors.places import limit_place
from app.detectors.reading import Reading

FLAW = "wrong-constraints"


def _unused(reading: Reading) -> Iterator[Spot]:
    """A few limits of the problem that no program uses."""
    missing, program = missing_limits(reading), reading.solving
    if missing and program and not reading.case.correct:
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
            place = limit_place(reading, quantity.value)
            yield Spot(*place, note, {"number": name, "side": word})


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


def _limits_nothing(reading: Reading) -> Iterator[Spot]:
    """A limit of the problem that only rows have which the bounds of their variables keep."""
    program, model = reading.solving, reading.model
    if not program or not model or reading.case.correct:
        return
    question = reading.case.problem.question
    for most in reading.asked[:MOST_COMBINED]:
        value = float(most.value)
        rows = [row for row in model.rows if row.upper == value and row.lower is None]
        above = bound_at(question, most) == "above"
        if above and rows and all(_is_kept(model, row) for row in rows):
            name = f"{most.value.normalize():f}"
            note = f"The bounds of the variables keep each row with at most {name} by themselves."
            span = place_of(reading.path[program.step].text, name)
            yield Spot(program.step, *span, note, {"number": name})


def _is_kept(model: SolvedModel, row: Row) -> bool:
    """Whether no values within the bounds reach its upper side."""
    most = 0.0
    for at, value in row.terms:
        variable = model.variables[at]
        end = variable.upper if value > 0 else variable.lower
        if end is None:
            return False
        most += value * end
    return row.upper is not None and most < row.upper


def _foreign(reading: Reading) -> Iterator[Spot]:
    """A number in a row that neither the problem nor the thinking has."""
    yield from (it.spot for it in foreign_numbers(reading) if it.where == "row")


RULES = (
    Rule(
        "number-unused",
        FLAW,
        N_(
            "up to three numbers that the problem calls a limit are in no program and not "
            "in the model, and the answer is not known to be right"
        ),
        0.5,
        _unused,
    ),
    Rule(
        "number-from-nowhere",
        FLAW,
        N_("a row as solved has a number that neither the problem nor the thinking gives"),
        0.6,
        _foreign,
    ),
    Rule(
        "row-turned-round",
        FLAW,
        N_(
            "a number that the problem calls `at most` is only a lower side in the model as"
            " solved, or the reverse"
        ),
        0.8,
        _turned,
    ),
    Rule(
        "limit-of-nothing",
        FLAW,
        N_(
            "an upper limit of the problem is only in rows that the bounds of their "
            "variables keep by themselves, and the answer is not known to be right"
        ),
        0.7,
        _limits_nothing,
    ),
)
