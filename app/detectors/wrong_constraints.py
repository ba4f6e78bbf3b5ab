"""Numbers of the problem that no constraint uses, and optima that nothing holds back from zero."""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.core.case import Case
from app.core.numbers import Quantity, quantities
from app.core.proposal import Proposal
from app.detectors.reading import answer_of, blocks, code_of, numbers_of, proposal

FLAW = "wrong-constraints"
_FACTORS = tuple(
    map(Decimal, ("1", "100", "0.01", "1000", "0.001", "60", "10", "7", "24", "1000000"))
)
_MOST_MISSING = 3
_FEWEST_USED = 4
_LITERAL = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?")


def detect(case: Case) -> Iterator[Proposal]:
    """Of the last program: what it leaves out, and an answer of zero."""
    yield from _unused(case)
    yield from _trivial(case)


def _unused(case: Case) -> Iterator[Proposal]:
    """A few numbers of the problem that neither the last program nor a thought has used."""
    programs = blocks(case)
    if not programs:
        return
    last = programs[-1]
    used = _used(case, code_of(last.source))
    asked = [quantity for quantity in quantities(case.problem.question) if _counts(quantity)]
    missing = list(dict.fromkeys(q.value for q in asked if not _among(q, used)))
    if not 0 < len(missing) <= _MOST_MISSING or len(asked) - len(missing) < _FEWEST_USED:
        return
    names = ", ".join(f"{number.normalize():f}" for number in missing)
    note = f"Of the problem's numbers the program does not use: {names}."
    words = (
        f"My program does not use {names}, which the problem gives. I should look at what it "
        "limits or costs, and put in what is missing."
    )
    span = (0, len(case.path[last.step].text))
    yield proposal(case, "number unused", FLAW, last.step, span, note, words)


def _used(case: Case, code: str) -> frozenset[Decimal]:
    """The numbers of the program, and of the thoughts that computed something from them."""
    literals = (Decimal(found.replace("_", "")) for found in _LITERAL.findall(code))
    return frozenset(literals) | frozenset(numbers_of(code))


def _counts(quantity: Quantity) -> bool:
    """Whether a number of the problem must show in a program: not the small ones that count."""
    return quantity.value > 2


def _among(quantity: Quantity, used: frozenset[Decimal]) -> bool:
    readings = (quantity.value, *quantity.parts)
    return any(value * factor in used for value in readings for factor in _FACTORS) or any(
        1 - value in used for value in readings if value < 1
    )


def _trivial(case: Case) -> Iterator[Proposal]:
    """An answer of zero from a program that ran."""
    answer = answer_of(case)
    programs = blocks(case)
    if answer is None or answer[0].value != 0 or not programs or programs[-1].failed:
        return
    last = programs[-1]
    note = "The optimum is 0: nothing in the model forces, or rewards, doing anything."
    words = (
        "This optimum says that doing nothing is best. I should check that every demand and "
        "requirement of the problem is a constraint, with the right direction."
    )
    span = (0, len(case.path[last.step].text))
    yield proposal(case, "optimum of zero", FLAW, last.step, span, note, words)
