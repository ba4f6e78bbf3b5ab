"""Variables that may go where they should not, or may not go where the problem lets them."""

import re
from collections.abc import Iterator

from app.core.language import N_
from app.core.solved import SolvedModel
from app.detectors.finding import Rule, Spot
from app.detectors.integrality import declaration_in
from app.detectors.reading import Reading

FLAW = "wrong-variables"
_NEGATIVE = re.compile(r"(?:[=:][ \t]*|^|[ \t])-(?:[1-9]|0\.0{0,3}[1-9])", re.MULTILINE)
_MAY_BE_NEGATIVE = re.compile(
    r"\bnegative\b|\bshort\b|\btemperature|\bdeviation|\bchange in\b|\bloss\b|\blosses\b"
    r"|\bbelow zero\b|\bfree\b",
    re.IGNORECASE,
)
_LETS_BE_NEGATIVE = re.compile(
    r"\b(?:between|from|within|range of)\s{1,2}[-−–]\s?\d[\d.,]{0,12}\s{1,2}(?:and|to)\b"
    r"|\bsell(?:ing)?\s{1,2}short\b|\bshort\s{1,2}(?:sell\w{0,4}|selling|sales?|positions?)\b"
    r"|\b(?:may|can|might|could|allowed to)\s{1,2}(?:also\s{1,2})?be\s{1,2}negative\b"
    r"|\b(?:free|unrestricted)\s{1,2}in\s{1,2}sign\b|\bpositive\s{1,2}or\s{1,2}negative\b",
    re.IGNORECASE,
)
_FORBIDS = re.compile(
    r"\b(?:no|not|never|without|prohibit\w{0,3}|forbid\w{0,4})\b[^.]{0,30}$", re.IGNORECASE
)


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


def _cut_off(reading: Reading) -> Iterator[Spot]:
    """The problem lets a variable be negative, and none of the model as solved may be."""
    solved, model = reading.solving, reading.model
    said = _negative_in(reading.case.problem.question)
    if not solved or not model or not said or reading.case.correct:
        return
    if all(it.lower is not None and it.lower >= 0 for it in model.variables):
        note = f"The problem says {said!r}, and no variable of the model as solved may go below 0."
        yield Spot(solved.step, *declaration_in(reading.path[solved.step].text), note)


def _negative_in(question: str) -> str | None:
    """The words that let something be negative."""
    for found in _LETS_BE_NEGATIVE.finditer(question):
        if not _FORBIDS.search(question[max(found.start() - 40, 0) : found.start()]):
            return found.group()
    return None


RULES = (
    Rule(
        "no-lower-bound",
        FLAW,
        N_(
            "most variables of the objective may be negative in the model as solved, and a "
            "negative value was printed or no optimum found"
        ),
        0.8,
        _unbounded_below,
    ),
    Rule(
        "negative-cut-off",
        FLAW,
        N_(
            "the problem lets something be negative, no variable of the model as solved may"
            " be, and the answer is not known to be right"
        ),
        0.9,
        _cut_off,
    ),
)
