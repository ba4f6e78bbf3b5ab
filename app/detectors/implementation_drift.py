"""The code is not the model that was stated, or the answer not what was solved and asked."""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.core.solved import SolvedModel, finding
from app.detectors.answers import answer_spot, differs, is_printed, set_aside_at, shows_optimum
from app.detectors.finding import Rule, Spot
from app.detectors.integrality import declaration_in, other_optimum
from app.detectors.numbers import same, values_in
from app.detectors.question import says_integer
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
_REWRITES = frozenset({"cvxpy"})
"""Libraries that give the solver other rows than the program has."""
_ROUGHLY = 1e-4
_LARGE = 10_000
_UNIT = re.compile(r"\bin (thousand|million)s?\b", re.IGNORECASE)
_FIGURES = re.compile(
    r"(?<![\w.\])])\d[\d.]{0,12}(?:[ ]?[-+*/][ ]?\d[\d.]{0,12}){1,8}(?![\w.(\[*])"
)
_MENDS = re.compile(r"\b(?:wait|actually|hmm|oops|careful|correction|mistake|rather)\b", re.I)
_MOST_ABSENT = 2
_WRITES_NUMBER = re.compile(
    r"\bprint\([^\n]{0,120}|\b(?:\w{0,20}(?:answer|result|objective|optim|best|cost|profit|total"
    r"|revenue)\w{0,20}|ans|z|obj)[ ]?=[ ]?-?\d[\d._]{0,20}[ ]*$",
    re.IGNORECASE | re.MULTILINE,
)


def _not_objective(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that no solve of the path gave, though the optimum was printed."""
    shown = shows_optimum(reading) and not is_printed(reading) and not set_aside_at(reading)
    if differs(reading) and shown:
        yield answer_spot(reading, "is neither the optimum of a solve nor printed by a program")


def _variable(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that a program printed beside the optimum."""
    asked = reading.case.problem.asks == "objective"
    shown = shows_optimum(reading) and is_printed(reading) and not set_aside_at(reading)
    if asked and differs(reading) and shown:
        yield answer_spot(reading, "was printed beside the optimum; the objective was asked")


def _sign(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that has the size of an optimum, and is negative."""
    answer = reading.answer
    negative = answer is not None and answer[0].value is not None and answer[0].value < 0
    if negative and reading.case.correct is False and _is_optimum(reading):
        yield answer_spot(reading, "is the optimum of a turned objective; its sign was not turned")


def _unit(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that is an optimum, where the question asks for it in thousands or so."""
    asked = _UNIT.search(reading.case.problem.question)
    large = reading.given is not None and reading.given >= _LARGE
    if asked and large and reading.case.correct is False and _is_optimum(reading):
        yield answer_spot(reading, f"may be in another unit: the question asks {asked[0]}")


def _is_optimum(reading: Reading) -> bool:
    given = reading.given
    return given is not None and any(abs(it - given) <= given / 10**6 for it in reading.objectives)


def _not_printed(reading: Reading) -> Iterator[Spot]:
    """An answer that no program printed, in a path of whose runs nothing is known."""
    known = reading.case.executions or reading.case.correct or not reading.printed
    if not known and reading.given is not None and not is_printed(reading):
        yield answer_spot(reading, "was printed by no program of this path")


def _hard_coded(reading: Reading) -> Iterator[Spot]:
    """A program that writes the answer down which no solve has found."""
    given = reading.given
    asked = any(given == abs(it.value) for it in reading.asked)
    if given is None or given <= 2 or asked or any(same(given, it) for it in reading.objectives):
        return
    for program in reading.programs:
        for found in _WRITES_NUMBER.finditer(program.source):
            written = not program.optimal and given in set(values_in(found.group()))
            if written or (reading.solving and _prints_figures(program, found.group(), given)):
                text = reading.path[program.step].text
                start = max(text.find(found.group()), 0)
                note = "The program writes the answer in figures; no solve of the path found it."
                yield Spot(program.step, start, start + len(found.group()), note)
                return


def _prints_figures(program: Program, line: str, given: Decimal) -> bool:
    """Whether a line works the answer out of nothing but figures, and it was printed."""
    return bool(_FIGURES.search(line)) and given in set(values_in(program.output))


def _false_claim(reading: Reading) -> Iterator[Spot]:
    """A solve that claims another optimum than its model has."""
    program = reading.solving
    if program and program.solves and program.examined and program.examined[-1]:
        solve, found = program.solves[-1], program.examined[-1]
        told = finding(solve, found)
        if told and not _nearly(solve.objective, found.solved.objective if found.solved else None):
            yield Spot(program.step, 0, len(reading.path[program.step].text), told)


def _nearly(one: float | None, other: float | None) -> bool:
    """Whether the difference may come from digits that a library's file does not print."""
    if one is None or other is None:
        return False
    return abs(one - other) <= _ROUGHLY * max(1.0, abs(other))


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
    if program and last and says_integer(reading) and (told := other_optimum(last)):
        span = declaration_in(reading.path[program.step].text)
        yield Spot(program.step, *span, f"Integers are stated, no variable is integer; {told}.")


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
        0.7,
        _not_objective,
    ),
    Rule(
        "variable-reported",
        FLAW,
        "the objective is asked, and a wrong answer is another number that a program printed",
        0.7,
        _variable,
    ),
    Rule(
        "sign-not-turned",
        FLAW,
        "the answer is wrong, negative, and of the size of an optimum that was found",
        0.8,
        _sign,
    ),
    Rule(
        "unit-not-asked",
        FLAW,
        "the question asks in thousands or millions, and a wrong answer of 10,000 or more is an "
        "optimum",
        0.7,
        _unit,
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
        0.8,
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
        0.8,
        _absent,
    ),
    Rule(
        "integers-not-solved",
        FLAW,
        "the thinking says that variables are integer, none of the model as solved is, and its "
        "optimum in whole numbers is another",
        0.6,
        _not_integer,
    ),
    Rule(
        "objective-not-as-stated",
        FLAW,
        "the objective stated in the thinking has as many terms as the one solved, and other "
        "numbers",
        0.8,
        _other_objective,
    ),
)
