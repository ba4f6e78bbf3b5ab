"""The model as solved is not the one that the thinking before it states."""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.core.language import N_
from app.core.solved import SolvedModel
from app.detectors.answers import is_right
from app.detectors.finding import Rule, Spot
from app.detectors.forms import objective_of, rows_of
from app.detectors.integrality import declaration_in, says_integer, whole_optimum
from app.detectors.programs import Program
from app.detectors.reading import Reading
from app.detectors.statements import Statement, constraints_in, objectives_in

FLAW = "implementation-drift"
_FEWEST_MATCHED = 2
_REWRITES = frozenset({"cvxpy"})
"""Libraries that give the solver other rows than the program has."""
_MENDS = re.compile(r"\b(?:wait|actually|hmm|oops|careful|correction|mistake|rather)\b", re.I)
_MOST_ABSENT = 2


def _absent(reading: Reading) -> Iterator[Spot]:
    """A constraint that is stated before the program and is not in the model as solved."""
    program, model = reading.solving, reading.model
    if not program or not model or program.solves[-1].library in _REWRITES:
        return
    step, stated = _stated(reading, program)
    rows = rows_of(model)
    absent = [it for it in stated if it.form not in rows]
    if len(stated) - len(absent) >= _FEWEST_MATCHED and 0 < len(absent) <= _MOST_ABSENT:
        first = absent[0]
        line = reading.path[step].text[first.start : first.end].strip()
        note = f"The model as solved of step {program.step} has no row like this: {line[:120]}"
        yield Spot(step, first.start, first.end, note)


def _stated(reading: Reading, program: Program) -> tuple[int, list[Statement]]:
    """The constraints of the last text before a program that states some, and its step."""
    for step, text in reversed(list(reading.said_before(program.step))):
        found = list({it.form: it for it in constraints_in(text)}.values())
        if len(found) > _FEWEST_MATCHED:
            mends = [it.start() for it in _MENDS.finditer(text)]
            return step, [it for it in found if not _is_mended(it, found, mends)]
    return 0, []


def _is_mended(one: Statement, stated: list[Statement], mends: list[int]) -> bool:
    """Whether the text takes it back and states another about the same variables."""
    later = [it for it in stated if it.start > one.start and it.names == one.names]
    return any(one.start < mend <= it.end for it in later for mend in mends)


def _not_integer(reading: Reading) -> Iterator[Spot]:
    """Variables that the thinking says are integer, and none is: the optimum is another."""
    program = reading.solving
    last = program.examined[-1] if program and program.examined else None
    told = whole_optimum(last) if last and says_integer(reading) else None
    if program and told and is_right(reading, told.objective) is not False:
        span = declaration_in(reading.path[program.step].text)
        yield Spot(program.step, *span, f"Integers are stated, not solved; {told.shown}.")


def _other_objective(reading: Reading) -> Iterator[Spot]:
    """An objective stated with as many terms as the one that was solved, and other numbers."""
    program, model = reading.solving, reading.model
    if not program or not model:
        return
    for step, text in reversed(list(reading.said_before(program.step))):
        stated = list(objectives_in(text))
        if stated:
            if _contradicts(stated, model):
                first = stated[0]
                note = f"The objective as solved has other numbers: {_shown(model)}."
                yield Spot(step, first.start, first.end, note)
            return


def _contradicts(stated: list[Statement], model: SolvedModel) -> bool:
    solved = objective_of(model)
    forms = {it.form[1] for it in stated}
    return len(forms) == 1 and all(
        len(form) == len(solved) and form != solved and not _multiple(form, solved)
        for form in forms
    )


def _multiple(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether the one is the other in another unit."""
    ratios = [a / b for a, b in zip(one, other, strict=True)]
    return max(ratios) - min(ratios) <= 1e-6 * max(ratios)


def _shown(model: SolvedModel) -> str:
    values = (f"{Decimal(repr(value)).normalize():f}" for _, value in model.objective[:8])
    return ", ".join(values)


RULES = (
    Rule(
        "stated-not-solved",
        FLAW,
        N_(
            "one or two constraints stated in the thinking are not in the model as solved, "
            "others are"
        ),
        0.8,
        _absent,
    ),
    Rule(
        "integers-not-solved",
        FLAW,
        N_(
            "the thinking says that variables are integer, none of the model as solved is, "
            "and its optimum in whole numbers is another"
        ),
        0.6,
        _not_integer,
    ),
    Rule(
        "objective-not-as-stated",
        FLAW,
        N_(
            "the objective stated in the thinking has as many terms as the one solved, and "
            "other numbers"
        ),
        0.8,
        _other_objective,
    ),
)
