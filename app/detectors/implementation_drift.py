"""The code is not the model that was stated, or the answer not what was solved and asked."""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.core.solved import SolvedModel, finding
from app.detectors.finding import Rule, Spot
from app.detectors.numbers import same, values_in
from app.detectors.reading import Program, Reading
from app.detectors.statements import (
    Statement,
    constraints_in,
    objective_of,
    objectives_in,
    rows_of,
)

FLAW = "implementation-drift"
_FEWEST_MATCHED = 2
_MOST_ABSENT = 2
_WRITES_NUMBER = re.compile(
    r"\bprint\([^\n]{0,120}|\b(?:\w{0,20}(?:answer|result|objective|optim|best|cost|profit|total"
    r"|revenue)\w{0,20}|ans|z|obj)[ ]?=[ ]?-?\d[\d._]{0,20}[ ]*$",
    re.IGNORECASE | re.MULTILINE,
)


def _not_objective(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that no solve of the path gave, though one found an optimum."""
    if _differs(reading) and not _is_printed(reading):
        yield _answered(reading, "is neither the optimum of a solve nor printed by a program")


def _variable(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that a program printed, but not as the optimum."""
    if _differs(reading) and _is_printed(reading) and reading.case.problem.asks == "objective":
        yield _answered(reading, "was printed beside the optimum; the objective was asked")


def _differs(reading: Reading) -> bool:
    """Whether an answer that is not known to be right is none of the optima found."""
    given, objectives = reading.given, reading.objectives
    if given is None or not objectives or reading.case.correct or not reading.optimum:
        return False
    return not any(same(given, it) for it in objectives)


def _is_printed(reading: Reading) -> bool:
    given = reading.given
    return given is not None and any(same(given, it) for it in reading.printed)


def _not_printed(reading: Reading) -> Iterator[Spot]:
    """An answer that no program printed, in a path of whose solves nothing is known."""
    known = reading.objectives or reading.case.correct or not reading.printed
    if not known and reading.given is not None and not _is_printed(reading):
        yield _answered(reading, "was printed by no program of this path")


def _answered(reading: Reading, what: str) -> Spot:
    assert reading.answer
    answer, step, start = reading.answer
    end = min(start + len(answer.text), len(reading.path[step].text))
    optima = ", ".join(dict.fromkeys(f"{it.normalize():f}" for it in reading.objectives[-3:]))
    solved = f" The optima: {optima}." if optima else ""
    return Spot(step, start, end, f"{answer.text.strip()} {what}.{solved}")


def _hard_coded(reading: Reading) -> Iterator[Spot]:
    """A program that writes the answer down which no solve has found."""
    given = reading.given
    asked = any(given == abs(it.value) for it in reading.asked)
    if given is None or given <= 2 or asked or any(same(given, it) for it in reading.objectives):
        return
    for program in reading.programs:
        for found in _WRITES_NUMBER.finditer(program.source):
            if not program.optimal and given in set(values_in(found.group())):
                text = reading.path[program.step].text
                start = max(text.find(found.group()), 0)
                note = "The program writes the answer down; no solve of the path has found it."
                yield Spot(program.step, start, start + len(found.group()), note)
                return


def _false_claim(reading: Reading) -> Iterator[Spot]:
    """A solve that claims another optimum than its model has."""
    program = reading.solving
    if program and program.solves and program.examined and program.examined[-1]:
        told = finding(program.solves[-1], program.examined[-1])
        if told:
            yield Spot(program.step, 0, len(reading.path[program.step].text), told)


def _absent(reading: Reading) -> Iterator[Spot]:
    """A constraint that is stated before the program and is not in the model as solved."""
    program, model = reading.solving, reading.model
    if not program or not model:
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
        found = {it.form: it for it in constraints_in(text)}
        if len(found) > _FEWEST_MATCHED:
            return step, list(found.values())
    return 0, []


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
        "answer-not-objective",
        FLAW,
        "the answer is not known to be right, no solve found it and no program printed it",
        0.9,
        _not_objective,
    ),
    Rule(
        "variable-reported",
        FLAW,
        "the objective is asked, and a wrong answer is another number that a program printed",
        0.8,
        _variable,
    ),
    Rule(
        "answer-not-printed",
        FLAW,
        "no program printed the answer, where nothing is known of what was solved",
        0.8,
        _not_printed,
    ),
    Rule(
        "hard-coded-answer",
        FLAW,
        "a program writes the answer as a number that no solve found",
        0.9,
        _hard_coded,
    ),
    Rule(
        "claim-not-of-model",
        FLAW,
        "a solve claims another optimum than solving its model again finds",
        0.95,
        _false_claim,
    ),
    Rule(
        "stated-not-solved",
        FLAW,
        "one or two constraints stated in the thinking are not in the model as solved, others are",
        0.85,
        _absent,
    ),
    Rule(
        "objective-not-as-stated",
        FLAW,
        "the objective stated in the thinking has as many terms as the one solved, and other "
        "numbers",
        0.85,
        _other_objective,
    ),
)
