"""What is optimized: the sense, no terms at all, a sum where the worst of several counts."""

import re
from collections.abc import Iterator
from typing import Literal

from app.core.language import N_
from app.core.solved import SolvedModel
from app.detectors.finding import Rule, Spot
from app.detectors.places import objective_place
from app.detectors.programs import Program
from app.detectors.question import asks_for, asks_for_worst
from app.detectors.reading import Reading

FLAW = "wrong-objective"
_MINIMIZES = re.compile(r"minimi[sz]e?\b|LpMinimize|sense\s{0,3}=\s{0,3}['\"]?min", re.IGNORECASE)
_MAXIMIZES = re.compile(r"maximi[sz]e?\b|LpMaximize|sense\s{0,3}=\s{0,3}['\"]?max", re.IGNORECASE)
_WORDS = {"min": "least", "max": "most"}
_DOES = {"min": "minimizes", "max": "maximizes"}


def _sense(reading: Reading) -> Iterator[Spot]:
    """The last solving program, where its sense is not the one that the question asks for."""
    program = reading.solving
    asked = asks_for(reading.case.problem.question)
    done = _sense_of(program) if program else None
    if not program or not asked or not done or asked == done:
        return
    text = reading.path[program.step].text
    found = (_MINIMIZES if done == "min" else _MAXIMIZES).search(text)
    span = found.span() if found else (0, len(text))
    told = "the model as solved" if program.model else "the program"
    note = f"The question asks for the {_WORDS[asked]}, and {told} {_DOES[done]}."
    yield Spot(program.step, *span, note, {"asked": _WORDS[asked], "done": _DOES[done]})


def _sense_of(program: Program) -> Literal["min", "max"] | None:
    """The sense of the model as solved, turned round where it solves the negative, else of words.

    None where that can't be said: no terms, or terms of both signs, which may be either's.
    """
    if program.model:
        return _effective(program.model)
    down, up = _MINIMIZES.search(program.source), _MAXIMIZES.search(program.source)
    if bool(down) == bool(up) or "-" in program.source.partition("objective")[2][:40]:
        return None
    return "min" if down else "max"


def _effective(model: SolvedModel) -> Literal["min", "max"] | None:
    costs = [value for _, value in model.objective if value]
    if not costs or (min(costs) < 0 < max(costs)):
        return model.sense if costs and model.sense == "max" else None
    if max(costs) < 0:
        return "min" if model.sense == "max" else "max"
    return model.sense


def _empty(reading: Reading) -> Iterator[Spot]:
    """A model without an objective, of a problem that asks for the least or the most."""
    program, model = reading.solving, reading.model
    asked = asks_for(reading.case.problem.question)
    if asked and program and model and not any(value for _, value in model.objective):
        note = "The model as solved has no objective: any feasible point is its optimum."
        yield Spot(program.step, 0, len(reading.path[program.step].text), note)


def _sum_of_all(reading: Reading) -> Iterator[Spot]:
    """A sum, where the question is about the worst or the best of several."""
    program, model = reading.solving, reading.model
    asked = asks_for_worst(reading.case.problem.question)
    if asked and program and model and len(model.objective) > 1:
        note = f"The problem says {asked!r}; the objective as solved is a sum of several terms."
        yield Spot(*objective_place(reading), note)


RULES = (
    Rule(
        "sense",
        FLAW,
        N_(
            "the model as solved, or else the program's words, maximizes where the question"
            " asks for the least, or the reverse"
        ),
        1.0,
        _sense,
    ),
    Rule(
        "no-objective",
        FLAW,
        N_("the question asks for the least or the most, and the model as solved has no objective"),
        0.95,
        _empty,
    ),
    Rule(
        "sum-for-worst",
        FLAW,
        N_(
            "the question asks for the least of a longest, or the most of a smallest, and "
            "the objective as solved has several terms"
        ),
        0.8,
        _sum_of_all,
    ),
)
