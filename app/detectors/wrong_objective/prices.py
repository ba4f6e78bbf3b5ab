"""The problem's prices that the objective as solved does not have, and numbers that no one gave."""

from collections.abc import Iterator, Sequence

from app.core.language import N_
from app.core.numbers import Quantity
from app.detectors.answers import differs, is_printed
from app.detectors.finding import Rule, Spot
from app.detectors.origins import foreign_numbers
from app.detectors.places import objective_place
from app.detectors.prices import is_written, prices_not_solved, prices_of
from app.detectors.reading import Reading

FLAW = "wrong-objective"
_MOST_MISSING = 3


def _unused(reading: Reading) -> Iterator[Spot]:
    """A few prices of the problem that stand nowhere in the path and not in the model."""
    program = reading.solving
    missing = [it for it in prices_not_solved(reading) if not _is_written(reading, it)]
    few = 0 < len({it.value for it in missing}) <= _MOST_MISSING
    if few and len(missing) < len(prices_of(reading)) and program and not reading.case.correct:
        names = _names(missing)
        note = f"The problem gives {names} as money, and neither program nor thinking uses it."
        yield Spot(*objective_place(reading), note, {"numbers": names})


def _is_written(reading: Reading, price: Quantity) -> bool:
    """Whether the path has it as a number; 1 and 2 stand in any program, and tell nothing."""
    return price.value not in (1, 2) and is_written(reading, price)


def _afterwards(reading: Reading) -> Iterator[Spot]:
    """An answer worked out behind the solve, with prices that the objective does not have."""
    program = reading.solving
    missing = prices_not_solved(reading)
    late = len({it.value for it in missing}) > 1 and differs(reading) and is_printed(reading)
    if late and program and not reading.case.correct:
        names = _names(missing)
        note = f"The answer is worked out behind the solve; the objective does not have {names}."
        yield Spot(*objective_place(reading), note, {"numbers": names})


def _names(prices: Sequence[Quantity]) -> str:
    return ", ".join(dict.fromkeys(f"{it.value.normalize():f}" for it in prices[:_MOST_MISSING]))


def _foreign(reading: Reading) -> Iterator[Spot]:
    """A coefficient of the objective that neither the problem nor the thinking has."""
    yield from (it.spot for it in foreign_numbers(reading) if it.where == "objective")


RULES = (
    Rule(
        "price-unused",
        FLAW,
        N_(
            "up to three prices of the problem are in no program, no thinking and not in "
            "the model as solved, and the answer is not known to be right"
        ),
        0.7,
        _unused,
    ),
    Rule(
        "priced-afterwards",
        FLAW,
        N_(
            "the answer is worked out behind the solve, and is not known to be right; "
            "prices of the problem are not in the model as solved"
        ),
        0.8,
        _afterwards,
    ),
    Rule(
        "price-from-nowhere",
        FLAW,
        N_("the objective as solved has a number that neither the problem nor the thinking gives"),
        0.6,
        _foreign,
    ),
)
