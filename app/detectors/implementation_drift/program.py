"""The program does not find what it says: the answer written down, another optimum claimed."""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.core.language import N_
from app.core.solved import finding
from app.detectors.finding import Rule, Spot
from app.detectors.numbers import same, values_in
from app.detectors.programs import Program
from app.detectors.reading import Reading

FLAW = "implementation-drift"
_ROUGHLY = 1e-4
_FIGURES = re.compile(
    r"(?<![\w.\])])\d[\d.]{0,12}(?:[ ]?[-+*/][ ]?\d[\d.]{0,12}){1,8}(?![\w.(\[*])"
)
_WRITES_NUMBER = re.compile(
    r"\bprint\([^\n]{0,120}|\b(?:\w{0,20}(?:answer|result|objective|optim|best|cost|profit|total"
    r"|revenue)\w{0,20}|ans|z|obj)[ ]?=[ ]?-?\d[\d._]{0,20}[ ]*$",
    re.IGNORECASE | re.MULTILINE,
)


def _hard_coded(reading: Reading) -> Iterator[Spot]:
    """A program that writes the answer down which no solve has found."""
    given = reading.given
    asked = any(given == abs(it.value) for it in reading.asked)
    if given is None or given <= 2 or asked or any(same(given, it) for it in reading.objectives):
        return
    for program in reading.programs:
        for line in _WRITES_NUMBER.findall(program.source):
            written = not program.optimal and given in set(values_in(line))
            if written or (reading.solving and _prints_figures(program, line, given)):
                start = max(reading.path[program.step].text.find(line), 0)
                note = "The program writes the answer in figures; no solve of the path found it."
                yield Spot(program.step, start, start + len(line), note)
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


RULES = (
    Rule(
        "hard-coded-answer",
        FLAW,
        N_("a program writes the answer as a number that no solve found"),
        0.8,
        _hard_coded,
    ),
    Rule(
        "claim-not-of-model",
        FLAW,
        N_("a solve claims another optimum than solving its model again finds"),
        0.95,
        _false_claim,
    ),
)
